"""Requests with nothing but sockets and http.client: a foreign voice."""

import dataclasses
import http.client
import json
import socket
import threading
import time
import urllib.parse


@dataclasses.dataclass
class Answer:
    status: int
    headers: list
    body: bytes

    def get(self, name):
        """The value of a header that comes once, None if it does not come."""
        values = self.all(name)
        if len(values) > 1:
            raise AssertionError(f"{name} comes {len(values)} times")
        return values[0] if values else None

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def json(self):
        return json.loads(self.body)


def ask(method, url, *, headers=None, body=None, source=None, timeout=20):
    """One request on a connection of its own, from the address `source` if given. No redirect is
    followed."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(
        parts.hostname, parts.port or 80, timeout=timeout,
        source_address=(source, 0) if source else None)
    target = url.split(parts.netloc, 1)[1] or "/"
    try:
        connection.putrequest(method, target, skip_accept_encoding=True,
                              skip_host=any(k.lower() == "host" for k in headers or {}))
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        connection.endheaders(body)
        response = connection.getresponse()
        return Answer(response.status, response.getheaders(), response.read())
    finally:
        connection.close()


def speak(address, data, *, timeout=20):
    """Sends raw bytes to (host, port) and returns all that comes back until the other side ends or
    is silent for `timeout`."""
    with socket.create_connection(address, timeout=timeout) as connection:
        connection.sendall(data)
        heard = b""
        while True:
            try:
                part = connection.recv(65536)
            except (TimeoutError, ConnectionResetError):
                return heard
            if not part:
                return heard
            heard += part


class Recording:
    """A player that keeps what it hears, with the time each byte came. Reads in a thread, from the
    moment it is made until `stop`."""

    def __init__(self, url, *, headers=None, version="1.1"):
        parts = urllib.parse.urlsplit(url)
        self.asked = time.time()
        self._socket = socket.create_connection((parts.hostname, parts.port), timeout=20)
        self._socket.settimeout(None)
        lines = [f"GET {parts.path or '/'} HTTP/{version}", f"Host: {parts.netloc}",
                 *(f"{name}: {value}" for name, value in (headers or {}).items()), "", ""]
        self._socket.sendall("\r\n".join(lines).encode())
        self._news = threading.Condition()
        self._raw = bytearray()
        self._arrivals = []  # (Unix time, bytes until then)
        self._body_at = None
        self.ended = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        while True:
            try:
                part = self._socket.recv(65536)
            except OSError:
                part = b""
            with self._news:
                if part:
                    self._raw += part
                    self._arrivals.append((time.time(), len(self._raw)))
                    if self._body_at is None and b"\r\n\r\n" in self._raw:
                        self._body_at = self._raw.index(b"\r\n\r\n") + 4
                else:
                    self.ended = True
                self._news.notify_all()
            if not part:
                return

    def _await(self, predicate, timeout, what):
        with self._news:
            self._news.wait_for(lambda: predicate() or self.ended, timeout)
            if not predicate():
                raise AssertionError(
                    f"{what}: not within {timeout:g} s; {len(self._raw)} bytes came"
                    f"{' and the stream ended' if self.ended else ''}")

    def head(self, timeout=20):
        """(status line, [(name, value)])."""
        self._await(lambda: self._body_at is not None, timeout, "the head of the stream")
        lines = bytes(self._raw[:self._body_at]).decode().split("\r\n")
        fields = (line.partition(":") for line in lines[1:] if line)
        return lines[0], [(name, value.strip()) for name, _, value in fields]

    def header(self, name):
        return next((value for key, value in self.head()[1] if key.lower() == name.lower()), None)

    @property
    def body(self):
        with self._news:
            return b"" if self._body_at is None else bytes(self._raw[self._body_at:])

    def await_bytes(self, count, timeout=60):
        self._await(lambda: self._body_at is not None
                    and len(self._raw) - self._body_at >= count,
                    timeout, f"{count} bytes of the stream")
        return self.body

    def await_sound(self, sound, timeout=90):
        """Waits until `sound`, some bytes, has been heard."""
        self._await(lambda: sound in self._raw, timeout, "a certain frame or page")
        return self.body

    def await_end(self, timeout=60):
        self._await(lambda: self.ended, timeout, "the end of the stream")
        return self.body

    def arrived(self, position):
        """When the body's byte at `position` came, as Unix time."""
        with self._news:
            return next(moment for moment, total in self._arrivals
                        if total - self._body_at > position)

    def await_first(self, timeout=20):
        """When the body's first byte came, as Unix time."""
        self.await_bytes(1, timeout)
        return self.arrived(0)

    def stop(self):
        """Hangs up. May be called again."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._reader.join(20)
        self._socket.close()
