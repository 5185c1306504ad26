"""A router as a home has one, as far as it can be asked for ports; or one that means harm."""

import re
import socket
import struct
import threading

SERVICE = "urn:schemas-upnp-org:service:WANIPConnection:1"
DESCRIPTION = """<?xml version="1.0"?>
<root xmlns="urn:schemas-upnp-org:device-1-0">{base}
<device><deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType><deviceList>
<device><deviceType>urn:schemas-upnp-org:device:WANDevice:1</deviceType><serviceList><service>
<serviceType>urn:schemas-upnp-org:service:WANCommonInterfaceConfig:1</serviceType>
<controlURL>/common</controlURL><SCPDURL>/common.xml</SCPDURL></service></serviceList><deviceList>
<device><deviceType>urn:schemas-upnp-org:device:WANConnectionDevice:1</deviceType><serviceList>
<service><serviceType>{service}</serviceType><controlURL>{control}</controlURL>
<eventSubURL>/event</eventSubURL><SCPDURL>/ip.xml</SCPDURL></service>
</serviceList></device></deviceList></device></deviceList></device></root>"""
FAULT = """<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">
<s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>
<UPnPError xmlns="urn:schemas-upnp-org:control-1-0"><errorCode>{}</errorCode>
<errorDescription>No</errorDescription></UPnPError></detail></s:Fault></s:Body></s:Envelope>"""


def describes(control="/control", *, base="", service=SERVICE):
    """The description of a router, with other URLs than are good if so."""
    base = base and f"<URLBase>{base}</URLBase>"
    return DESCRIPTION.format(control=control, base=base, service=service).encode()


def http(body, status="200 OK", headers=""):
    return (f"HTTP/1.1 {status}\r\nContent-Type: text/xml\r\n{headers}"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n").encode() + body


class Router:
    """Answers at `address` on `machine`. What is granted is in `granted` (external port to
    internal port and address), what it was asked by UPnP in `actions`, by NAT-PMP in `datagrams`.
    All of it can be changed as it runs: `nat_pmp` makes the answer to a datagram, `locations` are
    what the search is answered with, `pages` what is at which path (bytes, or a function of the
    connection)."""

    def __init__(self, machine, address):
        self.address = address
        self.granted = {}
        self.actions = []
        self.datagrams = []
        self.searches = []
        self.nat_pmp = None
        self.locations = []
        self.pages = {}
        self.refusals = []  # UPnP's numbers, one for each of the next mappings asked for.
        self.on_granted = lambda external, internal, address: None
        with machine:
            self._ports = self._socket(5351)
            self._search = self._socket(1900)
            self._search.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                                    socket.inet_aton("239.255.255.250") + socket.inet_aton(address))
            self._web = socket.create_server((address, 0))
        self.base = f"http://{address}:{self._web.getsockname()[1]}"
        for work in (self._answer_datagrams, self._answer_searches, self._answer_web):
            threading.Thread(target=work, daemon=True).start()

    @staticmethod
    def _socket(port):
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(("", port))
        return made

    def speak_nat_pmp(self, port=None, lifetime=None):
        """Grants what is asked for, or that port for that time."""
        def answer(asked, sender):
            _, operation, _, internal, external, seconds = struct.unpack(">BBHHHI", asked)
            if seconds == 0:
                self.granted = {e: i for e, i in self.granted.items() if i != (internal, sender[0])}
                return struct.pack(">BBHIHHI", 0, 128 + operation, 0, 1, internal, 0, 0)
            external = port or external
            self.granted[external] = (internal, sender[0])
            self.on_granted(external, internal, sender[0])
            return struct.pack(">BBHIHHI", 0, 128 + operation, 0, 1, internal, external,
                               seconds if lifetime is None else lifetime)
        self.nat_pmp = answer

    def speak_upnp(self):
        self.locations = [f"{self.base}/description.xml"]
        self.pages = {"/description.xml": http(describes()), "/control": self._control}

    def forget(self):
        """Is as new, and says nothing."""
        self.nat_pmp = None
        self.locations, self.pages, self.refusals = [], {}, []
        self.granted.clear()
        for heard in (self.actions, self.datagrams, self.searches):
            heard.clear()

    def _answer_datagrams(self):
        while True:
            asked, sender = self._ports.recvfrom(1500)
            self.datagrams.append(asked)
            answer = self.nat_pmp(asked, sender) if self.nat_pmp else None
            if answer:
                self._ports.sendto(answer, sender)

    def _answer_searches(self):
        while True:
            asked, sender = self._search.recvfrom(1500)
            self.searches.append(asked)
            for location in self.locations:
                self._search.sendto(
                    b"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nEXT:\r\n"
                    b"ST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n"
                    b"USN: uuid:1::x\r\nLOCATION: " + location.encode() + b"\r\n\r\n", sender)

    def _answer_web(self):
        while True:
            connection, sender = self._web.accept()
            threading.Thread(target=self._serve, args=(connection, sender[0]), daemon=True).start()

    def _serve(self, connection, sender):
        with connection:
            try:
                asked = b""
                while b"\r\n\r\n" not in asked:
                    asked += connection.recv(4096) or b"\r\n\r\n"
                head, _, body = asked.partition(b"\r\n\r\n")
                length = re.search(rb"(?i)content-length: *(\d+)", head)
                while length and len(body) < int(length[1]):
                    body += connection.recv(4096) or b" " * int(length[1])
                page = self.pages.get(head.split(b" ")[1].decode())
                if page is self._control or page == self._control:
                    page = self._control(body.decode(), sender)
                if callable(page):
                    page(connection)
                elif page is not None:
                    connection.sendall(page)
            except OSError:
                pass

    def _control(self, body, sender):
        action = re.search(r"<u:(\w+)", body)[1]
        asked = dict(re.findall(r"<(New\w+)>([^<]*)</", body))
        self.actions.append((action, asked))
        port = int(asked["NewExternalPort"])
        if action == "AddPortMapping":
            if self.refusals:
                return http(FAULT.format(self.refusals.pop(0)).encode(), "500 No")
            self.granted[port] = (int(asked["NewInternalPort"]), asked["NewInternalClient"])
            self.on_granted(port, *self.granted[port])
        elif not self.granted.pop(port, None):
            return http(FAULT.format(714).encode(), "500 No")
        return http(f'<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/'
                    f'envelope/"><s:Body><u:{action}Response xmlns:u="{SERVICE}"/></s:Body>'
                    '</s:Envelope>'.encode())
