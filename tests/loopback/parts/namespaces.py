"""Network namespaces: machines of a test's own, with cables between them, from which no packet
leaves for the real network."""

import contextlib
import ctypes
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import threading
import unittest

INSIDE = "ALLUVIUM_TEST_NAMESPACE"
CLONE_NEWNET = 0x40000000

_libc = ctypes.CDLL(None, use_errno=True)


def enter():
    """Starts this program once more, in a network and a mount namespace of its own in which it may
    do everything. For `setUpModule`: skips the tests where that is not allowed."""
    if INSIDE in os.environ:
        return
    command = ["unshare", "--net", "--mount"]
    if os.getuid() != 0:
        command += ["--map-current-user", "--keep-caps"]
    is_possible = shutil.which("unshare") and shutil.which("ip") and subprocess.run(
        [*command, "ip", "link", "set", "lo", "up"], capture_output=True, check=False,
    ).returncode == 0
    if not is_possible:
        raise unittest.SkipTest("this machine lets nobody make a network namespace")
    os.environ[INSIDE] = "yes"
    sys.stdout.flush()
    os.execvp(command[0], [*command, *sys.orig_argv])


def _checked(result):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


class Machine:
    """A network namespace. `with machine:` has this thread work there: its sockets, and the
    programs that it starts, belong to that machine for ever."""

    def __init__(self, name):
        self.name = name
        self._outside = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        _checked(_libc.unshare(CLONE_NEWNET))
        self._here = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        _checked(_libc.setns(self._outside, CLONE_NEWNET))
        self.run("ip link set lo up")

    def __enter__(self):
        _checked(_libc.setns(self._here, CLONE_NEWNET))
        return self

    def __exit__(self, *_):
        _checked(_libc.setns(self._outside, CLONE_NEWNET))

    def run(self, *commands, text=None):
        """Runs each command there; the last is given `text` to read. Returns what it said."""
        for command in commands:
            with self:
                said = subprocess.run(command.split(), check=False, input=text, text=True,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if said.returncode != 0:
                raise OSError(f"{self.name}: {command}: {said.stdout}")
        return said.stdout

    def plug(self, device, other, other_device):
        """A cable from a device made here to one made there."""
        self.run(f"ip link add {device} type veth peer name {other_device} netns {other.path}",
                 f"ip link set {device} up")
        other.run(f"ip link set {other_device} up")

    @property
    def path(self):
        return f"/proc/{os.getpid()}/fd/{self._here}"

    def close(self):
        """The machine is gone when its programs have ended and its sockets are closed."""
        os.close(self._here)
        os.close(self._outside)


def _text(address):
    return socket.inet_ntop(socket.AF_INET if len(address) == 4 else socket.AF_INET6, address)


class Wire(threading.Thread):
    """Notes where all packets on a machine's devices come from and go to: IP addresses, and the
    port for which they are."""

    def __init__(self, machine=None):
        super().__init__(daemon=True)
        with machine or contextlib.nullcontext():
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 20)
        self.seen = {}
        self.start()

    def run(self):
        while True:
            packet, sender = self.socket.recvfrom(128)
            if sender[1] == 0x0800:
                size = (packet[0] & 15) * 4
                key = packet[12:16], packet[16:20], struct.unpack(">H", packet[size + 2:size + 4])[0]
            elif sender[1] == 0x86DD:
                key = packet[8:24], packet[24:40], struct.unpack(">H", packet[42:44])[0]
            else:
                continue
            self.seen[key] = self.seen.get(key, 0) + 1

    def targets(self, source):
        """`(address, port)` for which packets from that address were."""
        return {(_text(to), port) for sender, to, port in list(self.seen)
                if _text(sender) == source}

    def ends(self):
        """How many packets each address has sent or been sent."""
        counts = {}
        for (sender, to, _), count in list(self.seen.items()):
            for end in {sender, to}:
                counts[end] = counts.get(end, 0) + count
        return {_text(end): count for end, count in counts.items()}

    def lost(self):
        """How many packets the kernel could not keep for us."""
        return struct.unpack("II", self.socket.getsockopt(263, 6, 8))[1]


class Forbidden:
    """Counts what a machine sends to addresses that no listener may call because a stranger says
    so, and to ports below 1024 that no listener has. What goes to `neighbours` is not counted."""

    RULES = """
table inet watch {{
  counter forbidden {{ }}
  chain out {{
    type filter hook output priority filter;
    oifname "lo" accept
    {allowed}
    ip daddr {{ 0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12,
                192.0.0.0/24, 192.0.2.0/24, 192.168.0.0/16, 198.18.0.0/15, 198.51.100.0/24,
                203.0.113.0/24, 240.0.0.0/4 }} counter name forbidden
    ip protocol != igmp ip daddr 224.0.0.0/4 counter name forbidden
    tcp dport 1-1023 counter name forbidden
    ip6 nexthdr {{ tcp, udp }} counter name forbidden
  }}
}}
"""

    def __init__(self, machine, neighbours=()):
        self._machine = machine
        allowed = f"ip daddr {{ {', '.join(neighbours)} }} accept" if neighbours else ""
        machine.run("nft -f -", text=self.RULES.format(allowed=allowed))

    def count(self):
        said = json.loads(self._machine.run("nft -j list counter inet watch forbidden"))
        return next(entry["counter"]["packets"] for entry in said["nftables"] if "counter" in entry)
