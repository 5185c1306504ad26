"""Listeners behind the routers that people have, on an internet of network namespaces: whom others
can reach, who is told of, and that everybody hears everything.
"""

import time
import unittest
import urllib.parse

from harness import SharedLoopbackTest, eventually, noise
from parts.internet import SYMMETRIC, Internet, enter
from parts.router import Router

MAPPED_PORT = 40_000


class Behind(SharedLoopbackTest):
    """One listener that anybody can call, one whose router was asked to let others in, and those
    who can only call out."""

    @classmethod
    def prepare(cls, shop):
        net = Internet()
        station, guide = net.host("station"), net.host("gateway")
        asked, shared = net.home("asked"), net.home("shared")
        cls.hosts = {
            "open": net.host("open"),
            "asked": asked.host("asked"),
            "restricted": net.home("restricted").host("restricted"),
            "symmetric": net.home("symmetric", SYMMETRIC).host("symmetric"),
            "double": net.home("inner", behind=net.home("outer")).host("double"),
            "one": shared.host("one"),
            "other": shared.host("other"),
        }
        router = Router(asked, asked.address)
        router.speak_nat_pmp(port=MAPPED_PORT)
        router.on_granted = lambda external, internal, to: asked.forward(external, to, internal)
        cls.asked_home = asked

        with station:
            cls.origin = shop.origin(address=station.address)
        cls.sound = cls.origin.station.add("song.mp3", noise("mp3", 60, 21))
        playlist = cls.origin.station.publish(
            [cls.origin.station.item(cls.sound, start=time.time() - 3 + 60 * n) for n in range(20)])
        with guide:
            cls.gateway = shop.gateway(playlist, address=guide.address)
            cls.gateway.facts(cls.origin.url(cls.sound.name))
        cls.guide = guide

        cls.listeners = {}
        for name, host in cls.hosts.items():
            with host:
                cls.listeners[name] = shop.listener(
                    playlist, gateway=cls.gateway.url, peer_listen="0.0.0.0:0", name=name,
                    map_port="natpmp" if name == "asked" else "off").serving()
                if name == "open":
                    cls.listeners[name].await_whole_item()
                    cls.listeners[name].await_status(lambda s: s["reachable"], "is reachable")

    def status(self, name, predicate, what):
        with self.hosts[name]:
            return self.listeners[name].await_status(predicate, what)

    def test_who_can_be_reached(self):
        """is known, listed and said; the others are told what to do"""
        for name in self.hosts:
            is_reachable = name in ("open", "asked")
            with self.subTest(name):
                reach = self.status(name, lambda s: s["reachable"] is is_reachable,
                                    f"is reachable: {is_reachable}")["reach"]
                self.assertEqual(reach["answer"], "yes" if is_reachable else "no")
                if not is_reachable:
                    self.assertIn("Forward TCP port", reach["why"])
        port = self.listeners["open"].peer_address.rpartition(":")[2]
        listed = {f"{self.hosts['open'].address}:{port}", f"{self.asked_home.wan}:{MAPPED_PORT}"}
        with self.guide:
            eventually(lambda: listed == self.listed(), what=f"{listed} are listed")

    def listed(self):
        """Whom the gateway tells of."""
        peers = self.gateway.head(self.origin.url(self.sound.name), method="GET").json()["peers"]
        return {urllib.parse.urlsplit(peer).netloc for peer in peers}

    def test_everybody_gets_everything(self):
        """from those who can be reached: the file leaves the origin once"""
        for name in self.hosts:
            with self.subTest(name):
                status = self.status(name, lambda s: s["chunks"]["total"] and
                                     s["chunks"]["held"] == s["chunks"]["total"],
                                     "holds the whole item")
                if name != "open":
                    self.assertEqual(status["bytes"]["origin"], 0)
                    self.assertGreaterEqual(status["bytes"]["peers"], len(self.sound.data))


def setUpModule():
    enter()


if __name__ == "__main__":
    unittest.main()
