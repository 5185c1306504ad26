#!/usr/bin/env python3
"""Processor time and memory of one listener while a player hears it, its item already fetched, and
once more with a neighbour who fetches from it."""

import argparse
import threading

from common import Recording, machine, noise, processor_seconds, workshop


def memory_kib(pid):
    """(now, at most) resident."""
    with open(f"/proc/{pid}/status", encoding="ascii") as lines:
        values = dict(line.split(":", 1) for line in lines)
    return int(values["VmRSS"].split()[0]), int(values["VmHWM"].split()[0])


def measure(listener, seconds, name):
    pid = listener.process.pid
    before = processor_seconds(pid)
    threading.Event().wait(seconds)
    used = processor_seconds(pid) - before
    now, most = memory_kib(pid)
    print(f"{name:<28} {100 * used / seconds:5.2f} % of a core   {now / 1024:5.1f} MiB resident   "
          f"{most / 1024:5.1f} MiB at most", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    given = parser.parse_args()
    print(machine())
    with workshop() as shop:
        origin = shop.origin()
        sound = origin.station.add("song.mp3", noise("mp3", 240, 41))
        playlist = origin.station.publish([origin.station.item(sound)])
        gateway = shop.gateway(playlist).url
        listener = shop.listener(playlist, gateway=gateway)
        recording = Recording(listener.stream_url)
        recording.await_bytes(1)
        measure(listener, 2, "while it fetches")
        listener.await_whole_item()
        measure(listener, given.seconds, "one player")
        more = [Recording(listener.stream_url) for _ in range(9)]
        for player in more:
            player.await_bytes(100_000)
        measure(listener, given.seconds, "ten players")
        for player in [recording, *more]:
            player.stop()
        measure(listener, given.seconds, "nobody listens")


if __name__ == "__main__":
    main()
