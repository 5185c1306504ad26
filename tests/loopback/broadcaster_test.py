#!/usr/bin/env python3
"""`alluvium-broadcaster init` on folders of real files."""

import contextlib
import json
import os
import pty
import re
import resource
import signal
import subprocess
import unittest
import urllib.request
import xml.etree.ElementTree as ElementTree

from parts.music_folder import BROADCASTER, NAMES, FolderTest, text, tree

FILES = {
    "01 Größe.mp3": ["-b:a", "128k", "-metadata", "title=Größe & <Maß>", "-metadata",
                     "artist=Ärzte"],
    "02 100% #1?.mp3": ["-q:a", "5", "-write_xing", "0"],
    "abend/03.ogg": ["-c:a", "libvorbis", "-metadata", "title=Vorbis", "-metadata", "artist=Wer"],
    "abend/04.opus": ["-c:a", "libopus"],
    "abend/05.ogg": ["-c:a", "flac"],
    "abend/06.aac": ["-c:a", "aac"],
    "wave.wav": [],
}


def decoded_seconds(file):
    pcm = subprocess.run(["ffmpeg", "-v", "error", "-i", str(file), "-f", "s16le", "-ac", "1",
                          "-ar", "48000", "-"], check=True, stdin=subprocess.DEVNULL,
                         capture_output=True).stdout
    return len(pcm) / 2 / 48000


class Init(FolderTest):
    def make_all(self):
        return {name: self.make(name, *options, seconds=3.1 + index * 0.77)
                for index, (name, options) in enumerate(FILES.items())}

    def test_station(self):
        """a folder becomes a station: every file measured, hashed, named and found on the web"""
        files = self.make_all()
        (self.folder / "cover.jpg").write_bytes(b"\xff\xd8\xff\xe0 no sound")
        done = self.init("--title", "Ö-Radio", "--gateway", "http://gw.example:8080/")
        self.assertIn("cover.jpg is left out", done.stderr)
        self.assertRegex(done.stdout, r"\A7 items, 0:00:\d\d, in .*playlist\.rss; upload .*\n\Z")

        channel, items = self.items()
        self.assertEqual(text(channel, "rss:title"), "Ö-Radio")
        self.assertRegex(text(channel, "dc:date"), r"^\d{4}-\d\d-\d\dT00:00:00Z$")
        self.assertEqual(text(ElementTree.parse(self.playlist).getroot(), "rss:textinput/rss:link"),
                         "http://gw.example:8080/gateway/head")
        self.assertEqual(len(items), len(files))
        with self.served() as base:
            self.init("--title", "Ö-Radio", base=base)
            _, items = self.items()
            for item, name in zip(items, sorted(files, key=os.fsencode)):
                with self.subTest(name):
                    self.check_item(item, files[name])

    def check_item(self, item, file):
        data = file.read_bytes()
        row, root = tree(data)
        link = text(item, "rss:link")
        enclosure = item.find("enc:enclosure", NAMES)
        for suffix, expected in (("", data), (".thex", row)):
            with urllib.request.urlopen(link + suffix) as answer:
                self.assertEqual(answer.read(), expected)
        self.assertEqual(enclosure.get(f"{{{NAMES['rdf']}}}resource"), link)
        self.assertEqual(enclosure.get(f"{{{NAMES['enc']}}}length"), str(len(data)))
        self.assertEqual(text(item, "dc:identifier"), "urn:tree:sha256:" + root)
        milliseconds = int(text(item, "mm:duration"))
        self.assertAlmostEqual(milliseconds / 1000, decoded_seconds(file), delta=0.05)

        with urllib.request.urlopen(link + ".thex.json") as answer:
            facts = json.load(answer)
        types = {".mp3": "audio/mpeg", ".aac": "audio/aac", ".wav": "audio/wav"}
        mime_type = types.get(file.suffix, "audio/ogg")
        self.assertEqual(facts["length"], len(data))
        self.assertEqual(facts["duration_ms"], milliseconds)
        self.assertEqual(facts["type"], mime_type)
        self.assertEqual(text(item, "dc:format"), mime_type)
        self.assertEqual(enclosure.get(f"{{{NAMES['enc']}}}type"), mime_type)
        if file.suffix == ".wav":
            self.assertNotIn("seconds", facts)
        else:
            # Ogg may have pages longer than a second, whose seconds then are the next page's.
            self.assertEqual(facts["seconds"], sorted(facts["seconds"]))
            self.assertGreater(len(facts["seconds"]), milliseconds / 1000 - 1)
            magic = b"OggS" if mime_type == "audio/ogg" else b"\xff"
            for offset in facts["seconds"]:
                self.assertTrue(data[offset:].startswith(magic))

    def test_tags(self):
        """titles and creators come from the tags, else from the file's name"""
        self.make_all()
        self.init()
        _, items = self.items()
        told = {text(item, "rss:title"): text(item, "dc:creator") for item in items}
        self.assertEqual(told["Größe & <Maß>"], "Ärzte")
        self.assertEqual(told["Vorbis"], "Wer")
        self.assertIn("02 100% #1?", told)
        self.assertIsNone(told["02 100% #1?"])

    def test_again(self):
        """a second run changes nothing, not even the time of a file; a later day neither"""
        self.make("a.mp3")
        self.make("b.ogg", "-c:a", "libvorbis")
        self.age()
        self.init()
        old = self.playlist.read_text()
        aged = re.sub(r"<dc:date>.*</dc:date>", "<dc:date>2020-02-02T00:00:00Z</dc:date>", old)
        self.playlist.write_text(aged)
        before = {file: file.stat().st_mtime_ns for file in self.folder.iterdir()}
        self.init()
        self.assertEqual(self.playlist.read_text(), aged)
        self.assertEqual({file: file.stat().st_mtime_ns for file in self.folder.iterdir()}, before)

    def test_changed_file(self):
        """a file that was replaced gets a new name and new sidecars, the others keep theirs"""
        first, second = self.make("a.mp3"), self.make("b.mp3")
        self.init()
        _, before = self.items()
        kept = (self.folder / "b.mp3.thex").stat().st_mtime_ns
        first.write_bytes(second.read_bytes() * 2)
        self.init()
        _, after = self.items()
        self.assertEqual(text(after[0], "dc:identifier"),
                         "urn:tree:sha256:" + tree(first.read_bytes())[1])
        self.assertNotEqual(text(after[0], "dc:identifier"), text(before[0], "dc:identifier"))
        self.assertEqual(text(after[1], "dc:identifier"), text(before[1], "dc:identifier"))
        self.assertEqual((self.folder / "b.mp3.thex").stat().st_mtime_ns, kept)

    def test_chain(self):
        """a chain of Ogg files lasts as long as all of them"""
        parts = [self.make("1.ogg", "-c:a", "libvorbis"), self.make("2.ogg", "-c:a", "libopus"),
                 self.make("3.ogg", "-c:a", "libvorbis", seconds=2)]
        total = sum(map(decoded_seconds, parts))
        (self.folder / "chain.ogg").write_bytes(b"".join(part.read_bytes() for part in parts))
        for part in parts:
            part.unlink()
        done = self.init()
        _, (item,) = self.items()
        self.assertAlmostEqual(int(text(item, "mm:duration")) / 1000, total, delta=0.05)
        self.assertIn("chain.ogg is odd", done.stderr)

    def test_containers(self):
        """what a stream can carry is accepted, and what cannot be joined in the middle is said"""
        picture = ("-f", "lavfi", "-i", "testsrc=d=4.3:s=64x48:r=25")
        vp8, mpeg4 = ("-c:v", "libvpx"), ("-c:v", "mpeg4", "-g", "25")
        fast = ("-movflags", "+faststart")
        joined, estimated, whole = "", "is joined at an estimated place", "only be heard from its"
        files = {
            "film.webm": ("video/webm", joined, *picture, *vp8, "-c:a", "libopus"),
            "sound.webm": ("audio/webm", joined, "-c:a", "libopus"),
            "mute.webm": ("video/webm", joined, *picture, "-map", "1", *vp8),
            "film.mkv": ("video/x-matroska", joined, *picture, *vp8, "-c:a", "libvorbis"),
            "sound.mka": ("audio/x-matroska", joined, "-c:a", "libvorbis"),
            "film.ogv": ("video/ogg", joined, *picture, "-c:v", "libtheora", "-c:a", "libvorbis"),
            "film.ts": ("video/mp2t", estimated, *picture, "-c:v", "mpeg2video", "-c:a", "mp2"),
            "film.wmv": ("video/x-ms-asf", whole, *picture, "-c:v", "wmv2", "-c:a", "wmav2"),
            "sound.wma": ("audio/x-ms-wma", whole, "-c:a", "wmav2"),
            "film.avi": ("video/x-msvideo", whole, *picture, *mpeg4, "-c:a", "libmp3lame"),
            "film.flv": ("video/x-flv", whole, *picture, "-c:v", "flv", "-ar", "44100",
                         "-c:a", "libmp3lame"),
            "film.mp4": ("video/mp4", whole, *picture, *mpeg4, "-c:a", "aac", *fast),
            "sound.m4a": ("audio/mp4", whole, "-c:a", "aac", *fast),
            "late.m4a": ("audio/mp4", "has its index at its end", "-c:a", "aac"),
        }
        for name, (_, _, *options) in files.items():
            self.make(name, *options)
        done = self.init()
        for name, (mime_type, note, *_) in files.items():
            with self.subTest(name):
                facts = json.loads((self.folder / f"{name}.thex.json").read_text())
                self.assertEqual(facts["type"], mime_type)
                self.assertAlmostEqual(facts["duration_ms"] / 1000, 4.3, delta=0.15)
                said = [line for line in done.stderr.splitlines() if line.startswith(name)]
                self.assertEqual(bool(said), bool(note), said)
                self.assertTrue(not note or any(note in line for line in said), said)
                self.assertEqual("seconds" in facts, not note)

    def test_dates(self):
        """with --start the broadcasts have instants, back to back until the days are filled"""
        self.make("a.mp3", "-ar", "8000", "-b:a", "8k", seconds=1500)
        self.make("b.mp3", "-ar", "8000", "-b:a", "8k", seconds=2100)
        done = self.init("--start", "2030-03-31T00:00:00+01:00", "--days", "2")
        channel, items = self.items()
        self.assertEqual(text(channel, "dc:date"), "2030-03-30T23:00:00Z")
        self.assertEqual(text(items[0], "ev:startdate"), "2030-03-30T23:00:00Z")
        for item, following in zip(items, items[1:]):
            self.assertEqual(text(item, "ev:enddate"), text(following, "ev:startdate"))
        self.assertLess(text(items[-1], "ev:startdate"), "2030-04-01T23:00:00Z")
        self.assertGreaterEqual(text(items[-1], "ev:enddate"), "2030-04-01T23:00:00Z")
        about = [item.get(f"{{{NAMES['rdf']}}}about") for item in items]
        self.assertEqual(len(set(about)), len(items))
        self.assertIn(f"{len(items)} items, 48:", done.stdout)

    @contextlib.contextmanager
    def on_terminal(self):
        """A run that shows its progress; gives the process and what it writes to read."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen([BROADCASTER, "init", self.folder, "--base", "http://x/"],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=theirs)
        os.close(theirs)
        with open(ours, "rb", buffering=0) as terminal:
            yield process, terminal
            process.wait()

    def await_text(self, terminal, wanted):
        shown = b""
        while wanted not in shown:
            part = terminal.read(4096)
            self.assertTrue(part, shown)
            shown += part

    def test_interrupted(self):
        """a run that is killed leaves the playlist that was there, whole"""
        for index in range(3):
            self.make(f"{index}.wav", seconds=120)
        self.playlist.write_text("<rdf:RDF/>")
        for count in (1, 2, 3):
            with self.on_terminal() as (process, terminal):
                self.await_text(terminal, b"%d of 3" % count)
                process.send_signal(signal.SIGKILL)
                self.assertEqual(process.wait(), -signal.SIGKILL)
            self.assertEqual(self.playlist.read_text(), "<rdf:RDF/>")
        self.init()
        _, items = self.items()
        self.assertEqual(len(items), 3)

    def test_full_disk(self):
        """a run that can write no more leaves the playlist that was there, and says why"""
        song = self.make("00.mp3", seconds=0.2).read_bytes()
        for index in range(1, 40):
            (self.folder / f"{index:02}.mp3").write_bytes(song)
        self.init()
        old = self.playlist.read_bytes()
        for name in ("41.mp3", "42.mp3"):
            (self.folder / name).write_bytes(song)
        done = self.init(expect=1, before=lambda: resource.setrlimit(
            resource.RLIMIT_FSIZE, (len(old) // 2, resource.RLIM_INFINITY)))
        self.assertRegex(done.stderr, "alluvium-broadcaster: .* cannot be written: File too large")
        self.assertEqual(self.playlist.read_bytes(), old)
        self.assertEqual([file for file in self.folder.iterdir() if file.name.endswith(".new")], [])

    def test_refusals(self):
        """what cannot be done is said in one sentence, and the playlist that was there stays"""
        self.make("a.mp3")
        self.playlist.write_text("<rdf:RDF/>")
        media = (self.folder / "a.mp3").read_bytes()
        for options, words in (
                (["--bse", "x"], "no option --bse; did you mean --base?"),
                (["--start", "soon"], "--start"),
                (["--days", "3"], "--days requires --start"),
                (["--days", "0", "--start", "2030"], "--days"),
                (["--gateway", "gopher://x"], "--gateway"),
                (["--base", "music"], "--base"),
                (["--base", "http://x/?folder=1"], "no query"),
                (["-o", self.folder / "none/list.rss"], "is not a folder"),
                (["-o", self.folder], "is a folder"),
                (["-o", self.folder / "a.mp3"], "is no playlist"),
                (["--start", "2030-01-01", "--days", "3000"], "items would be needed"),
                (["more"], "one argument too many")):
            with self.subTest(words):
                done = self.init(*options, expect=1)
                self.assertEqual(done.stdout, "")
                self.assertRegex(done.stderr.splitlines()[-1], "^alluvium-broadcaster: ")
                self.assertIn(words, done.stderr.splitlines()[-1])
                self.assertEqual(self.playlist.read_text(), "<rdf:RDF/>")
        self.assertEqual((self.folder / "a.mp3").read_bytes(), media)
        (self.folder / "a.mp3").unlink()
        self.assertIn("nothing to broadcast", self.init(expect=1).stderr)
        self.assertEqual(self.playlist.read_text(), "<rdf:RDF/>")

    def test_lists(self):
        """a list that names other files is no sound"""
        self.make("a.mp3")
        hls = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\na.mp3\n#EXT-X-ENDLIST\n"
        lists = {"list.m3u8": hls, "list.ffconcat": "ffconcat version 1.0\nfile a.mp3\n"}
        for name, content in lists.items():
            (self.folder / name).write_text(content)
        done = self.init()
        for name in lists:
            self.assertIn(f"{name} is left out", done.stderr)
        self.assertEqual(len(self.items()[1]), 1)

    def test_progress(self):
        """progress is shown on a terminal and nowhere else"""
        self.make("a.mp3")
        self.assertEqual(self.init().stderr, "")
        with self.on_terminal() as (_, terminal):
            self.await_text(terminal, b"1 of 1: a.mp3")


if __name__ == "__main__":
    unittest.main()
