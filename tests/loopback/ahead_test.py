#!/usr/bin/env python3
"""What is coming is here before it is due, so that an outage is not heard."""

import unittest

from harness import LoopbackTest, eventually, mp3_frames, noise


def fetched_bytes(origin, sound):
    """What listeners had of a file; a gateway reads it whole."""
    return sum(r.body_bytes for r in origin.requests(sound.name) if r.status == 206)


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
        eventually(lambda: all(fetched_bytes(origin, sound) >= len(sound.data)
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
        playlist = origin.station.publish_run(sounds, offset=1)
        gateway = self.gateway(playlist)
        listener = self.listener(playlist, gateway=gateway.url, options=["--ahead", "off"]).serving()
        recording = self.record(listener.stream_url)
        recording.await_sound(sounds[0].frames[-20].data)
        self.assertGreaterEqual(fetched_bytes(origin, sounds[1]), len(sounds[1].data))
        self.assertEqual(fetched_bytes(origin, sounds[2]), 0)


if __name__ == "__main__":
    unittest.main()
