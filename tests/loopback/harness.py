"""Base class of the end-to-end tests, which run the real programs beside the real nginx, ffmpeg,
mpg123 and icecast2, on loopback addresses only.

The programs come from the folder in ALLUVIUM_BUILD, else from `build`. Each test has a folder of
its own, ports that were free, and ends whatever it has started; when it fails, it shows what the
programs said. A program that ends by itself, crashes, or is caught by a sanitizer fails its test.
"""

import itertools
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from parts.alluvium import Gateway, Listener, broadcast_init, program  # noqa: E402,F401
from parts.framing import icy_split, mp3_frames, ogg_pages  # noqa: E402,F401
from parts.http import Answer, Recording, ask, speak  # noqa: E402,F401
from parts.icecast import Icecast  # noqa: E402
from parts.nginx import Nginx  # noqa: E402
from parts.process import (BUILD, PATIENCE, ROOT, NotInTime, Program, bracketed,  # noqa: E402,F401
                           eventually, free_port)
from parts.station import (Item, Sound, Station, noise, rss, unix_time,  # noqa: E402,F401
                           w3cdtf)


class LoopbackTest(unittest.TestCase):
    """One station on one machine. Subclasses may set `address` to "::1"."""

    address = "127.0.0.1"
    maxDiff = 2000

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="alluvium-test-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        self.folder.chmod(0o755)
        self.numbers = itertools.count(1)
        self.programs = []
        self.addCleanup(self.end_programs)

    def run(self, result=None):
        result = result or self.defaultTestResult()
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            for started in getattr(self, "programs", []):
                print(started.story(), file=sys.stderr, flush=True)
        return result

    def end_programs(self):
        complaints = []
        for started in reversed(self.programs):
            complaints.append(started.complaint())
            try:
                started.stop()
            except NotInTime as error:
                complaints.append(str(error))
            complaints.append(started.complaint())
        self.assertEqual(list(dict.fromkeys(filter(None, complaints))), [])

    def started(self, running):
        """Has a program ended with the test."""
        self.programs.append(running)
        return running

    def fresh(self, name):
        """A path in the test's folder that nothing has yet."""
        return self.folder / f"{name}-{next(self.numbers)}"

    def origin(self, *, name="origin", root=None, **more):
        """An nginx, and the station it serves as `.station`."""
        root = root or self.folder / f"{name}-root"
        root.mkdir(exist_ok=True)
        more.setdefault("address", self.address)
        server = self.started(Nginx(self.fresh(name), root, name=name, **more))
        server.station = Station(root, server.base)
        return server

    def gateway(self, *stations, **more):
        more.setdefault("address", self.address)
        store = more.pop("store", None) or self.fresh("store")
        return self.started(Gateway(store, stations=stations, **more))

    def listener(self, playlist, **more):
        """A running `alluvium`, that may not serve yet. Without `gateway` it has none."""
        more.setdefault("address", self.address)
        more.setdefault("gateway", "none")
        more.setdefault("name", f"listener {len(self.programs)}")
        cache = more.pop("cache", None) or self.fresh("cache")
        return self.started(Listener(playlist, cache=cache, **more))

    def icecast(self, stream_url):
        return self.started(Icecast(self.fresh("icecast"), stream_url, address=self.address))

    def record(self, url, **more):
        recording = Recording(url, **more)
        self.addCleanup(recording.stop)
        return recording

    def assert_continues(self, heard, expected):
        """`heard` is, frame by frame, some part of `expected` without any gap; returns the index of
        its first frame there."""
        heard = [frame.data for frame in heard]
        expected = [frame.data for frame in expected]
        self.assertTrue(heard, "nothing was heard")
        self.assertIn(heard[0], expected, "the first frame heard is not the station's")
        first = expected.index(heard[0])
        for i, frame in enumerate(heard):
            if first + i >= len(expected):
                self.fail(f"{len(heard) - i} frames too many were heard")
            if frame != expected[first + i]:
                where = expected.index(frame) if frame in expected else "nowhere"
                self.fail(f"after frame {first + i - 1} of {len(expected)} came frame {where}")
        return first
