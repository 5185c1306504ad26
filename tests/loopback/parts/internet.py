"""An internet of network namespaces: hosts with addresses that count as public, and homes behind
routers of the kinds there are. What leaves a machine without a place in it goes nowhere."""

import itertools
import pathlib
import shutil
import subprocess
import tempfile
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
    """A machine that is plugged in somewhere, at `address`; on the internet at `address6` if it has
    IPv6 as well."""

    def __init__(self, name, place, **how):
        super().__init__(name)
        self.address = place.connect(self, **how)


class Internet(Machine):
    """One network on which everybody has an address of 45.10.0.0/16 or of 2a0f:1d50::/32, or of
    both, which are nobody's special ones."""

    def __init__(self):
        super().__init__("internet")
        # Without snooping all hear who looks for a neighbour.
        self.run("ip link add bridge type bridge mcast_snooping 0", "ip link set bridge up")
        self._hosts = itertools.count(1)
        self._homes = itertools.count(1)

    def connect(self, machine, device="eth0", families="4"):
        """Plugs a machine in, with an address of each of the families "4", "6" or "46". Returns
        that of IPv4, or else the other."""
        number = next(self._hosts)
        plug_into(self, "bridge", machine, device)
        if "6" in families:
            machine.address6 = f"2a0f:1d50::{number:x}"
            machine.run(f"ip -6 addr add {machine.address6}/32 dev {device} nodad")
        if "4" not in families:
            return machine.address6
        address = f"45.10.{number // 250}.{number % 250 + 1}"
        machine.run(f"ip addr add {address}/16 dev {device}")
        return address

    def host(self, name, families="4"):
        return Host(name, self, families=families)

    def home(self, name, how=PORT_RESTRICTED, behind=None):
        """A router on the internet, or behind another one."""
        return Home(name, behind or self, how, next(self._homes))


class Names:
    """What the names of the tests lead to, for all programs that they start; for those alone, as
    `enter` has given them files of their own."""

    def __init__(self):
        self._hosts = pathlib.Path(tempfile.mkdtemp(prefix="alluvium-names-")) / "hosts"
        self._hosts.write_text("127.0.0.1 localhost\n::1 localhost\n")
        subprocess.run(["mount", "--bind", self._hosts, "/etc/hosts"], check=True)

    def add(self, name, *addresses):
        with self._hosts.open("a") as hosts:
            hosts.writelines(f"{address} {name}\n" for address in addresses)

    def close(self):
        subprocess.run(["umount", "/etc/hosts"], check=True)
        shutil.rmtree(self._hosts.parent)


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
