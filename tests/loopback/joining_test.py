#!/usr/bin/env python3
"""Who joins in the middle of an item hears what is on, in every format that can be entered."""

import array
import subprocess
import time
import unittest

from harness import LoopbackTest, broadcast_init, eventually
from parts import media

SECONDS = 60
FILES = {
    "constant.mp3": ["-c:a", "libmp3lame", "-b:a", "128k"],
    "variable.mp3": ["-c:a", "libmp3lame", "-q:a", "4"],
    "bare.mp3": ["-c:a", "libmp3lame", "-q:a", "4", "-write_xing", "0"],
    "frames.aac": ["-c:a", "aac"],
    "vorbis.ogg": ["-c:a", "libvorbis"],
    "opus.opus": ["-c:a", "libopus"],
    "flac.oga": ["-c:a", "flac"],
}


def first_sound(heard):
    """The second of the tone's file at which a recording begins; None if it is too short to say."""
    pcm = subprocess.run(["ffmpeg", "-v", "quiet", "-i", "-", "-f", "s16le", "-ac", "1", "-ar",
                          "44100", "-"], input=heard, capture_output=True).stdout
    samples = array.array("h", pcm[:len(pcm) // 2 * 2])
    # The first frames may be muted.
    place = samples[22050:33075]
    return media.tone_position(place, 44100) - 0.625 if len(place) == 11025 else None


class Joining(LoopbackTest):
    def station(self, name, offset=21.3):
        """(playlist, start of the item on air), with a sidecar."""
        station = self.origin().station
        sound = station.add(name, media.made(f"tone-{name}", media.tone_source(SECONDS), "-ac", "2",
                                             *FILES[name]))
        made = broadcast_init(station.folder, station.base, "-o", station.folder / "made.rss",
                              "--title", "Tones")
        self.assertEqual(made.returncode, 0, made.stderr)
        start = time.time() - offset
        return station.publish([station.item(sound, start=start, named=True)]), start

    def join(self, listener, start):
        """How much later in the file it begins to be heard than the schedule says, in seconds: what
        was on at some moment between question and answer is right."""
        recording = self.record(listener.stream_url)
        arrived = recording.await_first()
        heard = start + eventually(lambda: first_sound(recording.body), what="enough is heard")
        recording.stop()
        return heard - min(max(heard, recording.asked), arrived)

    def test_on_air(self):
        """every format begins within half a second of the scheduled offset, and Ogg within half
        of one of ffmpeg's pages, which last a second"""
        for name in FILES:
            with self.subTest(name):
                playlist, start = self.station(name)
                error = self.join(self.listener(playlist).serving(), start)
                is_ogg = name.endswith(("ogg", "opus", "oga"))
                self.assertAlmostEqual(error, 0, delta=0.6 if is_ogg else 0.5)

    def test_two_listeners(self):
        """two listeners on one machine are within half a second of each other"""
        playlist, start = self.station("constant.mp3")
        errors = [self.join(self.listener(playlist).serving(), start) for _ in range(2)]
        self.assertLess(abs(errors[0] - errors[1]), 0.5)


if __name__ == "__main__":
    unittest.main()
