"""The same crowd in the simulator: as many, a file of that size, no way to speak of between them and
lines without limit, as loopback has them. Each is started when it was in the run with real processes.
The simulator's processors are free, so it is told what the start of each takes."""

import csv
import statistics
import subprocess
import time

from common import BUILD, workshop
from flash_station import POSITION
from parts.alluvium import program
from recorded import Watch

SECONDS = 30
COLUMNS = [
    ("origin copies", "origin_copies", ".3f"),
    ("egress copies", "egress_copies", ".3f"),
    ("first audio p50", "first_audio_p50_ms", ".0f"),
    ("p99", "first_audio_p99_ms", ".0f"),
    ("last, ms", "first_audio_worst_ms", ".0f"),
    ("missed", "missed_bytes", ".0f"),
    ("heard none", "heard_none", ".0f"),
    ("gateway bytes a listener", "gateway_bytes_a_listener", ".0f"),
]


def bare_starts_ms(count):
    """What each of so many starts of the program takes that only says its version, one started right
    after the other."""
    watch = Watch()
    starts = []
    processes = []
    first = time.time()

    def on_end(began, process):
        if not process.stdout.read1():
            starts.append((1000 * (began - first), 1000 * (time.time() - began)))
            watch.drop(process.stdout)

    for _ in range(count):
        began = time.time()
        process = subprocess.Popen([program("alluvium"), "--version"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE)
        processes.append(process)
        watch.add(process.stdout, lambda b=began, p=process: on_end(b, p))
        watch.turn(0)
    watch.until(lambda: len(starts) == count, 60, "all have said their version")
    for process in processes:
        process.stdout.close()
        process.wait()
    return sorted(starts)


def start_ups_ms(real):
    """What the start of each listener took in a run, from exec to its player's question; that of who
    was struck before is taken for the median."""
    known = [took for _, took in real["starts_ms"] if took is not None]
    return [statistics.median(known) if took is None else took for _, took in real["starts_ms"]]


def simulated(given, real, takes, seed):
    """Figures by name, of a run that is like `real`, the figures of one with real processes, where
    the start of each takes so many milliseconds."""
    with workshop() as shop:
        starts, figures = shop.fresh("starts"), shop.fresh("figures")
        starts.write_text("".join(f"{at:.3f} {took:.3f}\n"
                                  for (at, _), took in zip(real["starts_ms"], takes)))
        command = [BUILD / "tests" / "bench" / "simulate", "--listeners", given.listeners,
                   "--seed", seed, "--seconds", SECONDS, "--file-bytes", real["file_bytes"],
                   "--position", POSITION, "--latency", "0-0", "--server-latency", 0,
                   "--starts", starts, "--csv", figures, "--at", given.at]
        for line in ("uplink", "downlink", "origin-uplink", "gateway-uplink"):
            command += [f"--{line}", 0]
        for option, part in (("liars", given.liars), ("withholders", given.withholders),
                             ("slow", given.slow), ("kill", given.kill), ("freeze", given.stop)):
            command += [f"--{option}", round(100 * part)]
        if given.share != "unlimited":
            command += ["--share", given.share]
        if given.gateway_dies_at is not None:
            command += ["--gateway-dies-at", given.gateway_dies_at]
        subprocess.run([str(part) for part in command], stdout=subprocess.DEVNULL, check=True)
        with open(figures, encoding="ascii") as lines:
            row = next(csv.DictReader(lines))
    return {
        "origin_copies": float(row["origin_copies"]),
        "egress_copies": float(row["egress_copies"]),
        "first_audio_p50_ms": float(row["first_sound_p50_ms"]),
        "first_audio_p99_ms": float(row["first_sound_p99_ms"]),
        "first_audio_worst_ms": float(row["first_sound_max_ms"]),
        "missed_bytes": int(row["missed_bytes"]),
        "heard_none": int(row["heard_nothing"]),
        "gateway_bytes_a_listener": float(row["gateway_bytes_per_listener"])}
