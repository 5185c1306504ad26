"""What others make of the same crowd: libtorrent and aria2, on the same file and machine."""

import json
import pathlib
import shutil
import subprocess

from aria2_crowd import run as run_aria2
from common import percentile, workshop
from flash_station import SONG, await_quiet, song

# Debian's python3-libtorrent is for Debian's Python.
PYTHON = "/usr/bin/python3"
LIBTORRENT_MODES = ["rarest first", "sequential", "deadlines", "super-seeding", "web seed"]
ARIA2_MODES = ["metalink", "web seed"]

COLUMNS = [
    ("origin copies", "origin_copies", ".3f"),
    ("first piece p50", "first_piece_p50_ms", ".0f"),
    ("p99", "first_piece_p99_ms", ".0f"),
    ("last, ms", "first_piece_worst_ms", ".0f"),
    ("beyond the file, %", "beyond_percent", ".2f"),
    ("all have it, s", "all_complete_s", ".1f"),
    ("lack some", "incomplete", ".0f"),
    ("started within ms", "started_within_ms", ".0f"),
]


def missing():
    """Why some cannot be run: sentences by name."""
    reasons = {}
    if subprocess.run([PYTHON, "-c", "import libtorrent"], capture_output=True,
                      check=False).returncode != 0:
        reasons["libtorrent"] = (f"libtorrent is left out: {PYTHON} has no module of that name "
                                 "(apt-get install python3-libtorrent)")
    if shutil.which("aria2c") is None:
        reasons["aria2"] = "aria2 is left out: no aria2c (apt-get install aria2)"
    return reasons


def bytes_a_second(share):
    """Of `--share`; 0 is without limit, as both programs have it."""
    if share == "unlimited":
        return 0
    factors = {"k": 1e3, "M": 1e6, "G": 1e9}
    factor = factors.get(share[-1], 1)
    return int(float(share.rstrip("kMG")) * factor / 8)


def libtorrent(given, mode):
    with workshop() as shop:
        origin, sound = song(shop, given)
        folder = shop.fresh("sessions")
        folder.mkdir()
        done = subprocess.run(
            [PYTHON, pathlib.Path(__file__).with_name("libtorrent_crowd.py")],
            input=json.dumps({
                "mode": mode, "listeners": given.listeners, "file": str(sound.path),
                "folder": str(folder), "up_bytes_a_second": bytes_a_second(given.share),
                "web_seed": origin.url(SONG) if mode == "web seed" else None}),
            stdout=subprocess.PIPE, text=True, check=True)
        figures = json.loads(done.stdout)
        await_quiet(origin)
        figures["origin_copies"] = figures["seed_copies"]
        if mode == "web seed":
            figures["origin_copies"] = origin.body_bytes(SONG) / len(sound.data)
        figures["beyond_percent"] = figures["beyond_received_percent"]
    return figures


def aria2(given, mode):
    with workshop() as shop:
        origin, sound = song(shop, given)
        figures = run_aria2(shop, origin.url(SONG), sound.data, given.listeners, mode,
                            bytes_a_second(given.share))
        await_quiet(origin)
        sent = origin.body_bytes(SONG)
        wanted = given.listeners * len(sound.data)
        figures["origin_copies"] = sent / len(sound.data)
        if figures["incomplete"] == 0:
            figures["beyond_percent"] = 100 * (sent + figures["uploaded_bytes"] - wanted) / wanted
    return figures


def runs_of(given):
    """(name, the runs' figures) for each mode of each program that is there."""
    reasons = missing()
    for name, modes, run in (("libtorrent", LIBTORRENT_MODES, libtorrent),
                             ("aria2", ARIA2_MODES, aria2)):
        if name in reasons:
            print(reasons[name], flush=True)
            continue
        for mode in modes:
            runs = [run(given, mode) for _ in range(given.runs)]
            for figures in runs:
                values = figures["first_piece_ms"]
                figures["first_piece_p50_ms"] = percentile(values, 50)
                figures["first_piece_p99_ms"] = percentile(values, 99)
                figures["first_piece_worst_ms"] = max(values, default=None)
            yield f"{name}, {mode}", runs
