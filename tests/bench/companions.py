#!/usr/bin/env python3
"""Announcements a second through gateways that share a Redis, beside a gateway alone.

Each announcement is one of a listener that holds some of a file of 5 MB and wants more of it, and
that others can reach; 2,000 listeners take turns. wrk asks, with one thread and 32 connections. The
first gateway, which leads, has a core of its own; the second one, the Redis and wrk share the other.
"""

import argparse
import os
import pathlib
import re
import selectors
import shutil
import socket
import subprocess
import threading

from common import machine, noise, processor_seconds, workshop
from parts.redis import Redis

SCRIPT = pathlib.Path(__file__).resolve().parent / "announce_many.lua"
PORTS = 2000


class Reachable:
    """Says 503 at each of the listeners' ports, as one does that has nothing yet."""

    def __init__(self, ports):
        self.sockets = []
        for port in ports:
            server = socket.socket()
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind(("127.0.0.1", port))
            server.listen(1)
            self.sockets.append(server)
        threading.Thread(target=self.answer, daemon=True).start()

    def answer(self):
        with selectors.DefaultSelector() as selector:
            for server in self.sockets:
                selector.register(server, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    connection, _ = key.fileobj.accept()
                    with connection:
                        connection.settimeout(2)
                        try:
                            connection.recv(4096)
                            connection.sendall(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
                        except OSError:
                            pass


def pin(program, core):
    for task in os.listdir(f"/proc/{program.process.pid}/task"):
        os.sched_setaffinity(int(task), {core})


def milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def wrk(url, sound, seconds, connections=32):
    """(answers a second, median and 99th percentile in ms)"""
    said = subprocess.run(
        ["taskset", "-c", "1", "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency",
         "-s", SCRIPT, url, "--", sound.urn, str(sound.chunks), str(PORTS)],
        check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in said:
        raise SystemExit(said)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    return rate, *(milliseconds(re.search(rf"^ +{percent}% +(\S+)", said, re.M)[1])
                   for percent in (50, 99))


def measure(name, gateways, asked, sound, seconds):
    wrk(asked.url, sound, 6)  # Everybody is connected back to.
    before = [processor_seconds(gateway.process.pid) for gateway in gateways]
    rate, median, worst = wrk(asked.url, sound, seconds)
    busy = [(processor_seconds(gateway.process.pid) - start) / seconds * 100
            for gateway, start in zip(gateways, before)]
    _, quiet, quiet_worst = wrk(asked.url, sound, 3, connections=1)
    print(f"| {name} | {rate:,.0f} | {median:.2f} / {worst:.2f} | {quiet:.2f} / {quiet_worst:.2f} | "
          + " + ".join(f"{one:.0f}" for one in busy) + " |", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=8)
    seconds = options.parse_args().seconds
    if not shutil.which("wrk"):
        raise SystemExit("wrk is not installed")
    peers = Reachable(range(20001, 20001 + PORTS))  # noqa: F841
    print(machine())
    print("| announced to | answers a second | p50 / p99 ms, 32 connections | one connection | "
          "% of a core |\n|---|---|---|---|---|")
    with workshop() as shop:
        origin = shop.origin()
        sound = origin.station.add("song.mp3", noise("mp3", 300, 71))
        playlist = origin.station.publish_run([sound], offset=0)
        alone = shop.gateway(playlist)
        alone.facts(origin.url(sound.name))
        pin(alone, 0)
        measure("a gateway alone", [alone], alone, sound, seconds)
        alone.stop()
        redis = shop.started(Redis(shop.fresh("redis")))
        pin(redis, 1)
        leader = shop.gateway(playlist, store=redis.url, name="leader")
        leader.facts(origin.url(sound.name))
        pin(leader, 0)
        measure("the leader of one", [leader], leader, sound, seconds)
        door = shop.gateway(playlist, store=redis.url, name="door")
        door.line("leads", stream="stderr")
        pin(door, 1)
        measure("one that hands on to the leader", [leader, door], door, sound, seconds)


if __name__ == "__main__":
    main()
