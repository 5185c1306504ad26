#!/usr/bin/env python3
"""What `alluvium` says when it cannot start, and what it does when only the network is to blame."""

import os
import socket
import unittest

from harness import LoopbackTest, free_port, mp3_frames, noise, rss

DEEP = "<a>" * 40 + "</a>" * 40


class Refusals(LoopbackTest):
    """Each ends at once with status 1 and one sentence, and says nothing on standard output."""

    def assert_refuses(self, playlist, *words, **options):
        program = self.listener(playlist, **options)
        self.assertEqual(program.wait(), 1)
        self.assertEqual(program.stdout, [])
        said = [line for line in program.stderr if line.strip()]
        self.assertTrue(said, "it said nothing")
        # Log lines may come before; the reason is the last line, and it comes once.
        for word in words:
            self.assertIn(word.lower(), said[-1].lower())
        self.assertNotIn("terminate called", "\n".join(said))
        self.assertLess(len(said[-1]), 500)
        return said

    def playlist(self, text):
        origin = self.origin()
        return origin.station.publish_text(text)

    def test_missing(self):
        """a playlist that is not there (404)"""
        self.assert_refuses(self.origin().url("nothing.rss"), "nothing.rss", "404")

    def test_gone(self):
        """a playlist that has gone (410)"""
        origin = self.origin(extra="location /gone.rss { return 410; }")
        self.assert_refuses(origin.url("gone.rss"), "gone.rss", "410")

    def test_not_xml(self):
        """a playlist that is not XML"""
        self.assert_refuses(self.playlist("This is <no XML & never was"), "line 1")

    def test_html(self):
        """a web page instead of a playlist"""
        self.assert_refuses(self.playlist("<html><body><p>Hello</p></body></html>"), "rss")

    def test_empty(self):
        """a playlist without a single byte"""
        self.assert_refuses(self.playlist(""), "playlist")

    def test_doctype(self):
        """a playlist with a DOCTYPE"""
        text = rss([]).replace("?>", '?><!DOCTYPE x [<!ENTITY a "b">]>', 1)
        self.assert_refuses(self.playlist(text), "DOCTYPE")

    def test_too_deep(self):
        """a playlist that is nested too deep"""
        text = rss([]).replace("</channel>", DEEP + "</channel>")
        self.assert_refuses(self.playlist(text), "deep")

    def test_too_large(self):
        """a playlist of more than 4 MiB"""
        text = rss([]).replace("</channel>", f"<x>{'y' * (4 << 20)}</x></channel>")
        self.assert_refuses(self.playlist(text), "4 MiB")

    def test_port_taken(self):
        """a local port that another program has"""
        taken = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(taken.close)
        port = taken.getsockname()[1]
        playlist = self.origin().station.publish([])
        self.assert_refuses(playlist, str(port), "in use", listen=f"127.0.0.1:{port}")

    def test_peer_port_taken(self):
        """a peer port that another program has"""
        taken = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(taken.close)
        port = taken.getsockname()[1]
        playlist = self.origin().station.publish([])
        self.assert_refuses(playlist, str(port), "in use", peer_listen=f"127.0.0.1:{port}")

    def test_cache_in_use(self):
        """a cache folder that another alluvium uses"""
        origin = self.origin()
        sound = origin.station.add("song.mp3", noise("mp3", 30, 13))
        playlist = origin.station.publish_run([sound], offset=2)
        cache = self.fresh("cache")
        self.listener(playlist, cache=cache).serving()
        self.assert_refuses(playlist, str(cache), "in use", cache=cache)

    def test_cache_unwritable(self):
        """a cache folder that cannot be made"""
        (self.folder / "file").write_text("not a folder")
        playlist = self.origin().station.publish([])
        cache = self.folder / "file" / "cache"
        self.assert_refuses(playlist, str(cache), cache=cache)

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_cache_forbidden(self):
        """a cache folder that may not be written to"""
        cache = self.fresh("cache")
        cache.mkdir(mode=0o500)
        self.assert_refuses(self.origin().station.publish([]), str(cache), cache=cache)

    def test_options(self):
        """options that are not understood, with the nearest one that is"""
        cases = [
            (["--lisen", "127.0.0.1:0"], ["--lisen", "--listen"]),
            (["--share", "lots"], ["--share", "lots"]),
            (["--share", "-1"], ["--share"]),
            (["--listen", "127.0.0.1"], ["--listen"]),
            (["--listen", "127.0.0.1:99999"], ["--listen"]),
            (["--cache-size", "big"], ["--cache-size"]),
            (["--map-port", "pcp"], ["--map-port", "pcp"]),
            (["--join", "tomorrow"], ["--join", "tomorrow"]),
            (["--log-level", "loud"], ["--log-level"]),
            (["--gateway", "ftp://127.0.0.1/"], ["--gateway"]),
            (["--peer-listen", "127.0.0.1:80"], ["1024"]),
        ]
        for options, words in cases:
            with self.subTest(options=options):
                program = self.listener("http://127.0.0.1:9/x.rss", options=options)
                self.assertNotEqual(program.wait(), 0)
                said = "\n".join(program.stderr)
                for word in words:
                    self.assertIn(word, said)
                self.assertEqual(program.stdout, [])

    def test_playlist_addresses(self):
        """playlist addresses that are none"""
        for address in ("ftp://127.0.0.1/x.rss", "http://", "nonsense", ""):
            with self.subTest(address=address):
                program = self.listener(address)
                self.assertNotEqual(program.wait(), 0)
                self.assertEqual(program.stdout, [])
                self.assertTrue("".join(program.stderr).strip())


class NetworkFaults(LoopbackTest):
    """The page is served, says what is wrong, and all comes right when the network does."""

    def assert_waits(self, playlist, *words):
        listener = self.listener(playlist).serving()
        status = listener.await_status(lambda s: s["problems"], "has a problem")
        text = " ".join(problem["text"] for problem in status["problems"])
        for word in words:
            self.assertIn(word.lower(), text.lower())
        return listener

    def test_refused(self):
        """a playlist server that refuses"""
        port = free_port()
        self.assert_waits(f"http://127.0.0.1:{port}/x.rss", str(port))

    def test_name_not_found(self):
        """a playlist server whose name does not exist"""
        self.assert_waits("http://station.invalid/x.rss", "station.invalid")

    def test_silent(self):
        """a playlist server that accepts and never answers"""
        silent = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(silent.close)
        self.listener(f"http://127.0.0.1:{silent.getsockname()[1]}/x.rss").serving()

    def test_server_error(self):
        """a playlist server that answers 503 is asked again, and then it plays"""
        origin = self.origin(extra="if (-f $document_root/down) { return 503; }")
        sound = origin.station.add("song.mp3", noise("mp3", 30, 13))
        down = origin.station.folder / "down"
        down.write_text("")
        listener = self.assert_waits(origin.url("station.rss"), "503")
        origin.station.publish_run([sound], offset=3)
        down.unlink()
        recording = self.record(listener.stream_url)
        self.assert_continues(mp3_frames(recording.await_bytes(50_000), cut_end=True),
                              sound.frames)
        listener.await_status(lambda s: not any("playlist" in p["text"] for p in s["problems"]),
                              "has no problem with the playlist any more")

    def test_kept_playlist(self):
        """with the origin down, the kept playlist and the kept chunks play"""
        origin = self.origin()
        sound = origin.station.add("song.mp3", noise("mp3", 30, 13))
        playlist = origin.station.publish([origin.station.item(sound)])
        gateway = self.gateway(playlist)
        cache = self.fresh("cache")
        before = self.listener(playlist, gateway=gateway.url, cache=cache).serving()
        before.await_whole_item()
        self.assertEqual(before.stop(), 0)
        origin.stop()
        gateway.stop()
        after = self.listener(playlist, gateway=gateway.url, cache=cache).serving()
        recording = self.record(after.stream_url)
        self.assert_continues(mp3_frames(recording.await_bytes(150_000), cut_end=True),
                              sound.frames * 3)
        self.assertTrue(after.status()["problems"])
        self.assertEqual(after.status()["bytes"]["origin"], 0)


if __name__ == "__main__":
    unittest.main()
