#!/usr/bin/env python3
"""The judges themselves: they find what they are there to find."""

import sys
import unittest

from harness import (LoopbackTest, NotInTime, Program, Workshop, icy_split, mp3_frames, noise,
                     ogg_pages)
from parts import thex
from parts.framing import NotMedia


class Judges(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.mp3 = noise("mp3", 8, 31).read_bytes()
        cls.ogg = noise("ogg", 8, 31).read_bytes()
        cls.frames = mp3_frames(cls.mp3)
        cls.judge = LoopbackTest()

    def test_whole_frames(self):
        """an MP3 file is its tags, its info frame, and its frames without anything between"""
        self.assertAlmostEqual(sum(frame.seconds for frame in self.frames), 8, delta=0.1)
        self.assertEqual(self.mp3[self.frames[0].offset:],
                         b"".join(frame.data for frame in self.frames))

    def test_gaps(self):
        """a lost, a repeated, a swapped and a changed frame are found"""
        frames = self.frames[50:100]
        self.assertEqual(self.judge.assert_continues(frames, self.frames), 50)
        changed = frames[10].__class__(bytes(reversed(frames[10].data)), 0, 0)
        for bad in (frames[:9] + frames[10:], frames[:9] + frames[8:],
                    frames[:9] + [frames[10], frames[9]] + frames[11:],
                    frames[:10] + [changed] + frames[11:], [changed], []):
            with self.assertRaises(AssertionError):
                self.judge.assert_continues(bad, self.frames)

    def test_cuts(self):
        """a single byte too many or too few is found in either kind of file"""
        for split, data in ((mp3_frames, self.mp3), (ogg_pages, self.ogg)):
            middle = len(data) // 2
            split(data)
            for bad in (data[:middle] + data[middle + 1:], data[:middle] + b"x" + data[middle:],
                        data[:-1]):
                with self.assertRaises(NotMedia):
                    split(bad)
            split(data[:-1], cut_end=True)

    def test_titles(self):
        """titles are taken out at their places"""
        block = b"StreamTitle='x';"
        data = b"a" * 10 + b"\1" + block + b"b" * 10 + b"\0" + b"c" * 5
        self.assertEqual(icy_split(data, 10), (b"a" * 10 + b"b" * 10 + b"c" * 5, [(10, block)]))

    def test_tree(self):
        """the tree has the root that RFC 9162's eight leaves have"""
        leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                  "606162636465666768696a6b6c6d6e6f"]
        row = [thex.leaf_row(bytes.fromhex(leaf))[0] for leaf in leaves]
        self.assertEqual(thex.root(row).hex(),
                         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")

    def test_programs(self):
        """a program that ends by itself, crashes, or meets a sanitizer is complained of"""
        cases = [
            ("import sys; sys.exit(3)", "ended by itself with status 3"),
            ("import os; os.abort()", "ended by itself with status -6"),
        ]
        for code, words in cases:
            with self.subTest(code):
                shop = Workshop()
                running = shop.started(Program([sys.executable, "-c", code], name="it"))
                running.process.wait(20)
                self.assertIn(words, " ".join(shop.close()))
        shop = Workshop()
        shop.started(Program([sys.executable, "-c",
                              "import sys; print('a.cpp:1:2: runtime error: x', file=sys.stderr)"],
                             name="it")).wait()
        self.assertEqual(shop.close(), ["it was caught by a sanitizer"])

    def test_lines(self):
        """a line that never comes is not waited for when the program has ended"""
        shop = Workshop()
        running = shop.started(Program([sys.executable, "-c", "print('one'); print('two')"]))
        self.assertEqual(running.line("^(t.*)$")[1], "two")
        with self.assertRaises(NotInTime):
            running.line("three", timeout=1000)
        running.wait()
        self.assertEqual(shop.close(), [])


if __name__ == "__main__":
    unittest.main()
