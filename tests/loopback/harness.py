"""Base classes of the end-to-end tests, which run the real programs beside the real nginx, ffmpeg,
mpg123 and icecast2, on loopback addresses only.

The programs come from the folder in ALLUVIUM_BUILD, else from `build`. Each test has a folder of
its own, ports that were free, and ends whatever it has started; when it fails, it shows what the
programs said. A program that ends by itself, crashes, or is caught by a sanitizer fails its test.
"""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from parts.alluvium import Gateway, Listener, broadcast_init, program  # noqa: E402,F401
from parts.framing import (icy_split, is_muted, is_silence, main_data,  # noqa: E402,F401
                           mp3_frames, ogg_packets, ogg_pages)
from parts.http import Answer, Recording, ask, speak  # noqa: E402,F401
from parts.nginx import Nginx  # noqa: E402,F401
from parts.process import (BUILD, PATIENCE, ROOT, NotInTime, Program, bracketed,  # noqa: E402,F401
                           eventually, free_port)
from parts.station import (Item, Sound, Station, noise, rss, unix_time,  # noqa: E402,F401
                           w3cdtf)
from parts.workshop import Workshop  # noqa: E402


class WorkshopTest(unittest.TestCase):
    """What both kinds of end-to-end tests share. Subclasses may set `address` to "::1"."""

    address = "127.0.0.1"
    shop: Workshop
    maxDiff = 2000

    def run(self, result=None):
        result = result or self.defaultTestResult()
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            print(self.shop.story(), file=sys.stderr, flush=True)
        return result

    def assert_continues(self, heard, expected):
        """`heard` is, frame by frame, some part of `expected` without any gap; returns the index of
        its first frame there. Where a file is entered its first frames may be muted; the silence
        of gaps before and behind is left out."""
        heard = [frame.data for frame in heard]
        while heard and is_silence(heard[0]):
            heard.pop(0)
        while heard and is_silence(heard[-1]):
            heard.pop()
        expected = [frame.data for frame in expected]
        self.assertTrue(heard, "nothing was heard")
        muted = 0
        while muted < min(10, len(heard) - 1) and is_muted(heard[muted]):
            muted += 1
        self.assertTrue(heard[muted] in expected, "the first frame heard is not the station's")
        first = expected.index(heard[muted]) - muted
        for i, frame in enumerate(heard):
            if first + i >= len(expected):
                self.fail(f"{len(heard) - i} frames too many were heard")
            if i < muted:
                self.assertTrue(main_data(frame) == main_data(expected[first + i]),
                                f"frame {i} is not frame {first + i} of the station, muted")
            elif frame != expected[first + i]:
                where = expected.index(frame) if frame in expected else "nowhere"
                self.fail(f"after frame {first + i - 1} of {len(expected)} came frame {where}")
        return first


class LoopbackTest(WorkshopTest):
    """A workshop for each test; its methods are the test's own: `self.origin()`, …"""

    def setUp(self):
        self.shop = Workshop(self.address)
        self.addCleanup(lambda: self.assertEqual(self.shop.close(), []))
        self.folder = self.shop.folder

    def __getattr__(self, name):
        if name in ("started", "fresh", "origin", "gateway", "listener", "icecast", "record"):
            return getattr(self.shop, name)
        raise AttributeError(name)


class SharedLoopbackTest(WorkshopTest):
    """One workshop for a whole class, furnished by `prepare(shop)`: for questions that leave no
    trace."""

    @classmethod
    def setUpClass(cls):
        cls.shop = Workshop(cls.address)
        try:
            cls.prepare(cls.shop)
        except BaseException:
            print(cls.shop.story(), file=sys.stderr, flush=True)
            cls.shop.close()
            raise

    @classmethod
    def prepare(cls, shop):
        raise NotImplementedError

    @classmethod
    def tearDownClass(cls):
        complaints = cls.shop.close()
        if complaints:
            print(cls.shop.story(), file=sys.stderr, flush=True)
            raise AssertionError(complaints)
