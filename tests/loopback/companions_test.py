#!/usr/bin/env python3
"""Several gateways behind one name, over a real Redis: they answer as one, and each may die."""

import unittest

from harness import LoopbackTest, ask, eventually, mp3_frames, noise
from parts.redis import Redis

# Only parts of files are slowed down, so that the gateways' one fetch of the whole is not.
SLOW_RANGES = "if ($http_range) { set $limit_rate 100k; }"

# What stands before them: a request goes to one, and to the other if that does not answer.
DOOR = """
location / {{ proxy_pass {first}; proxy_set_header Host 127.0.0.1; error_page 502 504 = @other; }}
location @other {{ proxy_pass {second}; proxy_set_header Host 127.0.0.1; }}
"""


class Companions(LoopbackTest):
    def setUp(self):
        super().setUp()
        self.redis = self.started(Redis(self.fresh("redis")))

    def gateways(self, playlist, count=2):
        """One after another, so that the first leads."""
        made = []
        for number in range(count):
            gateway = self.gateway(playlist, store=self.redis.url, name=f"gateway-{number + 1}")
            gateway.line("leads", stream="stderr")
            made.append(gateway)
        return made

    def doors(self, first, second):
        """Two nginx, each of which prefers another gateway."""
        return [self.origin(name="door", extra=DOOR.format(first=one.url, second=other.url)).base
                for one, other in ((first, second), (second, first))]

    def station(self, seconds, seed, extra=""):
        origin = self.origin(extra=extra)
        sound = origin.station.add("song.mp3", noise("mp3", seconds, seed))
        playlist = origin.station.publish_run([sound], offset=0)
        return origin, sound, playlist

    def listeners(self, playlist, urls, count):
        """Half of them at each of two gateways."""
        return [self.listener(playlist, gateway=urls[n % len(urls)]).serving()
                for n in range(count)]

    def metric(self, gateway, name):
        text = ask("GET", gateway.url + "/metrics").body.decode()
        return int(next(line.split()[1] for line in text.splitlines()
                        if line.startswith(f"alluvium_gateway_{name} ")))

    def assert_one_copy(self, origin, sound):
        """The gateways had one copy, to hash it, and the listeners one. (They may have had some of
        it twice: leases end by the clock, and the machine may be busy. Two gateways that did not
        know of each other would have given two.)"""
        whole = [r for r in origin.requests(sound.name) if r.status == 200]
        parts = sum(r.body_bytes for r in origin.requests(sound.name) if r.status == 206)
        self.assertEqual([r.body_bytes for r in whole], [len(sound.data)])
        self.assertEqual(origin.fetched_bytes(sound), len(sound.data))
        self.assertLessEqual(parts / len(sound.data), 1.5)

    def test_one_copy(self):
        """with half of the listeners at each of two gateways one copy leaves the origin"""
        origin, sound, playlist = self.station(20, 61)
        first, second = self.gateways(playlist)
        self.assertEqual(second.facts(origin.url(sound.name)), first.facts(origin.url(sound.name)))
        for listener in self.listeners(playlist, [first.url, second.url], 4):
            listener.await_whole_item()
        self.assert_one_copy(origin, sound)
        self.assertGreater(self.metric(second, "companions_handed_on_total"), 0)
        self.assertEqual(self.metric(second, "leases_granted_total"), 0)
        row = [ask("GET", f"{gateway.url}/uri-res/N2X?{sound.urn}") for gateway in (first, second)]
        self.assertEqual([answer.status for answer in row], [200, 200])
        self.assertEqual(row[0].body, row[1].body)

    def test_the_leader_is_killed(self):
        """when the leader is killed in the middle of an item nobody misses a byte"""
        origin, sound, playlist = self.station(30, 62, SLOW_RANGES)
        first, second = self.gateways(playlist)
        first.facts(origin.url(sound.name))
        listeners = self.listeners(playlist, self.doors(first, second), 4)
        recordings = [self.record(listener.stream_url) for listener in listeners]
        listeners[0].await_status(lambda s: s["chunks"]["held"] >= 4, "holds four chunks")
        first.kill()
        second.line("this gateway leads", stream="stderr")
        for listener in listeners:
            listener.await_whole_item()
            self.assertEqual(listener.status()["chunks"]["rejected"], 0)
        self.assert_one_copy(origin, sound)
        for recording in recordings:
            self.assert_continues(mp3_frames(recording.body, cut_end=True), sound.frames)

    def test_redis_is_killed(self):
        """without Redis the gateways go on as they were, and say so; and again when it is back"""
        origin, sound, playlist = self.station(20, 63)
        first, second = self.gateways(playlist)
        first.facts(origin.url(sound.name))
        self.redis.kill()
        for gateway in (first, second):
            gateway.line("goes on from memory", stream="stderr")
            self.assertEqual(self.metric(gateway, "companions_store_lost"), 1)
            self.assertIn(b"goes on from memory", ask("GET", gateway.url + "/").body)
        for listener in self.listeners(playlist, [first.url, second.url], 4):
            listener.await_whole_item()
        self.assert_one_copy(origin, sound)
        self.redis = self.started(Redis(self.fresh("redis"), port=self.redis.port))
        for gateway in (first, second):
            gateway.line("answers again", stream="stderr")
        # What it has forgotten it is told again: the next leader knows it all.
        eventually(lambda: self.redis.count("alluvium:peer:*") == 4, what="it has the listeners")
        first.kill()
        second.line("this gateway leads", stream="stderr")
        eventually(lambda: self.metric(second, "peers") == 4, what="it knows the listeners")
        self.assertEqual(second.facts(origin.url(sound.name))["urn"], sound.urn)
        self.assert_one_copy(origin, sound)


if __name__ == "__main__":
    unittest.main()
