"""An internet of network namespaces: hosts with addresses that count as public, and homes behind
routers of the kinds there are. What leaves a machine without a place in it goes nowhere."""

import itertools
import shutil
import subprocess
import unittest

from parts import namespaces
from parts.namespaces import Machine

RULES = """
table ip home {{
  chain leaving {{
    type nat hook postrouting priority srcnat;
    oifname "wan" masquerade {how};
  }}
  chain coming {{
    type nat hook prerouting priority dstnat;
  }}
  chain through {{
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    iifname != "wan" accept
    ct status dnat accept
  }}
  chain here {{
    type filter hook input priority filter;
    iifname "wan" ct state new drop
  }}
}}
"""
# How a router chooses the port that the other side sees.
PORT_RESTRICTED = ""                 # That of the machine behind it, whoever is called.
SYMMETRIC = "random,fully-random"    # Another one for each call.


class Home(Machine):
    """A home's router: its machines call out, and nobody calls in but over a port that it was told
    to forward. `wan` is its address outside, `address` that inside."""

    def __init__(self, name, outside, how, number):
        super().__init__(name)
        self.address = f"192.168.{number}.1"
        self._network = f"192.168.{number}"
        self._hosts = itertools.count(2)
        self.wan = outside.connect(self, "wan")
        self.run("ip link add lan type bridge", "ip link set lan up",
                 f"ip addr add {self.address}/24 dev lan", "sysctl -qw net.ipv4.ip_forward=1")
        self.run("nft -f -", text=RULES.format(how=how))

    def connect(self, machine, device="eth0"):
        """Plugs a machine into the home; returns its address there."""
        address = f"{self._network}.{next(self._hosts)}"
        plug_into(self, "lan", machine, device)
        machine.run(f"ip addr add {address}/24 dev {device}",
                    f"ip route add default via {self.address}")
        return address

    def host(self, name):
        return Host(name, self)

    def forward(self, port, to_address, to_port):
        self.run(f"nft add rule ip home coming iifname wan tcp dport {port} "
                 f"dnat to {to_address}:{to_port}")


class Host(Machine):
    """A machine that is plugged in somewhere, at `address`."""

    def __init__(self, name, place):
        super().__init__(name)
        self.address = place.connect(self)


class Internet(Machine):
    """One network on which everybody has an address of 45.10.0.0/16, which is nobody's special
    one."""

    def __init__(self):
        super().__init__("internet")
        self.run("ip link add bridge type bridge", "ip link set bridge up")
        self._hosts = itertools.count(1)
        self._homes = itertools.count(1)

    def connect(self, machine, device="eth0"):
        number = next(self._hosts)
        address = f"45.10.{number // 250}.{number % 250 + 1}"
        plug_into(self, "bridge", machine, device)
        machine.run(f"ip addr add {address}/16 dev {device}")
        return address

    def host(self, name):
        return Host(name, self)

    def home(self, name, how=PORT_RESTRICTED, behind=None):
        """A router on the internet, or behind another one."""
        return Home(name, behind or self, how, next(self._homes))


_plugs = itertools.count(1)


def plug_into(place, bridge, machine, device):
    port = f"port{next(_plugs)}"
    place.plug(port, machine, device)
    place.run(f"ip link set {port} master {bridge}")


def enter():
    """As of parts.namespaces; skips the tests as well where no addresses are translated."""
    namespaces.enter()
    tried = subprocess.run(["nft", "-c", "-f", "-"], input=RULES.format(how=SYMMETRIC), text=True,
                           capture_output=True, check=False) if shutil.which("nft") else None
    if tried is None or tried.returncode != 0:
        raise unittest.SkipTest("this machine translates no addresses with nftables")
