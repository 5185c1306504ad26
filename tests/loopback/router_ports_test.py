"""The router is asked to let other listeners in, and one that answers nonsense, slowly, or points
elsewhere does no harm.

A home in network namespaces: one machine with a listener, its router, and whatever else the router
tells it to talk to. No packet leaves for the real network.
"""

import re
import struct
import threading
import time
import unittest

from harness import SharedLoopbackTest, ask, eventually
from parts.namespaces import Machine, Wire, enter
from parts.process import PATIENCE
from parts.router import Router, describes, http

HOME = "192.168.7.2"
ROUTER = "192.168.7.1"
NEIGHBOUR = "192.168.7.9"
STRANGER = "8.8.8.8"
SEARCH = ("239.255.255.250", 1900)


class RouterPorts(SharedLoopbackTest):
    @classmethod
    def prepare(cls, shop):
        cls.home = Machine("home")
        cls.street = Machine("router")
        cls.home.plug("eth0", cls.street, "eth0")
        # Everything that is not at home is reached through the router, which is everybody there.
        cls.street.run(f"ip addr add {ROUTER}/24 dev eth0", f"ip addr add {NEIGHBOUR}/24 dev eth0",
                       "ip route add local 0.0.0.0/1 dev lo")
        cls.home.run(f"ip addr add {HOME}/24 dev eth0", f"ip route add default via {ROUTER}")
        cls.router = Router(cls.street, ROUTER)
        with cls.home:
            cls.playlist = shop.origin().station.publish([])

    def setUp(self):
        self.router.forget()

    def listener(self, *, peer_listen="0.0.0.0:0", map_port="auto", **more):
        with self.home:
            return self.shop.listener(self.playlist, peer_listen=peer_listen, map_port=map_port,
                                      **more).serving()

    def mapping(self, listener, state, timeout=PATIENCE):
        """What it says of its port, once that is so."""
        with self.home:
            return listener.await_status(
                lambda s: s["sharing"]["port_mapping"]["state"] == state, f"port is {state}",
                timeout)["sharing"]["port_mapping"]

    def port(self, listener):
        return int(listener.peer_address.rpartition(":")[2])

    def stop(self, listener):
        """Ends it, and says how long that took."""
        began = time.monotonic()
        self.assertEqual(listener.stop(), 0)
        return time.monotonic() - began

    def test_nat_pmp(self):
        self.router.speak_nat_pmp(port=40_000)
        listener = self.listener()
        said = self.mapping(listener, "open")
        self.assertEqual(said, {"state": "open", "protocol": "NAT-PMP", "port": 40_000, "why": ""})
        self.assertEqual(self.router.granted, {40_000: (self.port(listener), HOME)})
        self.assertEqual(self.router.searches, [])
        self.stop(listener)
        self.assertEqual(self.router.granted, {})

    def test_upnp(self):
        self.router.speak_upnp()
        self.router.refusals = [718, 725]  # It is somebody else's; only for ever.
        listener = self.listener(map_port="upnp")
        said = self.mapping(listener, "open")
        self.assertEqual(said["protocol"], "UPnP")
        self.assertEqual(self.router.granted, {said["port"]: (self.port(listener), HOME)})
        wishes = [asked for action, asked in self.router.actions if action == "AddPortMapping"]
        self.assertEqual([w["NewExternalPort"] for w in wishes],
                         [str(self.port(listener)), str(said["port"]), str(said["port"])])
        self.assertEqual([w["NewLeaseDuration"] for w in wishes], ["3600", "3600", "0"])
        self.assertEqual(self.router.datagrams, [])
        self.stop(listener)
        self.assertEqual(self.router.granted, {})

    def test_the_switch_for_sharing(self):
        self.router.speak_nat_pmp()
        listener = self.listener()
        self.mapping(listener, "open")
        self.share(listener, "off")
        self.mapping(listener, "off")
        eventually(lambda: not self.router.granted)
        self.share(listener, "1M")
        self.mapping(listener, "open")
        self.assertEqual(len(self.router.granted), 1)

    def share(self, listener, rate):
        with self.home:
            page = ask("GET", listener.page_url).body.decode()
            token = re.search('name="alluvium-token" content="([^"]+)"', page)[1]
            answer = ask("POST", listener.local("/sharing"), body=f"rate={rate}&token={token}".encode(),
                         headers={"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(answer.status, 303)

    def test_nobody_is_asked_where_it_is_of_no_use(self):
        wire = Wire(self.home)
        for more in ({"share": "off"}, {"map_port": "off"}, {"peer_listen": "127.0.0.1:0"}):
            listener = self.listener(**more)
            self.assertEqual(self.mapping(listener, "off")["why"], "")
            self.stop(listener)
        self.assertFalse({SEARCH, (ROUTER, 5351)} & wire.targets(HOME))

    def test_a_router_that_says_nothing(self):
        self.assertEqual(self.mapping(self.listener(), "failed")["why"],
                         "NAT-PMP and UPnP: no answer")
        self.assertGreater(len(self.router.searches), 0)

    def test_nonsense(self):
        self.router.nat_pmp = lambda asked, sender: struct.pack(">BBHIHHI", 0, 130, 0, 1, 1, 2, 3)
        self.router.locations = [f"{self.router.base}/{n}" for n in range(5)]
        self.router.locations += ["", "\0", "http://", "x" * 1_000, f"{self.router.base}/" + "%" * 900]
        self.router.pages = {
            "/0": b"\0" * 3_000, "/1": http(b"<" * 60_000), "/2": http(b"<root/>"),
            "/3": b"HTTP/1.1 200 OK\r\nContent-Length: -7\r\n\r\nx",
            "/4": http(describes("/ctl")), "/ctl": http(b"<errorCode>-99999999999</errorCode>")}
        self.assertEqual(self.mapping(self.listener(), "failed")["why"],
                         "NAT-PMP and UPnP: its answer makes no sense")

    def test_a_router_without_end(self):
        """what it sends for ever is not kept for ever"""
        def for_ever(connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                connection.sendall(b"<a>" * 100_000)
        self.router.locations = [f"{self.router.base}/"]
        self.router.pages = {"/": for_ever}
        said = self.mapping(self.listener(map_port="upnp"), "failed")["why"]
        self.assertIn(said, ("UPnP: its answer makes no sense", "UPnP: no end of its answer"))

    def test_a_slow_router_keeps_nobody(self):
        asked, given_up = threading.Event(), threading.Event()

        def drip(connection):
            asked.set()
            try:
                while True:
                    connection.sendall(b"x")
                    given_up.wait(0.2)
            except OSError:
                given_up.set()
        self.router.locations = [f"{self.router.base}/"]
        self.router.pages = {"/": drip}
        listener = self.listener(map_port="upnp")
        self.assertTrue(asked.wait(PATIENCE))
        self.mapping(listener, "asking")
        self.assertLess(self.stop(listener), 5)
        self.assertTrue(given_up.wait(PATIENCE))

    def test_a_router_that_points_elsewhere(self):
        """only itself is asked, whatever it says"""
        places = [f"http://{host}:5000/{i}" for i, host in enumerate(
            (STRANGER, NEIGHBOUR, "127.0.0.1", "localhost", "[::1]", f"{ROUTER}@{STRANGER}",
             "2130706433", "router.example"))]
        routed = [f"{self.router.base}/{name}" for name in ("control", "base", "redirect")]
        self.router.locations = places + routed
        moved = f"Location: http://{STRANGER}:5000/\r\n"
        self.router.pages = {
            "/control": http(describes(f"http://{STRANGER}:5000/ctl")),
            "/base": http(describes(base=f"http://{NEIGHBOUR}:5000/")),
            "/redirect": http(b"", "302 Go", moved) + http(describes(places[0]))}
        wire = Wire(self.home)
        said = self.mapping(self.listener(map_port="upnp"), "failed")["why"]
        self.assertIn("UPnP", said)
        targets = wire.targets(HOME) | wire.targets("127.0.0.1") | wire.targets("::1")
        self.assertIn(SEARCH, targets)
        self.assertEqual({address for address, _ in targets}, {ROUTER, SEARCH[0], "127.0.0.1"})
        self.assertFalse([port for _, port in targets if port in (53, 5000)])
        self.assertEqual(wire.lost(), 0)


def setUpModule():
    enter()


if __name__ == "__main__":
    unittest.main()
