#!/usr/bin/env python3
"""What a gateway does with one core, beside others in the same run: announcements a second with 50
peers returned, beside opentracker; leaf rows a second, beside nginx; memory for each listed peer.

The server has a core of its own, wrk (one thread) and what answers connect-backs the other.
"""

import argparse
import contextlib
import functools
import os
import pathlib
import re
import shutil
import subprocess
import urllib.parse

from common import eventually, machine, noise, processor_seconds, workshop
from parts.http import ask
from parts import thex
from parts.nginx import Nginx
from parts.process import Program, free_port
from table import Table

SCRIPT = pathlib.Path(__file__).resolve().parent / "replay.lua"
SERVER, REST = 0, 1  # Cores.
SWARM = 10_000
TOLD = 50


def pin(program, core):
    for pid in [program.process.pid, *children(program.process.pid)]:
        for task in os.listdir(f"/proc/{pid}/task"):
            os.sched_setaffinity(int(task), {core})


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as listed:
        return [int(child) for child in listed.read().split()]


def resident_bytes(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def drive(url, requests, seconds, connections, server):
    """Figures of one run of wrk; `requests` is a file of them, `server` the process that answers."""
    before = processor_seconds(server)
    said = subprocess.run(
        ["taskset", "-c", str(REST), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency",
         "-s", SCRIPT, url, "--", requests],
        check=True, capture_output=True, text=True).stdout
    busy = processor_seconds(server) - before
    # What closes a connection without having said so, as opentracker does after each answer, counts
    # as a failed read.
    if "Non-2xx" in said or re.search(r"connect [1-9]|write [1-9]|timeout [1-9]", said):
        raise SystemExit(said)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    received = int(re.search(r"(\d+) requests in", said)[1])
    p50, p99 = (milliseconds(re.search(rf"^ +{percent}% +(\S+)", said, re.M)[1])
                for percent in (50, 99))
    return {"rate": rate, "p50": p50, "p99": p99, "core": 100 * busy / seconds,
            "us": 1e6 * busy / received}


def write_requests(path, requests):
    path.write_bytes(b"\0".join(requests))
    return path


def alternate(runs, *ways):
    """Each way's figures of all runs; they take turns, so that they share the machine's moods."""
    figures = [[] for _ in ways]
    for _ in range(runs):
        for figure, way in zip(figures, ways):
            figure.append(way())
    return figures


def address(i):
    """One of 127.0.0.0/8, 40 to each network of 256."""
    network, host = divmod(i, 40)
    return f"127.{1 + network // 250}.{1 + network % 250}.{1 + 6 * host}"


def post(gateway, i, port, body, connection):
    authority = gateway.url.removeprefix("http://")
    return (f"POST /gateway/announce HTTP/1.1\r\nHost: {authority}\r\n"
            f"X-Forwarded-For: {address(i)}\r\nContent-Type: application/json\r\n"
            f"Connection: {connection}\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode()


class Swarm:
    """Listeners of one file, each at an address of its own, that are known to a gateway and can be
    reached: nginx says 503 for all of them, as one does who has nothing yet."""

    def __init__(self, shop):
        self.shop = shop
        self.port = free_port("0.0.0.0")
        self.answers = shop.started(Nginx(
            shop.fresh("reachable"), shop.fresh("nothing"), name="reachable",
            extra=f"listen {self.port}; access_log off; keepalive_timeout 0; return 503;"))
        pin(self.answers, REST)

    def announcements(self, gateway, sound, count, *, connection="keep-alive", told=None):
        """A file of them: every other listener has it all, the others the first part."""
        urn, some = sound.urn, f"bytes 0-{16_384 * (sound.chunks // 2) - 1}"
        requests = []
        for i in range(count):
            has = "all" if i % 2 else some
            more = f',"peers":{told}' if told else ""
            body = (f'{{"port":{self.port},"up_bps":8000000,"holdings":[{{"urn":"{urn}",'
                    f'"available":"{has}"}}]{more}}}')
            requests.append(post(gateway, i, self.port, body, connection))
        return write_requests(self.shop.fresh("announcements"), requests)

    def list_all(self, gateway, requests, count):
        """Announces until all have been connected back to. Each time everybody gets a turn, also
        those who are checked only then."""
        def reached():
            drive(gateway.url, requests, 1 + count // 8_000, 32, gateway.process.pid)
            return metric(gateway, "alluvium_gateway_peers_reachable_total") >= count
        eventually(reached, what=f"{count} listeners are listed")


def metric(gateway, name):
    text = ask("GET", gateway.url + "/metrics").body.decode()
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.M)
    return float(found[1]) if found else 0


@contextlib.contextmanager
def a_gateway():
    """A gateway on its core that knows a file and believes us for whom we ask."""
    with workshop() as shop:
        origin = shop.origin()
        sound = origin.station.add("song.mp3", noise("mp3", 300, 71))
        playlist = origin.station.publish_run([sound], offset=0)
        gateway = shop.gateway(playlist, options=("--proxy", "127.0.0.1/32"))
        gateway.facts(origin.url(sound.name))
        pin(gateway, SERVER)
        yield shop, gateway, sound


class Opentracker(Program):
    """opentracker, which Debian builds to serve listed torrents only."""

    NAME = bytes(range(1, 21))

    def __init__(self, folder):
        folder.mkdir(parents=True)
        folder.chmod(0o755)
        (folder / "listed").write_text(self.NAME.hex() + "\n", encoding="ascii")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        super().__init__(["opentracker", "-i", "127.0.0.1", "-p", str(self.port), "-P",
                          str(self.port), "-d", folder, "-w", "listed"])

        def answers():
            with contextlib.suppress(OSError):
                return ask("GET", self.url + self.announcement(1024)).status == 200
            return False
        eventually(answers, what="opentracker answers")

    def announcement(self, port):
        return (f"/announce?info_hash={urllib.parse.quote_from_bytes(self.NAME)}&peer_id="
                f"-AL0001-{port:012d}&port={port}&uploaded=0&downloaded=0&left={port % 2}"
                f"&compact=1&numwant={TOLD}")

    def announcements(self, path, count):
        return write_requests(path, [
            (f"GET {self.announcement(2000 + i)} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
             "User-Agent: figures\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n").encode()
            for i in range(count)])


def told_by_opentracker(tracker):
    body = ask("GET", tracker.url + tracker.announcement(2000)).body
    return int(re.search(rb"5:peers(\d+):", body)[1]) // 6


def told_by_gateway(gateway, requests):
    request = requests.read_bytes().split(b"\0")[0]
    body = request.split(b"\r\n\r\n", 1)[1]
    answer = ask("POST", gateway.url + "/gateway/announce", body=body,
                 headers={"Content-Type": "application/json", "X-Forwarded-For": address(0)})
    return len(answer.json()["swarms"][0]["peers"])


RATES = [("answers a second", "rate", ",.0f", min), ("p50 ms", "p50", ".2f"), ("p99 ms", "p99", ".2f"),
         ("% of a core", "core", ".0f"), ("µs of it an answer", "us", ".1f")]


def announces(runs, seconds):
    """One swarm of 10,000, 50 of them returned each time, 32 connections."""
    with a_gateway() as (shop, gateway, sound):
        swarm = Swarm(shop)
        kept = swarm.announcements(gateway, sound, SWARM, told=TOLD)
        closed = swarm.announcements(gateway, sound, SWARM, told=TOLD, connection="close")
        swarm.list_all(gateway, kept, SWARM)
        assert told_by_gateway(gateway, kept) == TOLD
        ways = [lambda: drive(gateway.url, kept, seconds, 32, gateway.process.pid),
                lambda: drive(gateway.url, closed, seconds, 32, gateway.process.pid)]
        names = ["alluvium-gateway, connections kept", "alluvium-gateway, one connection each"]
        if shutil.which("opentracker"):
            tracker = shop.started(Opentracker(shop.fresh("opentracker")))
            pin(tracker, SERVER)
            asked = tracker.announcements(shop.fresh("announces"), SWARM)
            ways.append(lambda: drive(tracker.url, asked, seconds, 32, tracker.process.pid))
            names.append("opentracker, one connection each")
            ways[-1]()  # Everybody is known.
            assert told_by_opentracker(tracker) == TOLD
        else:
            print("opentracker is not installed")
        show(RATES, names, alternate(runs, *ways))


def rows(runs, seconds):
    """The leaf row of a song of 5 MB, and the same bytes from nginx, over 32 connections."""
    with a_gateway() as (shop, gateway, sound):
        row = thex.leaf_row(sound.data)
        folder = shop.fresh("rows")
        folder.mkdir()
        (folder / "row").write_bytes(b"".join(row))
        server = shop.started(Nginx(shop.fresh("nginx"), folder, extra="access_log off;"))
        pin(server, SERVER)
        ways, names = [], []
        for name, url, path, pid in (
                ("alluvium-gateway", gateway.url, f"/uri-res/N2X?{sound.urn}", gateway.process.pid),
                ("nginx, a file", server.base.rstrip("/"), "/row", children(server.process.pid)[0])):
            body = ask("GET", url + path).body
            assert body == b"".join(row)
            authority = url.removeprefix("http://")
            asked = write_requests(shop.fresh("asked"), [
                f"GET {path} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode()])
            ways.append(functools.partial(drive, url, asked, seconds, 32, pid))
            names.append(f"{name}, {len(body):,} bytes")
        show(RATES, names, alternate(runs, *ways))


def memory(runs, _):
    """What a gateway grows by for each listed peer: 2,000 of one file are there before, then 12,000
    and 100,000, and half of them lack something and have been told of others."""
    del runs
    few = 2_000
    with a_gateway() as (shop, gateway, sound):
        swarm = Swarm(shop)
        before = None
        for count in (few, 12_000, 100_000):
            requests = swarm.announcements(gateway, sound, count)
            swarm.list_all(gateway, requests, count)
            drive(gateway.url, requests, 3 + count // 8_000, 32, gateway.process.pid)
            assert metric(gateway, "alluvium_gateway_peers") == count
            resident = resident_bytes(gateway.process.pid)
            if before is None:
                before = resident
                continue
            print(f"{(resident - before) / (count - few):.0f} bytes of resident memory for each "
                  f"of {count - few:,} more listed peers", flush=True)


def show(columns, names, figures):
    table = Table(columns)
    for name, runs in zip(names, figures):
        table.add(name, runs)
    table.show()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("figures", nargs="*")
    given = parser.parse_args()
    print(machine())
    figures = {"announces": announces, "rows": rows, "memory": memory}
    for name in given.figures or figures:
        print(f"== {name}", flush=True)
        figures[name](given.runs, given.seconds)


if __name__ == "__main__":
    main()
