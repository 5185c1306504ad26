#!/usr/bin/env python3
"""Clients that mean harm, at each of the three servers: gateway, peer port and local port. That who
does not read is cut in the end takes longer than a test may; `http_limits_test` looks at it."""

import dataclasses
import itertools
import os
import re
import resource
import select
import socket
import threading
import time
import unittest

from harness import SharedLoopbackTest, ask, noise, speak
from parts.malformed import malformed_requests

HALF_OPEN = 1_500
FOREIGN = ("evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example",
           "localhost@evil.example", "")


@dataclasses.dataclass
class Port:
    """One of our servers, with something it answers well and all it can be asked for."""

    name: str
    address: tuple
    path: str
    routes: list
    good_answer: bytes = b""
    slow: dict = dataclasses.field(default_factory=dict)

    def ask(self, path=None, **more):
        return ask("GET", "http://%s:%d%s" % (*self.address, path or self.path), **more)

    @property
    def request(self):
        return f"GET {self.path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


class SlowClient:
    """Says one piece after the other, a fifth of a second apart, until it is disconnected. It has
    another address than other offenders, whose connections would make its own give way."""

    def __init__(self, port, pieces):
        self._pieces = itertools.chain(pieces, itertools.repeat(b""))
        self._heard = b""
        self._seconds = 0
        self._socket = socket.create_connection(port.address, timeout=0.2,
                                                source_address=("127.0.0.2", 0))
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        began = time.monotonic()
        part = None
        while part != b"" and self._seconds < 60:
            try:
                self._socket.sendall(next(self._pieces))
                part = self._socket.recv(1000)
                self._heard += part
            except TimeoutError:
                pass
            except ConnectionError:
                part = b""
            self._seconds = time.monotonic() - began
        self._socket.close()

    def end(self):
        """How long it was put up with, and what it was told."""
        self._thread.join()
        return self._seconds, self._heard


class Abuse(SharedLoopbackTest):
    """A station with all that belongs to it, whose listener has the whole of the only item."""

    @classmethod
    def prepare(cls, shop):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        cls.addClassCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        origin = shop.origin()
        sound = origin.station.add("song.mp3", noise("mp3", 60, 21))
        gateway = shop.gateway(origin.station.publish([origin.station.item(sound)]))
        url = origin.url("song.mp3")
        gateway.facts(url)
        listener = shop.listener(origin.url("station.rss"), gateway=gateway.url).serving()
        listener.await_whole_item()
        cls.whole_file = f"/uri-res/N2R?{sound.urn}"

        def address(text):
            host, _, port = text.removeprefix("http://").rpartition(":")
            return host, int(port)

        names = [f"/uri-res/{way}?{sound.urn}" for way in ("N2C", "N2L", "N2Ls", "N2R", "N2X")]
        cls.gateway = Port("gateway", address(gateway.url), f"/gateway/head?uri={url}", [
            "/", "/healthz", "/metrics", f"/gateway/metalink?uri={url}", "/gateway/announce",
            *names])
        cls.peer = Port("peer port", address(listener.peer_address), names[-1], names)
        cls.local = Port("local port", address(listener.local("")), "/stream.m3u", [
            "/", "/stream", "/status.json", "/status-json.xsl", "/stream.pls", "/stream.xspf",
            "/sharing", "/page/page.css", "/2/", "/2/stream"])
        cls.ports = [cls.gateway, cls.peer, cls.local]
        for port in cls.ports:
            port.good_answer = port.ask().body
            port.routes += [port.path, "/nowhere", "/?" + "a" * 3_000]
            port.slow = {"drips": SlowClient(port, [bytes([one]) for one in port.request]),
                         "says nothing": SlowClient(port, [])}

    def setUp(self):
        self.crowd = []
        self.addCleanup(self.scatter)

    def tearDown(self):
        for port in self.ports:
            self.assertEqual(port.ask().status, 200, f"the {port.name} serves nobody any more")

    def scatter(self):
        for one in self.crowd:
            one.close()
        self.crowd = []

    def connect(self, port, *, receive_buffer=None):
        one = socket.socket()
        self.crowd.append(one)
        if receive_buffer:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        one.settimeout(20)
        one.connect(port.address)
        return one

    def best_time(self, port):
        """How long a good client waits for its answer, if nothing else has the machine."""
        times = []
        for _ in range(20):
            began = time.monotonic()
            self.assertEqual(port.ask().status, 200)
            times.append(time.monotonic() - began)
        return min(times)

    def memory(self):
        """Bytes of memory that all programs have."""
        total = 0
        for program in self.shop.programs:
            with open(f"/proc/{program.process.pid}/statm", encoding="ascii") as figures:
                total += int(figures.read().split()[1]) * resource.getpagesize()
        return total

    def test_malformed(self):
        """of no malformed request anything is processed, nor of what follows it on the connection"""
        for port in self.ports:
            for what, request in malformed_requests(port.path):
                with self.subTest(port=port.name, what=what):
                    heard = speak(port.address, request + port.request)
                    # Who is told nothing has been disconnected.
                    self.assertLessEqual(len(re.findall(rb"HTTP/1\.\d \d\d\d ", heard)), 1)
                    self.assertNotIn(port.good_answer, heard)
                    if heard:
                        self.assertRegex(heard, rb"^HTTP/1\.1 (4|5)\d\d [^\r]+\r\n")
                        self.assertIn(b"\r\nConnection: close\r\n", heard)

    def test_foreign_host(self):
        """no route says anything to who comes by a name that is not ours"""
        for port in self.ports:
            for path, host in itertools.product(port.routes, FOREIGN):
                with self.subTest(port=port.name, path=path, host=host):
                    answer = port.ask(path, headers={"Host": host})
                    self.assertEqual(answer.status, 421)
                    self.assertEqual(answer.body,
                                     b"This server does not answer to that host name.\n")

    def test_half_open(self):
        """while 1,500 connections say half a request, or nothing, others are served at once"""
        for port in self.ports:
            with self.subTest(port.name):
                for i in range(HALF_OPEN):
                    one = self.connect(port)
                    try:
                        one.sendall((b"", b"GET", port.request[:-2])[i % 3])
                    except ConnectionError:
                        pass  # It had to give way already.
                self.assertLess(self.best_time(port), 0.1)
            self.scatter()

    def test_no_readers(self):
        """who asks again and again and reads nothing keeps nobody waiting, and little memory"""
        for port, path in ((self.gateway, self.gateway.path), (self.peer, self.whole_file),
                           (self.local, "/stream")):
            with self.subTest(port.name):
                before = self.memory()
                request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
                for _ in range(24):
                    one = self.connect(port, receive_buffer=4_096)
                    one.setblocking(False)
                    try:
                        while select.select([], [one], [], 0)[1]:
                            one.send(request * 100)
                    except OSError:
                        pass
                self.assertLess(self.best_time(port), 0.1)
                if "ASAN_OPTIONS" not in os.environ:  # Sanitizers keep what is freed.
                    self.assertLess(self.memory() - before, 24_000_000)
            self.scatter()

    def test_slow_heads(self):
        """a head that comes byte by byte is cut after 5 seconds in all, a silent client after 10"""
        for kind, earliest, latest in (("drips", 4.5, 9), ("says nothing", 9.5, 15)):
            for port in self.ports:
                with self.subTest(port=port.name, kind=kind):
                    seconds, heard = port.slow[kind].end()
                    self.assertEqual(heard, b"")
                    self.assertGreater(seconds, earliest)
                    self.assertLess(seconds, latest)
        figures = self.gateway.ask("/metrics").body.decode()
        self.assertIn('\nalluvium_gateway_http_refusals_total{cause="slow_head"} 1\n', figures)


if __name__ == "__main__":
    unittest.main()
