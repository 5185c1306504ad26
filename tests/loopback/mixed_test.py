#!/usr/bin/env python3
"""A station whose items are of several formats: players are sent back at each seam."""

import unittest

from harness import LoopbackTest, mp3_frames, noise, ogg_packets
from parts import players

SECONDS = 10


class Mixed(LoopbackTest):
    def setUp(self):
        super().setUp()
        station = self.origin().station
        self.sounds = [station.add(name, noise(name.split(".")[1], SECONDS, 50 + i)) for i, name in
                       enumerate(("one.mp3", "two.ogg", "three.aac", "four.mp3"))]
        # All of the first is left: who comes within four seconds of its end gets the second.
        playlist = station.publish_loop(self.sounds, offset=0)
        self.station = self.listener(playlist).serving()

    def test_each_item_from_its_first_byte(self):
        """at each seam the stream ends after the item's last byte, and who comes back at once gets
        the next item from its first one"""
        url = self.station.stream_url
        first = self.record(url)
        one = first.await_end(60)
        # There are only seconds to come back in: what was heard is judged after that.
        second = self.record(url)
        self.assertEqual(mp3_frames(one)[-1].data, self.sounds[0].frames[-1].data)
        self.assertEqual(first.header("Content-Type"), "audio/mpeg")

        two = second.await_end(60)
        third = self.record(url)
        self.assertEqual(second.header("Content-Type"), "audio/ogg")
        # Its packets, on pages cut short for the sake of who joins in the middle.
        packets = [[packet.data for packet in ogg_packets(ogg)]
                   for ogg in (two, self.sounds[1].data)]
        self.assertEqual(*packets)

        three = third.await_end(60)
        fourth = self.record(url)
        self.assertEqual(third.header("Content-Type"), "audio/aac")
        self.assertEqual(three, self.sounds[2].data)

        four = mp3_frames(fourth.await_end(60))
        self.assertEqual(fourth.header("Content-Type"), "audio/mpeg")
        # The list begins again with another MP3 in the same connection.
        frames = [frame.data for frame in self.sounds[3].frames + self.sounds[0].frames]
        self.assertEqual([frame.data for frame in four], frames)

    def test_players(self):
        """with either list mpv and VLC come back for each item, and mpg123 for each MP3"""
        lists = [self.station.local("/stream" + end) for end in (".m3u", ".pls")]
        mpvs = [self.started(players.mpv(url)) for url in lists]
        vlcs = [self.started(players.vlc(url, self.fresh("home"))) for url in lists]
        mpg123s = [self.started(players.mpg123(url, "-@")) for url in lists]
        for mpg123 in mpg123s:
            for title in ("one", "four"):
                mpg123.line(f"StreamTitle='Tester - {title}.mp3'", stream="stderr", timeout=60)
            self.assertNotIn("rror", "\n".join(mpg123.stderr))
        for mpv in mpvs:
            for codec in ("vorbis", "aac", "mp3"):
                mpv.line(rf"\(\+\) Audio .*\({codec}", timeout=90)
            self.assertEqual(players.complaints_of_mpv(mpv), [])
        for vlc in vlcs:
            for codec in ("mp3 ", "vorb", "mp4a"):  # Each heard to its end.
                vlc.line(f"killing decoder fourcc .{codec}", stream="stderr", timeout=60)
        for player in mpvs + vlcs + mpg123s:
            self.assertTrue(player.running, f"{player.name} has left")


if __name__ == "__main__":
    unittest.main()
