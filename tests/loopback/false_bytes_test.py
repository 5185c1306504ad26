#!/usr/bin/env python3
"""Listeners among peers that lie."""

import unittest

from harness import LoopbackTest, eventually, mp3_frames, noise
from parts.false_peer import FalsePeer


class FalseBytes(LoopbackTest):
    peer_address = "127.0.0.9"

    def test_false_peer(self):
        """of a peer that serves false bytes nothing is heard, and it is counted"""
        # Slow enough that nobody has it all before the false peer is asked.
        origin = self.origin(extra="if ($http_range) { set $limit_rate 40k; }")
        sound = origin.station.add("song.mp3", noise("mp3", 30, 13))
        playlist = origin.station.publish_run([sound], offset=5)
        gateway = self.gateway(playlist)
        gateway.facts(origin.url("song.mp3"))
        liar = FalsePeer(sound, address=self.peer_address)
        self.addCleanup(liar.stop)
        self.assertEqual(liar.announce(gateway.url).status, 200)
        eventually(lambda: any(liar.endpoint in peer
                               for peer in gateway.facts(origin.url("song.mp3"))["peers"]),
                   what="the gateway lists the false peer")
        listener = self.listener(playlist, gateway=gateway.url).serving()
        recording = self.record(listener.stream_url)
        listener.await_whole_item()
        recording.await_bytes(150_000)
        self.assert_continues(mp3_frames(recording.body, cut_end=True), sound.frames)
        status = listener.status()
        self.assertGreater(liar.served_bytes, 0)
        self.assertGreaterEqual(status["chunks"]["rejected"], 1)
        self.assertLess(liar.served_bytes, len(sound.data) // 2, "it was not banned")
        self.assertEqual(status["chunks"]["verified"] >= sound.chunks, True)


class FalseBytesOverIPv6(FalseBytes):
    address = "::1"
    peer_address = "::1"


if __name__ == "__main__":
    unittest.main()
