#!/usr/bin/env python3
"""An hour of seams, made fast by a virtual pace, for ffmpeg to decode."""

import re
import struct
import subprocess
import unittest

from harness import BUILD
from parts.media import made, noise_source

STATION = BUILD / "examples/stream_station"
HOUR = 3600


def sound(name, seconds, seed, rate, *options):
    return made(f"endless-{name}", noise_source(seconds, seed, rate=rate), *options)


def with_ape_tag(path):
    """A copy with an APE tag before its ID3v1 tag."""
    made_path = path.with_name(path.stem + "-ape" + path.suffix)
    data = path.read_bytes()
    item = struct.pack("<II", 5, 0) + b"Title\0Hello"
    fields = struct.pack("<III", 2000, len(item) + 32, 1)
    tag = (b"APETAGEX" + fields + struct.pack("<I", 0xA0000000) + bytes(8) + item
           + b"APETAGEX" + fields + struct.pack("<I", 0x80000000) + bytes(8))
    made_path.write_bytes(data[:-128] + tag + data[-128:])
    return made_path


class HourOfSeams(unittest.TestCase):
    def play(self, files, *, status=0, seconds=HOUR):
        """Plays the files over and over; returns what ffmpeg says and how long it is decoded."""
        with subprocess.Popen([STATION, str(seconds), *files], stdout=subprocess.PIPE) as station:
            ffmpeg = subprocess.run(
                ["ffmpeg", "-v", "error", "-i", "-", "-f", "null", "-", "-f", "s16le", "-ar",
                 "8000", "-ac", "1", "-"], stdin=station.stdout, capture_output=True, timeout=200)
        self.assertEqual(station.returncode, status)
        self.assertEqual(ffmpeg.returncode, 0)
        return ffmpeg.stderr.decode().splitlines(), len(ffmpeg.stdout) / 2 / 8000

    def assert_clean(self, files, *, dates_differ=False):
        said, seconds = self.play(files)
        if dates_differ:
            # Complaints of ffmpeg's muxer, not of its decoder: it dates such seams a little wrong,
            # also in a file made by `cat` of these files.
            said = [line for line in said if not re.search("non monotonically increasing dts", line)]
        self.assertEqual(said[:5], [])
        # Up to four seconds more have been sent than have gone by.
        self.assertAlmostEqual(seconds, HOUR + 4, delta=6)

    @staticmethod
    def mp3s():
        stereo = ("-ac", "2", "-c:a", "libmp3lame")
        tagged = sound("tagged.mp3", 7.3, 1, 44100, *stereo, "-b:a", "128k", "-write_id3v1", "1",
                       "-metadata", "title=T")
        return [
            tagged, with_ape_tag(tagged),
            sound("vbr.mp3", 9.1, 2, 44100, *stereo, "-q:a", "2"),
            sound("bare.mp3", 5.77, 3, 44100, *stereo, "-q:a", "5", "-write_xing", "0",
                  "-id3v2_version", "0"),
            sound("apart.mp3", 5.2, 8, 44100, *stereo, "-b:a", "320k", "-joint_stereo", "0",
                  "-reservoir", "0"),
        ]

    def test_mp3(self):
        """MP3 of constant and variable rates, with tags of all kinds and without"""
        self.assert_clean(self.mp3s())

    def test_mp3_of_other_rates(self):
        """MP3 of other sample rates and numbers of channels"""
        self.assert_clean([
            self.mp3s()[0],
            sound("mono.mp3", 6.01, 4, 22050, "-ac", "1", "-b:a", "64k", "-id3v2_version", "3",
                  "-metadata", "title=M"),
            sound("48.mp3", 11.03, 5, 48000, "-ac", "2", "-b:a", "320k"),
            sound("32.mp3", 8.5, 6, 32000, "-ac", "1", "-q:a", "6"),
            sound("8.mp3", 6.2, 7, 8000, "-ac", "1", "-b:a", "16k"),
        ], dates_differ=True)

    def test_vorbis(self):
        """Ogg Vorbis of several rates, whose streams all have the same number"""
        vorbis = ("-c:a", "libvorbis", "-serial_offset", "7")
        self.assert_clean([
            sound("44.ogg", 7.3, 1, 44100, "-ac", "2", *vorbis),
            sound("48.ogg", 9.1, 2, 48000, "-ac", "2", *vorbis, "-q:a", "6"),
            sound("22.ogg", 5.77, 3, 22050, "-ac", "1", *vorbis),
            sound("pages.ogg", 11.9, 4, 44100, "-ac", "2", *vorbis, "-page_duration", "200000"),
        ], dates_differ=True)

    def test_opus(self):
        """Opus of all kinds of packets"""
        self.assert_clean([
            sound("music.opus", 7.3, 1, 48000, "-ac", "2", "-b:a", "96k"),
            sound("long.opus", 9.1, 2, 48000, "-ac", "2", "-b:a", "64k", "-frame_duration", "60"),
            sound("mono.opus", 5.77, 3, 48000, "-ac", "1", "-b:a", "32k", "-frame_duration", "10"),
            sound("voice.opus", 11, 4, 48000, "-ac", "2", "-b:a", "24k", "-application", "voip"),
        ])

    def test_flac(self):
        """FLAC in Ogg of several rates, in blocks of the same size"""
        flac = ("-c:a", "flac", "-frame_size", "4096")
        self.assert_clean([
            sound("44.oga", 7.3, 1, 44100, "-ac", "2", *flac),
            sound("48.oga", 9.1, 2, 48000, "-ac", "2", *flac),
            sound("22.oga", 5.77, 3, 22050, "-ac", "1", *flac),
        ], dates_differ=True)

    def test_flac_of_other_blocks(self):
        """where FLAC in Ogg goes on with larger blocks, which a decoder may refuse, players are sent
        back"""
        small = sound("small.oga", 5.77, 3, 22050, "-ac", "1", "-c:a", "flac", "-frame_size", "1152")
        large = sound("large.oga", 7.3, 1, 44100, "-ac", "2", "-c:a", "flac", "-frame_size", "4608")
        said, seconds = self.play([small, large], status=3, seconds=60)
        self.assertEqual(said, [])
        self.assertAlmostEqual(seconds, 5.77, delta=0.1)

    def test_aac(self):
        """AAC of several rates"""
        self.assert_clean([
            sound("44.aac", 7.3, 1, 44100, "-ac", "2", "-c:a", "aac"),
            sound("48.aac", 6.1, 2, 48000, "-ac", "1", "-c:a", "aac"),
            sound("22.aac", 9.1, 3, 22050, "-ac", "2", "-c:a", "aac"),
        ], dates_differ=True)


if __name__ == "__main__":
    unittest.main()
