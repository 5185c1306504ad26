#!/usr/bin/env python3
"""What is coming is here before it is due, so that an outage is not heard."""

import unittest

from harness import LoopbackTest, eventually, mp3_frames, noise


class Outage(LoopbackTest):
    def test_origin_and_gateway_stop(self):
        """once the next two items are fetched the stream goes on over two seams without either"""
        origin = self.origin()
        sounds = [origin.station.add(f"{seed}.mp3", noise("mp3", 12, seed))
                  for seed in (41, 42, 43, 44)]
        playlist = origin.station.publish_run(sounds, offset=1)
        gateway = self.gateway(playlist)
        listener = self.listener(playlist, gateway=gateway.url).serving()
        recording = self.record(listener.stream_url)

        def fetched(sound):
            parts = [r.body_bytes for r in origin.requests(sound.name)
                     if r.remote == "127.0.0.1" and r.status == 206]
            return sum(parts) >= len(sound.data)

        eventually(lambda: all(fetched(sound) for sound in sounds[1:3]), what="two items fetched")
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
        playlist = origin.station.publish_run(sounds, offset=1, named=True)
        listener = self.listener(playlist, options=["--ahead", "off"]).serving()
        recording = self.record(listener.stream_url)
        recording.await_sound(sounds[0].frames[-20].data)
        self.assertNotEqual(origin.requests(sounds[1].name), [])
        self.assertEqual(origin.requests(sounds[2].name), [])


if __name__ == "__main__":
    unittest.main()
