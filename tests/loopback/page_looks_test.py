#!/usr/bin/env python3
"""How the page looks, in a real browser.

Leaves screenshots in the build folder, under loopback-page/.
"""

import time
import unittest

from harness import BUILD, SharedLoopbackTest, eventually, noise
from parts.chromium import Chromium

SHOTS = BUILD / "loopback-page"
HOSTILE = """<img src=x onerror="document.title='caught'">&amp;'"</script><script>1</script>"""


class Looks(SharedLoopbackTest):
    """Two listeners that have something from each other, and a station with hostile names."""

    @classmethod
    def prepare(cls, shop):
        SHOTS.mkdir(exist_ok=True)
        origin = shop.origin()
        sound = origin.station.add("song.mp3", noise("mp3", 60, 21))
        items = [origin.station.item(sound, start=time.time() - 3 + 60 * n, title=HOSTILE * 2,
                                     creator="W" * 200) for n in range(9)]
        playlist = origin.station.publish(items, title=HOSTILE)
        gateway = shop.gateway(playlist)
        url = origin.url(sound.name)
        gateway.facts(url)
        first = shop.listener(playlist, gateway=gateway.url, peer_listen="127.0.0.2:0").serving()
        first.await_whole_item()
        first.await_status(lambda s: s["reachable"] is True, "is known to be reachable")
        eventually(lambda: gateway.facts(url)["peers"], what="the gateway lists the first")
        cls.listener = shop.listener(playlist, gateway=gateway.url, share="2M",
                                     peer_listen="127.0.0.3:0").serving()
        cls.listener.await_whole_item()
        cls.listener.await_status(lambda s: s["bytes"]["peers"] > 0 and s["peers"] == 1,
                                  "has something from the first")
        browser = shop.started(Chromium(shop.fresh("profile")))
        cls.tab = browser.tab()
        cls.addClassCleanup(cls.tab.close)

    def setUp(self):
        self.tab.show(1280, 900)
        self.tab.complaints.clear()

    def shown(self):
        self.tab.open(self.listener.page_url)
        # Two looks, so that there are rates as well.
        self.tab.until("document.querySelectorAll('#peers tr').length === 1 && "
                       "document.querySelectorAll('#cells rect').length > 0")

    def test_clean(self):
        """nothing is blocked by its own policy, nothing is complained of, nothing jumps"""
        self.shown()
        self.tab.until("document.getElementById('elapsed').textContent.includes(' of ')")
        self.assertEqual(self.tab.complaints, [])
        self.assertEqual(self.tab.evaluate("witness.violations"), [])
        self.assertLess(self.tab.evaluate("witness.shift"), 0.02, self.tab.evaluate("witness.shifted"))

    def test_hostile_names(self):
        """what comes from the station is text, whatever it looks like"""
        self.shown()
        self.assertEqual(self.tab.evaluate("document.getElementById('station').textContent"), HOSTILE)
        self.assertEqual(self.tab.evaluate("document.getElementById('title').textContent"), HOSTILE * 2)
        self.assertEqual(self.tab.evaluate("document.querySelectorAll('img').length"), 0)
        self.assertEqual(self.tab.evaluate("document.querySelectorAll('script').length"), 1)
        self.assertTrue(self.tab.evaluate("document.title").startswith("WWW"))

    def test_what_it_shows(self):
        """sources, map, peers and reach are those of the status"""
        self.shown()
        status = self.listener.status()
        self.assertEqual(self.tab.evaluate("document.querySelectorAll('#cells rect').length"),
                         status["chunks"]["total"])
        self.assertEqual(status["map"]["cells"], "#" * status["chunks"]["total"])
        peer = status["peer_list"][0]
        row = self.tab.evaluate("document.getElementById('peers').textContent")
        self.assertIn(peer["address"], row)
        self.assertGreaterEqual(peer["received"], status["bytes"]["peers"])
        self.assertIn("came from other listeners",
                      self.tab.evaluate("document.getElementById('saying').textContent"))
        self.assertTrue(self.tab.evaluate("document.querySelectorAll('#river .stream[d^=M]').length"))

    def test_everywhere(self):
        """it fits on a phone and a desk, light and dark, without sideways scrolling"""
        for width, height in ((320, 640), (1280, 900)):
            for dark in (False, True):
                with self.subTest(width=width, dark=dark):
                    self.tab.show(width, height, dark=dark)
                    self.shown()
                    self.tab.screenshot(SHOTS / f"{width}-{'dark' if dark else 'light'}.png")
                    self.assertEqual(self.tab.evaluate("document.documentElement.scrollWidth"), width)
                    beyond = self.tab.evaluate(f"""[...document.querySelectorAll('body *')].filter(
                        (e) => !e.closest('.coming, .unseen') && e.checkVisibility() &&
                               e.getBoundingClientRect().right > {width} + .5)
                        .map((e) => e.id || e.className?.baseVal || e.className || e.tagName)""")
                    self.assertEqual(beyond, [])

    def test_names_for_screen_readers(self):
        """whatever can be worked has a name, and the pictures say what they show"""
        self.shown()
        nodes = self.tab.call("Accessibility.getFullAXTree")["nodes"]
        worked = ("button", "checkbox", "switch", "slider", "spinbutton", "link", "image",
                  "progressbar")
        found = {}
        for node in nodes:
            role = node.get("role", {}).get("value")
            if role in worked and not node["ignored"]:
                found.setdefault(role, []).append(node.get("name", {}).get("value", ""))
        self.assertEqual(set(worked), set(found))
        for role, names in found.items():
            self.assertTrue(all(name.strip() for name in names), f"{role}: {names}")
        self.assertTrue(any("came from other listeners" in name for name in found["image"]))

    def test_without_scripts(self):
        """without scripts the plain status is there, with the stream and a form for sharing"""
        self.tab.show(320, 640, scripts=False)
        self.addCleanup(self.tab.show, 1280, 900)
        self.tab.open(self.listener.page_url)
        self.tab.screenshot(SHOTS / "320-plain.png")
        self.assertTrue(self.tab.evaluate("document.querySelector('table.plain').checkVisibility()"))
        self.assertTrue(self.tab.evaluate("document.querySelector('a[href=\"stream\"]').checkVisibility()"))
        self.assertFalse(self.tab.evaluate("document.getElementById('play').checkVisibility()"))
        self.assertLessEqual(self.tab.evaluate("document.documentElement.scrollWidth"), 320)
        # Anew: it loads itself again every 15 seconds, and what was typed would be gone.
        self.tab.open(self.listener.page_url)
        self.tab.evaluate("document.getElementById('rate').focus()")
        self.tab.type("3M")
        self.tab.press("Enter")
        self.listener.await_status(lambda s: s["sharing"]["bits_per_second"] == 3_000_000,
                                   "shares as the form said")
        self.assertEqual(self.tab.complaints, [])


if __name__ == "__main__":
    unittest.main()
