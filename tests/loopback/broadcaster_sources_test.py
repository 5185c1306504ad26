#!/usr/bin/env python3
"""What `alluvium-broadcaster init` reads beside whole folders, and what it does not read again."""

import os
import unittest

from parts.music_folder import FolderTest, text, tree


class Sources(FolderTest):
    def test_unread(self):
        """a file that seems unchanged is not read again, unless that is asked for or a sidecar is
        missing"""
        file = self.make("a.mp3", "-metadata", "title=A")
        self.age()
        self.init()
        _, before = self.items()
        data = bytearray(file.read_bytes())
        data[-100] ^= 1
        file.write_bytes(data)
        self.age()
        self.init()
        _, unread = self.items()
        self.assertEqual(text(unread[0], "dc:identifier"), text(before[0], "dc:identifier"))
        self.assertEqual(text(unread[0], "rss:title"), "A")
        root = "urn:tree:sha256:" + tree(data)[1]
        self.init("--rescan")
        self.assertEqual(text(self.items()[1][0], "dc:identifier"), root)
        (self.folder / "a.mp3.thex").unlink()
        self.init()
        self.assertEqual((self.folder / "a.mp3.thex").read_bytes(), tree(data)[0])

    def test_lists_and_order(self):
        """a list names what plays and in which order; a shuffle is the same each time"""
        for name in ("a.mp3", "b.mp3", "sub/c.mp3"):
            self.make(name, seconds=1)
        (self.folder / "list.m3u8").write_text("#EXTM3U\nsub/c.mp3\na.mp3\nsub\\c.mp3\nno.mp3\n")
        source = self.folder / "list.m3u8"
        done = self.init(source=source)
        self.assertIn("no.mp3 is left out: there is no such file", done.stderr)
        self.assertEqual(self.titles(), ["c", "a", "c"])
        self.init("--order", "name")
        self.assertEqual(self.titles(), ["a", "b", "c"])
        orders = set()
        for seed in range(8):
            self.init("--order", "shuffle", "--seed", str(seed), "-q")
            orders.add(tuple(self.titles()))
        self.assertGreater(len(orders), 1)
        last = self.playlist.read_bytes()
        self.init("--order", "shuffle", "--seed", "7")
        self.assertEqual(self.playlist.read_bytes(), last)

    def test_feed(self):
        """a podcast's enclosures become items, measured where they lie, and are fetched once"""
        self.make("1.mp3", seconds=2)
        self.make("2.ogg", "-c:a", "libvorbis", seconds=3)
        (self.folder / "feed.xml").write_text(
            "<rss version='2.0'><channel><title>Pod</title>"
            "<item><title>New</title><enclosure url='2.ogg' type='audio/ogg' length='1'/></item>"
            "<item><title>Gone</title><enclosure url='9.mp3' type='audio/mpeg'/></item>"
            "<item><title>Old</title><enclosure url='1.mp3' type='audio/mpeg'/></item>"
            "</channel></rss>")
        with self.served() as base:
            for _ in range(2):
                done = self.init("--feed", base.replace(" ", "%20") + "/feed.xml", "-o",
                                 self.playlist, source=None)
                self.assertRegex(done.stderr, "9.mp3 is left out: .*404")
        channel, items = self.items()
        self.assertEqual(text(channel, "rss:title"), "Pod")
        self.assertEqual(self.titles(), ["Old", "New"])
        for item, seconds in zip(items, (2, 3)):
            self.assertAlmostEqual(int(text(item, "mm:duration")) / 1000, seconds, delta=0.1)
            self.assertIsNone(text(item, "dc:identifier"))
        paths = [path for method, path in self.asked if method == "GET" and path.endswith("1.mp3")]
        self.assertEqual(len(paths), 1)


if __name__ == "__main__":
    unittest.main()
