#!/usr/bin/env python3
"""Where the schedule has a gap."""

import time
import unittest

from harness import LoopbackTest, eventually, is_silence, mp3_frames, noise, ogg_pages

# Of what is on when a listener starts there is enough left for a machine that is slow.
FIRST = 36
LEFT = 16
GAP = 9


class Gaps(LoopbackTest):
    def station(self, kind, *, filler=None):
        """The first and the last sound, and a listener that is heard."""
        station = self.origin().station
        first, last = (station.add(f"{n}.{kind}", noise(kind, seconds, 60 + n))
                       for n, seconds in ((1, FIRST), (2, 20)))
        end = time.time() + LEFT
        items = [station.item(first, start=end - first.seconds),
                 station.item(last, start=end + GAP)]
        if filler:
            items.append(station.item(filler(station), event="filler"))
        listener = self.listener(station.publish(items)).serving()
        return first, last, listener, self.record(listener.stream_url)

    def between(self, recording, first, last):
        """What is heard between the two sounds, frame by frame. The first one is heard to its end
        and the last one from its beginning."""
        body = recording.await_sound(last.frames[20].data)
        heard = [frame.data for frame in mp3_frames(body, cut_end=True)]
        begin = heard.index(first.frames[-1].data) + 1
        end = heard.index(last.frames[0].data)
        self.assertEqual(heard[end:], [frame.data for frame in last.frames[:len(heard) - end]])
        return heard[begin:end]

    def assert_fills(self, frames, one):
        """From the end of what was on to the start of what is next, within 0.2 s."""
        self.assertAlmostEqual(len(frames) * one.seconds, GAP, delta=0.2)

    def test_filler(self):
        """filler plays over and over, from its first frame, and gives way at the exact start"""
        waves = []

        def filler(station):
            waves.append(station.add("waves.mp3", noise("mp3", 4, 63)))
            return waves[0]

        first, last, listener, recording = self.station("mp3", filler=filler)
        frames = self.between(recording, first, last)
        self.assert_fills(frames, first.frames[0])
        again = [frame.data for frame in waves[0].frames] * 4
        self.assertEqual(frames, again[:len(frames)])

    def test_silence(self):
        """an MP3 station without filler is silent in frames of the same format, and says when
        something will be on"""
        first, last, listener, recording = self.station("mp3")
        said = listener.await_problem("nothing is scheduled now")
        self.assertIn("the next item begins at", said)
        self.assertIsNone(listener.status()["item"])
        self.assertEqual(listener.status()["next"]["title"], "Tester - 2.mp3")
        frames = self.between(recording, first, last)
        self.assert_fills(frames, first.frames[0])
        self.assertTrue(all(map(is_silence, frames)))
        self.assertEqual({frame[:2] for frame in frames}, {first.frames[0].data[:2]})
        listener.await_status(lambda s: not any("scheduled" in p["text"] for p in s["problems"]),
                              "has something to play again")

    def test_pause(self):
        """in an Ogg station without filler players stay connected, and nothing comes between"""
        first, last, listener, recording = self.station("ogg")
        listener.await_problem("nothing is scheduled now")
        links = eventually(lambda: self.links(recording), 60, "the second link of the chain")
        self.assertEqual(len(links), 2)
        self.assertFalse(recording.ended)
        # The first one ends where its file does.
        self.assertEqual(links[0][-1].granule, ogg_pages(first.data)[-1].granule)

    def links(self, recording):
        """The pages of each link, once there are two."""
        links = []
        for page in ogg_pages(recording.body, cut_end=True):
            if page.begins_stream:
                links.append([])
            links[-1].append(page)
        return links if len(links) >= 2 and len(links[1]) >= 4 else None


if __name__ == "__main__":
    unittest.main()
