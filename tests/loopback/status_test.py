#!/usr/bin/env python3
"""`/status.json` of a listener."""

import time
import unittest

from harness import SharedLoopbackTest, LoopbackTest, ask, eventually, noise, unix_time

ITEM = {"title", "url", "started", "ends", "offset_seconds", "name", "creator", "filler"}
COUNTERS = {
    "bytes": {"origin", "peers", "gateway", "uploaded", "cache", "unverified"},
    "chunks": {"verified", "rejected", "held", "total"},
}


class Status(SharedLoopbackTest):
    @classmethod
    def prepare(cls, shop):
        origin = shop.origin()
        cls.first = origin.station.add("first.mp3", noise("mp3", 60, 21))
        cls.second = origin.station.add("second.mp3", noise("mp3", 20, 12))
        sounds = [cls.first, cls.second]
        gateway = shop.gateway(origin.station.publish_run(sounds, offset=0))
        for sound in sounds:
            gateway.facts(origin.url(sound.name))
        cls.url = origin.url("first.mp3")
        cls.start = round(time.time() - 10, 3)
        items = [origin.station.item(cls.first, start=cls.start, title="First & <foremost>"),
                 origin.station.item(cls.second, start=cls.start + cls.first.seconds)]
        playlist = origin.station.publish(items, title="Radio \u201cÄ\u201d")
        cls.listener = shop.listener(playlist, gateway=gateway.url).serving()
        cls.listener.await_whole_item()
        cls.status = cls.listener.status()

    def test_answer(self):
        """it is JSON that nobody keeps"""
        answer = ask("GET", self.listener.local("/status.json"))
        self.assertEqual(answer.status, 200)
        self.assertTrue(answer.get("Content-Type").startswith("application/json"))
        self.assertIn("no-", answer.get("Cache-Control"))
        self.assertIsNone(answer.get("Access-Control-Allow-Origin"))

    def test_item(self):
        """it names the station and what is on, with times as W3CDTF"""
        item = self.status["item"]
        self.assertEqual(self.status["station"], "Radio \u201cÄ\u201d")
        self.assertEqual(set(item), ITEM)
        self.assertEqual(item["title"], "Tester - First & <foremost>")
        self.assertEqual((item["creator"], item["name"]), ("Tester", "First & <foremost>"))
        self.assertIs(item["filler"], False)
        self.assertEqual(item["url"], self.url)
        self.assertAlmostEqual(unix_time(item["started"]), self.start, delta=0.002)
        self.assertAlmostEqual(unix_time(item["ends"]), self.start + self.first.seconds, delta=0.01)

    def test_offset(self):
        """the offset is that of the clock"""
        before = time.time()
        offset = self.listener.status()["item"]["offset_seconds"]
        self.assertGreaterEqual(offset, before - self.start - 0.01)
        self.assertLessEqual(offset, time.time() - self.start + 0.01)

    def test_next(self):
        """what comes next has the shape of the item"""
        following = self.status["next"]
        self.assertEqual(set(following), ITEM)
        self.assertAlmostEqual(unix_time(following["started"]), self.start + self.first.seconds,
                               delta=0.01)

    def test_counters(self):
        """it counts bytes and chunks by where they come from and what became of them"""
        for name, keys in COUNTERS.items():
            self.assertEqual(set(self.status[name]), keys)
            for key, value in self.status[name].items():
                self.assertIsInstance(value, int, f"{name}.{key}")
                self.assertGreaterEqual(value, 0, f"{name}.{key}")
        self.assertEqual(self.status["chunks"]["total"], self.first.chunks)
        self.assertGreaterEqual(self.status["bytes"]["origin"], len(self.first.data))
        self.assertEqual(self.status["bytes"]["peers"], 0)

    def test_buffer(self):
        """the buffer is what is verified from the clock's position on, in seconds"""
        status = self.listener.status()
        left = self.first.seconds - status["item"]["offset_seconds"]
        self.assertAlmostEqual(status["buffer_seconds"], left, delta=1.5)

    def test_map(self):
        """the map has a cell for each chunk, and the clock's position as a part of the file"""
        before = time.time()
        status = self.listener.status()
        after = time.time()
        self.assertEqual(status["map"]["cells"], "#" * self.first.chunks)
        self.assertIs(status["map"]["verified"], True)
        offset = status["item"]["offset_seconds"]
        self.assertAlmostEqual(status["map"]["position"], offset / self.first.seconds, delta=0.02)
        self.assertGreaterEqual(unix_time(status["now"]), before - 0.01)
        self.assertLessEqual(unix_time(status["now"]), after + 0.01)
        self.assertAlmostEqual(status["lag_seconds"], 0, delta=0.01)

    def test_sharing(self):
        """it says how much is shared and who may change that"""
        self.assertEqual(self.status["sharing"],
                         {"enabled": True, "bits_per_second": None, "can_change": True,
                          "port_mapping": {"state": "off", "protocol": None, "port": None,
                                           "why": ""},
                          "sentence": self.status["sharing"]["sentence"]})
        self.assertIn("unlimited", self.status["sharing"]["sentence"])

    def test_people(self):
        """it counts peers and players, and says whether others reach it"""
        self.assertEqual(self.status["peers"], 0)
        self.assertEqual(self.listener.status()["players"], 0)
        self.assertIn(self.status["reachable"], (True, False, None))
        recording = self.shop.record(self.listener.stream_url)
        recording.await_bytes(1000)
        self.assertEqual(self.listener.status()["players"], 1)
        recording.stop()
        self.listener.await_status(lambda s: s["players"] == 0, "notes that the player has gone")

    def test_no_problems(self):
        """where all is well there is no problem"""
        self.assertEqual(self.status["problems"], [])


class TwoListeners(LoopbackTest):
    def test_reachable_and_uploads(self):
        """of two listeners each knows the other, and what one had from a peer the other uploaded"""
        origin = self.origin()
        sound = origin.station.add("first.mp3", noise("mp3", 60, 21))
        gateway = self.gateway(origin.station.publish_run([sound], offset=0))
        url = origin.url(sound.name)
        gateway.facts(url)
        playlist = origin.station.publish_run([sound], offset=3)
        early = self.listener(playlist, gateway=gateway.url, peer_listen="127.0.0.2:0").serving()
        early.await_whole_item()
        reach = early.await_status(lambda s: s["reachable"] is True,
                                   "is known to be reachable")["reach"]
        self.assertEqual((reach["answer"], reach["saying"]), ("yes", "Yes"))
        eventually(lambda: gateway.facts(url)["peers"], what="the gateway lists the early one")
        late = self.listener(playlist, gateway=gateway.url, peer_listen="127.0.0.3:0").serving()
        late.await_whole_item()
        status = late.await_status(
            lambda s: s["peers"] == 1 and [p["holds"] for p in s["peer_list"]] == [1],
            "knows one peer that holds all")
        self.assertGreaterEqual(status["bytes"]["peers"], len(sound.data) // 2)
        early.await_status(lambda s: s["bytes"]["uploaded"] >= status["bytes"]["peers"],
                           "counts what it has uploaded")
        self.assertEqual(status["peer_list"],
                         [{"address": early.peer_address, "received": status["bytes"]["peers"],
                           "sent": 0, "holds": 1, "banned": False}])
        taker = early.await_status(lambda s: s["peer_list"], "knows whom it has sent to")
        self.assertEqual(taker["peer_list"][0]["sent"], taker["bytes"]["uploaded"])
        self.assertIn("127.0.0.3", taker["peer_list"][0]["address"])

    def test_problem(self):
        """a problem says what and since when"""
        origin = self.origin()
        began = time.time()
        listener = self.listener(origin.station.publish([])).serving()
        status = listener.await_status(lambda s: s["problems"], "has a problem")
        problem = status["problems"][0]
        self.assertEqual(set(problem), {"text", "since"})
        self.assertAlmostEqual(unix_time(problem["since"]), began, delta=15)
        self.assertIsNone(status["item"])
        self.assertIsNone(status["next"])


if __name__ == "__main__":
    unittest.main()
