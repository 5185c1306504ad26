#!/usr/bin/env python3
"""The command `alluvium`: its lines, its options, its end."""

import os
import re
import signal
import socket
import time
import unittest
import urllib.parse

from harness import LoopbackTest, Program, ask, eventually, free_port, noise, program


class Command(LoopbackTest):
    def setUp(self):
        super().setUp()
        self.server = self.origin()
        self.sound = self.server.station.add("song.mp3", noise("mp3", 30, 13))
        self.playlist = self.server.station.publish([self.server.station.item(self.sound)])

    def test_three_lines(self):
        """it prints the stream, the page and the peers' address, and nothing else"""
        listener = self.listener(self.playlist).serving()
        lines = listener.stdout
        self.assertEqual([line.split(" ")[0] for line in lines], ["stream", "page", "peers"])
        host = "\\[::1\\]" if ":" in self.address else "127\\.0\\.0\\.1"
        self.assertRegex(lines[0], f"^stream http://{host}:[1-9][0-9]*/stream$")
        self.assertRegex(lines[1], f"^page http://{host}:[1-9][0-9]*/$")
        self.assertRegex(lines[2], f"^peers {host}:[1-9][0-9]*$")
        self.assertEqual(ask("GET", listener.page_url).status, 200)
        self.record(listener.stream_url).await_bytes(10_000)
        self.assertEqual(listener.stdout, lines)

    def test_first_log_line(self):
        """the first line on standard error says who can see this address and how much is sent"""
        for share, words in (("2M", ["2 Mbit/s"]), ("512k", ["512 kbit/s"]),
                             ("unlimited", ["unlimited"]), ("off", [])):
            with self.subTest(share=share):
                listener = self.listener(self.playlist, share=share).serving()
                listener.line("", stream="stderr")
                first = listener.stderr[0]
                for word in words:
                    self.assertIn(word, first)
                self.assertIn("address", first)

    def test_share_off(self):
        """with --share off there is no peer port, and it plays just as well"""
        listener = self.listener(self.playlist, share="off").serving()
        self.assertEqual(listener.stdout[2], "peers off")
        self.record(listener.stream_url).await_bytes(10_000)
        self.assertEqual(self.listening_ports(listener),
                         {urllib.parse.urlsplit(listener.page_url).port})

    def listening_ports(self, program):
        """The TCP ports a program listens on, from the kernel."""
        sockets = set()
        for entry in os.listdir(f"/proc/{program.process.pid}/fd"):
            try:
                found = re.match(r"socket:\[(\d+)\]",
                                 os.readlink(f"/proc/{program.process.pid}/fd/{entry}"))
            except FileNotFoundError:
                continue
            if found:
                sockets.add(found[1])
        ports = set()
        for table in ("tcp", "tcp6"):
            with open(f"/proc/net/{table}", encoding="ascii") as rows:
                for row in list(rows)[1:]:
                    fields = row.split()
                    if fields[3] == "0A" and fields[9] in sockets:
                        ports.add(int(fields[1].split(":")[1], 16))
        return ports

    def test_ends_within_a_second(self):
        """TERM and INT end it cleanly within a second, even while it serves"""
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number.name):
                listener = self.listener(self.playlist).serving()
                recording = self.record(listener.stream_url)
                recording.await_bytes(10_000)
                began = time.monotonic()
                self.assertEqual(listener.stop(number), 0)
                self.assertLess(time.monotonic() - began, 1)
                recording.await_end()

    def test_last_option_wins(self):
        """of an option given twice the last one counts"""
        wrong = free_port(self.address)
        listener = self.listener(self.playlist, listen=f"127.0.0.1:{wrong}",
                                 options=["--listen", "127.0.0.1:0", "--share", "off",
                                          "--share", "1M"]).serving()
        self.assertNotEqual(urllib.parse.urlsplit(listener.page_url).port, wrong)
        self.assertNotEqual(listener.stdout[2], "peers off")

    def test_default_peer_address(self):
        """without --peer-listen it can be reached by IPv4 and IPv6, at a port from 1024 on"""
        listener = self.listener(self.playlist, options=["--peer-listen", "[::]:0"]).serving()
        port = int(listener.peer_address.rsplit(":", 1)[1])
        self.assertGreaterEqual(port, 1024)
        for address in ("127.0.0.1", "::1"):
            socket.create_connection((address, port), timeout=5).close()

    def test_cache_default(self):
        """without --cache it keeps its files under XDG_CACHE_HOME, in a folder for the playlist"""
        home = self.fresh("home")
        home.mkdir()
        bare = self.started(Program(
            [program("alluvium"), "--listen", "127.0.0.1:0", "--map-port", "off", "--gateway",
             "none", self.playlist],
            environment={"XDG_CACHE_HOME": str(home)}))
        bare.line("^peers ")
        folders = eventually(lambda: list((home / "alluvium").iterdir()))
        self.assertEqual(len(folders), 1)
        self.assertEqual(folders[0].stat().st_mode & 0o777, 0o700)

    def test_gateway_in_the_playlist(self):
        """without --gateway the one that the playlist names is used"""
        playlist = self.server.station.publish([self.server.station.item(self.sound)])
        gateway = self.gateway(playlist)
        gateway.facts(self.server.url("song.mp3"))
        self.server.station.publish([self.server.station.item(self.sound)], gateway=gateway.url)
        listener = self.listener(playlist, gateway=None).serving()
        listener.await_whole_item()
        self.assertGreater(listener.status()["bytes"]["gateway"], 0)
        self.assertEqual(listener.status()["bytes"]["unverified"], 0)


class CommandOverIPv6(Command):
    address = "::1"


if __name__ == "__main__":
    unittest.main()
