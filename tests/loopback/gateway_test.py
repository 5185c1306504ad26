#!/usr/bin/env python3
"""The gateway, asked by clients that know nothing of it: curl, aria2c, plain sockets."""

import base64
import concurrent.futures
import hashlib
import http.server
import json
import random
import signal
import socket
import subprocess
import threading
import time
import unittest

from harness import (Item, LoopbackTest, Program, ask, bracketed, eventually, free_port, program,
                     rss)
from parts import thex


class Server(http.server.ThreadingHTTPServer):
    """A server of Python's on a free port, that notes what it is asked."""

    def __init__(self, test, answer):
        self.address_family = socket.AF_INET6 if ":" in test.address else socket.AF_INET
        self.asked = []
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                server.asked.append((self.command, self.path, self.headers.get("Range")))
                answer(self)

            do_HEAD = do_GET

            def log_message(self, *_):
                pass

        super().__init__((test.address, 0), Handler)
        self.port = self.server_address[1]
        self.base = f"http://{bracketed(test.address)}:{self.port}/"
        thread = threading.Thread(target=self.serve_forever, daemon=True)
        thread.start()
        test.addCleanup(self.server_close)
        test.addCleanup(thread.join)
        test.addCleanup(self.shutdown)


def some_bytes(count, seed):
    return random.Random(seed).randbytes(count)


class GatewayTest(LoopbackTest):
    def setUp(self):
        super().setUp()
        self.data = some_bytes(700_000, 1)

    def served_song(self):
        """(origin, URL of a file there)."""
        origin = self.origin()
        (origin.root / "song.mp3").write_bytes(self.data)
        return origin, origin.url("song.mp3")

    def knowing_gateway(self, **more):
        """(gateway that knows the song, its URL)."""
        self.song_origin, url = self.served_song()
        gateway = self.gateway(allow=[self.song_origin.base], **more)
        gateway.facts(url)
        return gateway, url

    def announce(self, gateway, port, available):
        body = json.dumps({"port": port, "up_bps": 1_000_000, "want": [], "holdings": [
            {"urn": thex.urn(self.data), "available": available}]}).encode()
        answer = ask("POST", gateway.url + "/gateway/announce", body=body,
                     headers={"Content-Type": "application/json"})
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json()

    def test_head(self):
        """GET and HEAD tell what an independent script computes of the file"""
        gateway, url = self.knowing_gateway()
        urn = thex.urn(self.data)
        digest = hashlib.sha256(self.data).digest()
        origin_head = ask("HEAD", url)
        get, head = gateway.head(url), gateway.head(url, method="HEAD")
        for answer in (get, head):
            self.assertEqual(answer.status, 200)
            self.assertEqual(answer.all("X-Content-URN"),
                             [urn, "urn:sha256:" + thex.base32(digest)])
            self.assertEqual(answer.get("X-Thex-URI"),
                             f"/uri-res/N2X?{urn} ; {urn.rsplit(':', 1)[1]}")
            self.assertEqual(answer.all("X-URI-RES"), [url + " ; N2R"])
            self.assertIn(f"<{url}>; rel=duplicate", answer.all("Link"))
            self.assertIn(f'</gateway/metalink?uri={url}>; rel=describedby; '
                          'type="application/metalink4+xml"', answer.all("Link"))
            self.assertEqual(answer.get("Cache-Control"), "no-store")
        for name in ("Content-Length", "Content-Type", "ETag", "Last-Modified"):
            self.assertEqual(head.get(name), origin_head.get(name), name)
        self.assertEqual(head.get("Repr-Digest"),
                         f"sha-256=:{base64.b64encode(digest).decode()}:")
        self.assertEqual(head.body, b"")
        facts = get.json()
        self.assertEqual((facts["uri"], facts["urn"], facts["length"], facts["type"]),
                         (url, urn, len(self.data), "audio/mpeg"))
        self.assertEqual(facts["etag"], origin_head.get("ETag"))
        self.assertEqual(facts["last_modified"], origin_head.get("Last-Modified"))

    def test_encoded(self):
        """a percent-encoded URL names the same file as the raw one, `&` and all"""
        origin = self.origin(extra="location /a { default_type audio/mpeg; return 200 abc; }")
        gateway = self.gateway(allow=[origin.base])
        url = origin.base + "a?x=1&y=2"
        encoded = url.replace("%", "%25").replace(":", "%3A").replace("&", "%26")
        self.assertEqual(gateway.facts(url)["urn"], thex.urn(b"abc"))
        self.assertEqual(gateway.facts(encoded + "&z=3")["uri"], url)

    def test_one_fetch(self):
        """twenty who ask at once share one fetch; who does not wait gets 202"""
        go_on = threading.Event()
        self.addCleanup(go_on.set)

        def answer(request):
            request.send_response(200)
            request.send_header("Content-Length", str(len(self.data)))
            request.send_header("Content-Type", "audio/mpeg")
            request.end_headers()
            request.wfile.write(self.data[:300_000])
            go_on.wait()
            request.wfile.write(self.data[300_000:])

        origin = Server(self, answer)
        gateway = self.gateway(allow=[origin.base])
        url = origin.base + "song.mp3"
        at_once = gateway.head(url)
        self.assertEqual(at_once.status, 202)
        self.assertEqual(at_once.get("Retry-After"), "1")
        before = time.monotonic()
        self.assertEqual(gateway.head(url, headers={"Prefer": "wait=1"}).status, 202)
        self.assertGreaterEqual(time.monotonic() - before, 0.9)
        with concurrent.futures.ThreadPoolExecutor(20) as askers:
            waiting = [askers.submit(gateway.head, url, headers={"Prefer": "wait=50"})
                       for _ in range(20)]
            go_on.set()
            answers = [one.result() for one in waiting]
        self.assertEqual({one.status for one in answers}, {200})
        self.assertEqual({one.json()["urn"] for one in answers}, {thex.urn(self.data)})
        self.assertEqual(len(origin.asked), 1)

    def test_names(self):
        """a name leads to the leaf row, the facts, the places and the file"""
        gateway, url = self.knowing_gateway()
        urn = thex.urn(self.data)
        row = b"".join(thex.leaf_row(self.data))
        answer = ask("GET", f"{gateway.url}/uri-res/N2X?{urn}")
        self.assertEqual((answer.status, answer.body), (200, row))
        self.assertIn("immutable", answer.get("Cache-Control"))
        part = ask("GET", f"{gateway.url}/uri-res/N2X?{urn}", headers={"Range": "bytes=32-95"})
        self.assertEqual((part.status, part.body), (206, row[32:96]))
        self.assertEqual(part.get("Content-Range"), f"bytes 32-95/{len(row)}")
        self.assertEqual(ask("GET", f"{gateway.url}/uri-res/N2C?{urn}").json()["uri"], url)
        places = ask("GET", f"{gateway.url}/uri-res/N2Ls?{urn}")
        self.assertEqual(places.get("Content-Type"), "text/uri-list")
        self.assertEqual(places.body.decode().split("\r\n"), ["# " + urn, url, ""])
        for path in ("N2L", "N2R"):
            got = subprocess.run(["curl", "-sSfgL", f"{gateway.url}/uri-res/{path}?{urn}"],
                                 capture_output=True, check=True, timeout=60)
            self.assertEqual(got.stdout, self.data)
        old = subprocess.run(["curl", "-sSg0", "-o", "/dev/null", "-w", "%{http_code}",
                              f"{gateway.url}/uri-res/N2L?{urn}"],
                             capture_output=True, check=True, timeout=60, text=True)
        self.assertEqual(old.stdout, "302")

    def test_metalink(self):
        """aria2c downloads a file nobody has asked for yet through its Metalink, and checks it"""
        origin, url = self.served_song()
        gateway = self.gateway(allow=[origin.base])
        folder = self.fresh("downloads")
        folder.mkdir()
        done = subprocess.run(
            ["aria2c", "--no-conf", "--dir", folder, "--follow-metalink=mem",
             "--check-integrity=true", "--realtime-chunk-checksum=true", "--enable-dht=false",
             f"{gateway.url}/gateway/metalink?uri={url}"],
            capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual((folder / "song.mp3").read_bytes(), self.data)

    def test_refused(self):
        """what is not permitted, closed or filtered gets one answer, and no traffic if not permitted"""
        def answer(request):
            request.send_response(404)
            request.send_header("Content-Length", "0")
            request.end_headers()

        foreign = Server(self, answer)
        origin, _ = self.served_song()
        gateway = self.gateway(allow=[origin.base + "permitted/"])
        answers = [gateway.head(place, headers={"Prefer": "wait=10"}) for place in (
            foreign.base + "x.mp3", origin.base + "song.mp3",
            origin.base + "permitted/../song.mp3", origin.base + "permitted/%2e%2e/song.mp3",
            origin.base + "permitted/missing.mp3")]
        self.assertEqual({one.status for one in answers}, {404})
        self.assertEqual(len({one.body for one in answers}), 1)
        self.assertEqual(foreign.asked, [])
        # nginx notes a request after its answer: what it notes of this one comes after all others.
        ask("HEAD", origin.url("last"))
        origin.await_request("last")
        self.assertEqual([request.path for request in origin.requests()],
                         ["/permitted/missing.mp3", "/last"])

    def test_filtered(self):
        """without --allow-net a loopback origin is never contacted, even if its URLs are allowed"""
        origin, url = self.served_song()
        gateway = self.started(Program(
            [program("alluvium-gateway"), "--listen", f"{bracketed(self.address)}:0",
             "--allow", origin.base, "--station", origin.base + "station.rss",
             "--origin-patience", "1"], name="gateway"))
        base = gateway.line(r"^gateway (\S+)$")[1]
        answer = ask("GET", f"{base}/gateway/head?uri={url}", headers={"Prefer": "wait=10"})
        self.assertEqual(answer.status, 404)
        ask("HEAD", origin.url("last"))
        origin.await_request("last")
        self.assertEqual([request.path for request in origin.requests()], ["/last"])

    def test_one_moment(self):
        """closed, silent and filtered addresses cannot be told apart by the time of the answer"""
        with socket.create_server((self.address, 0), family=socket.AF_INET6 if ":" in self.address
                                  else socket.AF_INET) as silent:
            here = bracketed(self.address)
            urls = [f"http://{here}:{free_port(self.address)}/", "http://10.0.0.1/",
                    f"http://{here}:{silent.getsockname()[1]}/"]
            gateway = self.gateway(allow=urls, options=["--origin-patience", "2"])

            def told(url):
                began = time.monotonic()
                answer = gateway.head(url + "x.mp3", headers={"Prefer": "wait=15"})
                return answer.status, answer.body, time.monotonic() - began >= 1.99

            with concurrent.futures.ThreadPoolExecutor() as pool:
                answers = list(pool.map(told, urls))
        self.assertEqual(answers[0][0], 404)
        self.assertEqual(answers, [(*answers[0][:2], True)] * 3)

    def test_announce(self):
        """a peer is listed once it answered a connect-back, and until it leaves"""
        def answer(request):
            request.send_response(206)
            request.send_header("Content-Range", f"bytes 16384-32767/{len(self.data)}")
            request.send_header("Content-Length", "16384")
            request.end_headers()

        gateway, url = self.knowing_gateway()
        peer = Server(self, answer)
        urn = thex.urn(self.data)
        first = self.announce(gateway, peer.port, "bytes 16384-49151")
        self.assertIsNone(first["reachable"])
        self.assertEqual(first["you"], self.address)
        self.assertGreater(first["expires"], 0)
        self.assertEqual((first["swarms"][0]["urn"], first["swarms"][0]["size"]),
                         (urn, len(self.data)))
        said = []

        def is_reachable():
            said.append(self.announce(gateway, peer.port, "bytes 16384-49151")["reachable"])
            return said[-1]

        eventually(is_reachable)
        self.assertEqual(set(peer.asked), {("HEAD", f"/uri-res/N2R?{urn}", "bytes=16384-32767")})
        # Again only if it was too slow to answer in time.
        if False not in said:
            self.assertEqual(len(peer.asked), 1)

        place = f"{bracketed(self.address)}:{peer.port}"
        taker = self.announce(gateway, 0, "none")
        self.assertEqual(taker["swarms"][0]["peers"],
                         [{"address": place, "available": "bytes 16384-49151"}])
        peer_url = f"http://{place}/uri-res/N2R?{urn}"
        self.assertEqual(gateway.head(url).all("X-URI-RES"),
                         [peer_url + " ; N2R", url + " ; N2R"])
        self.assertEqual(gateway.head(url).json()["peers"], [peer_url])

        left = ask("DELETE", f"{gateway.url}/gateway/announce?port={peer.port}")
        self.assertEqual(left.status, 200)
        self.assertEqual(self.announce(gateway, 0, "none")["swarms"][0]["peers"], [])

    def test_unreachable(self):
        """a peer nobody answers at is told so and listed nowhere"""
        gateway, _ = self.knowing_gateway()
        port = free_port(self.address)
        said = eventually(
            lambda: [one for one in [self.announce(gateway, port, "all")["reachable"]]
                     if one is not None])
        self.assertEqual(said, [False])
        self.assertEqual(self.announce(gateway, 0, "none")["swarms"][0]["peers"], [])

    def test_killed(self):
        """what was known before kill -9 is known after, without asking the origin"""
        store = self.fresh("store")
        gateway, url = self.knowing_gateway(store=store)
        before = gateway.head(url)
        gateway.kill()
        self.song_origin.stop()
        again = self.gateway(store=store, allow=[self.song_origin.base])
        self.assertEqual(again.head(url).json(), before.json())
        row = ask("GET", f"{again.url}/uri-res/N2X?{thex.urn(self.data)}")
        self.assertEqual(row.body, b"".join(thex.leaf_row(self.data)))

    def test_station(self):
        """a station's files are hashed ahead, and a new one is found when it is asked for"""
        origin, url = self.served_song()
        (origin.root / "new.mp3").write_bytes(b"new")
        playlist = origin.station.publish_text(rss([Item(link=url, seconds=30)]))
        gateway = self.gateway(playlist)
        origin.await_request("song.mp3")
        self.assertEqual(gateway.facts(url)["urn"], thex.urn(self.data))
        self.assertEqual(len(origin.requests("song.mp3")), 1)
        new = origin.url("new.mp3")
        origin.station.publish_text(
            rss([Item(link=url, seconds=30), Item(link=new, seconds=30)]))
        # It looks again at most once in five seconds.
        known = eventually(lambda: gateway.head(new, headers={"Prefer": "wait=5"}).status == 200)
        self.assertTrue(known)

    def test_foreign_host(self):
        """no route answers to a foreign host, and all do to a name that was given"""
        gateway, url = self.knowing_gateway(options=["--name", "gw.example"])
        for path in ("/", "/healthz", "/metrics", f"/gateway/head?uri={url}", "/nowhere",
                     f"/uri-res/N2X?{thex.urn(self.data)}", f"/gateway/metalink?uri={url}"):
            with self.subTest(path=path):
                foreign = ask("GET", gateway.url + path, headers={"Host": "evil.example"})
                self.assertEqual(foreign.status, 421)
                own = ask("GET", gateway.url + path, headers={"Host": "gw.example:99"})
                self.assertEqual(own.status, 404 if path == "/nowhere" else 200)

    def test_ends(self):
        """TERM ends it within a second, also while it is fetching"""
        held = threading.Event()
        self.addCleanup(held.set)
        origin = Server(self, lambda _: held.wait())
        gateway = self.gateway(allow=[origin.base])
        self.assertEqual(gateway.head(origin.base + "x.mp3").status, 202)
        eventually(lambda: origin.asked)
        before = time.monotonic()
        self.assertEqual(gateway.stop(signal.SIGTERM), 0)
        self.assertLess(time.monotonic() - before, 1)

    def failed_start(self, *arguments):
        """What it said when it did not start."""
        done = subprocess.run([program("alluvium-gateway"), *arguments], capture_output=True,
                              text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        return done.stderr

    def test_failed_starts(self):
        """what keeps it from starting is said in one sentence"""
        here = f"{bracketed(self.address)}:0"
        self.assertIn("--station", self.failed_start("--listen", here))
        self.assertIn("did you mean --station", self.failed_start("--staton", "http://a/"))
        origin = self.origin()
        taken = origin.base.split("/")[2]
        self.assertIn("in use", self.failed_start("--listen", taken, "--allow", origin.base))
        blocked = self.fresh("blocked")
        blocked.write_text("")
        self.assertIn("store", self.failed_start("--listen", here, "--allow", origin.base,
                                                 "--store", str(blocked / "store")))

    def test_station_away(self):
        """a station that cannot be read does not keep it from serving"""
        origin, url = self.served_song()
        gateway = self.gateway(origin.base + "missing.rss", allow=[origin.base])
        self.assertEqual(gateway.facts(url)["urn"], thex.urn(self.data))
        page = ask("GET", gateway.url + "/").body.decode()
        self.assertIn("404", page)


class GatewayOverIpv6(GatewayTest):
    address = "::1"


if __name__ == "__main__":
    unittest.main()
