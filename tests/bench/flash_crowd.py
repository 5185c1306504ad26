#!/usr/bin/env python3
"""What a flash crowd costs a station and its listeners: nginx as origin, a gateway, and real
`alluvium` processes, each at an address of its own and with a player that keeps what it hears, all
started as fast as the machine can. Beside it libtorrent and aria2, in the same run with the same
file. Prints tables; what their columns mean is in README.md."""

import argparse
import json
import os
import time

import others
from against_simulation import COLUMNS as SIMULATED_COLUMNS
from against_simulation import bare_starts_ms, simulated, start_ups_ms
from common import machine, percentile, workshop
from flash_run import Crowd, join_warm
from flash_station import set_up
from table import Table

COLUMNS = [
    ("origin copies", "origin_copies", ".3f"),
    ("egress copies", "egress_copies", ".3f"),
    ("from peers", "peer_copies", ".2f"),
    ("first audio p50", "first_audio_p50_ms", ".0f"),
    ("p99", "first_audio_p99_ms", ".0f"),
    ("last, ms", "first_audio_worst_ms", ".0f"),
    ("of the player: p50", "from_question_p50_ms", ".0f"),
    ("p99, ms", "from_question_p99_ms", ".0f"),
    ("missed: skipped", "skipped_bytes", ".0f"),
    ("late", "late_bytes", ".0f"),
    ("heard none", "heard_none", ".0f"),
    ("lack some", "incomplete", ".0f"),
    ("beyond the file: sent", "beyond_sent_percent", ".2f"),
    ("received, %", "beyond_received_percent", ".2f"),
    ("gateway bytes a listener", "gateway_bytes_a_listener", ".0f"),
    ("gateway CPU s", "gateway_cpu_s", ".2f"),
    ("CPU s a listener", "listener_cpu_s", ".3f"),
    ("all have it, s", "all_complete_s", ".1f"),
    ("started within ms", "started_within_ms", ".0f"),
]
HARM_COLUMNS = [
    ("false bytes heard", "false_bytes", ".0f"),
    ("false chunks a liar and victim: mean", "false_chunks_a_pair", ".2f"),
    ("most", "false_chunks_most", ".2f"),
    ("refused, of all victims", "false_chunks_refused", ".0f"),
    ("requests without answer", "unanswered", ".0f"),
]
SCHEDULE_COLUMNS = [
    ("origin copies", "copies", ".3f"),
    ("requests", "requests", ".0f"),
    ("urgent", "urgent", ".0f"),
    ("the last, s before it is on air", "spare_s", ".1f", min),
]


def run_once(given):
    with workshop() as shop:
        station = set_up(shop, given)
        figures = Crowd(shop, station, given).run()
        figures["file_bytes"] = station.size
    figures["missed_bytes"] = figures["skipped_bytes"] + figures["late_bytes"]
    for name, values in (("first_audio", figures["first_audio_ms"]),
                         ("from_question", figures["first_audio_from_question_ms"])):
        for label, value in (("p50", percentile(values, 50)), ("p99", percentile(values, 99)),
                             ("worst", max(values, default=None))):
            figures[f"{name}_{label}_ms"] = value
    return figures


def name_of(given):
    said = f"{given.listeners}, --share {given.share}"
    if given.items > 1:
        said += f", {given.items} items of {given.seconds} s"
    for part, word in ((given.liars, "lie"), (given.withholders, "never answer")):
        if part:
            said += f", {part:g} of them {word}"
            said += {"all": " and say they hold all", "leased": " and take leases",
                     "both": ""}[given.claim]
    if given.slow:
        said += f", {given.slow:g} of them 64k"
    for part, word in ((given.kill, "killed"), (given.stop, "frozen")):
        if part:
            said += f", {part:g} {word} at {given.at:g} s"
    if given.gateway_dies_at is not None:
        said += f", gateway dies at {given.gateway_dies_at:g} s"
    return said + (", unnamed" if given.unnamed else "")


def crowds(given, kept):
    table = Table(COLUMNS)
    runs = []
    for _ in range(given.runs):
        runs.append(run_once(given))
        for complaint in runs[-1]["complaints"]:
            print(complaint)
        print(f"run {len(runs)} of {given.runs}: {runs[-1]['origin_copies']:.3f} origin copies",
              flush=True)
    table.add(name_of(given), runs)
    table.show()
    print(f"\nbeside that {runs[-1]['hashing_copies']:.3f} copies for the gateway's hashing; "
          f"{given.listeners} starts of `alluvium --version` took "
          f"{max(map(sum, bare_starts_ms(given.listeners))):.0f} ms", flush=True)
    kept["crowds"] = runs
    if given.liars or given.withholders:
        show_again(HARM_COLUMNS, {name_of(given): runs})
    if given.items > 1:
        show_again(SCHEDULE_COLUMNS, {
            f"item {i + 2}": [run["later_items"][i] for run in runs]
            for i in range(given.items - 1)})
        for run in runs:
            print(f"\n{run['seam_gaps']} gaps at {given.items - 1} seams of {run['survivors']} "
                  f"listeners, {sum(item['urgent'] for item in run['later_items'])} urgent origin "
                  "requests after the first item", flush=True)
    if given.against_simulation:
        against(given, runs, kept)


def show_again(columns, rows):
    table = Table(columns)
    for name, runs in rows.items():
        table.add(name, runs)
    print()
    table.show()


def against(given, runs, kept):
    """Each run beside simulated ones with the same starts, and by how much these differ."""
    bare = [[took for _, took in bare_starts_ms(given.listeners)] for _ in runs]
    models = {
        "simulated, a start takes what one of `--version` does": bare,
        "simulated, a start takes what it took": [*map(start_ups_ms, runs)]}
    kept["simulated"] = {
        name: [simulated(given, run, took, seed)
               for seed, (run, took) in enumerate(zip(runs, takes), 1)]
        for name, takes in models.items()}
    show_again(SIMULATED_COLUMNS, {f"{name_of(given)}, real": runs, **kept["simulated"]})
    for name, rows in kept["simulated"].items():
        copies = max((row["origin_copies"] - run["origin_copies"] for run, row in zip(runs, rows)),
                     key=abs)
        p99 = [row["first_audio_p99_ms"] / run["first_audio_p99_ms"] for run, row in zip(runs, rows)]
        print(f"\n{name}: copies differ by {copies:+.3f} at most, p99 of the first audio by "
              f"{100 * (percentile(p99, 50) - 1):+.0f} %", flush=True)


def beside(given, kept):
    table = Table(others.COLUMNS)
    kept["others"] = {}
    for name, runs in others.runs_of(given):
        table.add(f"{given.listeners}, --share {given.share}, {name}", runs)
        kept["others"][name] = runs
    print()
    table.show()


def newcomers(given, kept):
    with workshop() as shop:
        taken = join_warm(shop, given)
    print(f"one joining {given.listeners} that have the file, --share {given.share}, "
          f"{len(taken)} times, first audio:")
    for number, words in enumerate(("exec", "the player's question")):
        values = [1000 * one[number] for one in taken]
        print(f"  ms after {words}: p50 {percentile(values, 50):.0f}, p99 "
              f"{percentile(values, 99):.0f}, worst {max(values):.0f}", flush=True)
    kept["one_warm_seconds"] = taken


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listeners", type=int, default=50)
    parser.add_argument("--share", default="unlimited", help="what each may send, as --share has it")
    parser.add_argument("--seconds", type=int,
                        help="length of a file, of 128 kbit/s (default: 320, that is 5 MB, of several "
                             "items 30)")
    parser.add_argument("--items", type=int, default=1,
                        help="a schedule of so many files, listened to until it is over")
    parser.add_argument("--runs", type=int, default=1, help="medians, the worst behind the slash")
    parser.add_argument("--kill", type=float, default=0, metavar="PART",
                        help="so many of the listeners (0.5: half) are killed")
    parser.add_argument("--stop", type=float, default=0, metavar="PART", help="or frozen")
    parser.add_argument("--slow", type=float, default=0, metavar="PART",
                        help="so many may send half the bit rate only")
    parser.add_argument("--liars", type=float, default=0, metavar="PART",
                        help="so many are no listeners, but serve false bytes")
    parser.add_argument("--withholders", type=float, default=0, metavar="PART",
                        help="or accept and never answer")
    parser.add_argument("--claim", choices=["all", "leased", "both"], default="both",
                        help="what these say they hold: everything from the start, what they were "
                             "leased or sent for, or every other one this or that (default)")
    parser.add_argument("--at", type=float, default=2, metavar="SECONDS",
                        help="when, counted from the first start")
    parser.add_argument("--gateway-dies-at", type=float, metavar="SECONDS")
    parser.add_argument("--unnamed", action="store_true",
                        help="the playlist does not name the file's tree")
    parser.add_argument("--one-warm", action="store_true",
                        help="instead: one newcomer at a time to a crowd that has the file")
    parser.add_argument("--repetitions", type=int, default=200, help="of --one-warm")
    parser.add_argument("--only", choices=["alluvium", "others"],
                        help="without libtorrent and aria2, which are not run either where somebody "
                             "dies; or these alone")
    parser.add_argument("--against-simulation", action="store_true",
                        help="the same crowds in the simulator (`tests/bench/simulate`)")
    parser.add_argument("--json", metavar="FILE", help="where to write all figures")
    given = parser.parse_args()
    if given.kill < 0 or given.stop < 0 or given.kill + given.stop >= 1:
        parser.error("--kill and --stop are parts of the listeners, and some must be left")
    if given.liars < 0 or given.withholders < 0 or given.liars + given.withholders >= 1:
        parser.error("--liars and --withholders are parts of the crowd, and some must listen")
    if given.items > 1 and (given.unnamed or given.against_simulation or given.one_warm):
        parser.error("--items goes with neither --unnamed, --against-simulation nor --one-warm")
    given.seconds = given.seconds or (320 if given.items == 1 else 30)
    return given


def main():
    given = arguments()
    print(f"{machine()}, {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC, "
          f"load {os.getloadavg()[0]:.1f} before\n", flush=True)
    kept = {"arguments": vars(given), "machine": machine()}
    if given.one_warm:
        newcomers(given, kept)
    else:
        if given.only != "others":
            crowds(given, kept)
        is_quiet = given.gateway_dies_at is None and given.items == 1 and not any(
            (given.kill, given.stop, given.liars, given.withholders, given.against_simulation))
        if given.only != "alluvium" and is_quiet:
            beside(given, kept)
    if given.json:
        with open(given.json, "w", encoding="utf-8") as file:
            json.dump(kept, file, indent=1)


if __name__ == "__main__":
    main()
