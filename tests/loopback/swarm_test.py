#!/usr/bin/env python3
"""Several listeners of one station: what they serve, and what they have from whom."""

import unittest

from harness import LoopbackTest, mp3_frames, noise, ogg_packets, ogg_pages

# Only parts of files are slowed down, so that the gateway's one fetch of the whole is not.
SLOW_RANGES = "if ($http_range) { set $limit_rate 40k; }"


class Listeners(LoopbackTest):
    def knowing_gateway(self, origin, sounds):
        """A gateway that has hashed the files: without their trees they are played unverified, and
        nobody has them from a peer."""
        gateway = self.gateway(origin.station.publish_run(sounds, offset=0))
        for sound in sounds:
            gateway.facts(origin.url(sound.name))
        return gateway

    def three_listeners(self, playlist, gateway):
        """One after another, all of which are serving."""
        return [self.listener(playlist, gateway=gateway.url).serving() for _ in range(3)]


class ThreeListeners(Listeners):
    def station_of_two(self, kind, *, left, seconds=20):
        """A playlist of two files; the first has `left` seconds to go when the listeners start."""
        origin = self.origin()
        sounds = [origin.station.add(f"{name}.{kind}", noise(kind, seconds, seed))
                  for name, seed in (("first", 11), ("second", 12))]
        gateway = self.knowing_gateway(origin, sounds)
        playlist = origin.station.publish_run(sounds, offset=sounds[0].seconds - left)
        return origin, sounds, self.three_listeners(playlist, gateway)

    def test_mp3(self):
        """each of three listeners serves the files' frames in order, across a change of item"""
        origin, (first, second), listeners = self.station_of_two("mp3", left=14)
        recordings = [self.record(listener.stream_url) for listener in listeners]
        for recording in recordings:
            recording.await_sound(second.frames[80].data)
            heard = mp3_frames(recording.body, cut_end=True)
            start = self.assert_continues(heard, first.frames + second.frames)
            self.assertLess(start, len(first.frames))
        for listener in listeners:
            status = listener.status()
            self.assertEqual(status["chunks"]["rejected"], 0)
            self.assertEqual(status["bytes"]["unverified"], 0)

    def test_ogg(self):
        """an Ogg station begins with the headers and misses no packet, across a change of item"""
        origin, sounds, listeners = self.station_of_two("ogg", left=14)
        first, second = (ogg_pages(sound.data) for sound in sounds)
        recordings = [self.record(listener.stream_url) for listener in listeners]
        for recording in recordings:
            recording.await_sound(ogg_packets(sounds[1].data)[-100].data)
            heard = ogg_pages(recording.body, cut_end=True)
            self.assertTrue(heard[0].begins_stream)
            self.assertEqual([page.data for page in heard[:2]], [page.data for page in first[:2]])
            packets = [ogg_packets(data, cut_end=True)
                       for data in (recording.body, sounds[0].data + sounds[1].data)]
            self.assert_continues(*([packet for packet in stream if not packet.is_vorbis_header]
                                    for stream in packets))
            change = next(i for i, page in enumerate(heard) if page.data == second[0].data)
            self.assertEqual([page.data for page in heard[change:change + 2]],
                             [page.data for page in second[:2]])

    def test_sources(self):
        """listeners have more from each other than all of them from the origin"""
        origin, sounds, listeners = self.station_of_two("mp3", left=58, seconds=60)
        for listener in listeners:
            listener.await_whole_item()
        got = [listener.status()["bytes"] for listener in listeners]
        from_peers = sum(b["peers"] for b in got)
        from_origin = sum(b["origin"] for b in got)
        self.assertGreater(from_peers, from_origin)
        for sound in sounds:
            sent = sum(r.body_bytes for r in origin.requests(sound.name) if r.status == 206)
            self.assertLess(sent, 1.5 * len(sound.data), sound.name)


class ThreeListenersOverIPv6(ThreeListeners):
    address = "::1"


class Losses(Listeners):
    def test_a_listener_is_killed(self):
        """when a listener is killed in the middle of an item the others miss nothing"""
        origin = self.origin(extra=SLOW_RANGES)
        sound = origin.station.add("long.mp3", noise("mp3", 60, 21))
        gateway = self.knowing_gateway(origin, [sound])
        playlist = origin.station.publish_run([sound], offset=8)
        *others, victim = self.three_listeners(playlist, gateway)
        recordings = [self.record(listener.stream_url) for listener in others]
        status = victim.await_status(lambda s: s["chunks"]["held"] >= 4, "holds four chunks")
        self.assertLess(status["chunks"]["held"], status["chunks"]["total"],
                        "too late to be the middle of an item")
        victim.kill()
        for recording in recordings:
            recording.await_sound(sound.frames[-1].data)
            self.assert_continues(mp3_frames(recording.body, cut_end=True), sound.frames)

    def test_the_gateway_stops(self):
        """without its gateway a listener plays on, into the next item too"""
        origin = self.origin()
        first = origin.station.add("first.mp3", noise("mp3", 20, 11))
        second = origin.station.add("second.mp3", noise("mp3", 20, 12))
        gateway_needs = origin.station.publish_run([first], offset=0, name="first-only.rss")
        gateway = self.gateway(gateway_needs)
        playlist = origin.station.publish_run([first, second], offset=first.seconds - 15)
        listener = self.listener(playlist, gateway=gateway.url).serving()
        recording = self.record(listener.stream_url)
        recording.await_bytes(1)
        gateway.stop()
        recording.await_sound(second.frames[80].data)
        self.assert_continues(mp3_frames(recording.body, cut_end=True),
                              first.frames + second.frames)
        listener.await_problem("gateway")

    def test_the_origin_stops(self):
        """once one copy is out the origin may go: who comes later has it all from a peer"""
        pages = self.origin(name="pages")
        media = self.origin(name="media")
        sound = media.station.add("long.mp3", noise("mp3", 30, 13))
        playlist = pages.station.publish([media.station.item(sound)])
        gateway = self.gateway(playlist)
        early = self.listener(playlist, gateway=gateway.url).serving()
        early.await_whole_item()
        recording_early = self.record(early.stream_url)
        media.stop()
        late = self.listener(playlist, gateway=gateway.url).serving()
        late.await_whole_item()
        recording_late = self.record(late.stream_url)
        for recording in (recording_early, recording_late):
            body = recording.await_bytes(200_000)
            self.assert_continues(mp3_frames(body, cut_end=True), sound.frames * 3)
        got = late.status()["bytes"]
        # A late chunk may have been asked for twice; nothing may be missing.
        self.assertGreaterEqual(got["peers"], len(sound.data))
        self.assertEqual(got["origin"], 0)


class LossesOverIPv6(Losses):
    address = "::1"


if __name__ == "__main__":
    unittest.main()
