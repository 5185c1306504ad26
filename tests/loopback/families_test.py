"""IPv6 beside IPv4: listeners with either or both, on an internet of network namespaces. Who can be
reached over which, who is told of whom, and that what one family holds leaves the origin once.
"""

import json
import time
import unittest
import urllib.parse

from harness import SharedLoopbackTest, ask, eventually, noise
from parts.internet import Internet, Names, enter
from parts.router import Router

MAPPED_PORT = 40_000
GATEWAY = "gateway.example"
STATION = "station.example"
# Nobody comes in over IPv6, as most routers have it.
CLOSED = """
table ip6 firewall {
  chain coming {
    type filter hook input priority filter;
    iifname "lo" accept
    tcp flags syn / fin,syn,rst,ack ct state new drop
  }
}
"""


class Families(SharedLoopbackTest):
    """A station and its gateway, both known by names that lead to an address of each family."""

    @classmethod
    def furnish(cls, shop, seed):
        cls.net = Internet()
        cls.names = Names()
        cls.addClassCleanup(cls.names.close)
        station, cls.guide = cls.net.host("station", "46"), cls.net.host("gateway", "46")
        cls.names.add(STATION, station.address, station.address6)
        cls.names.add(GATEWAY, cls.guide.address, cls.guide.address6)
        with station:
            cls.origin = shop.origin(address=station.address, also=[station.address6], host=STATION)
        cls.sound = cls.origin.station.add("song.mp3", noise("mp3", 60, seed))
        playlist = cls.origin.station.publish(
            [cls.origin.station.item(cls.sound, start=time.time() - 3 + 60 * n) for n in range(20)])
        cls.playlist = playlist
        with cls.guide:
            cls.gateway = shop.gateway(playlist, address="::", options=["--name", GATEWAY])
            port = urllib.parse.urlsplit(cls.gateway.url).port
            cls.gateway.url = f"http://{GATEWAY}:{port}"
            cls.gateway.facts(cls.origin.url(cls.sound.name))
        cls.hosts, cls.listeners = {}, {}

    @classmethod
    def add(cls, shop, name, host, **more):
        cls.hosts[name] = host
        with host:
            cls.listeners[name] = shop.listener(
                cls.playlist, gateway=cls.gateway.url, peer_listen="[::]:0", name=name, **more)
        return cls.listeners[name]

    @classmethod
    def status(cls, name, predicate, what):
        with cls.hosts[name]:
            return cls.listeners[name].await_status(predicate, what)

    @classmethod
    def whole(cls, name):
        return cls.status(name, lambda s: s["chunks"]["total"] and
                          s["chunks"]["held"] == s["chunks"]["total"], "holds the whole item")

    def reach(self, name, answer):
        return self.status(name, lambda s: s["reach"]["answer"] == answer, f"says {answer}")["reach"]

    @classmethod
    def listed(cls, address):
        """Whom the gateway tells of who calls it there."""
        port = urllib.parse.urlsplit(cls.gateway.url).port
        host = f"[{address}]" if ":" in address else address
        with cls.guide:
            facts = ask("GET", f"http://{host}:{port}/gateway/head?uri="
                        + cls.origin.url(cls.sound.name)).json()
        return {urllib.parse.urlsplit(peer).netloc for peer in facts["peers"]}

    @classmethod
    def await_listing(cls, name):
        """Waits until the gateway tells both families of it, and sends them there."""
        host, port = cls.hosts[name], cls.port(name)
        eventually(lambda: f"{host.address}:{port}" in cls.listed(cls.guide.address)
                   and f"[{host.address6}]:{port}" in cls.listed(cls.guide.address6),
                   what=f"{name} is listed over both")

    @classmethod
    def port(cls, name):
        return cls.listeners[name].peer_address.rpartition(":")[2]

    def copies(self):
        """How often the file has left the origin for listeners; the gateway reads it whole."""
        sent = sum(request.body_bytes for request in self.origin.requests(self.sound.name)
                   if request.status == 206)
        return sent / len(self.sound.data)


class Reached(Families):
    """Who can be reached over one family only, and who over both."""

    @classmethod
    def prepare(cls, shop):
        cls.furnish(shop, 31)
        net = cls.net
        home = net.home("home")
        half = home.host("half")
        net.connect(half, "eth1", "6")  # The router lets IPv6 through as it is.
        closed = net.host("closed", "46")
        closed.run("nft -f -", text=CLOSED)
        asked = net.home("asked")
        mapped = asked.host("mapped")
        net.connect(mapped, "eth1", "6")
        router = Router(asked, asked.address)
        router.speak_nat_pmp(port=MAPPED_PORT)
        router.on_granted = lambda external, internal, to: asked.forward(external, to, internal)
        cls.asked_home = asked
        # One after the other, so that the others have it from the first.
        for name, host, more in (("half", half, {}), ("closed", closed, {}),
                                 ("mapped", mapped, {"map_port": "natpmp"}),
                                 ("open", net.host("open", "46"), {}),
                                 ("six", net.host("six", "6"), {})):
            cls.add(shop, name, host, **more).serving()
            if name == "half":
                cls.whole("half")
                cls.status("half", lambda s: s["reach"]["answer"] == "ipv6", "is reached")

    def test_behind_a_translating_router(self):
        """who has open IPv6 is told that it is reached over that only, why, and what to try"""
        reach = self.reach("half", "ipv6")
        self.assertEqual(reach["saying"], "Only over IPv6")
        self.assertIn("Listeners with IPv6 can connect to you, others cannot.", reach["why"])
        self.assertIn("Forward TCP port", reach["why"])
        self.listeners["half"].line("can others reach you\\? Only over IPv6", stream="stderr")

    def test_behind_a_firewall(self):
        """who lets nobody in over IPv6 is told so, and is not listed there"""
        reach = self.reach("closed", "ipv4")
        self.assertIn("Only over IPv4", reach["saying"])
        self.assertIn("firewall", reach["why"])
        port = self.port("closed")
        host = self.hosts["closed"]
        eventually(lambda: f"{host.address}:{port}" in self.listed(self.guide.address),
                   what="it is listed over IPv4")
        self.assertNotIn(f"[{host.address6}]:{port}", self.listed(self.guide.address6))

    def test_open(self):
        """who is reached over both is told yes, and each family is told of its address there"""
        self.reach("open", "yes")
        self.await_listing("open")
        for address in (self.guide.address, self.guide.address6):
            self.assertTrue(all(peer.startswith("[") == (":" in address)
                                for peer in self.listed(address)))

    def test_mapped(self):
        """the port that a router opens is announced over IPv4, and its own over IPv6"""
        self.reach("mapped", "yes")
        here = f"[{self.hosts['mapped'].address6}]:{self.port('mapped')}"
        there = f"{self.asked_home.wan}:{MAPPED_PORT}"
        eventually(lambda: here in self.listed(self.guide.address6)
                   and there in self.listed(self.guide.address), what="both are listed")
        everybody = self.listed(self.guide.address6) | self.listed(self.guide.address)
        self.assertFalse([peer for peer in everybody if peer.endswith(f"]:{MAPPED_PORT}")])
        self.assertNotIn(f"{self.asked_home.wan}:{self.port('mapped')}", everybody)

    def test_nothing_but_ipv6(self):
        """who has nothing but IPv6 is served by who is reached over it only"""
        status = self.whole("six")
        self.assertEqual(status["bytes"]["origin"], 0)
        self.assertGreaterEqual(status["bytes"]["peers"], len(self.sound.data))
        self.assertEqual(self.reach("six", "yes")["saying"], "Yes")

    def test_a_stranger(self):
        """cannot say for others where they are found"""
        self.reach("open", "yes")
        open_at = self.hosts["open"].address
        body = {"port": int(self.port("open")),
                "also": {"address": f"{open_at}:{self.port('open')}", "token": "1999999999.00"}}
        before = self.listed(self.guide.address6)
        with self.hosts["six"]:
            answer = ask("POST", self.gateway.url + "/gateway/announce",
                         headers={"Content-Type": "application/json"},
                         body=json.dumps(body).encode())
        self.assertEqual(answer.status, 403)
        self.assertEqual(self.listed(self.guide.address6), before)


class OneCopy(Families):
    """Those who have but one family get it from one who has both."""

    @classmethod
    def prepare(cls, shop):
        cls.furnish(shop, 32)
        cls.add(shop, "both", cls.net.host("both", "46")).serving()
        cls.whole("both")
        cls.await_listing("both")
        cls.add(shop, "four", cls.net.host("four", "4"))
        cls.add(shop, "six", cls.net.host("six", "6"))

    def test_one_copy(self):
        """leaves the origin for all three"""
        for name in ("four", "six"):
            status = self.whole(name)
            self.assertEqual(status["bytes"]["origin"], 0, name)
        print(f"{self.copies():.3f} copies left the origin")
        self.assertEqual(self.copies(), 1)


class Together(Families):
    """The same, but all of them come at once."""

    @classmethod
    def prepare(cls, shop):
        cls.furnish(shop, 33)
        for number in range(2):
            for families in ("46", "4", "6"):
                name = f"{families}-{number}"
                cls.add(shop, name, cls.net.host(name, families))

    def test_no_more_than_one_for_each_family(self):
        """mostly only one leaves the origin, as those with both pass on what either family lacks;
        how soon they are known to do so depends on how busy the machine is"""
        for name in self.listeners:
            self.whole(name)
        print(f"{self.copies():.3f} copies left the origin for {len(self.listeners)} at once")
        self.assertLess(self.copies(), 2.5)


def setUpModule():
    enter()


if __name__ == "__main__":
    unittest.main()
