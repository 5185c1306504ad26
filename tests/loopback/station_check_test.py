#!/usr/bin/env python3
"""`alluvium-broadcaster grid`, `check` and `as-run` on a real folder behind a real nginx."""

import csv
import datetime
import io
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

from parts import nginx
from parts.music_folder import BROADCASTER
from parts.process import ROOT


class Station(unittest.TestCase):
    """A show each evening and a fill, made once; each test has a copy on a server."""

    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory(prefix="alluvium-week-")
        cls.addClassCleanup(temporary.cleanup)
        cls.original = pathlib.Path(temporary.name)
        for name, seconds in (("songs/a", 850), ("songs/b", 1150), ("songs/c", 450),
                              ("talk", 1500)):
            cls.make(cls.original, name, 8000, seconds)

    @staticmethod
    def make(folder, name, rate, seconds):
        file = folder / f"{name}.mp3"
        file.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"sine=f=330:d={seconds}",
                        "-ar", str(rate), "-b:a", "8k", "-metadata", f"title=T {name}", file],
                       check=True, stdin=subprocess.DEVNULL)
        os.utime(file, (1_600_000_000, 1_600_000_000))

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="alluvium-grid-")
        self.addCleanup(temporary.cleanup)
        self.root = pathlib.Path(temporary.name)
        self.music = self.root / "music"
        shutil.copytree(self.original, self.music)
        self.nginx = nginx.Nginx(self.root / "nginx", self.root)
        self.addCleanup(self.nginx.stop)
        self.base = self.nginx.url("music")
        self.plan = self.root / "week.toml"
        self.plan.write_text(f'''
title = "Week"
zone = "Europe/Berlin"
folder = "music"
base = "{self.base}"
fill = "songs"
[[show]]
name = "Talk"
at = "20:00"
play = "talk.mp3"
''')

    def run_it(self, *words, expect=0):
        done = subprocess.run([BROADCASTER, *map(str, words)], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True,
                              env={**os.environ, "TZ": "Europe/Berlin"})
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def test_grid_and_check(self):
        """a week is planned, proved and reported; what is broken then is found before air"""
        self.assertIn("items until", self.run_it("grid", self.plan).stdout)
        playlist = self.music / "playlist.rss"
        made = playlist.read_bytes()
        self.assertIn("which is unchanged", self.run_it("grid", self.plan).stdout)
        self.assertEqual(playlist.read_bytes(), made)
        self.assertEqual(self.run_it("grid", self.plan, "-q").stdout, "")

        url = self.base + "/playlist.rss"
        done = self.run_it("check", url)
        self.assertRegex(done.stdout, r"(?m)^All will be heard: 4 files, until ")
        self.assertNotIn("Doubt", done.stdout)
        self.assertIn("which the playlist does not reach yet", done.stdout)
        self.run_it("check", url, "--whole", "-q")

        for station in (url, playlist):
            report = json.loads(self.run_it("check", station, "--json").stdout)
            self.assertEqual((report["problems"], report["doubts"], report["files"]), (0, 0, 4))
            self.assertEqual(report["zone"], "Europe/Berlin")

        (self.music / "songs/a.mp3").unlink()
        data = bytearray((self.music / "talk.mp3").read_bytes())
        data[len(data) // 2:] = bytes(len(data) - len(data) // 2)
        (self.music / "talk.mp3").write_bytes(data)
        (self.music / "songs/b.mp3.thex").unlink()
        found = {(one["kind"], pathlib.Path(one["url"]).name)
                 for one in json.loads(self.run_it("check", url, "--json", expect=2).stdout)
                 ["findings"]}
        self.assertEqual(found, {("missing", "a.mp3"), ("changed", "talk.mp3"), ("tree", "b.mp3")})
        text = self.run_it("check", url, "-q", expect=2).stdout
        self.assertRegex(text, r'(?m)^Problem: \w{3} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d CES?T: "T songs/a"'
                               r" cannot be had: its server answers 404 \(there is no such file\)")
        self.assertIn("3 problems: 4 files", text)

        # What is gone is replaced when the grid is run again, and the others are measured again;
        # only what is on air stays as it was announced.
        self.run_it("grid", self.plan)
        done = subprocess.run([BROADCASTER, "check", url, "--json"], capture_output=True)
        report = json.loads(done.stdout)
        self.assertEqual({one["at"] for one in report["findings"]} - {report["checked_at"]}, set())

    def test_mixed_and_broken(self):
        """files that do not go together, and a playlist that is none, are said"""
        self.make(self.music, "songs/d", 11025, 600)
        self.run_it("grid", self.plan)
        done = self.run_it("check", self.base + "/playlist.rss")
        self.assertRegex(done.stdout, r"Doubt: .*the files are not all alike \(4 of 8000 Hz, "
                                      r"1 of 11025 Hz\): some players click")
        (self.music / "broken.rss").write_text("<rdf:RDF>\n<oops")
        for station in (self.base + "/broken.rss", self.music / "broken.rss"):
            self.assertIn("Problem: The playlist is not XML: line 2",
                          self.run_it("check", station, expect=2).stdout)
        self.assertIn("404", self.run_it("check", self.base + "/no.rss", expect=2).stdout)
        self.assertIn("no time zone",
                      self.run_it("check", "x", "--zone", "Europe/Bonn", expect=1).stderr)

    def test_as_run(self):
        """what was on air is a table of the playlist's past"""
        self.run_it("init", self.music, "--base", self.base, "--title", "Loop")
        day = datetime.date.fromtimestamp(time.time() - 2 * 86_400).isoformat()
        done = self.run_it("as-run", self.base + "/playlist.rss", "--from", day)
        rows = list(csv.DictReader(io.StringIO(done.stdout)))
        self.assertGreaterEqual(len(rows), 3 * 86_400 // 3_950)
        self.assertEqual({row["title"] for row in rows},
                         {"T songs/a", "T songs/b", "T songs/c", "T talk"})
        for row, following in zip(rows, rows[1:]):
            self.assertEqual(row["end"], following["start"])
        self.assertTrue(all(row["start_local"].split()[1] == day for row in rows))
        with open("/dev/full", "w") as full:
            failed = subprocess.run([BROADCASTER, "as-run", self.music / "playlist.rss"],
                                    stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(failed.returncode, 1)
        self.assertIn("cannot be written", failed.stderr)
        for words, problem in ((["--from", "2999-01-01"], "not known"),
                               (["--from", "soon"], "--from"),
                               (["--from", day, "--to", day], "not later")):
            self.assertIn(problem, self.run_it("as-run", self.music / "playlist.rss", *words,
                                               expect=1).stderr)

    def test_example_in_manual(self):
        """the plan in the manual is one"""
        page = (ROOT / "gateway/broadcaster/alluvium-broadcaster.1").read_text()
        example = page.split(".SH THE WEEKLY PLAN")[1].split(".EX\n")[1].split("\n.EE")[0]
        self.plan.write_text(example)
        said = self.run_it("grid", self.plan).stderr
        for missing in ("shows/morning", "serial", "jingles", "filler/loop.mp3"):
            self.assertIn(f"There is nothing to play in {self.music / missing}", said)

    def test_a_run_that_fails(self):
        """a grid that cannot be planned leaves the playlist that was there, and says the line"""
        self.run_it("grid", self.plan)
        made = (self.music / "playlist.rss").read_bytes()
        good = self.plan.read_text()
        for bad, problem in ((good.replace("at =", "att ="), "line 9: there is no att here"),
                             (good.replace("Berlin", "Bonn"), "there is no time zone Europe/Bonn"),
                             (good.replace('"music"', '"musik"'), "is not a folder")):
            self.plan.write_text(bad)
            self.assertIn(problem, self.run_it("grid", self.plan, expect=1).stderr)
            self.assertEqual((self.music / "playlist.rss").read_bytes(), made)


if __name__ == "__main__":
    unittest.main()
