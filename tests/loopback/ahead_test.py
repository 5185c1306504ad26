#!/usr/bin/env python3
"""What is coming is here before it is due, so that an outage is not heard."""

import time
import unittest

from harness import LoopbackTest, eventually, mp3_frames, noise


class Outage(LoopbackTest):
    def test_origin_and_gateway_stop(self):
        """once the next two items are fetched the stream goes on over two seams without either"""
        origin = self.origin()
        sounds = [origin.station.add(f"{seed}.mp3", noise("mp3", seconds, seed))
                  for seed, seconds in ((41, 20), (42, 12), (43, 12), (44, 12))]
        playlist = origin.station.publish_run(sounds, offset=1)
        gateway = self.gateway(playlist)
        # A short time ahead: the next two, not the fourth.
        listener = self.listener(playlist, gateway=gateway.url, options=["--ahead", "1s"]).serving()
        recording = self.record(listener.stream_url)
        eventually(lambda: all(origin.fetched_bytes(sound) == len(sound.data)
                               for sound in sounds[:3]), what="three items are fetched")
        self.assertEqual(listener.status()["item"]["title"], "Tester - 41.mp3")
        gateway.stop()
        origin.stop()
        recording.await_sound(sounds[2].frames[-20].data, timeout=60)
        self.assert_continues(mp3_frames(recording.body, cut_end=True),
                              [frame for sound in sounds for frame in sound.frames])
        listener.await_problem("gateway")
        # What was left for later is not here, and that is said.
        listener.await_problem("44.mp3")

    def test_off(self):
        """with --ahead off only the next item is fetched, shortly before its time"""
        origin = self.origin()
        sounds = [origin.station.add(f"{seed}.mp3", noise("mp3", 12, seed))
                  for seed in (41, 42, 43)]
        start = time.time() - 1
        playlist = origin.station.publish_run(sounds, offset=0, now=start)
        gateway = self.gateway(playlist)
        listener = self.listener(playlist, gateway=gateway.url, options=["--ahead", "off"]).serving()
        recording = self.record(listener.stream_url)
        recording.await_sound(sounds[0].frames[-20].data)
        self.assertEqual(origin.fetched_bytes(sounds[1]), len(sounds[1].data))
        eventually(lambda: origin.fetched_bytes(sounds[2]) == len(sounds[2].data),
                   what="the third item is fetched")
        # The third is the next one from the second's start on, and is not asked for before.
        begun = min(r.began for r in origin.requests(sounds[2].name) if r.status == 206)
        self.assertGreaterEqual(begun, start + sounds[0].seconds - 0.1)


if __name__ == "__main__":
    unittest.main()
