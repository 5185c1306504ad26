#!/usr/bin/env python3
"""Programs that others wrote, at the local stream."""

import subprocess
import time
import unittest

from harness import LoopbackTest, icy_split, mp3_frames, noise


class Players(LoopbackTest):
    def playing(self, kind="mp3", seconds=60, offset=20):
        origin = self.origin()
        sound = origin.station.add(f"song.{kind}", noise(kind, seconds, 21))
        playlist = origin.station.publish_run([sound], offset=offset)
        return sound, self.listener(playlist).serving()

    def test_ffmpeg(self):
        """ffmpeg decodes six seconds of either kind without a complaint"""
        for kind in ("mp3", "ogg"):
            with self.subTest(kind=kind):
                _, listener = self.playing(kind)
                ran = subprocess.run(
                    ["ffmpeg", "-v", "error", "-i", listener.stream_url, "-t", "6", "-f", "s16le",
                     "-ar", "44100", "-ac", "2", "-"],
                    stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
                self.assertEqual(ran.stderr.decode(), "")
                self.assertAlmostEqual(len(ran.stdout) / 4 / 44100, 6, delta=0.1)

    def test_mpg123(self):
        """mpg123 decodes the stream"""
        _, listener = self.playing()
        made = self.fresh("heard.wav")
        ran = subprocess.run(["mpg123", "-n", "200", "-w", made, listener.stream_url],
                             stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertGreater(made.stat().st_size, 190 * 1152 * 4)

    def test_icecast_relay(self):
        """a real icecast2 relays the stream, frame by frame, with its title"""
        sound, listener = self.playing()
        server = self.icecast(listener.stream_url).relaying()
        recording = self.record(server.url)
        body = recording.await_bytes(150_000)
        self.assertEqual(recording.header("Content-Type"), "audio/mpeg")
        # icecast2 begins wherever its burst does, not at a frame.
        begin = next(frame.data for frame in sound.frames if frame.data in body)
        self.assert_continues(mp3_frames(body[body.index(begin):], cut_end=True), sound.frames)
        with_titles = self.record(server.url, headers={"Icy-MetaData": "1"})
        _, blocks = icy_split(with_titles.await_bytes(60_000),
                              int(with_titles.header("icy-metaint")))
        self.assertTrue(any(b"song.mp3" in text for _, text in blocks), blocks)


class PlayersOverIPv6(Players):
    address = "::1"


class Joining(LoopbackTest):
    def first_heard(self, *, options=(), kind="mp3"):
        """(sound, index of the first frame heard, its recording, start of the item)"""
        origin = self.origin()
        sound = origin.station.add("song.mp3", noise("mp3", 60, 21))
        start = time.time() - 30
        playlist = origin.station.publish([origin.station.item(sound, start=start)])
        listener = self.listener(playlist, options=options).serving()
        recording = self.record(listener.stream_url)
        body = recording.await_bytes(40_000)
        index = self.assert_continues(mp3_frames(body, cut_end=True), sound.frames)
        return sound, index, recording, start

    def test_on_air(self):
        """who joins in the middle of an item hears what is on within two seconds of it"""
        sound, index, recording, start = self.first_heard()
        heard = start + sum(frame.seconds for frame in sound.frames[:index])
        # What was on at some moment between question and answer is right.
        on_air = min(max(heard, recording.asked), recording.arrived(0))
        self.assertAlmostEqual(heard, on_air, delta=2)

    def test_from_the_start(self):
        """with --join start the item is heard from its first frame"""
        _, index, _, _ = self.first_heard(options=["--join", "start"])
        self.assertEqual(index, 0)


class JoiningOverIPv6(Joining):
    address = "::1"


if __name__ == "__main__":
    unittest.main()
