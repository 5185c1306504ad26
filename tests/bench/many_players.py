#!/usr/bin/env python3
"""Many players of one mount of 128 kbit/s: `alluvium` beside `icecast2`, one after the other on the
first core, players and source on the second. Prints a table.

Processor time is that of the server's process in user and kernel mode, once the players are served
at the bit rate; what the kernel does for a local client while a server writes is part of it, for
both. Memory is what the server's process grew by when they came, five being there before, divided
by the players: PSS, so without the kernel's socket buffers, and without what it grows by at any
time. First byte is from `connect` to the first byte after the head, all players connecting at once.
The gap is the mean time between two deliveries to one player.

`alluvium` writes far less often than `icecast2`; its last row is therefore with the same gaps."""

import argparse
import dataclasses
import statistics
import subprocess
import threading
import time

from common import machine, noise, processor_seconds, workshop
from crowd import Crowd, Icecast, memory_bytes, on_core, raise_descriptor_limit
from parts import thex
from parts.alluvium import program
from parts.process import eventually

BYTES_PER_SECOND = 128_000 / 8
SERVER_CORE, PLAYER_CORE = 0, 1
# What a server needs for having players at all is not counted as any one's memory.
FEW = 5


@dataclasses.dataclass
class Run:
    core_percent: float
    memory_per_player: float
    first_byte: dict
    gap_ms: float
    rate: float
    least_rate: float
    lost: int


def wait(seconds):
    threading.Event().wait(seconds)


def await_bit_rate(crowd, given):
    """Until all hear, and twice running five seconds went by at the bit rate."""
    in_a_row = 0

    def at_bit_rate():
        nonlocal in_a_row
        crowd.report()
        wait(5)
        report = crowd.report()
        is_met = (report["hearing"] == crowd.players and
                  abs(report["rate"] / BYTES_PER_SECOND - 1) < 0.02)
        in_a_row = in_a_row + 1 if is_met else 0
        return in_a_row == 2
    eventually(at_bit_rate, timeout=given.patience, what="players are served at the bit rate")
    wait(given.settle)


def measure(pid, stream_url, players, given):
    few = Crowd(stream_url, FEW, titles=given.titles)
    eventually(lambda: few.report()["hearing"] == FEW, what="the first players hear")
    wait(given.warm)
    own_growth = memory_bytes(pid)
    wait(given.warm)
    before, since = memory_bytes(pid), time.monotonic()
    own_growth = (before - own_growth) / given.warm
    crowd = Crowd(stream_url, players, titles=given.titles)
    try:
        await_bit_rate(crowd, given)
        grown = memory_bytes(pid) - before - own_growth * (time.monotonic() - since)
        few.stop()
        crowd.report()
        used = processor_seconds(pid)
        wait(given.seconds)
        used = processor_seconds(pid) - used
        report = crowd.report()
    finally:
        crowd.stop()
    return Run(100 * used / report["seconds"], grown / players, report["first_byte_ms"],
               report["gap_ms"], report["rate"], report["least_rate"], report["lost"])


def run_icecast(shop, players, given):
    with on_core(SERVER_CORE):
        server = shop.started(Icecast(shop.fresh("icecast"), players + 10))
    source = shop.started(server.feed(noise("mp3", given.length, 41)))
    wait(given.warm)
    try:
        return measure(server.process.pid, server.stream_url, players, given)
    finally:
        source.stop()
        server.stop()


def run_alluvium(shop, players, given, options=()):
    origin = shop.origin()
    cache = shop.fresh("cache")
    sound = origin.station.add("song.mp3", noise("mp3", given.length, 41))
    (origin.station.folder / "song.mp3.thex").write_bytes(b"".join(thex.leaf_row(sound.data)))
    playlist = origin.station.publish_run([sound], offset=60, named=True)
    fetching = shop.listener(playlist, share="off", cache=cache)
    fetching.await_whole_item(timeout=300)
    fetching.stop()
    # Begun anew, so that memory which is only left over from fetching does not look like a gift to
    # the players.
    with on_core(SERVER_CORE):
        server = shop.listener(playlist, share="off", cache=cache, options=options)
    server.await_whole_item(timeout=300)
    wait(given.warm)
    try:
        return measure(server.process.pid, server.stream_url, players, given)
    finally:
        server.stop()
        origin.stop()


def show(name, players, runs, beside, out):
    """One row: medians, and the worst of the runs behind the slash."""
    def both(values, digits=1, worst=max):
        values = list(values)
        return f"{statistics.median(values):.{digits}f} / {worst(values):.{digits}f}"

    used = statistics.median(run.core_percent for run in runs)
    share = "" if beside is None else f"{100 * used / beside:.0f} %"
    out(f"| {name} | {players} | {both((r.core_percent for r in runs), 2)} "
        f"| {used * 1000 / players:.2f} | {share} "
        f"| {both(r.first_byte['median'] for r in runs)} | {both(r.first_byte['p99'] for r in runs)} "
        f"| {both(r.first_byte['worst'] for r in runs)} "
        f"| {both((r.memory_per_player / 1024 for r in runs), 2)} "
        f"| {statistics.median(r.gap_ms for r in runs):.0f} "
        f"| {both((r.rate * 8 / 1000 for r in runs), 1, min)} | {sum(r.lost for r in runs)} |")
    return used


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--players", type=int, nargs="+", default=[100, 1000, 4000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=30, help="how long each run is measured")
    parser.add_argument("--settle", type=float, default=5,
                        help="seconds to wait on once the bit rate has been met")
    parser.add_argument("--warm", type=float, default=10,
                        help="seconds a server runs before anybody joins")
    parser.add_argument("--length", type=int, default=3600, help="seconds of sound")
    parser.add_argument("--patience", type=float, default=300, help="seconds to wait for the rate")
    parser.add_argument("--titles", action="store_true", help="players ask for ICY titles")
    parser.add_argument("--only", choices=["alluvium", "icecast2"])
    parser.add_argument("--output", help="a file to write the table to as well")
    return parser.parse_args()


def main():
    given = arguments()
    limit = raise_descriptor_limit()
    help_text = subprocess.run([program("alluvium"), "--help"], capture_output=True, text=True,
                               check=True).stdout
    lines = []

    def out(line):
        print(line, flush=True)
        lines.append(line)

    out(f"{machine()}; {given.runs} runs, median / worst; measured for {given.seconds:g} s; "
        f"{'with' if given.titles else 'without'} ICY titles")
    out("")
    out("| server | players | % of a core | per 1000 players | of icecast2's | first byte ms: median "
        "| p99 | last | KiB a player | gap ms | kbit/s a player | lost |")
    out("|---|---|---|---|---|---|---|---|---|---|---|---|")
    with on_core(PLAYER_CORE), workshop() as shop:
        noise("mp3", given.length, 41)
        for players in given.players:
            if players + 100 > limit:
                out(f"| | {players} | the limit of {limit} descriptors forbids it |")
                continue
            beside = gap = None
            if given.only != "alluvium":
                runs = [run_icecast(shop, players, given) for _ in range(given.runs)]
                beside = show("icecast2", players, runs, None, out)
                gap = statistics.median(run.gap_ms for run in runs)
            if given.only == "icecast2":
                continue
            runs = [run_alluvium(shop, players, given) for _ in range(given.runs)]
            show("alluvium", players, runs, beside, out)
            if gap and "--write-every" in help_text:
                options = ("--write-every", str(round(gap)))
                runs = [run_alluvium(shop, players, given, options) for _ in range(given.runs)]
                show(f"alluvium {' '.join(options)}", players, runs, beside, out)
    if given.output:
        with open(given.output, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
