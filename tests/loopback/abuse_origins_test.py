#!/usr/bin/env python3
"""Origins that answer wrong: nothing of theirs is taken, by the gateway or by a listener."""

import concurrent.futures
import time
import unittest

from harness import Item, LoopbackTest, ask, eventually, noise, rss
from parts import thex
from parts.station import Sound
from parts.wrong_origin import FALSE_FILES, WRONG_ANSWERS, WrongOrigin


class WrongOrigins(LoopbackTest):
    def setUp(self):
        super().setUp()
        self.sound = Sound("song.mp3", noise("mp3", 30, 13).read_bytes())

    def wrong_origin(self, ways):
        server = WrongOrigin(self.sound.data, ways)
        self.addCleanup(server.stop)
        return server

    def test_gateway(self):
        """the gateway tells one and the same of each, keeps none, and goes on fetching"""
        wrong = self.wrong_origin(WRONG_ANSWERS)
        good = self.origin()
        good.station.add("song.mp3", noise("mp3", 30, 13))
        gateway = self.gateway(allow=[wrong.base, good.base], options=[
            "--origin-patience", "2", "--max-fetches", "64", "--max-fetches-per-origin", "64"])
        with concurrent.futures.ThreadPoolExecutor(len(WRONG_ANSWERS)) as pool:
            answers = list(pool.map(
                lambda number: gateway.head(wrong.url(number), headers={"Prefer": "wait=30"}),
                range(len(WRONG_ANSWERS))))
        for name, answer in zip(WRONG_ANSWERS, answers):
            with self.subTest(name):
                self.assertEqual(answer.status, 404)
                self.assertEqual(answer.body, answers[0].body)
                # In a circle it goes round a few times.
                self.assertIn(wrong.asked[name], range(1, 10))
        gateway.facts(good.url("song.mp3"))
        figures = ask("GET", gateway.url + "/metrics").body.decode()
        self.assertIn("\nalluvium_gateway_files 1\n", figures)

    def test_listener(self):
        """a listener plays and shares nothing of any, says so, and plays a good station meanwhile"""
        ways = WRONG_ANSWERS | FALSE_FILES
        wrong = self.wrong_origin(ways)
        row = b"".join(thex.leaf_row(self.sound.data))
        start = time.time() - 5
        for number, name in enumerate(ways):
            wrong.documents[f"/{number}.mp3.thex"] = row
            wrong.documents[f"/{number}.rss"] = rss([Item(
                link=wrong.url(number), title=name, start=start, seconds=self.sound.seconds,
                type="audio/mpeg", length=len(self.sound.data), urn=self.sound.urn)]).encode()
        good = self.origin()
        song = good.station.add("good.mp3", noise("mp3", 30, 14))
        playlist = good.station.publish_run([song], offset=5, named=True)
        (good.root / "good.mp3.thex").write_bytes(b"".join(thex.leaf_row(song.data)))
        stations = [playlist, *(f"{wrong.base}{number}.rss" for number in range(len(ways)))]
        listener = self.listener(stations.pop(), options=stations).serving()
        listener.await_whole_item()
        for number, name in enumerate(ways):
            with self.subTest(name):
                page = listener.local(f"/{number + 2}/status.json")
                status = eventually(lambda: next(
                    (s for s in [ask("GET", page).json()] if s["problems"]), None),
                    what=f"{name}: has a problem")
                for problem in status["problems"]:
                    self.assertNotRegex(problem["text"], r"No error|: it ([A-Z]|nothing)")
                self.assertGreater(wrong.asked[name], 0)
                self.assertEqual(status["chunks"]["verified"], 0)
                self.assertEqual(status["chunks"]["held"], 0)
                self.assertEqual(status["bytes"]["unverified"], 0)
        self.assertLess(max(wrong.asked.values()), 150)


if __name__ == "__main__":
    unittest.main()
