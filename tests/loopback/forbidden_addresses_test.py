"""No packet leaves for an address that may not be contacted, however it is spelt, named or
redirected to.

The test runs in a network namespace of its own in which every address there is leads back to this
machine, where a server would answer at it: whatever the programs contacted would be seen, by the
server and among all packets on the wire. Names are resolved by a server of the test.
"""

import os
import socket
import struct
import subprocess
import tempfile
import threading
import unittest

from harness import LoopbackTest, ask, eventually
from parts.namespaces import Wire, enter

PUBLIC = "9.9.9.9"      # gateway, name server, and we who ask
ORIGIN = "8.8.8.8"      # a web server that may be contacted, and redirects
ORIGIN_V6 = "2606:4700::1111"
PERMITTED = {PUBLIC, ORIGIN, ORIGIN_V6}

# Spellings of addresses that may not be contacted, as they stand in a URL.
V4_SPELLINGS = """
    127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.1 0x7F.0x0.0x0.0x1 017700000001 0177.0.0.1
    0177.1 127.0.0.1. 127.000.000.001 127.0x0.0.01 0x7f.0.0.1. 127.255.255.254 0 0.0.0.0 0x0 00
    0.1.2.3 10.0.0.1 10.1 0xa.1 012.0.0.1 167772161 0x0A000001 172.16.0.1 172.31.255.255 2886729729
    192.168.1.1 192.168.257 192.11010305 3232235777 0300.0250.1.1 169.254.169.254 169.16689662
    2852039166 0xA9FEA9FE 0251.0376.0251.0376 100.64.0.1 100.100.100.200 168.63.129.16 192.0.0.192
    192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1
    255.255.255.255 192.88.99.1""".split()
V6_SPELLINGS = """
    ::1 0:0:0:0:0:0:0:1 0000::0001 :: ::127.0.0.1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:7f00:1
    0:0:0:0:0:FFFF:127.0.0.1 ::ffff:10.0.0.1 ::ffff:a9fe:a9fe ::ffff:0:127.0.0.1
    64:ff9b::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b:1::8.8.8.8 64:ff9b:1::10.0.0.1
    2002:7f00:1:: 2002:c0a8:101::1 2002:a9fe:a9fe::1 2001:0:808:808::1 2001:0:53aa:64c:0:0:80ff:fffe
    fe80::1 fe80::1%25lo fe80::1%lo febf::1 fec0::1 fc00::1 fd12::1 fd00:ec2::254 ff02::1 ff0e::1
    100::1 2001:db8::1 2001:10::1 2001:2::1 3fff::1 4000::1 5f00::1
    2606:4700::5efe:127.0.0.1 2606:4700::200:5efe:10.0.0.1""".split()
TRICKS = [
    "http://user@127.0.0.1/", "http://8.8.8.8@127.0.0.1/", "http://8.8.8.8:80@127.0.0.1:80/",
    "http://8.8.8.8%40127.0.0.1/", "http://127.0.0.1%2f@8.8.8.8/", "http://8.8.8.8#@127.0.0.1/",
    "http://127.0.0.1#@8.8.8.8/", "http://8.8.8.8\\@127.0.0.1/", "http://127.0.0.1\\@8.8.8.8/",
    "http://%31%32%37.0.0.1/", "http://127%2e0%2e0%2e1/", "http://127.0.0.1%00.test/",
    "http://127。0。0。1/", "http://127.0.0.1/", "http://①②⑦.⓪.⓪.①/", "http://⑯⑨。②⑤④。①⑥⑨。②⑤④/",
    "http:127.0.0.1/", "http:/127.0.0.1/", "http:///127.0.0.1/", "http:\\\\127.0.0.1/",
    "http://127.0.0.1:80:80/", "http://[::1]:80/", "http://[::1]@8.8.8.8/", "http://[::ffff:127.1]/",
    "http://[127.0.0.1]/", "http://[v1.127.0.0.1]/", "HTTP://LOCALHOST/", "http://localhost./",
    "http://localhost.localdomain/", "http://ip6-localhost/", "//127.0.0.1/x", "/\\127.0.0.1/",
    "file:///etc/passwd", "gopher://127.0.0.1:80/_x", "ftp://127.0.0.1/x", "dict://127.0.0.1:80/x",
    "unix:///run/x", "http://127.0.0.1:443/", "https://127.0.0.1/", "https://[::1]/",
]
# Names that resolve to them.
NAMED = """127.0.0.1 0.0.0.0 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 224.0.0.1
    ::1 :: ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:169.254.169.254 64:ff9b::10.0.0.1 64:ff9b:1::10.0.0.1
    2002:7f00:1::1 2001:0:53aa:64c::1 fe80::1 fd00:ec2::254 fec0::1""".split()


def spelled():
    urls = [f"http://{host}/x.mp3" for host in V4_SPELLINGS]
    urls += [f"http://[{host}]/x.mp3" for host in V6_SPELLINGS]
    return urls + TRICKS


class Names(threading.Thread):
    """A name server. The name `HEX.always.test` has the address of those digits, `HEX.both.test`
    that and a public one, `HEX.flip.test` a public one when first asked, and then that."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((PUBLIC, 53))
        self.asked = {}

    def run(self):
        while True:
            query, sender = self.socket.recvfrom(4096)
            self.socket.sendto(self.answer(query), sender)

    def answer(self, query):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode().lower())
            at += 1 + query[at]
        kind = struct.unpack(">H", query[at + 1:at + 3])[0]
        records = [data for data in self.addresses(labels, kind)
                   if len(data) == {1: 4, 28: 16}.get(kind)]
        head = query[:2] + struct.pack(">HHHHH", 0x8180, 1, len(records), 0, 0)
        body = b"".join(struct.pack(">HHHIH", 0xC00C, kind, 1, 0, len(data)) + data
                        for data in records)
        return head + query[12:at + 5] + body

    def addresses(self, labels, kind):
        public = [socket.inet_pton(socket.AF_INET, ORIGIN)]
        if labels[:1] == ["origin"]:
            return public
        if labels[2:] != ["test"] or labels[1] not in ("always", "both", "flip"):
            return []
        forbidden = [bytes.fromhex(labels[0])]
        how = labels[1]
        times = self.asked[tuple(labels), kind] = self.asked.get((tuple(labels), kind), 0) + 1
        if how == "both":
            return public + forbidden
        if how == "flip" and times == 1:
            return public
        return forbidden


class Everywhere:
    """A web server at every address there is. At the origin's it redirects to what `targets` says,
    at any other it only notes that it was contacted."""

    def __init__(self, targets):
        self.targets = targets
        self.contacted = []
        for port in (80, 443, 8080):
            listening = socket.create_server(("", port), family=socket.AF_INET6, backlog=4096,
                                             dualstack_ipv6=True)
            threading.Thread(target=self.accept, args=(listening,), daemon=True).start()

    def accept(self, listening):
        while True:
            connection, _ = listening.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection:
            here = connection.getsockname()[0].removeprefix("::ffff:")
            if here not in (ORIGIN, ORIGIN_V6):
                self.contacted.append(here)
            connection.settimeout(20)
            head = b""
            while b"\r\n\r\n" not in head:
                part = connection.recv(4096)
                if not part:
                    return
                head += part
            target = head.split(b" ")[1].decode().partition("?")[0]
            kind, _, number = target.removeprefix("/").partition("/")
            if kind == "to":
                where = self.targets[int(number)].encode()
                status = (301, 302, 303, 307, 308)[int(number) % 5]
                answer = b"HTTP/1.1 %d Go\r\nLocation: %s\r\nContent-Length: 0\r\n" % (status, where)
            elif kind == "flip":
                name = head.lower().split(b"host: ")[1].split(b"\r\n")[0]
                answer = (b"HTTP/1.1 302 Go\r\nLocation: http://%s:8080/x.mp3\r\n"
                          b"Content-Length: 0\r\n" % name.split(b":")[0])
            else:
                answer = b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: 4\r\n"
            body = b"song" if b" 200 " in answer and not head.startswith(b"HEAD") else b""
            connection.sendall(answer + b"Connection: close\r\n\r\n" + body)


def furnish_namespace():
    """Every address leads back here, and names are resolved by us."""
    commands = ["ip link set lo up", "ip route add local 0.0.0.0/0 dev lo",
                "ip -6 route add local ::/0 dev lo"]
    folder = tempfile.mkdtemp(prefix="alluvium-names-")
    for name, text in (("resolv.conf", f"nameserver {PUBLIC}\n"), ("hosts", "127.0.0.1 localhost\n"),
                       ("nsswitch.conf", "hosts: files dns\n")):
        with open(os.path.join(folder, name), "w", encoding="ascii") as file:
            file.write(text)
        if os.path.exists(f"/etc/{name}"):
            commands.append(f"mount --bind {folder}/{name} /etc/{name}")
    for command in commands:
        subprocess.run(command.split(), check=True)


class ForbiddenAddresses(LoopbackTest):
    @classmethod
    def setUpClass(cls):
        furnish_namespace()
        cls.targets = spelled()
        cls.targets += [f"http://{cls.name(address, 'always')}/x.mp3" for address in NAMED]
        cls.names = Names()
        cls.names.start()
        cls.server = Everywhere(cls.targets)

    @staticmethod
    def name(address, how):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return f"{socket.inet_pton(family, address).hex()}.{how}.test"

    def setUp(self):
        super().setUp()
        self.server.contacted.clear()
        self.wire = Wire()

    def forbidden(self):
        return {address: count for address, count in self.wire.ends().items()
                if address not in PERMITTED}

    def assert_none_contacted(self):
        # What we ask for last has arrived on the wire when all before it has.
        before = self.wire.ends().get(ORIGIN, 0)
        ask("GET", f"http://{ORIGIN}/")
        eventually(lambda: self.wire.ends()[ORIGIN] > before)
        self.assertEqual(self.wire.lost(), 0)
        self.assertEqual(self.forbidden(), {})
        self.assertEqual(self.server.contacted, [])

    def test_this_test_would_see_a_contact(self):
        for address in ("10.0.0.1", "64:ff9b::7f00:1"):
            with socket.create_connection((address, 80)):
                eventually(lambda: address in self.server.contacted)
                eventually(lambda: address in self.forbidden())

    def test_a_gateway_contacts_none(self):
        fetched = self.targets
        fetched = fetched + [f"http://{ORIGIN}/to/{i}" for i in range(len(self.targets))]
        fetched += [f"http://{self.name(address, 'flip')}/flip" for address in NAMED]
        fetched += [f"http://{self.name(address, 'both')}/x.mp3" for address in NAMED]
        items = "".join(
            f"<item><title>{i}</title><link>{url.replace('&', '&amp;')}</link></item>"
            for i, url in enumerate(fetched))
        playlist = ('<?xml version="1.0" encoding="utf-8"?>'
                    '<rdf:RDF xmlns="http://purl.org/rss/1.0/"'
                    ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><channel>'
                    f"<title>hostile</title>{items}</channel></rdf:RDF>").encode()
        proxy = {name: "http://10.0.0.1:8080" for name in
                 ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY",
                  "ALL_PROXY")}
        station = threading.Thread(target=self.serve_playlist, args=(playlist,), daemon=True)
        station.start()
        gateway = self.gateway(
            f"http://{ORIGIN}:8000/station.rss", address=PUBLIC, environment=proxy,
            options=["--origin-patience", "2", "--max-fetches", "200",
                     "--max-fetches-per-origin", "100", "--new-urls-per-client", "10000"])
        answers = {}
        for wait in 0, 30:
            for url in fetched:
                if answers.get(url, 202) == 202:
                    answers[url] = ask("GET", f"{gateway.url}/gateway/head?uri={quoted(url)}",
                                       headers={"Prefer": f"wait={wait}"}, timeout=60).status
        self.assert_none_contacted()
        good = [url for url, status in answers.items() if status == 200]
        self.assertTrue(any(".both.test" in url for url in good))
        self.assertGreater(sum(status == 404 for status in answers.values()), 180)
        self.assertNotIn(202, answers.values())

    def serve_playlist(self, playlist):
        listening = socket.create_server((ORIGIN, 8000))
        while True:
            connection, _ = listening.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-alluvium\r\n"
                                   b"Content-Length: %d\r\nConnection: close\r\n\r\n"
                                   % len(playlist) + playlist)

    def test_a_listener_is_led_to_none_by_a_public_server(self):
        for i, target in enumerate(self.targets):
            if target in ("http://127.0.0.1/x.mp3", "http://[::ffff:127.0.0.1]/x.mp3"):
                listener = self.listener(f"http://{ORIGIN}/to/{i}", address=PUBLIC)
                listener.line("may not be contacted", stream="stderr")
        self.assert_none_contacted()


def quoted(url):
    return "".join(c if c.isalnum() and c.isascii() else "".join(f"%{b:02X}" for b in c.encode())
                   for c in url)


def setUpModule():
    enter()


if __name__ == "__main__":
    unittest.main()
