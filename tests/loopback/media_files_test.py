#!/usr/bin/env python3
"""Real files made by ffmpeg, cut by `frames`, against what ffprobe finds in them."""

import collections
import unittest

from parts.framing import ogg_packets
from parts.streams import BUILD, Files, heard, run, stream

SECONDS = 12
SOUND = (f"anoisesrc=duration={SECONDS}:amplitude=0.2:seed=7:sample_rate=44100,"
         "volume='0.3+0.7*lt(mod(t,2),1)':eval=frame,aformat=channel_layouts=stereo")
MINUTE = 60
# A tone that tells the time, and now and then noise above it, so that a rate that may vary does.
TELLING = ("aevalsrc='0.3*sin(2*PI*(500*t+25*t*t))':d=60:s=44100[tone];"
           "anoisesrc=duration=60:amplitude=0.3:seed=5:sample_rate=44100,highpass=f=9000,"
           "highpass=f=9000,volume='lt(mod(t,9),4)':eval=frame[noise];"
           "[tone][noise]amix=inputs=2:normalize=0,aformat=channel_layouts=stereo")

Piece = collections.namedtuple("Piece", "kind offset size start duration")


def cut(file, *options):
    """The pieces `frames` prints; times in seconds."""
    pieces = []
    for line in run(BUILD / "examples/frames", file, *options)[0].decode().splitlines():
        kind, offset, size, start, duration = line.split()
        pieces.append(Piece(kind, int(offset), int(size), float(start) / 1000,
                            float(duration) / 1000))
    return pieces


def packets(file):
    """What ffprobe finds: (position, size, time, duration) of each packet."""
    text, _ = run("ffprobe", "-v", "error", "-show_entries",
                  "packet=pos,size,pts_time,duration_time", "-of", "csv=p=0", file)
    rows = [line.strip(",").split(",") for line in text.decode().splitlines() if line.strip(",")]
    return [(int(pos), int(size), float(time), float(duration))
            for time, duration, size, pos in rows]


def decoded_seconds(data):
    """How long a file or stream is once it is decoded."""
    samples, _ = heard(data if isinstance(data, bytes) else data.read_bytes(), rate=48000,
                       channels=1)
    return len(samples) / 48000


def told_time(samples, rate):
    """The time that the tone tells in the middle of some samples of one channel, in seconds."""
    rises = [i for i in range(1, len(samples)) if samples[i - 1] < 0 <= samples[i]]
    frequency = (len(rises) - 1) * rate / (rises[-1] - rises[0])
    return (frequency - 500) / 50


def mpeg_frames(data):
    """(offset, size) of MPEG-1 layer III frames, read on their own: not by the code under test."""
    rates = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
    at, found = 0, []
    if data[:3] == b"ID3":
        at = 10 + sum(byte << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0)))
    while data[at:at + 2] == b"\xff\xfb":
        size = 144 * rates[data[at + 2] >> 4] * 1000 // 44100 + (data[at + 2] >> 1 & 1)
        if not any(word in data[at:at + 64] for word in (b"Xing", b"Info")):
            found.append((at, size))
        at += size
    return found


class MediaFiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = Files()
        cls.addClassCleanup(cls.files.close)

    def make(self, name, *options, source=SOUND):
        return self.files.make(name, *options, source=source)

    def mp3s(self):
        return {
            "constant rate": self.make("cbr.mp3", "-b:a", "128k"),
            "variable rate": self.make("vbr.mp3", "-q:a", "4"),
            "variable rate without Xing": self.make("bare.mp3", "-q:a", "4", "-write_xing", "0"),
            "without any tag": self.make("plain.mp3", "-write_xing", "0", "-id3v2_version", "0"),
            "with ID3v1": self.make("old.mp3", "-write_id3v1", "1", "-metadata", "title=T"),
        }

    def oggs(self):
        return {
            "Vorbis": self.make("vorbis.ogg", "-c:a", "libvorbis"),
            "Opus": self.make("opus.opus", "-c:a", "libopus"),
            "Opus of long packets": self.make("long.opus", "-c:a", "libopus", "-frame_duration",
                                              "60"),
            "FLAC": self.make("flac.ogg", "-c:a", "flac"),
            "Speex": self.make("speex.spx", "-c:a", "libspeex", "-ar", "16000"),
        }

    def assert_tiles(self, pieces, size, begin=0):
        """The pieces lie end to end up to the end of the file."""
        at = begin
        for piece in pieces:
            self.assertEqual(piece.offset, at)
            at += piece.size
        self.assertEqual(at, size)

    def assert_same_packets(self, given, whole):
        """All the packets of the file, however its pages were cut."""
        self.assertTrue([p.data for p in ogg_packets(given)] == [p.data for p in ogg_packets(whole)])

    def test_mp3(self):
        """the pieces of an MP3 file are the frames ffprobe finds, at their places"""
        for name, file in self.mp3s().items():
            with self.subTest(name):
                pieces, found = cut(file), packets(file)
                self.assertEqual([(p.offset, p.size) for p in pieces],
                                 [(pos, size) for pos, size, _, _ in found])
                self.assertEqual([(p.offset, p.size) for p in pieces],
                                 mpeg_frames(file.read_bytes()))
                self.assertAlmostEqual(sum(p.duration for p in pieces),
                                       sum(duration for *_, duration in found), delta=0.001)

    def test_aac(self):
        """the pieces of an AAC file are the frames ffprobe finds"""
        file = self.make("adts.aac", "-c:a", "aac", "-b:a", "96k")
        pieces, found = cut(file), packets(file)
        self.assertEqual([(p.offset, p.size) for p in pieces],
                         [(pos, size) for pos, size, _, _ in found])
        self.assert_tiles(pieces, file.stat().st_size)
        self.assertAlmostEqual(pieces[-1].start + pieces[-1].duration,
                               sum(duration for *_, duration in found), delta=0.024)

    def test_ogg(self):
        """the pieces of an Ogg file are short, have all its packets, and end when its sound does"""
        for name, file in self.oggs().items():
            with self.subTest(name):
                pieces = cut(file)
                self.assert_same_packets(stream(file)[0], file.read_bytes())
                self.assertEqual(sorted(p.offset for p in pieces), [p.offset for p in pieces])
                longest = max(p.duration for p in pieces)
                self.assertLess(longest, 1.01 if name == "Speex" else 0.3)
                self.assertEqual(pieces[0].kind, "header")
                media = [p for p in pieces if p.kind == "media"]
                self.assertLess(len(media), len(pieces))
                self.assertAlmostEqual(media[-1].start + media[-1].duration,
                                       decoded_seconds(file), delta=0.03)
                at = 0
                for piece in media:
                    self.assertAlmostEqual(piece.start, at, delta=0.002)
                    at = piece.start + piece.duration
                # Every packet that ffprobe finds is in a page of media, which may have become
                # several pieces, and begins in their time.
                for pos, _, time, _ in packets(file)[5:]:
                    offset = max(p.offset for p in media if p.offset <= pos)
                    page = [p for p in media if p.offset == offset]
                    self.assertGreater(time, page[0].start - 0.15)
                    self.assertLess(time, page[-1].start + page[-1].duration + 0.15)

    def test_picture_and_sound(self):
        """a film's header pages come first, and its sound tells the time"""
        file = self.make("film.ogv", "-c:v", "libtheora", "-c:a", "libvorbis", "-shortest",
                         source=[f"testsrc=d={SECONDS}:s=160x120", SOUND])
        pieces = cut(file)
        self.assert_tiles(pieces, file.stat().st_size)
        kinds = [p.kind for p in pieces]
        self.assertEqual(kinds, sorted(kinds))
        self.assertAlmostEqual(pieces[-1].start + pieces[-1].duration, SECONDS, delta=0.1)

    def test_chain(self):
        """in a chain of three the headers come thrice, and time is the sum"""
        links = [self.oggs()[name] for name in ("Vorbis", "Opus", "FLAC")]
        chain = self.files.path / "chain.ogg"
        chain.write_bytes(b"".join(link.read_bytes() for link in links))
        pieces = cut(chain)
        self.assert_same_packets(stream(chain)[0], chain.read_bytes())
        self.assertAlmostEqual(pieces[-1].start + pieces[-1].duration,
                               sum(decoded_seconds(link) for link in links), delta=0.05)
        begins = [p.offset for p, before in zip(pieces[1:], pieces)
                  if p.kind == "header" and before.kind == "media"]
        sizes = [link.stat().st_size for link in links]
        self.assertEqual(begins, [sizes[0], sizes[0] + sizes[1]])

    def test_joining(self):
        """an MP3 file joined at a second gives all that is left from there, in place and time"""
        for name, file in self.mp3s().items():
            with self.subTest(name):
                whole = cut(file)
                joined = cut(file, "--from", "7.4")
                begin = next(p for p in whole if p.start >= 7)
                self.assertEqual(joined[0].offset, begin.offset)
                self.assert_tiles(joined, whole[-1].offset + whole[-1].size, begin.offset)
                # Frames keep what the index was short of.
                self.assertLess(abs(joined[0].start - begin.start), 0.03)

    def test_joined_files_decode(self):
        """what a player gets that joins in the middle decodes without complaint"""
        for name, file in {**self.mp3s(), **self.oggs()}.items():
            with self.subTest(name):
                given, (start,) = stream(f"{file}@7.4")
                if name != "Speex":  # whose pages of a second are not cut
                    self.assertLess(abs(start - 7.4), 0.3)
                self.assertEqual(heard(given)[1], "")
                self.assertAlmostEqual(decoded_seconds(given), SECONDS - start, delta=0.1)


class Moments(unittest.TestCase):
    """A minute of sound that tells the time, joined at every second of it."""

    RATE = 8000

    @classmethod
    def setUpClass(cls):
        cls.files = Files()
        cls.addClassCleanup(cls.files.close)

    def check(self, name, *options):
        file = self.files.make(name, *options, source=TELLING)
        worst = 0
        for second in range(1, MINUTE - 2):
            # The files are long, so no more than is listened to.
            given, (start,) = stream(f"{file}@{second}-{second + 1.6}")
            self.assertLess(abs(start - second), 0.5, second)
            samples, said = heard(given, rate=self.RATE, channels=1)
            self.assertEqual(said, "")
            # What the decoder needs to begin is over by then.
            begin, end = int(0.3 * self.RATE), int(0.6 * self.RATE)
            told = told_time(samples[begin:end], self.RATE)
            worst = max(worst, abs(told - 0.45 - second))
            self.assertLess(abs(told - 0.45 - second), 0.5, second)
        print(f"{name}: at most {worst:.2f} s off", flush=True)

    def test_mp3_constant(self):
        """MP3 of a constant rate"""
        self.check("constant.mp3", "-b:a", "128k")

    def test_mp3_variable(self):
        """MP3 of a variable rate with a Xing header"""
        self.check("variable.mp3", "-q:a", "4")

    def test_mp3_bare(self):
        """MP3 of a variable rate without"""
        self.check("bare.mp3", "-q:a", "4", "-write_xing", "0")

    def test_aac(self):
        """AAC in ADTS"""
        self.check("adts.aac", "-c:a", "aac", "-b:a", "96k")

    def test_vorbis(self):
        """Ogg Vorbis"""
        self.check("vorbis.ogg", "-c:a", "libvorbis")

    def test_opus(self):
        """Ogg Opus"""
        self.check("opus.opus", "-c:a", "libopus")

    def test_flac(self):
        """Ogg FLAC"""
        self.check("flac.ogg", "-c:a", "flac")

    def test_webm(self):
        """Opus in WebM"""
        self.check("opus.webm", "-c:a", "libopus")


if __name__ == "__main__":
    unittest.main()
