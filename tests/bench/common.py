"""What the benchmarks share with the end-to-end tests. They print figures and judge none."""

import contextlib
import math
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "loopback"))

from parts.http import Recording  # noqa: E402,F401
from parts.process import BUILD, eventually  # noqa: E402,F401
from parts.station import noise  # noqa: E402,F401
from parts.workshop import Workshop  # noqa: E402


@contextlib.contextmanager
def workshop():
    shop = Workshop()
    try:
        yield shop
    except BaseException:
        print(shop.story(), file=sys.stderr)
        raise
    finally:
        for complaint in shop.close():
            print(complaint, file=sys.stderr)


def machine():
    """The processor's name and the number of cores."""
    name = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("model name"):
                name = line.split(":", 1)[1].strip()
                break
    return f"{name}, {os.cpu_count()} cores"


def processor_seconds(pid):
    """User and system time of all its threads."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def percentile(values, percent):
    """The least value that so many percent of `values` do not exceed; None of none."""
    ordered = sorted(values)
    return ordered[math.ceil(len(ordered) * percent / 100) - 1] if ordered else None
