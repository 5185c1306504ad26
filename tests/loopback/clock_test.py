#!/usr/bin/env python3
"""Listeners whose computer's clock is wrong."""

import time
import unittest

from harness import LoopbackTest, mp3_frames, noise
from parts.false_clock import FalseClock

# Sixty whole minutes, also where it is measured a second or so wrong.
AHEAD = 3630


class AnHourAhead(LoopbackTest):
    def station(self):
        """Something is on now, and something else in an hour."""
        self.server = self.origin()
        station = self.server.station
        now = station.add("now.mp3", noise("mp3", 60, 51))
        later = station.add("later.mp3", noise("mp3", 60, 52))
        start = time.time() - 5
        playlist = station.publish([station.item(now, start=start),
                                    station.item(later, start=start + AHEAD)])
        return playlist, now, later

    def misled_listener(self, playlist, **more):
        self.clock = FalseClock(self.fresh("clock"), AHEAD)
        return self.listener(playlist, environment=self.clock.environment, **more).serving()

    def test_origin_and_gateway_agree(self):
        """what origin and gateway say of the time is followed within seconds"""
        playlist, now, later = self.station()
        gateway = self.gateway(playlist)
        misled = self.misled_listener(playlist, gateway=gateway.url)
        began = time.monotonic()
        recording = self.record(misled.stream_url)
        misled.await_status(lambda s: s["item"] and s["item"]["title"] == "Tester - now.mp3",
                            "is at the right item", timeout=5)
        self.assertLess(time.monotonic() - began, 3)
        problem = misled.await_problem("60 min ahead of")
        self.assertIn("the time is taken from them", problem)
        # Another one, whose clock is right, hears the same.
        other = self.record(self.listener(playlist, gateway=gateway.url).serving().stream_url)
        frames = {frame.data for frame in now.frames}
        other.await_bytes(150_000)
        recording.await_bytes(150_000)
        heard = mp3_frames(recording.body, cut_end=True)
        first = next(i for i, frame in enumerate(heard) if frame.data in frames)
        self.assertLess(first, 80, "it was long in the wrong item")
        self.assert_continues(heard[first:], now.frames)
        # Both are sent each frame at the same time, to a second or so.
        ends = {frame.data: (i + 1) * frame.seconds for i, frame in enumerate(now.frames)}

        def lead(recording):
            """How far ahead of the clock it has ever been: a busy machine may hold it back."""
            return max(ends[frame.data] - recording.arrived(frame.offset + len(frame.data) - 1)
                       for frame in mp3_frames(recording.body, cut_end=True) if frame.data in ends)

        self.assertLess(abs(lead(recording) - lead(other)), 1.5)

    def test_one_server_alone(self):
        """a single server's word is shown, and not followed"""
        playlist, now, later = self.station()
        misled = self.misled_listener(playlist)
        recording = self.record(misled.stream_url)
        self.assertIn("until a second server", misled.await_problem("60 min ahead of"))
        recording.await_sound(later.frames[500].data)
        self.assert_continues(mp3_frames(recording.body, cut_end=True), later.frames)
        # Set right, it is at the right item, and nothing is said of it any more.
        self.clock.set(0)
        misled.await_status(lambda s: s["item"] and s["item"]["title"] == "Tester - now.mp3"
                            and not any("clock" in p["text"] for p in s["problems"]),
                            "has the right time", timeout=10)


if __name__ == "__main__":
    unittest.main()
