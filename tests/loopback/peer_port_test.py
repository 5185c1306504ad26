#!/usr/bin/env python3
"""What other listeners meet at the peer port."""

import re
import unittest
import urllib.parse

from harness import LoopbackTest, SharedLoopbackTest, ask, noise, speak
from parts import thex


class PeerPort(SharedLoopbackTest):
    """A listener that holds its whole item."""

    @classmethod
    def prepare(cls, shop):
        origin = shop.origin()
        cls.sound = origin.station.add("song.mp3", noise("mp3", 60, 21))
        playlist = origin.station.publish([origin.station.item(cls.sound)])
        gateway = shop.gateway(playlist)
        gateway.facts(origin.url("song.mp3"))
        cls.listener = shop.listener(playlist, gateway=gateway.url).serving()
        cls.listener.await_whole_item()
        cls.base = f"http://{cls.listener.peer_address}"
        cls.resource = f"/uri-res/N2R?{cls.sound.urn}"

    def get(self, byte_range=None, *, method="GET", path=None, **headers):
        if byte_range is not None:
            headers["Range"] = byte_range
        return ask(method, self.base + (path or self.resource), headers=headers)

    def test_single_ranges(self):
        """a range is answered with 206, exact to the byte"""
        size = len(self.sound.data)
        cases = [("bytes=0-16383", 0, 16384), ("bytes=0-0", 0, 1), ("bytes=16384-49151", 16384, 49152),
                 ("bytes=100-200", 100, 201), (f"bytes={size - 10}-", size - 10, size),
                 (f"bytes={size - 10}-{size + 1000}", size - 10, size), ("bytes=-5", size - 5, size),
                 (f"bytes=-{size + 5}", 0, size)]
        for asked, begin, end in cases:
            with self.subTest(asked):
                answer = self.get(asked)
                self.assertEqual(answer.status, 206)
                found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", answer.get("Content-Range"))
                first, last, total = map(int, found.groups())
                self.assertEqual((first, total), (begin, size))
                # It may be shortened, on the boundary of a chunk.
                self.assertTrue(last + 1 == end or ((last + 1) % thex.CHUNK == 0 and last < end))
                self.assertEqual(int(answer.get("Content-Length")), last + 1 - first)
                self.assertEqual(answer.body, self.sound.data[first:last + 1])
                self.assertIsNone(answer.get("Transfer-Encoding"))

    def test_whole_file(self):
        """without a range the whole file comes as 200"""
        answer = self.get()
        self.assertEqual(answer.status, 200)
        self.assertEqual(int(answer.get("Content-Length")), len(self.sound.data))
        self.assertEqual(answer.body, self.sound.data)

    def test_complete(self):
        """who holds all says so, or says nothing"""
        said = self.get("bytes=0-0").get("X-Available-Ranges")
        self.assertIn(said, (None, f"bytes 0-{len(self.sound.data) - 1}"))

    def test_impossible_ranges(self):
        """416 for what the file cannot have"""
        size = len(self.sound.data)
        for asked in (f"bytes={size}-", f"bytes={size}-{size + 5}", "bytes=-0",
                      "bytes=99999999999999-"):
            with self.subTest(asked):
                answer = self.get(asked)
                self.assertEqual(answer.status, 416)
                self.assertEqual(answer.get("Content-Range"), f"bytes */{size}")

    def test_several_ranges(self):
        """several ranges are not served piecemeal"""
        answer = self.get("bytes=0-1,5-6")
        self.assertIn(answer.status, (200, 400, 416))
        self.assertNotIn("multipart", answer.get("Content-Type") or "")

    def test_head(self):
        """HEAD has the head of GET and no body"""
        for asked in (None, "bytes=0-16383"):
            with self.subTest(asked):
                head = self.get(asked, method="HEAD")
                full = self.get(asked)
                self.assertEqual(head.status, full.status)
                self.assertEqual(head.get("Content-Length"), full.get("Content-Length"))
                self.assertEqual(head.get("Content-Range"), full.get("Content-Range"))
                self.assertEqual(head.body, b"")

    def test_leaf_row(self):
        """the leaf row is the tree's"""
        answer = self.get(path=f"/uri-res/N2X?{self.sound.urn}")
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.body, b"".join(thex.leaf_row(self.sound.data)))
        part = self.get("bytes=32-63", path=f"/uri-res/N2X?{self.sound.urn}")
        self.assertEqual(part.status, 206)
        self.assertEqual(part.body, answer.body[32:64])

    def test_any_case(self):
        """a name is read in any case"""
        self.assertEqual(self.get("bytes=0-9", path="/uri-res/N2R?" + self.sound.urn.lower()).body,
                         self.sound.data[:10])

    def test_unknown_names(self):
        """404 for names it does not know, and for what is no name"""
        other = thex.urn(b"other")
        for path in (f"/uri-res/N2R?{other}", f"/uri-res/N2X?{other}", "/uri-res/N2R?", "/uri-res/N2R",
                     "/uri-res/N2R?urn:tree:sha256:SHORT", "/uri-res/N2R?http://127.0.0.1/x",
                     f"/uri-res/N2Z?{self.sound.urn}", "/", "/status.json", "/stream"):
            with self.subTest(path):
                answer = self.get("bytes=0-9", path=path)
                self.assertIn(answer.status, (400, 404))
                if other in path:
                    self.assertEqual(answer.status, 404)

    def test_hosts(self):
        """Host must be an address or localhost"""
        for host, status in (("evil.example", 421), ("evil.example:8000", 421), ("localhost", 206),
                             ("192.0.2.7:1234", 206), ("[2001:db8::1]:99", 206),
                             ("127.0.0.1.evil.example", 421)):
            for path in (self.resource, f"/uri-res/N2X?{self.sound.urn}", "/", "/nothing"):
                with self.subTest(host=host, path=path):
                    answer = self.get("bytes=0-9", path=path, Host=host)
                    if status == 421 or path == self.resource:
                        self.assertEqual(answer.status, status)

    def test_methods(self):
        """only GET and HEAD"""
        for method in ("POST", "PUT", "DELETE"):
            with self.subTest(method):
                self.assertIn(self.get(method=method).status, (400, 405))

    def test_no_proxy(self):
        """it fetches nothing for others"""
        port = urllib.parse.urlsplit(self.base).port
        host = urllib.parse.urlsplit(self.base).hostname
        answer = speak((host, port), b"GET http://127.0.0.1:1/x HTTP/1.1\r\nHost: 127.0.0.1:1\r\n"
                                     b"Connection: close\r\n\r\n")
        self.assertIn(answer.split(b" ")[1], (b"400", b"404"))
        answer = speak((host, port), b"CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: 127.0.0.1:1\r\n"
                                     b"Connection: close\r\n\r\n")
        self.assertIn(answer.split(b" ")[1], (b"400", b"405", b"404"))


class PeerPortOverIPv6(PeerPort):
    address = "::1"


class PartOfAFile(LoopbackTest):
    def test_partly_held(self):
        """who holds a part says which, serves it, and answers 503 for the rest"""
        # After a megabyte the origin has next to nothing more to give.
        origin = self.origin(extra="if ($http_range) { set $limit_rate 8k; }")
        sound = origin.station.add("song.mp3", noise("mp3", 60, 21))
        playlist = origin.station.publish_run([sound], offset=30)
        gateway = self.gateway(playlist)
        gateway.facts(origin.url("song.mp3"))
        listener = self.listener(playlist, gateway=gateway.url).serving()
        listener.await_status(lambda s: s["chunks"]["held"] >= 2, "holds two chunks")
        resource = f"http://{listener.peer_address}/uri-res/N2R?{sound.urn}"
        start = 0
        answer = ask("GET", resource, headers={"Range": f"bytes={start}-{start + 16383}"})
        self.assertEqual(answer.status, 503, "the join point is behind the beginning")
        said = answer.get("X-Available-Ranges")
        ranges = [tuple(map(int, part.split("-")))
                  for part in re.fullmatch(r"bytes (\S+)", said)[1].split(",")]
        for first, last in ranges:
            self.assertEqual(first % thex.CHUNK, 0)
            self.assertTrue((last + 1) % thex.CHUNK == 0 or last + 1 == len(sound.data))
            held = ask("GET", resource, headers={"Range": f"bytes={first}-{last}"})
            self.assertEqual(held.status, 206)
            self.assertEqual(held.body, sound.data[first:first + len(held.body)])
        whole = ask("GET", resource)
        self.assertEqual(whole.status, 503)
        first, last = ranges[-1]
        beyond = ask("GET", resource, headers={"Range": f"bytes={first}-{len(sound.data) - 1}"})
        self.assertEqual(beyond.status, 206)
        self.assertEqual(len(beyond.body) % thex.CHUNK, 0, "it is shortened to what is held")


if __name__ == "__main__":
    unittest.main()
