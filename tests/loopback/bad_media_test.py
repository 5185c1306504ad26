#!/usr/bin/env python3
"""Playlists, files and gateways that are not what they should be, once a listener runs: it says so
in one sentence, and what can be played is played."""

import socket
import threading
import time
import unittest

from harness import LoopbackTest, free_port, mp3_frames, noise


class Server:
    """Answers every request, whatever it is, with the same bytes."""

    def __init__(self, data):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.data = data
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.recv(65536)
                    connection.sendall(self.data)
                except OSError:
                    pass

    def stop(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


class BadMedia(LoopbackTest):
    def setUp(self):
        super().setUp()
        self.server = self.origin()
        self.station = self.server.station

    def playing_after(self, bad, *, seconds=15):
        """A listener to a playlist in which a good file follows the bad item, and what it plays: a
        problem is shown for as long as its item is on."""
        self.good = self.station.add("good.mp3", noise("mp3", 30, 13))
        now = time.time()
        bad.start = now - 2
        bad.seconds = seconds + 2
        playlist = self.station.publish(
            [bad, self.station.item(self.good, start=now + seconds)])
        listener = self.listener(playlist).serving()
        return listener, self.record(listener.stream_url)

    def assert_good_one_plays(self, recording):
        body = recording.await_sound(self.good.frames[40].data)
        begin = body.index(self.good.frames[0].data)
        self.assert_continues(mp3_frames(body[begin:], cut_end=True), self.good.frames)

    def test_nothing_now(self):
        """nothing on air now: it says what comes next and when, and starts then"""
        sound = self.station.add("song.mp3", noise("mp3", 30, 13))
        playlist = self.station.publish([self.station.item(sound, start=time.time() + 15)])
        listener = self.listener(playlist).serving()
        recording = self.record(listener.stream_url)
        status = listener.await_status(
            lambda s: s["next"] and any("nothing" in p["text"].lower() for p in s["problems"]),
            "says that nothing is on, and what comes next")
        self.assertEqual(status["next"]["title"], "Tester - song.mp3")
        recording.await_sound(sound.frames[20].data)
        self.assertEqual(
            self.assert_continues(mp3_frames(recording.body, cut_end=True), sound.frames), 0)

    def test_nothing_ever(self):
        """a playlist without items is served as a page that says so"""
        listener = self.listener(self.station.publish([])).serving()
        listener.await_problem("item")

    def test_media_missing(self):
        """a file that is not there is named with its 404, and the next item plays"""
        bad = self.station.item(self.station.add("bad.mp3", noise("mp3", 17, 31)))
        (self.station.folder / "bad.mp3").unlink()
        listener, recording = self.playing_after(bad)
        self.assertIn("404", listener.await_problem("bad.mp3"))
        self.assert_good_one_plays(recording)

    def test_media_is_a_page(self):
        """a web page in the place of a file is named, and the next item plays"""
        bad = self.station.item(self.station.add("bad.mp3", noise("mp3", 17, 31)))
        bad.link = self.server.base + "page.html"
        bad.length = None
        (self.station.folder / "page.html").write_text("<html>Not found</html>" * 1000)
        listener, recording = self.playing_after(bad)
        listener.await_problem("page.html")
        self.assert_good_one_plays(recording)

    def test_wrong_length(self):
        """a file that is shorter or longer than the playlist says is named, and the next plays"""
        for difference in (-20_000, 20_000):
            with self.subTest(difference=difference):
                sound = self.station.add("bad.mp3", noise("mp3", 17, 31))
                bad = self.station.item(sound, named=True)
                bad.length += difference
                listener, recording = self.playing_after(bad)
                listener.await_problem("bad.mp3")
                self.assert_good_one_plays(recording)

    def test_playlist_breaks(self):
        """a playlist that breaks while it is on air does not unseat the good one"""
        sound = self.station.add("song.mp3", noise("mp3", 30, 13))
        text = ("<sy:updatePeriod>hourly</sy:updatePeriod>"
                "<sy:updateFrequency>1800</sy:updateFrequency></channel>")
        playlist = self.station.publish([self.station.item(sound)])
        good = (self.station.folder / "station.rss").read_text()
        good = good.replace("</channel>", text).replace(
            "<rdf:RDF ", '<rdf:RDF xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" ')
        self.station.publish_text(good)
        listener = self.listener(playlist).serving()
        recording = self.record(listener.stream_url)
        recording.await_bytes(1000)
        self.station.publish_text("<html>Sorry")
        listener.await_problem("playlist")
        before = len(recording.body)
        body = recording.await_bytes(before + 30_000)
        self.assert_continues(mp3_frames(body, cut_end=True), sound.frames * 3)


class BadGateways(LoopbackTest):
    """Whatever is in the gateway's place, sound comes from the origin."""

    def assert_plays(self, gateway):
        origin = self.origin()
        sound = origin.station.add("song.mp3", noise("mp3", 30, 13))
        playlist = origin.station.publish_run([sound], offset=3)
        listener = self.listener(playlist, gateway=gateway).serving()
        recording = self.record(listener.stream_url)
        began = time.monotonic()
        body = recording.await_bytes(30_000)
        self.assertLess(time.monotonic() - began, 10)
        self.assert_continues(mp3_frames(body, cut_end=True), sound.frames)
        listener.await_problem("gateway")

    def test_absent(self):
        """a gateway that refuses"""
        self.assert_plays(f"http://127.0.0.1:{free_port()}")

    def test_answers(self):
        """a gateway that answers HTML, garbage, nothing, or errors"""
        answers = {
            "html": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n"
                    b"<html></html>",
            "garbage": bytes(range(128, 256)) * 4,
            "nothing": b"",
            "error": b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n",
            "deep json": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                         b"Content-Length: 20000\r\n\r\n" + b"[" * 20000,
        }
        for name, data in answers.items():
            with self.subTest(name):
                server = Server(data)
                self.addCleanup(server.stop)
                self.assert_plays(server.url)

    def test_silent(self):
        """a gateway that accepts and never answers"""
        silent = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(silent.close)
        self.assert_plays(f"http://127.0.0.1:{silent.getsockname()[1]}")


if __name__ == "__main__":
    unittest.main()
