#!/usr/bin/env python3
"""Titles that somebody else wrote, as three parsers of ICY streams read them."""

import http.server
import os
import pathlib
import random
import re
import subprocess
import tempfile
import threading
import unittest

from harness import BUILD, icy_split
from parts.media import made, noise_source

STATION = BUILD / "examples/stream_station"
INTERVAL = 8192
SECONDS = 3
PIECES = ["';", "'", ";", "StreamTitle='x';", "StreamUrl='http:evil';", "\\", "\"", "\n", "\r\n",
          "\x01", "\x7f", "\u0085", "\u2028", "é", "漢字", "🎵", "\u202e", "a" * 200, "%s%n", "  ", "ID3",
          "\udcff", "\udcf0\udc9f", "$(id)", "${pause}", "-", "="]


def hostile(count, seed):
    """Names that a file may have; each begins with a number of its own."""
    chance = random.Random(seed)
    names = []
    for i in range(count):
        name = f"{i:02d} " + "".join(chance.choice(PIECES) for _ in range(chance.randint(1, 6)))
        names.append(os.fsencode(name)[:255])
    return names


def shown(name):
    """What is to be seen of a title: no control characters, no end before its end."""
    return re.sub(r"\W", "", name)


class OneStream:
    """Serves one recorded stream, whole, to every player."""

    def __init__(self, data):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "audio/mpeg")
                if self.headers.get("Icy-MetaData") == "1":
                    self.send_header("icy-metaint", str(INTERVAL))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/stream"

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        sound = made("titles.mp3", noise_source(SECONDS, 91), "-c:a", "libmp3lame", "-b:a", "64k")
        with tempfile.TemporaryDirectory(prefix="alluvium-titles-") as folder:
            cls.names = hostile(40, seed=5)
            arguments = []
            for name in cls.names:
                path = os.path.join(os.fsencode(folder), name)
                os.symlink(pathlib.Path(sound).resolve(), path)
                arguments.append(path + f"={SECONDS}".encode())
            # A player is served seconds ahead: it ends before the list begins again.
            span = SECONDS * len(arguments) - 6
            cls.data = subprocess.run([STATION, "--icy", str(span), *arguments],
                                      check=True, capture_output=True).stdout
        cls.server = OneStream(cls.data)
        cls.addClassCleanup(cls.server.close)
        # Read as plainly as can be: a block is a title up to the first `';`, and then nothing.
        cls.sound, blocks = icy_split(cls.data, INTERVAL)
        cls.titles = []  # As they are sent; the last ones may not have been.
        for _, block in blocks:
            title, mark, rest = block.partition(b"';")
            assert title.startswith(b"StreamTitle='") and mark and not rest.strip(b"\0"), block
            cls.titles.append(title[len(b"StreamTitle='"):].decode())

    def test_plainly_read(self):
        """every title is one block, valid UTF-8, without control characters, in the files' order"""
        self.assertGreaterEqual(len(self.titles), len(self.names) - 2)
        self.assertEqual([title[:2] for title in self.titles],
                         [os.fsdecode(name)[:2] for name in self.names[:len(self.titles)]])
        for title in self.titles:
            self.assertIsNone(re.search(r"[\x00-\x1f\x7f]", title), title)

    def test_ffmpeg(self):
        """ffmpeg hears the sound without an error, and reads the same titles"""
        ran = subprocess.run(["ffmpeg", "-v", "verbose", "-i", self.server.url, "-f", "null", "-"],
                             stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
        self.assertEqual(ran.returncode, 0)
        said = ran.stderr.decode()
        self.assertIsNone(re.search("(?i)invalid|corrupt|error while", said), said[-2000:])
        alone = subprocess.run(["ffmpeg", "-v", "error", "-f", "mp3", "-i", "-", "-f", "md5", "-"],
                               input=self.sound, capture_output=True, timeout=120)
        heard = subprocess.run(["ffmpeg", "-v", "error", "-i", self.server.url, "-f", "md5", "-"],
                               stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
        # Of a stream of no said length that has titles ffmpeg says so whenever it ends.
        said_of_it = [line for line in heard.stderr.decode().splitlines()
                      if "Stream ends prematurely" not in line and "Input/output error" not in line]
        self.assertEqual(said_of_it + alone.stderr.decode().splitlines(), [])
        self.assertEqual(heard.stdout, alone.stdout)
        read = re.findall(r"Metadata update for StreamTitle: (.*)", said)
        self.assertEqual([shown(title) for title in read],
                         [shown(title) for title in self.titles[-len(read):]])
        self.assertGreaterEqual(len(read), len(self.titles) - 2)

    def test_mpv(self):
        """mpv plays to the end without an error, and shows the same titles"""
        ran = subprocess.run(
            ["mpv", "--no-config", "--no-video", "--ao=null", "--speed=5", "--term-status-msg=",
             self.server.url],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
        said = (ran.stdout + ran.stderr).decode()
        self.assertEqual(ran.returncode, 0, said[-2000:])
        self.assertIsNone(re.search("(?i)error|invalid|corrupt|failed", said), said[-2000:])
        expected = {shown(title) for title in self.titles}
        read = {shown(title) for title in re.findall(r"icy-title: (\d\d .*)", said)}
        self.assertLessEqual(read, expected)
        self.assertGreaterEqual(len(read), len(expected) // 2)


if __name__ == "__main__":
    unittest.main()
