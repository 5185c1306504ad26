#!/usr/bin/env python3
"""A station that has no gateway, made by `alluvium-broadcaster init`."""

import unittest

from harness import LoopbackTest, broadcast_init, mp3_frames, noise
from parts import thex


class NoGateway(LoopbackTest):
    def test_sidecars(self):
        """with no gateway at either end all is verified by the sidecars, item after item"""
        origin = self.origin()
        station = origin.station
        first = station.add("a.mp3", noise("mp3", 8, 31))
        second = station.add("b.mp3", noise("mp3", 8, 32))
        made = broadcast_init(station.folder, origin.base, "-o", station.folder / "station.rss")
        self.assertEqual(made.returncode, 0, made.stderr)
        listener = self.listener(origin.base + "station.rss", gateway="none").serving()
        recording = self.record(listener.stream_url)
        recording.await_sound(second.frames[40].data)
        self.assert_continues(mp3_frames(recording.body, cut_end=True),
                              (first.frames + second.frames) * 3)
        status = listener.status()
        self.assertEqual(status["bytes"]["unverified"], 0)
        self.assertEqual(status["bytes"]["gateway"], 0)
        self.assertGreater(status["chunks"]["verified"], 0)
        self.assertEqual(status["problems"], [])
        for sound in (first, second):
            self.assertEqual(origin.await_request(sound.name + ".thex").status, 200)

    def test_nothing_names_a_tree(self):
        """where nobody names a tree it plays as any player would, counted as unverified"""
        origin = self.origin()
        sound = origin.station.add("song.mp3", noise("mp3", 30, 13))
        playlist = origin.station.publish_run([sound], offset=5)
        listener = self.listener(playlist).serving()
        recording = self.record(listener.stream_url)
        body = recording.await_bytes(100_000)
        self.assert_continues(mp3_frames(body, cut_end=True), sound.frames)
        status = listener.status()
        self.assertGreater(status["bytes"]["unverified"], 0)
        self.assertEqual(status["chunks"]["verified"], 0)

    def test_a_false_origin(self):
        """bytes that are not those of the tree the playlist names are not heard"""
        origin = self.origin()
        station = origin.station
        sound = station.add("song.mp3", noise("mp3", 30, 13))
        playlist = station.publish_run([sound], offset=5, named=True)
        false = bytearray(sound.data)
        false[100_000] ^= 1
        (station.folder / "song.mp3").write_bytes(false)
        row = b"".join(thex.leaf_row(sound.data))
        (station.folder / "song.mp3.thex").write_bytes(row)
        listener = self.listener(playlist).serving()
        listener.await_problem("not the one the playlist names")
        self.assertGreaterEqual(listener.status()["chunks"]["rejected"], 1)
        self.assertEqual(listener.status()["bytes"]["unverified"], 0)


class NoGatewayOverIPv6(NoGateway):
    address = "::1"


if __name__ == "__main__":
    unittest.main()
