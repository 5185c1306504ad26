"""A folder of music that `alluvium-broadcaster` makes a station of, as tests see it."""

import base64
import contextlib
import functools
import hashlib
import http.server
import os
import pathlib
import subprocess
import tempfile
import threading
import unittest
import xml.etree.ElementTree as ElementTree

from parts.process import BUILD

BROADCASTER = BUILD / "gateway/broadcaster/alluvium-broadcaster"
NAMES = {
    "rss": "http://purl.org/rss/1.0/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "ev": "http://purl.org/rss/1.0/modules/event/",
    "mm": "http://musicbrainz.org/mm/mm-2.0#",
    "enc": "http://purl.oclc.org/net/rss_2.0/enc#",
}


def tree(data):
    """The leaf row and the root, in ten lines."""
    row = [hashlib.sha256(b"\0" + data[at:at + 16384]).digest()
           for at in range(0, max(len(data), 1), 16384)]
    level = row
    while len(level) > 1:
        level = [hashlib.sha256(b"\1" + b"".join(level[i:i + 2])).digest()
                 if i + 1 < len(level) else level[i] for i in range(0, len(level), 2)]
    return b"".join(row), base64.b32encode(level[0]).decode().rstrip("=")


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, arguments)], check=True,
                   stdin=subprocess.DEVNULL)


def text(element, path):
    found = element.find(path, NAMES)
    return None if found is None else found.text


class FolderTest(unittest.TestCase):
    """Each test has a folder of its own, whose playlist is written into it."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="alluvium-broadcaster-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name) / "Mein Sender"
        self.folder.mkdir()
        self.playlist = self.folder / "playlist.rss"

    def make(self, name, *options, seconds=4.3):
        file = self.folder / name
        file.parent.mkdir(exist_ok=True)
        ffmpeg("-f", "lavfi", "-i", f"anoisesrc=duration={seconds}:amplitude=0.1:seed=3",
               "-ac", "2", *options, file)
        return file

    def age(self):
        """As if all files had been there for a while."""
        for file in self.folder.rglob("*.*"):
            os.utime(file, (1_600_000_000, 1_600_000_000))

    def init(self, *options, base="http://127.0.0.1:9/musik", expect=0, source="", before=None):
        named = [] if source is None else [source or self.folder]
        done = subprocess.run([BROADCASTER, "init", *named, "--base", base, *options],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              preexec_fn=before, restore_signals=before is None)
        self.assertEqual(done.returncode, expect, done.stderr)
        return done

    def items(self):
        root = ElementTree.parse(self.playlist).getroot()
        self.assertEqual(root.tag, f"{{{NAMES['rdf']}}}RDF")
        return root.find("rss:channel", NAMES), root.findall("rss:item", NAMES)

    def titles(self):
        return [text(item, "rss:title") for item in self.items()[1]]

    @contextlib.contextmanager
    def served(self):
        """The folder's parent on a web server; gives the folder's URL."""
        asked = self.asked = []

        class Quiet(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_):
                asked.append((self.command, self.path))

        handler = functools.partial(Quiet, directory=self.folder.parent)
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_port}/Mein Sender"
            server.shutdown()
