#!/usr/bin/env python3
"""Real files one behind the other, cut and entered anywhere, as decoders hear them."""

import itertools
import subprocess
import unittest

from parts.framing import ogg_packets, ogg_pages
from parts.streams import Files, heard, loudness, run, stream

NOISE = "anoisesrc=duration={}:amplitude={}:seed={}:sample_rate={}"
STEREO = "aformat=channel_layouts=stereo"


def noise(seconds, *, amplitude=0.2, seed=7, rate=44100, after=STEREO):
    return NOISE.format(seconds, amplitude, seed, rate) + "," + after


class MediaTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = Files()
        cls.addClassCleanup(cls.files.close)

    def assert_clean(self, data, **how):
        """ffmpeg has nothing to complain of; gives the samples."""
        samples, said = heard(data, **how)
        self.assertEqual(said, "")
        return samples


class Silence(MediaTest):
    def test_all_formats(self):
        """silence of every version, layer and channel mode is digital silence, without complaint"""
        rates = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
        modes = {"stereo": 0x00, "joint stereo": 0x64, "two channels": 0x80, "mono": 0xc0}
        for version, layer, (name, mode), index in itertools.product(
                rates, (1, 2, 3), modes.items(), range(3)):
            for bit_rate in (4, 9, 14):
                header = bytes([0xff, 0xe0 | version << 3 | (4 - layer) << 1,
                                bit_rate << 4 | index << 2 | 2, mode])
                with self.subTest(version=version, layer=layer, mode=name,
                                  rate=rates[version][index], bit_rate=bit_rate):
                    data, _ = stream(f"silence:30:{header.hex()}")
                    # The format is read off the first frames by the decoder itself.
                    done = subprocess.run(["mpg123", "-q", "-s", "-"], input=data,
                                          capture_output=True, check=True)
                    self.assertEqual(done.stderr, b"")
                    samples = 30 * (384 if layer == 1 else
                                    576 if layer == 3 and version != 3 else 1152)
                    channels = 1 if name == "mono" else 2
                    self.assertEqual(done.stdout, bytes(samples * channels * 2))
                    if index == 0:
                        decoded = self.assert_clean(data, format_name="mp3")
                        self.assertFalse(any(decoded))

    def test_between_sound(self):
        """silence between two pieces of a recording is silence, and both decode as before"""
        for name, options in {
                "joint stereo": ("-b:a", "128k", "-joint_stereo", "1"),
                "stereo": ("-b:a", "192k", "-joint_stereo", "0"),
                "mono": ("-b:a", "64k", "-ac", "1"),
                "variable rate": ("-q:a", "4"),
                "MPEG 2": ("-b:a", "64k", "-ar", "22050"),
                "MPEG 2.5": ("-b:a", "24k", "-ar", "8000", "-ac", "1"),
                "layer II": ("-c:a", "mp2", "-b:a", "192k")}.items():
            with self.subTest(name):
                suffix = "mp2" if name == "layer II" else "mp3"
                file = self.files.make(f"between-{name}.{suffix}", *options, source=noise(4))
                rate = {"MPEG 2": 22050, "MPEG 2.5": 8000}.get(name, 44100)
                before, _ = stream(f"{file}@0-1")
                whole, _ = stream(f"{file}@0-1", "silence:60", f"{file}@2")
                how = {"rate": rate, "channels": 1, "format_name": "mp3"}
                begin = len(self.assert_clean(before, **how))
                samples = self.assert_clean(whole, **how)
                frame = 576 if name.startswith("MPEG 2") else 1152
                # What is left of the sound before dies away within two frames.
                middle = samples[begin + 2 * frame:begin + 60 * frame]
                self.assertGreater(len(middle), 0)
                self.assertFalse(any(middle))
                self.assertGreater(loudness(samples[begin + 66 * frame:]), 300)
                run("mpg123", "-q", "-t", "-", data=whole)


class Reservoir(MediaTest):
    FRAME = 1152 * 2

    def check(self, name, *options):
        other = self.files.make("other.mp3", "-b:a", "128k", source=noise(3, amplitude=0.4, seed=9))
        file = self.files.make(name, *options, source=noise(12))
        first, _ = stream(f"{other}@0-2")
        begin = len(self.assert_clean(first, format_name="mp3"))
        whole = self.assert_clean(stream(file)[0], format_name="mp3")
        tail = len(self.assert_clean(stream(f"{file}@7.4")[0], format_name="mp3"))
        place = len(whole) - tail
        for bare in (False, True):
            joined, _ = stream(f"{other}@0-2", f"{file}@7.4", bare=bare)
            samples, said = heard(joined, format_name="mp3")
            self.assertEqual(len(samples), begin + tail)
            # Half of the first frame is what is left of the one before.
            second = samples[begin + self.FRAME:begin + 2 * self.FRAME]
            if bare:
                self.assertTrue(said or loudness(second) > 300,
                                "without the guard nothing was wrong: the test proves nothing")
                continue
            self.assertEqual(said, "")
            self.assertEqual(loudness(second), 0)
            ten = 10 * self.FRAME
            self.assertEqual(samples[begin + ten:], whole[place + ten:])

    def test_constant_rate(self):
        """a recording entered behind another is silent until its own bits are there, then exact"""
        self.check("constant.mp3", "-b:a", "128k")

    def test_with_checksums(self):
        """frames with checksums are silenced with the right ones"""
        plain = self.files.make("plain.wav", source=noise(12))
        file = self.files.path / "protected.mp3"
        run("lame", "--quiet", "-p", "-b", "128", "--cbr", plain, file)
        self.check("protected.mp3")
        # ffmpeg looks at checksums when it is told to.
        data, _ = stream(f"{file}@5.3")
        _, said = run("ffmpeg", "-v", "error", "-err_detect", "crccheck+explode", "-f", "mp3", "-i",
                      "pipe:0", "-f", "null", "-", data=data)
        self.assertEqual(said, "")


class Chains(MediaTest):
    CODECS = {"vorbis": ("-c:a", "libvorbis"), "opus": ("-c:a", "libopus"), "flac": ("-c:a", "flac")}

    def song(self, codec, number, seconds=4.0, rate=48000, channels=2):
        return self.files.make(f"{codec}-{number}-{seconds}-{rate}.ogg", *self.CODECS[codec], "-ac", channels, "-ar",
                               rate, source=noise(seconds, seed=number))

    def test_again(self):
        """a file that plays three times in a row is a chain of three streams that differ"""
        for codec in self.CODECS:
            with self.subTest(codec):
                file = self.song(codec, 1)
                chain, _ = stream(file, file, file)
                begins = [page.serial for page in ogg_pages(chain) if page.flags & 2]
                self.assertEqual(len(set(begins)), 3)
                samples = self.assert_clean(chain, rate=48000, channels=1)
                self.assertAlmostEqual(len(samples) / 48000, 12, delta=0.03)

    def test_packets(self):
        """the packets of a file are the same in shorter pages, and decode to the same sound"""
        for codec in self.CODECS:
            with self.subTest(codec):
                file = self.song(codec, 1)
                given, _ = stream(file)
                self.assertGreater(len(ogg_pages(given)), 18)
                numbers = [page.sequence for page in ogg_pages(given)]
                self.assertEqual(numbers, list(range(len(numbers))))
                self.assertEqual(self.assert_clean(given), self.assert_clean(file.read_bytes()))
                self.assertTrue([packet.data for packet in ogg_packets(given)] ==
                                [packet.data for packet in ogg_packets(file.read_bytes())])

    def test_changes(self):
        """another rate and other channels in the next file pass"""
        for codec in ("vorbis", "opus"):
            with self.subTest(codec):
                files = [self.song(codec, 1), self.song(codec, 2, rate=24000, channels=1),
                         self.song(codec, 3, rate=24000), self.song(codec, 1)]
                samples = self.assert_clean(stream(*files)[0], rate=48000, channels=1)
                self.assertAlmostEqual(len(samples) / 48000, 16, delta=0.1)

    def test_cuts(self):
        """files that are entered late and left early follow each other"""
        for codec in self.CODECS:
            with self.subTest(codec):
                one, two = self.song(codec, 1, seconds=6), self.song(codec, 2, seconds=6)
                chain, starts = stream(f"{one}@0-2.5", f"{two}@1.7-4.1", f"{one}@3.3")
                self.assertEqual(starts[0], 0)
                for start, wanted in zip(starts[1:], (1.7, 3.3)):
                    self.assertLessEqual(start, wanted + 0.001)
                    self.assertGreater(start, wanted - 0.3)
                # A decoder that goes by the positions fills what they leave out.
                _, said = heard(chain, rate=48000, channels=1)
                self.assertEqual(said, "")

    def test_chain_in_a_file(self):
        """a file that is a chain is entered in any of its links, with the headers of that link"""
        links = [self.song("vorbis", 1, seconds=6), self.song("vorbis", 2, seconds=6, rate=44100),
                 self.song("vorbis", 3, seconds=6)]
        chain = self.files.path / "chain.ogg"
        chain.write_bytes(b"".join(link.read_bytes() for link in links))
        for second in (0, 3, 6, 8, 11, 12, 13, 17):
            with self.subTest(second):
                given, starts = stream(f"{chain}@{second}")
                self.assertLess(abs(starts[0] - second), 0.3)
                samples = self.assert_clean(given, rate=48000, channels=1)
                self.assertAlmostEqual(len(samples) / 48000, 18 - starts[0], delta=0.1)


class Films(MediaTest):
    PICTURE = "testsrc=d=14:s=160x120:r=25"

    def film(self, name, *options):
        return self.files.make(name, *options, source=[self.PICTURE, noise(14)])

    def first_times(self, data):
        """The time of the first packet of each stream."""
        text, _ = run("ffprobe", "-v", "error", "-show_entries", "packet=stream_index,pts_time",
                      "-of", "csv=p=0", "-", data=data)
        times = {}
        for line in text.decode().split():
            index, time = line.split(",")[:2]
            times.setdefault(index, float(time))
        return times

    def test_webm(self):
        """a film is entered with the key picture before the moment, and decodes without complaint"""
        vp8 = ("-c:v", "libvpx", "-g", "50", "-deadline", "realtime")
        for name, options in {
                "opus.webm": (*vp8, "-c:a", "libopus"),
                "vorbis.webm": (*vp8, "-c:a", "libvorbis"),
                "live.webm": (*vp8, "-c:a", "libopus", "-live", "1"),
                "vp9.webm": ("-c:v", "libvpx-vp9", "-g", "50", "-deadline", "realtime", "-c:a",
                             "libopus"),
                "film.mkv": ("-c:v", "mpeg4", "-g", "50", "-c:a", "libvorbis")}.items():
            file = self.film(name, *options)
            for second in (0, 2.5, 5, 8.7, 13):
                with self.subTest(name, second=second):
                    data, starts = stream(f"{file}@{second}" if second else file)
                    self.assertLessEqual(starts[0], second + 0.04)
                    self.assertGreater(starts[0], second - 2.1)
                    for time in self.first_times(data).values():
                        self.assertAlmostEqual(time, starts[0], delta=0.1)
                    _, said = run("ffmpeg", "-v", "error", "-i", "pipe:0", "-f", "null", "-",
                                  data=data)
                    self.assertEqual(said, "")

    def test_cut(self):
        """a film that is left in the middle ends as a live stream does"""
        file = self.film("opus.webm", "-c:v", "libvpx", "-g", "50", "-deadline", "realtime", "-c:a",
                         "libopus")
        data, _ = stream(f"{file}@3-9")
        _, said = run("ffmpeg", "-v", "error", "-i", "pipe:0", "-f", "null", "-", data=data)
        self.assertEqual(said, "")

    def test_theora(self):
        """a film in Ogg is entered with the key picture before the moment"""
        file = self.film("film.ogv", "-c:v", "libtheora", "-g", "50", "-c:a", "libvorbis")
        for second in (0, 2.5, 5, 8.7, 13):
            with self.subTest(second):
                data, starts = stream(f"{file}@{second}" if second else file)
                self.assertLessEqual(starts[0], second + 0.04)
                self.assertGreater(starts[0], second - 2.6)
                _, said = run("ffmpeg", "-v", "error", "-i", "pipe:0", "-f", "null", "-", data=data)
                self.assertEqual(said, "")

    def test_mpegts(self):
        """a transport stream is given whole, and entered at a packet near the moment"""
        file = self.film("film.ts", "-c:v", "mpeg2video", "-b:v", "400k", "-minrate", "400k",
                         "-maxrate", "400k", "-bufsize", "100k", "-muxrate", "900k", "-c:a", "mp2")
        self.assertEqual(stream(file)[0], file.read_bytes())
        data, (start,) = stream(f"{file}@6", duration=14)
        self.assertAlmostEqual(start, 6, delta=0.1)
        self.assertEqual(data[0], 0x47)
        first = min(self.first_times(file.read_bytes()).values())
        for time in self.first_times(data).values():
            self.assertAlmostEqual(time - first, 6, delta=1.5)


if __name__ == "__main__":
    unittest.main()
