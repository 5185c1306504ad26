"""Two listeners of whom neither can be dialled: over a connection that both open at the same instant
one is asked by the other, as far as their routers let it through.
"""

import subprocess
import time
import unittest

from harness import BUILD, SharedLoopbackTest, noise
from parts.internet import SYMMETRIC, Internet, enter
from parts.namespaces import Wire

MEETINGS = 100


class Routers(unittest.TestCase):
    """A hundred meetings between two kinds of routers, each from ports of its own."""

    def meet(self, one, other):
        """How many of the meetings came about, and in what time the last party gave up."""
        arguments = [str(MEETINGS), str(round((time.time() + 1.5) * 1000))]
        parties = []
        for role, host, peer in (("offer", one, other), ("expect", other, one)):
            ports = ("20000", "30000") if role == "offer" else ("30000", "20000")
            command = [BUILD / "tests/loopback/meet", role, ports[0], peer.outside, ports[1]]
            with host:
                parties.append(subprocess.Popen(command + arguments, stdout=subprocess.PIPE,
                                                text=True))
        counts = [int(party.communicate(timeout=60)[0]) for party in parties]
        self.assertEqual([party.returncode for party in parties], [0, 0])
        self.assertEqual(counts[0], counts[1], "who offered and who expected count differently")
        return counts[0]

    def host(self, net, name, how):
        home = net.home(name, how)
        host = home.host(name + "-host")
        host.outside = home.wan
        return host

    def test_two_that_keep_the_port(self):
        """meet, at least 95 times of 100"""
        net = Internet()
        met = self.meet(self.host(net, "a", ""), self.host(net, "b", ""))
        print(f"port-restricted and port-restricted: {met} of {MEETINGS}")
        self.assertGreaterEqual(met, 95)

    def test_one_that_takes_another_port_for_each_call(self):
        """meets nobody who keeps his, and gives up quietly"""
        net = Internet()
        met = self.meet(self.host(net, "a", SYMMETRIC), self.host(net, "b", ""))
        print(f"symmetric and port-restricted: {met} of {MEETINGS}")
        self.assertLessEqual(met, 5)


class Listeners(SharedLoopbackTest):
    """Four at home, and nobody whom they could dial."""

    @classmethod
    def prepare(cls, shop):
        net = Internet()
        station, guide = net.host("station"), net.host("gateway")
        cls.hosts = [net.home(f"home{n}").host(f"host{n}") for n in range(4)]
        with station:
            cls.origin = shop.origin(address=station.address)
        cls.sound = cls.origin.station.add("song.mp3", noise("mp3", 90, 22))
        playlist = cls.origin.station.publish(
            [cls.origin.station.item(cls.sound, start=time.time() - 3)])
        with guide:
            cls.gateway = shop.gateway(playlist, address=guide.address)
            cls.gateway.facts(cls.origin.url(cls.sound.name))
        cls.listeners = []
        for number, host in enumerate(cls.hosts):
            with host:
                cls.listeners.append(shop.listener(
                    playlist, gateway=cls.gateway.url, peer_listen="0.0.0.0:0", map_port="off",
                    name=f"listener{number}").serving())

    def status(self, number, predicate, what):
        with self.hosts[number]:
            return self.listeners[number].await_status(predicate, what)

    def test_they_carry_each_other(self):
        """all hold all, and some of it came from one another"""
        whole = [self.status(n, lambda s: s["chunks"]["total"] and
                             s["chunks"]["held"] == s["chunks"]["total"], "holds the whole item")
                 for n in range(len(self.hosts))]
        for status in whole:
            self.assertIs(status["reachable"], False)
            self.assertEqual(status["reach"]["answer"], "no")
        length = len(self.sound.data)
        origin = sum(status["bytes"]["origin"] for status in whole)
        peers = sum(status["bytes"]["peers"] for status in whole)
        print(f"{origin / length:.2f} copies left the origin for {len(whole)}; "
              f"{peers / length:.2f} came from each other")
        self.assertGreater(peers, length / 2)
        self.assertLess(origin, 3.5 * length)


class School(SharedLoopbackTest):
    """Six in one house, behind one address."""

    PUPILS = 6

    @classmethod
    def prepare(cls, shop):
        net = Internet()
        station, guide = net.host("station"), net.host("gateway")
        cls.school = net.home("school")
        cls.hosts = [cls.school.host(f"pupil{n}") for n in range(cls.PUPILS)]
        with station:
            # As over a line that is no faster than it need be.
            cls.origin = shop.origin(address=station.address, extra="set $limit_rate 50000;")
        cls.sound = cls.origin.station.add("song.mp3", noise("mp3", 45, 23))
        playlist = cls.origin.station.publish(
            [cls.origin.station.item(cls.sound, start=time.time() - 3)])
        with guide:
            cls.gateway = shop.gateway(playlist, address=guide.address)
            cls.gateway.facts(cls.origin.url(cls.sound.name))
        cls.wire = Wire(cls.school)
        cls.listeners = []
        for number, host in enumerate(cls.hosts):
            with host:
                cls.listeners.append(shop.listener(
                    playlist, gateway=cls.gateway.url, peer_listen="0.0.0.0:0", map_port="off",
                    name=f"pupil{number}"))
        for listener in cls.listeners:
            listener.serving()

    def status(self, number, predicate, what):
        with self.hosts[number]:
            return self.listeners[number].await_status(predicate, what)

    def test_one_download_serves_the_house(self):
        """they find each other inside, and little more than one copy comes in"""
        whole = [self.status(n, lambda s: s["chunks"]["total"] and
                             s["chunks"]["held"] == s["chunks"]["total"], "holds the whole item")
                 for n in range(self.PUPILS)]
        for number in range(self.PUPILS):
            self.status(number, lambda s: s["reach"]["neighbours"] > 0, "has housemates")
        length = len(self.sound.data)
        origin = sum(status["bytes"]["origin"] for status in whole)
        print(f"{origin / length:.2f} copies came into a house of {self.PUPILS}:",
              [status["bytes"]["origin"] for status in whole])
        self.assertLess(origin, 2 * length)
        # They dial each other by their addresses in the house, and never by the one outside.
        inside = {host.address for host in self.hosts}
        for host in self.hosts:
            dialled = {address for address, _ in self.wire.targets(host.address)}
            self.assertNotIn(self.school.wan, dialled)
            self.assertLessEqual({a for a in dialled if a.startswith("192.168.")},
                                 inside | {self.school.address})


def setUpModule():
    enter()


if __name__ == "__main__":
    unittest.main()
