"""Connections against their usual direction, on an internet of network namespaces: who cannot be
dialled gives all the same, and nobody can use that to have listeners call whom they should not.
"""

import json
import re
import socket
import time
import unittest

from harness import SharedLoopbackTest, ask, eventually, noise
from parts.internet import SYMMETRIC, Internet, enter
from parts.liar import Liar
from parts.namespaces import Forbidden
from parts.station import Station

SECONDS = 6
SONGS = 3
ROUNDS = 30
FORBIDDEN = """10.0.0.1:5000 192.168.1.1:5000 192.168.9.9:7000 127.0.0.1:5000 0.0.0.0:5000
    169.254.169.254:5000 100.64.0.1:5000 224.0.0.1:5000 45.10.0.2:80 [::1]:5000 [fd00::1]:5000
    [::ffff:10.0.0.1]:5000 [64:ff9b::a00:1]:5000 [fe80::1]:5000""".split()


class Reversed(SharedLoopbackTest):
    """Pairs of one who cannot be dialled and one who can, each pair with a station of its own."""

    @classmethod
    def prepare(cls, shop):
        cls.net = Internet()
        station, cls.guide, cls.open, cls.far = (
            cls.net.host(name) for name in ("station", "gateway", "open", "far"))
        shared = cls.net.home("shared")
        cls.hosts = {
            "restricted": cls.net.home("restricted").host("restricted"),
            "symmetric": cls.net.home("symmetric", SYMMETRIC).host("symmetric"),
            "double": cls.net.home("inner", behind=cls.net.home("outer")).host("double"),
            "one": shared.host("one"),
            "other": shared.host("other"),
        }
        with station:
            # Who is far from the station always wants more than comes from there.
            cls.origin = shop.origin(address=station.address, extra=f"""
                if ($remote_addr = {cls.far.address}) {{ set $limit_rate 4000; }}""")
        cls.sounds = {}
        cls.playlists = {name: cls.publish(name, 100 * (i + 1))
                         for i, name in enumerate([*cls.hosts, "tokens", "lies"])}
        cls.playlists["waiting"] = cls.publish("waiting", 900, songs=1, seconds=120)
        with cls.guide:
            cls.gateway = shop.gateway(*cls.playlists.values(), address=cls.guide.address)
            for name, sounds in cls.sounds.items():
                for sound in sounds:
                    cls.gateway.facts(cls.origin.url(f"{name}/{sound.name}"))
        cls.watch = {name: Forbidden(host) for name, host in [
            *cls.hosts.items(), ("open", cls.open), ("far", cls.far)]}

    @classmethod
    def publish(cls, name, seed, songs=SONGS, seconds=SECONDS):
        """A station of short songs that are played again and again."""
        folder = cls.origin.root / name
        folder.mkdir()
        station = Station(folder, f"{cls.origin.base}{name}/")
        cls.sounds[name] = [station.add(f"{n}.mp3", noise("mp3", seconds, seed + n))
                            for n in range(songs)]
        return station.publish([station.item(sound, start=time.time() - 1 + seconds * n)
                                for n, sound in enumerate(cls.sounds[name] * ROUNDS)])

    @classmethod
    def listener(cls, host, name, **more):
        more.setdefault("gateway", cls.gateway.url)
        with host:
            return cls.shop.listener(cls.playlists[name], peer_listen="0.0.0.0:0", **more)

    def await_status(self, host, listener, predicate, what):
        with host:
            return listener.await_status(predicate, what)

    def await_whole(self, host, listener):
        with host:
            return listener.await_whole_item()

    def test_who_cannot_be_dialled_gives(self):
        """to one who comes later and can be, over a connection that it opens itself"""
        givers = {name: self.listener(host, name) for name, host in self.hosts.items()}
        for name, giver in givers.items():
            whole = sum(len(sound.data) for sound in self.sounds[name])
            self.await_status(self.hosts[name], giver, lambda s: s["bytes"]["origin"] >= whole and
                              s["reachable"] is False, "has all songs, and is not reached")
        takers = {name: self.listener(self.far, name) for name in self.hosts}
        for name, taker in takers.items():
            with self.subTest(name):
                self.await_status(self.far, taker, lambda s: s["bytes"]["peers"] > 0,
                                  "has something from its peer")
                given = self.await_status(self.hosts[name], givers[name],
                                          lambda s: s["bytes"]["uploaded"] > 0, "has given")["reach"]
                self.assertEqual(given["answer"], "no")
                self.assertIn("pass it on over connections that you open", given["why"])
        self.assert_nobody_forbidden_was_called()

    def test_who_has_all_and_waits(self):
        """is called when somebody comes who can use it, and does not ask again and again until then"""
        host = self.hosts["restricted"]
        giver = self.listener(host, "waiting")
        self.await_whole(host, giver)
        self.await_status(host, giver, lambda s: s["reachable"] is False, "is not reached")
        eventually(self.is_anybody_waiting, what="its announcement is held")
        taker = self.listener(self.far, "waiting")
        came = time.monotonic()
        self.await_status(self.far, taker, lambda s: s["bytes"]["peers"] > 0, "has something of it")
        took = time.monotonic() - came
        print(f"one that waited gave after {took:.1f} s")
        self.assertLess(took, 8)

    def test_a_token_is_good_once(self):
        """and for whom it was made; what is asked over the connection is /uri-res/ only"""
        name, host = "tokens", self.hosts["one"]
        takers = [self.listener(self.open, name) for _ in range(2)]
        for taker in takers:
            self.await_whole(self.open, taker)
            self.await_status(self.open, taker, lambda s: s["reachable"], "is reached")
        invitations = eventually(lambda: self.invitations(host, name, 2), what="two invitations")
        (first, token), (second, other) = sorted(invitations.items())
        self.assertEqual(self.offer(host, second, token), 403)
        self.assertEqual(self.offer(host, first, token[:-1] + ("0" if token[-1] != "0" else "1")), 403)
        self.assertEqual(self.offer(host, first, token), 101)
        self.assertEqual(self.offer(host, first, token), 403)
        # From wherever it is shown.
        self.assertEqual(self.offer(self.guide, first, token), 403)
        self.assertEqual(self.offer(host, second, other), 101)

    def is_anybody_waiting(self):
        with self.guide:
            figures = ask("GET", f"{self.gateway.url}/metrics").body.decode()
        return re.search(r"^alluvium_gateway_announces_held [1-9]", figures, re.MULTILINE)

    def invitations(self, host, name, count):
        """Whom one that cannot be dialled is told to offer a connection, each with its token; nothing
        if they are not so many."""
        body = json.dumps({"port": 6_000, "up_bps": 1_000_000, "want": [], "reverse": {"to": []},
                           "holdings": [{"urn": self.sounds[name][0].urn, "available": "all"}]})
        with host:
            answer = ask("POST", f"{self.gateway.url}/gateway/announce", body=body.encode(),
                         headers={"Content-Type": "application/json"}).json()
        to = answer.get("reverse", {}).get("to", [])
        return {one["address"]: one["token"] for one in to} if len(to) == count else None

    def offer(self, host, to, token):
        """The status with which an offer is answered. The connection is left open."""
        address, port = to.split(":")
        with host:
            connection = socket.create_connection((address, int(port)), timeout=20)
        self.addCleanup(connection.close)
        connection.sendall(f"GET /reverse HTTP/1.1\r\nHost: {to}\r\nConnection: Upgrade\r\n"
                           f"Upgrade: PTTH/1.0\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        return int(connection.recv(4096).split(b" ")[1])

    def test_a_gateway_and_a_peer_that_lie(self):
        """have nobody call an address that may not be called, or a port that no listener has"""
        liar = Liar(self.net.host("liar"), self.gateway.url, FORBIDDEN)
        for name in ("restricted", "open"):
            host = self.open if name == "open" else self.hosts[name]
            self.await_whole(host, self.listener(host, "lies", gateway=liar.url))
        self.assertGreater(liar.asked["/gateway/announce"], 1)
        self.assertGreater(liar.asked["/uri-res/N2R"], 0)
        self.assertGreater(liar.asked["/reverse"], 0)
        self.assert_nobody_forbidden_was_called()

    def test_this_test_would_see_a_call(self):
        machine = self.net.host("careless")
        watch = Forbidden(machine)
        machine.run("ip route add default dev eth0")
        with machine, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as caller:
            for number, address in enumerate(("10.0.0.1", "192.168.1.1", "169.254.169.254")):
                caller.sendto(b"", (address, 5_000))
                self.assertEqual(watch.count(), number + 1)

    def assert_nobody_forbidden_was_called(self):
        for name, watch in self.watch.items():
            self.assertEqual(watch.count(), 0, name)


def setUpModule():
    enter()


if __name__ == "__main__":
    unittest.main()
