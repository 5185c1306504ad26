#!/usr/bin/env python3
"""How far listeners are behind a live show, and how often it leaves its server.

A source sends MP3 frame by frame, each when an encoder would have it, to `alluvium-broadcaster
live`; an nginx shows what that publishes; 20 listeners with a gateway have a player each. A frame's
latency is from when it was sent until it came to a player.

    live.py [--listeners 20] [--part 2] [--seconds 40] [--runs 3]
"""

import argparse
import base64
import socket
import statistics
import threading
import time

from common import eventually, machine, noise, percentile, workshop
from parts.framing import mp3_frames
from parts.station import rss
from parts.studio import PASSWORD, LiveStation


class Source:
    """Sends `frames` to a mount in a thread; `.sent` is when each was."""

    def __init__(self, address, frames):
        self.sent = []
        credentials = base64.b64encode(f"source:{PASSWORD}".encode()).decode()
        self._socket = socket.create_connection(address)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(f"SOURCE /live HTTP/1.0\r\nAuthorization: Basic {credentials}\r\n"
                             "Content-Type: audio/mpeg\r\n\r\n".encode())
        self._frames = frames
        self._thread = threading.Thread(target=self._send)
        self._thread.start()

    def _send(self):
        due = time.time()
        for frame in self._frames:
            due += frame.seconds
            time.sleep(max(0, due - time.time()))
            self._socket.sendall(frame.data)
            self.sent.append(time.time())
        # Read, so that what is on its way is not thrown away.
        self._socket.recv(4096)
        self._socket.close()

    def wait(self):
        self._thread.join()


def arrivals(recording, place_of):
    """{index of a frame: when it was whole at the player}."""
    with recording._news:
        moments = [(total - recording._body_at, moment) for moment, total in recording._arrivals]
    found = {}
    moments = iter(moments)
    total, moment = next(moments)
    for frame in mp3_frames(recording.body, cut_end=True):
        while total < frame.offset + len(frame.data):
            total, moment = next(moments)
        if frame.data in place_of:
            found.setdefault(place_of[frame.data], moment)
    return found


def run(count, part, seconds):
    """The figures of one show."""
    with workshop() as shop:
        origin = shop.origin()
        schedule = origin.station.add("schedule.mp3", noise("mp3", 60, 31))
        listing = shop.folder / "schedule.rss"
        listing.write_text(rss([origin.station.item(schedule, named=True)], date=time.time()))
        station = shop.started(LiveStation(
            origin.root / "radio.rss", origin.base, shop.folder / "password",
            options=["--schedule", listing, "--part", part]))
        playlist = origin.base + "radio.rss"
        gateway = shop.gateway(playlist)
        gateway.facts(origin.url("schedule.mp3"))
        listeners = [shop.listener(playlist, gateway=gateway.url) for _ in range(count)]
        players = [shop.record(listener.serving().stream_url) for listener in listeners]
        for player in players:
            player.await_first()

        frames = mp3_frames(noise("mp3", seconds, 32).read_bytes())
        source = Source(station.source_address, frames)
        source.wait()
        place_of = {frame.data: i for i, frame in enumerate(frames)}
        eventually(lambda: all(frames[-1].data in player.body for player in players), timeout=30,
                   what="all players have the last frame")

        latencies, missing = [], 0
        for player in players:
            came = arrivals(player, place_of)
            first = min(came)
            missing += len(frames) - first - len(came)
            latencies += [came[i] - source.sent[i] for i in came]
        show = sum(path.stat().st_size for path in (origin.root / "live").glob("*.mp3"))
        sent = {"parts": 0, "rows": 0, "playlist": 0}
        requests = dict.fromkeys(sent, 0)
        for request in origin.requests():
            kind = ("playlist" if request.path == "/radio.rss" else
                    "rows" if request.path.endswith(".thex") and "/live/" in request.path else
                    "parts" if request.path.startswith("/live/") else None)
            if kind:
                sent[kind] += request.body_bytes
                requests[kind] += 1
        return {"p50": statistics.median(latencies), "p99": percentile(latencies, 99),
                "most": max(latencies), "missing": missing, "copies": sent["parts"] / show,
                "show": show, "playlist": sent["playlist"], "rows": sent["rows"],
                "requests": requests}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--listeners", type=int, default=20)
    arguments.add_argument("--part", default="2")
    arguments.add_argument("--seconds", type=int, default=40)
    arguments.add_argument("--runs", type=int, default=3)
    given = arguments.parse_args()
    print(f"{machine()}; {given.listeners} listeners, parts of {given.part} s, "
          f"{given.seconds} s of 128 kbit/s")
    for _ in range(given.runs):
        found = run(given.listeners, given.part, given.seconds)
        print("latency p50 {p50:.2f} s, p99 {p99:.2f} s, most {most:.2f} s; {missing} frames "
              "missing; {copies:.2f} copies left the origin".format(**found))
        print(f"  beside {found['show'] / 1000:.0f} kB of show: playlists "
              f"{found['playlist'] / 1000:.0f} kB in {found['requests']['playlist']} answers, leaf "
              f"rows {found['rows'] / 1000:.1f} kB in {found['requests']['rows']}, parts in "
              f"{found['requests']['parts']}", flush=True)


if __name__ == "__main__":
    main()
