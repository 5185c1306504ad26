#!/usr/bin/env python3
"""The page, in a real browser: what it plays, says and sets."""

import json
import socket
import time
import unittest

from harness import LoopbackTest, ask, eventually, free_port, noise
from parts.chromium import Chromium

# Chromium may want many seconds of a live stream before it plays any, and the machine may be busy.
SOUND_PATIENCE = 90


class PageTest(LoopbackTest):
    """A browser with one tab."""

    def setUp(self):
        super().setUp()
        self.tab = self.new_tab()

    def new_tab(self):
        browser = self.started(Chromium(self.shop.fresh("profile")))
        tab = browser.tab()
        # Not closed before it: a browser that ends in the middle of a call would be a failure.
        self.addCleanup(tab.close)
        return tab

    def open_page(self, listener):
        """The listener's page, with what its first look at the status has shown: the program writes
        only some of it into the page itself."""
        self.tab.open(listener.page_url)
        self.tab.until("document.getElementById('players').textContent !== ''")

    def text(self, name):
        return self.tab.evaluate(f"document.getElementById('{name}').textContent")

    def until_text(self, name, words, timeout=30):
        self.tab.until(
            f"document.getElementById('{name}').textContent.includes({json.dumps(words)})", timeout)

    def tab_to(self, name):
        """Presses Tab until the element of that name has the focus."""
        for _ in range(30):
            self.tab.press("Tab")
            if self.tab.evaluate("document.activeElement.id") == name:
                return
        self.fail(f"{name} cannot be reached with the Tab key")

    def assert_plays(self):
        """Sound goes on."""
        before = self.tab.evaluate("document.getElementById('audio').currentTime")
        self.tab.until("document.getElementById('now').dataset.sound === 'playing' && "
                       f"document.getElementById('audio').currentTime > {before} + 1.5",
                       SOUND_PATIENCE)

    def assert_no_complaints(self):
        self.assertEqual(self.tab.complaints, [])
        self.assertEqual(self.tab.evaluate("witness.violations"), [])


class Listening(PageTest):
    def test_plays_over_three_items(self):
        """it plays at the press of a key and stays through two seams, at which title and times
        change"""
        origin = self.origin()
        # Long enough for a browser that is slow to start.
        sounds = [origin.station.add(f"{n}.mp3", noise("mp3", seconds, 10 + n))
                  for n, seconds in ((1, 60), (2, 20), (3, 60))]
        seam = time.time() + 50
        items = [origin.station.item(sounds[0], start=seam - 60, title="First", creator="Ann"),
                 origin.station.item(sounds[1], start=seam, title="Second", creator="Bo"),
                 origin.station.item(sounds[2], start=seam + 20, title="Third", creator="Cy")]
        listener = self.listener(origin.station.publish(items, title="Radio “Ä”")).serving()
        self.open_page(listener)
        self.until_text("title", "First")
        self.assertEqual(self.text("station"), "Radio “Ä”")
        self.assertEqual(self.text("creator"), "Ann")
        self.assertIn("Bo - Second", self.text("next"), f"{seam - time.time():.1f} s before the seam")
        self.assertEqual(self.tab.evaluate("document.title"), "Ann - First · Radio “Ä”")
        self.assertEqual(listener.status()["players"], 0)
        self.tab_to("play")
        self.tab.press("Enter")
        self.assert_plays()
        joined = self.tab.evaluate("document.getElementById('audio').src")
        self.assertLess(time.time(), seam, "too slow to stay through it")
        self.until_text("title", "Second", 90)
        self.assertGreater(time.time(), seam - 0.1)
        self.assertEqual(self.text("creator"), "Bo")
        self.until_text("title", "Third", 60)
        self.assertGreater(time.time(), seam + 19.9)
        self.assertEqual(self.text("creator"), "Cy")
        self.assert_plays()
        # In the connection it had from the beginning.
        self.assertEqual(self.tab.evaluate("document.getElementById('audio').src"), joined)
        self.assertIsNone(self.tab.evaluate("document.getElementById('audio').error"))
        listener.await_status(lambda s: s["players"] == 1, "has one player")
        self.tab.press(" ")
        listener.await_status(lambda s: s["players"] == 0, "notes that the page has stopped")
        self.assertEqual(self.text("sound"), "Press play to listen here.")
        self.assert_no_complaints()

    def test_plays_on_in_another_format(self):
        """when the stream ends because the content type changes, it joins again by itself"""
        origin = self.origin()
        first = origin.station.add("first.mp3", noise("mp3", 60, 21))
        second = origin.station.add("second.ogg", noise("ogg", 60, 12))
        seam = time.time() + 45
        items = [origin.station.item(first, start=seam - 60, title="First"),
                 origin.station.item(second, start=seam, title="Second")]
        listener = self.listener(origin.station.publish(items)).serving()
        self.open_page(listener)
        self.tab.evaluate("document.getElementById('play').click()")
        self.assert_plays()
        joined = self.tab.evaluate("document.getElementById('audio').src")
        # The first item's stream ends as early as that.
        self.assertLess(time.time(), seam - 4, "too slow to join again")
        self.until_text("title", "Second", 90)
        self.tab.until(f"document.getElementById('audio').src !== {json.dumps(joined)}")
        self.assert_plays()
        self.assertEqual(listener.status()["stream"]["type"], "audio/ogg")
        self.assert_no_complaints()

    def test_program_that_goes_and_comes(self):
        """it says when the program is gone; when that is back it is loaded anew and plays on"""
        origin = self.origin()
        sound = origin.station.add("song.mp3", noise("mp3", 60, 21))
        playlist = origin.station.publish([origin.station.item(sound)])
        listen = f"127.0.0.1:{free_port()}"
        listener = self.listener(playlist, listen=listen).serving()
        self.open_page(listener)
        self.until_text("title", "song.mp3")
        self.tab.evaluate("document.getElementById('play').click()")
        self.assert_plays()
        revision = "document.querySelector('meta[name=alluvium-revision]')?.content"
        before = self.tab.evaluate(revision)
        listener.stop()
        self.until_text("problems", "does not answer")
        self.listener(playlist, listen=listen).serving()
        self.tab.until(f"({revision} ?? {json.dumps(before)}) !== {json.dumps(before)} && "
                       "document.readyState === 'complete'")
        self.assertNotIn("does not answer", self.text("problems"))
        self.assert_plays()


class Silence(PageTest):
    def test_nothing_scheduled(self):
        """when nothing is scheduled it says so, and when something will be in the viewer's time"""
        origin = self.origin()
        sound = origin.station.add("later.mp3", noise("mp3", 20, 11))
        start = (int(time.time()) // 60 + 90) * 60
        item = origin.station.item(sound, start=start, title="Later")
        listener = self.listener(origin.station.publish([item])).serving()
        self.open_page(listener)
        self.until_text("title", "Nothing is scheduled now")
        begins = self.tab.evaluate(
            f"new Date({start * 1000}).toLocaleTimeString([], {{hour: '2-digit', minute: '2-digit'}})")
        self.assertIn(begins, self.text("creator"))
        self.assertIn(begins, self.text("next-time"))
        self.assertRegex(self.text("next-time"), "in (89|90) min")
        self.assertIn("Later", self.text("next"))
        # Also in the sentence that comes from the program, which knows no zones.
        self.until_text("problems", begins)
        self.assert_no_complaints()

    def test_filler(self):
        """when filler plays it says so, and what is next is the next programme"""
        origin = self.origin()
        filler = origin.station.add("filler.mp3", noise("mp3", 20, 11))
        sound = origin.station.add("later.mp3", noise("mp3", 20, 12))
        items = [origin.station.item(filler, title="Waves", event="filler"),
                 origin.station.item(sound, start=time.time() + 3600, title="Later")]
        listener = self.listener(origin.station.publish(items)).serving()
        self.open_page(listener)
        self.until_text("title", "Waves")
        self.until_text("kind", "Between programmes")
        self.assertIn("Later", self.text("next"))
        self.assert_no_complaints()


class Sharing(PageTest):
    def setUp(self):
        super().setUp()
        self.origin_server = self.origin()
        sound = self.origin_server.station.add("song.mp3", noise("mp3", 60, 21))
        item = self.origin_server.station.item(sound)
        self.playlist = self.origin_server.station.publish([item])

    def sharing_of(self, listener):
        state = listener.status()["sharing"]
        return state["enabled"], state["bits_per_second"]

    def await_sharing(self, listener, enabled, rate):
        eventually(lambda: self.sharing_of(listener) == (enabled, rate),
                   what=f"sharing is {enabled}, {rate}")

    def test_keyboard(self):
        """the switch and the cap are set with the keyboard, and hold at once"""
        gateway = self.gateway(self.playlist)
        gateway.facts(self.origin_server.url("song.mp3"))
        listener = self.listener(self.playlist, gateway=gateway.url, share="2M").serving()
        listener.await_status(lambda s: s["reachable"], "is known to be reachable")
        self.open_page(listener)
        self.until_text("reach-word", "Yes")
        self.assertEqual(self.sharing_of(listener), (True, 2_000_000))
        self.assertIn("2 Mbit/s", self.text("share-answer"))

        self.tab_to("share-rate")
        self.tab.type("0.5")
        self.tab.press("Enter")
        self.await_sharing(listener, True, 500_000)
        self.until_text("share-answer", "500 kbit/s")
        self.tab_to("share-all")
        self.tab.press(" ")
        self.await_sharing(listener, True, None)
        self.until_text("share-answer", "unlimited")

        self.tab.evaluate("document.getElementById('play').focus()")
        self.tab_to("share-on")
        self.tab.press(" ")
        self.await_sharing(listener, False, None)
        self.until_text("share-answer", "sharing is off".capitalize())
        self.until_text("reach-word", "No")
        host, port = listener.peer_address.rsplit(":", 1)
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection((host, int(port)), timeout=5)
        listed = f"{gateway.url}/gateway/head?uri={self.origin_server.url('song.mp3')}"
        eventually(lambda: ask("GET", listed).json()["peers"] == [],
                   what="the gateway lists it no more")

        self.tab.press(" ")
        self.await_sharing(listener, True, None)
        socket.create_connection((host, int(port)), timeout=5).close()
        listener.await_status(lambda s: s["reachable"], "is reachable again")
        log = "\n".join(listener.stderr)
        for words in ("at most 500 kbit/s", "unlimited", "sharing is off"):
            self.assertIn(words, log)
        self.assert_no_complaints()

    def test_from_off(self):
        """a program that was started with --share off opens its port when that is wished"""
        listener = self.listener(self.playlist, share="off").serving()
        self.assertIsNone(listener.peer_address)
        self.open_page(listener)
        self.until_text("share-answer", "Sharing is off")
        self.tab_to("share-on")
        self.tab.press(" ")
        self.await_sharing(listener, True, 2_000_000)
        self.until_text("share-answer", "at most 2 Mbit/s")

    def test_nonsense(self):
        """a cap that makes no sense is refused in a sentence, and what was set stays"""
        listener = self.listener(self.playlist, share="2M").serving()
        self.open_page(listener)
        self.until_text("share-answer", "2 Mbit/s")
        self.tab_to("share-rate")
        self.tab.type("0")
        self.tab.press("Enter")
        self.tab.until("document.getElementById('share-answer').className.includes('is-refused')")
        self.assertIn("is not a rate", self.text("share-answer"))
        self.assertEqual(self.sharing_of(listener), (True, 2_000_000))

    def test_forged_posts(self):
        """who does not have the page's token changes nothing, nor does another site that has it"""
        listener = self.listener(self.playlist, share="2M").serving()
        self.open_page(listener)
        token = self.tab.evaluate("document.querySelector('meta[name=alluvium-token]').content")
        self.assertRegex(token, "^[0-9a-f]{32,}$")
        url = listener.local("/sharing")
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        cases = [(403, kind, b"rate=off"), (403, kind, b"rate=off&token=" + b"0" * len(token)),
                 (403, {**kind, "Origin": "http://evil.example"},
                  f"rate=off&token={token}".encode()),
                 (421, {**kind, "Host": "evil.example"}, f"rate=off&token={token}".encode()),
                 (415, {"Content-Type": "text/plain"}, f"rate=off&token={token}".encode()),
                 (413, kind, b"rate=off&token=" + b"0" * 2000)]
        for status, headers, body in cases:
            with self.subTest(status=status, headers=headers):
                self.assertEqual(ask("POST", url, headers=headers, body=body).status, status)
        # A browser that shows a page of another site: the origin's, on another port.
        self.tab.open(self.origin_server.url("no-such-page"))
        self.tab.evaluate(f"""fetch({json.dumps(url)}, {{method: 'POST', mode: 'no-cors',
            body: new URLSearchParams({{rate: 'off', token: '{token}'}})}}).then(() => true)""")
        self.assertEqual(self.sharing_of(listener), (True, 2_000_000))
        answer = ask("POST", url, headers=kind, body=f"rate=1M&token={token}".encode())
        self.assertEqual((answer.status, answer.get("Location")), (303, "."))
        self.assertEqual(self.sharing_of(listener), (True, 1_000_000))


if __name__ == "__main__":
    unittest.main()
