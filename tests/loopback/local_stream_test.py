#!/usr/bin/env python3
"""What players meet at the local port."""

import socket
import time
import unittest
import urllib.parse
import xml.etree.ElementTree as ElementTree

from harness import LoopbackTest, SharedLoopbackTest, ask, icy_split, mp3_frames, noise, speak

ROUTES = ("/", "/stream", "/stream.m3u", "/stream.pls", "/stream.xspf", "/status.json",
          "/status-json.xsl", "/nothing-here")


class LocalPort(SharedLoopbackTest):
    @classmethod
    def prepare(cls, shop):
        origin = shop.origin()
        cls.sound = origin.station.add("song.mp3", noise("mp3", 60, 21))
        item = origin.station.item(cls.sound, title="It's; 'quoted';", creator="Mötörhead")
        playlist = origin.station.publish([item], title="Radio Ä")
        cls.listener = shop.listener(playlist).serving()
        shop.record(cls.listener.stream_url).await_bytes(1000)
        parts = urllib.parse.urlsplit(cls.listener.stream_url)
        cls.address = (parts.hostname, parts.port)
        cls.host = parts.netloc

    def head_of(self, request):
        """The head of the answer to raw bytes; the connection is closed after it."""
        recording = self.shop.record(self.listener.stream_url, headers=request)
        head = recording.head()
        recording.stop()
        return head[0], {name.lower(): value for name, value in head[1]}

    def test_stream_head(self):
        """the stream's head is what Icecast's clients expect"""
        line, headers = self.head_of({})
        self.assertEqual(line, "HTTP/1.1 200 OK")
        self.assertEqual(headers["content-type"], "audio/mpeg")
        self.assertEqual(headers["connection"].lower(), "close")
        self.assertEqual(headers["cache-control"], "no-cache, no-store")
        self.assertEqual(headers["icy-name"], "Radio Ä")
        self.assertEqual(headers["icy-pub"], "0")
        self.assertEqual(headers["icy-br"], "128")
        for name in ("icy-url", "icy-description", "ice-audio-info"):
            self.assertIn(name, headers)
        for name in ("content-length", "transfer-encoding", "accept-ranges", "icy-metaint"):
            self.assertNotIn(name, headers)

    def test_http_1_0(self):
        """a client of HTTP/1.0 is answered in HTTP/1.0"""
        recording = self.shop.record(self.listener.stream_url, version="1.0")
        self.assertEqual(recording.head()[0], "HTTP/1.0 200 OK")
        recording.stop()

    def test_range(self):
        """a Range is not honoured: the stream has no beginning"""
        line, headers = self.head_of({"Range": "bytes=0-"})
        self.assertEqual(line, "HTTP/1.1 200 OK")
        self.assertNotIn("content-range", headers)

    def test_burst(self):
        """a player has four seconds of sound at once, and then as much as time passes"""
        recording = self.shop.record(self.listener.stream_url)
        recording.await_bytes(150_000)
        rate = 128_000 / 8
        took = recording.arrived(60_000) - recording.arrived(0)
        self.assertLess(took, 1)
        took = recording.arrived(int((4 + 4.7) * rate)) - recording.arrived(0)
        # It comes with the next write, of which there is one a second.
        self.assertAlmostEqual(took, 4.7 + 0.5, delta=1)
        recording.stop()

    def test_titles(self):
        """titles come in whole blocks at the places that were promised"""
        recording = self.shop.record(self.listener.stream_url, headers={"Icy-MetaData": "1"})
        self.assertEqual(recording.header("icy-metaint"), "8192")
        sound, blocks = icy_split(recording.await_bytes(60_000), 8192)
        recording.stop()
        self.assert_continues(mp3_frames(sound, cut_end=True), self.sound.frames * 2)
        self.assertEqual(len(blocks), 1, "a title that does not change is sent once")
        position, block = blocks[0]
        self.assertEqual(position, 8192)
        text = block.rstrip(b"\0").decode()
        self.assertTrue(text.startswith("StreamTitle='") and text.endswith("';"), text)
        title = text[len("StreamTitle='"):-len("';")]
        self.assertNotIn("';", title)
        self.assertTrue(title.startswith("Mötörhead - It"), title)

    def test_lists(self):
        """the lists for players name the stream"""
        cases = [("/stream.m3u", "audio/x-mpegurl"), ("/stream.pls", "audio/x-scpls"),
                 ("/stream.xspf", "application/xspf+xml")]
        for path, kind in cases:
            with self.subTest(path):
                answer = ask("GET", self.listener.local(path))
                self.assertEqual(answer.status, 200)
                self.assertEqual(answer.get("Content-Type").split(";")[0], kind)
                count = answer.body.decode().count(self.listener.stream_url)
                self.assertEqual(count, 1 if path.endswith("xspf") else 50)
        listed = ElementTree.fromstring(ask("GET", self.listener.local("/stream.xspf")).body)
        self.assertEqual(listed.tag, "{http://xspf.org/ns/0/}playlist")

    def test_status_json_xsl(self):
        """the status for Icecast's readers has Icecast's keys"""
        answer = ask("GET", self.listener.local("/status-json.xsl"))
        source = answer.json()["icestats"]["source"]
        self.assertIsInstance(source, dict)
        self.assertEqual(source["listenurl"], self.listener.stream_url)
        self.assertEqual(source["server_type"], "audio/mpeg")
        self.assertEqual(source["server_name"], "Radio Ä")
        self.assertIsInstance(source["title"], str)
        self.assertIsInstance(source["listeners"], int)

    def test_page(self):
        """the page names the station, and nothing from outside is markup on it"""
        answer = ask("GET", self.listener.page_url)
        self.assertEqual(answer.status, 200)
        self.assertTrue(answer.get("Content-Type").startswith("text/html"))
        self.assertIn("Radio Ä", answer.body.decode())
        self.assertIsNotNone(answer.get("Content-Security-Policy"))

    def test_own_host(self):
        """localhost and the address itself are ours, whatever the port"""
        for host in (self.host, self.host.rsplit(":", 1)[0], "localhost", "localhost:1", "LOCALHOST"):
            with self.subTest(host=host):
                answer = ask("GET", self.listener.local("/status.json"), headers={"Host": host})
                self.assertEqual(answer.status, 200)

    def test_no_host(self):
        """HTTP/1.1 without Host is refused, HTTP/1.0 is served"""
        answer = speak(self.address, b"GET /status.json HTTP/1.1\r\n\r\n")
        self.assertEqual(answer.split(b" ")[1], b"400")
        answer = speak(self.address, b"GET /status.json HTTP/1.0\r\n\r\n")
        self.assertEqual(answer.split(b" ")[1], b"200")

    def test_head_requests(self):
        """HEAD has the head of GET and no body"""
        for path in ("/", "/stream", "/stream.m3u", "/status.json", "/status-json.xsl"):
            with self.subTest(path):
                answer = ask("HEAD", self.listener.local(path))
                self.assertEqual(answer.status, 200)
                self.assertEqual(answer.body, b"")
        self.assertEqual(ask("HEAD", self.listener.stream_url).get("Content-Type"), "audio/mpeg")

    def test_other_methods(self):
        """nothing can be changed from outside"""
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            for path in ROUTES[:-1]:
                with self.subTest(method=method, path=path):
                    answer = ask(method, self.listener.local(path))
                    self.assertEqual(answer.status, 405)

    def test_unknown(self):
        """what there is not is not there"""
        for path in ("/nothing-here", "/stream2", "/admin/stats", "/uri-res/N2R?urn:x", "/..",
                     "/stream/", "/%2e%2e/etc/passwd"):
            with self.subTest(path):
                self.assertEqual(ask("GET", self.listener.local(path)).status, 404)


class TitleChange(LoopbackTest):
    def test_title_changes(self):
        """a new title comes with the first block at or after its first frame, never before"""
        origin = self.origin()
        first = origin.station.add("first.mp3", noise("mp3", 20, 11))
        second = origin.station.add("second.mp3", noise("mp3", 20, 12))
        playlist = origin.station.publish_run([first, second], offset=first.seconds - 15)
        listener = self.listener(playlist).serving()
        recording = self.record(listener.stream_url, headers={"Icy-MetaData": "1"})
        recording.await_bytes(1)
        left = round(first.seconds) * 16_000  # No more than this can come of the first file.
        body = b""
        began = time.monotonic()
        while b"second.mp3" not in body and time.monotonic() - began < 40:
            body = recording.await_bytes(len(body) + 4_000)
        self.assertLess(len(body), left + 40_000)
        sound, blocks = icy_split(body, 8192)
        self.assertEqual([b"first.mp3" in block for _, block in blocks], [True, False])
        begin = sound.index(second.frames[0].data)
        self.assertGreaterEqual(blocks[1][0], begin)
        self.assertLess(blocks[1][0] - begin, 8192)


class SlowPlayer(LoopbackTest):
    def test_slow_player(self):
        """a player that stops reading harms no other"""
        origin = self.origin()
        sound = origin.station.add("song.mp3", noise("mp3", 30, 13))
        listener = self.listener(origin.station.publish([origin.station.item(sound)])).serving()
        parts = urllib.parse.urlsplit(listener.stream_url)
        with socket.create_connection((parts.hostname, parts.port)) as stuck:
            stuck.sendall(b"GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
            recording = self.record(listener.stream_url)
            body = recording.await_bytes(150_000)
            self.assert_continues(mp3_frames(body, cut_end=True), sound.frames * 2)


if __name__ == "__main__":
    unittest.main()
