#!/usr/bin/env python3
"""Real files made by ffmpeg, cut by `frames`, against what ffprobe finds in them."""

import collections
import os
import sys
import pathlib
import subprocess
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

FRAMES = pathlib.Path(os.environ["ALLUVIUM_BUILD"]) / "examples/frames"
SECONDS = 12
SOUND = (f"anoisesrc=duration={SECONDS}:amplitude=0.2:seed=7:sample_rate=44100,"
         "volume='0.3+0.7*lt(mod(t,2),1)':eval=frame,aformat=channel_layouts=stereo")

from parts.framing import ogg_packets  # noqa: E402

Piece = collections.namedtuple("Piece", "kind offset size start duration")


def run(*command):
    return subprocess.run([str(part) for part in command], check=True, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True).stdout


def cut(file, *options):
    """The pieces `frames` prints; times in seconds."""
    pieces = []
    for line in run(FRAMES, file, *options).splitlines():
        kind, offset, size, start, duration = line.split()
        pieces.append(Piece(kind, int(offset), int(size), float(start) / 1000,
                            float(duration) / 1000))
    return pieces


def given(file, *options):
    """The bytes of those pieces."""
    return subprocess.run([str(FRAMES), str(file), *options, "--bytes"], check=True,
                          stdin=subprocess.DEVNULL, capture_output=True).stdout


def packets(file):
    """What ffprobe finds: (position, size, time, duration) of each packet."""
    text = run("ffprobe", "-v", "error", "-show_entries",
               "packet=pos,size,pts_time,duration_time", "-of", "csv=p=0", file)
    rows = [line.strip(",").split(",") for line in text.splitlines() if line.strip(",")]
    return [(int(pos), int(size), float(time), float(duration))
            for time, duration, size, pos in rows]


def decoded_seconds(file):
    """How long the file is once it is decoded."""
    pcm = subprocess.run(["ffmpeg", "-v", "error", "-i", str(file), "-f", "s16le", "-ac", "1",
                          "-ar", "48000", "-"], check=True, stdin=subprocess.DEVNULL,
                         capture_output=True).stdout
    return len(pcm) / 2 / 48000


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
        cls.folder = tempfile.TemporaryDirectory(prefix="alluvium-media-")
        cls.addClassCleanup(cls.folder.cleanup)

    def make(self, name, *options, source=SOUND):
        file = pathlib.Path(self.folder.name) / name
        if not file.exists():
            run("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, *options, file)
        return file

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

    def assert_same_packets(self, heard, whole):
        """All the packets of the file, however its pages were cut."""
        self.assertTrue([p.data for p in ogg_packets(heard)] == [p.data for p in ogg_packets(whole)])

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
        """the pieces of an Ogg file have all its packets, and end when its sound does"""
        for name, file in self.oggs().items():
            with self.subTest(name):
                pieces = cut(file)
                self.assert_same_packets(given(file), file.read_bytes())
                self.assertEqual(pieces[0].kind, "header")
                media = [p for p in pieces if p.kind == "media"]
                self.assertLess(len(media), len(pieces))
                self.assertAlmostEqual(media[-1].start + media[-1].duration,
                                       decoded_seconds(file), delta=0.03)
                at = 0
                for piece in media:
                    self.assertAlmostEqual(piece.start, at, delta=0.002)
                    at = piece.start + piece.duration
                # Every packet that ffprobe finds is in a page of media, and begins in its time.
                for pos, _, time, _ in packets(file)[5:]:
                    offset = max(p.offset for p in media if p.offset <= pos)
                    page = [p for p in media if p.offset == offset]
                    self.assertGreater(time, page[0].start - 0.15)
                    self.assertLess(time, page[-1].start + page[-1].duration + 0.15)

    def test_picture_and_sound(self):
        """a film's header pages come first, and its sound tells the time"""
        file = self.make("film.ogv", "-f", "lavfi", "-i", f"testsrc=d={SECONDS}:s=160x120",
                         "-c:v", "libtheora", "-c:a", "libvorbis", "-shortest")
        pieces = cut(file)
        self.assert_tiles(pieces, file.stat().st_size)
        kinds = [p.kind for p in pieces]
        self.assertEqual(kinds, sorted(kinds))
        self.assertAlmostEqual(pieces[-1].start + pieces[-1].duration, SECONDS, delta=0.1)

    def test_chain(self):
        """in a chain of three the headers come thrice, and time is the sum"""
        links = [self.oggs()[name] for name in ("Vorbis", "Opus", "FLAC")]
        chain = pathlib.Path(self.folder.name) / "chain.ogg"
        chain.write_bytes(b"".join(link.read_bytes() for link in links))
        pieces = cut(chain)
        self.assert_same_packets(given(chain), chain.read_bytes())
        self.assertAlmostEqual(pieces[-1].start + pieces[-1].duration,
                               sum(decoded_seconds(link) for link in links), delta=0.05)
        begins = [p.offset for p, before in zip(pieces[1:], pieces)
                  if p.kind == "header" and before.kind == "media"]
        sizes = [link.stat().st_size for link in links]
        self.assertEqual(begins, [sizes[0], sizes[0] + sizes[1]])

    def test_joining(self):
        """a file joined at a second gives its headers and then all that is left, in place and time"""
        for name, file in {**self.mp3s(), **self.oggs()}.items():
            with self.subTest(name):
                whole = cut(file)
                headers = [p for p in whole if p.kind == "header"]
                joined = cut(file, "--from", "7.4")
                self.assertEqual([p for p in joined if p.kind == "header"], headers)
                media = joined[len(headers):]
                begin = next(p for p in whole if p.kind == "media" and p.start >= 7)
                self.assertEqual(media[0].offset, begin.offset)
                if headers:
                    heard = [p.data for p in ogg_packets(given(file, "--from", "7.4"))]
                    all_of_it = [p.data for p in ogg_packets(file.read_bytes())]
                    left = len(heard) - len(ogg_packets(given(file))) + len(all_of_it)
                    self.assertTrue(all_of_it[-left + 5:] == heard[-left + 5:])
                else:
                    self.assert_tiles(media, whole[-1].offset + whole[-1].size, begin.offset)
                if headers:
                    # An index leads to a page, which encoders make a second long.
                    self.assertLess(media[0].start, 8.1)
                    self.assertGreater(media[0].start, 5.9)
                    for piece, after in zip(media, media[1:]):
                        self.assertAlmostEqual(after.start, piece.start + piece.duration, delta=0.002)
                else:
                    self.assertAlmostEqual(media[0].start, begin.start, delta=0.03)

    def test_joined_files_decode(self):
        """what a player gets that joins in the middle decodes without error"""
        for name, file in {**self.mp3s(), **self.oggs()}.items():
            with self.subTest(name):
                heard = pathlib.Path(self.folder.name) / ("joined" + file.suffix)
                heard.write_bytes(given(file, "--from", "7.4"))
                self.assertAlmostEqual(decoded_seconds(heard), SECONDS - 7, delta=1.1)


if __name__ == "__main__":
    unittest.main()
