#!/usr/bin/env python3
"""Who joins in the middle of an item hears what is on, in every format that can be entered."""

import array
import random
import subprocess
import time
import unittest

from harness import Item, LoopbackTest, broadcast_init, eventually
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


FILM = ["-f", "lavfi", "-i", f"testsrc=d={SECONDS}:s=160x120:r=25", "-c:v", "libvpx", "-g", "50",
        "-deadline", "realtime", "-c:a", "libopus"]


def first_sound(heard):
    """The second of the tone's file at which a recording begins; None if it is too short to say."""
    pcm = subprocess.run(["ffmpeg", "-v", "quiet", "-i", "-", "-f", "s16le", "-ac", "1", "-ar",
                          "44100", "-"], input=heard, capture_output=True).stdout
    samples = array.array("h", pcm[:len(pcm) // 2 * 2])
    # The first frames may be muted.
    place = samples[22050:33075]
    return media.tone_position(place, 44100) - 0.625 if len(place) == 11025 else None


def first_packet(heard):
    """The second of the film's file at which a recording begins."""
    said = subprocess.run(["ffprobe", "-v", "quiet", "-show_entries", "packet=pts_time", "-of",
                           "csv=p=0", "-"], input=heard, capture_output=True).stdout
    times = [float(line.strip(b",")) for line in said.split() if b"N/A" not in line]
    return times[0] if times else None


class Joining(LoopbackTest):
    def station(self, name, *options, offset=21.3, sidecar=True):
        """(playlist, start of the item on air)."""
        station = self.origin().station
        sound = station.add(name, media.made(f"tone-{name}", media.tone_source(SECONDS), "-ac", "2",
                                             *(options or FILES[name])))
        if sidecar:
            made = broadcast_init(station.folder, station.base, "-o", station.folder / "made.rss",
                                  "--title", "Tones")
            self.assertEqual(made.returncode, 0, made.stderr)
        start = time.time() - offset
        return station.publish([station.item(sound, start=start, named=sidecar)]), start

    def join(self, listener, start, begins=first_sound):
        """How much later in the file it begins to be heard than the schedule says, in seconds: what
        was on at some moment between question and answer is right."""
        recording = self.record(listener.stream_url)
        arrived = recording.await_first()
        second = eventually(lambda: begins(recording.body), what="enough is heard")
        recording.stop()
        heard = start + second
        return heard - min(max(heard, recording.asked), arrived)

    def remarks(self, listener, words):
        return [line for line in listener.stderr if words in line]

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

    def test_by_estimate(self):
        """MP3 of a variable rate that nobody has an index for is entered by estimate, and that is
        said once"""
        playlist, start = self.station("bare.mp3", sidecar=False)
        listener = self.listener(playlist).serving()
        # What its rate is on the average, nobody knows before the end.
        self.assertAlmostEqual(self.join(listener, start), 0, delta=5)
        self.join(listener, start)
        self.assertEqual(len(self.remarks(listener, "no seconds index")), 1)

    def test_film(self):
        """a film in WebM is entered at a key picture, which it has every two seconds"""
        playlist, start = self.station("film.webm", *FILM)
        listener = self.listener(playlist).serving()
        error = self.join(listener, start, first_packet)
        self.assertLess(error, 0.5)
        self.assertGreater(error, -2.5)
        self.assertEqual(self.remarks(listener, "beginning"), [])

    def test_what_cannot_be_entered(self):
        """what cannot be entered is heard from its first byte by each player, and that is said
        once"""
        station = self.origin().station
        film = b"NSVf" + random.Random(21).randbytes(2_000_000)
        (station.folder / "film.nsv").write_bytes(film)
        playlist = station.publish([Item(station.base + "film.nsv", "Film", start=time.time() - 20,
                                         seconds=120, type="video/x-nsv")])
        listener = self.listener(playlist).serving()
        for _ in range(2):
            self.assertEqual(self.record(listener.stream_url).await_bytes(60_000)[:60_000],
                             film[:60_000])
        self.assertEqual(len(self.remarks(
            listener, "cannot be entered in the middle and plays from its beginning")), 1)


if __name__ == "__main__":
    unittest.main()
