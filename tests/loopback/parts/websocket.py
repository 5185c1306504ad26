"""WebSocket (RFC 6455) as a client speaks it, as far as the DevTools protocol needs it: text
messages over a plain connection, without extensions."""

import base64
import os
import socket
import struct
import urllib.parse

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class WebSocket:
    """One connection. One thread may send while another receives."""

    def __init__(self, url, *, timeout=20):
        parts = urllib.parse.urlsplit(url)
        self._socket = socket.create_connection((parts.hostname, parts.port), timeout=timeout)
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall("\r\n".join([
            f"GET {parts.path} HTTP/1.1", f"Host: {parts.netloc}", "Connection: Upgrade",
            "Upgrade: websocket", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}",
            "", ""]).encode())
        self._input = self._socket.makefile("rb")
        status = self._input.readline()
        if b" 101 " not in status:
            raise ConnectionError(f"{url} answered {status!r}")
        while self._input.readline().strip():
            pass
        self._socket.settimeout(None)

    def send(self, text):
        self._send(TEXT, text.encode())

    def _send(self, opcode, payload):
        length = len(payload)
        if length < 126:
            head = struct.pack("!BB", 0x80 | opcode, 0x80 | length)
        elif length < 65536:
            head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, length)
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, length)
        # A mask of zeros is as good as any where no proxy can be led astray.
        self._socket.sendall(head + b"\0\0\0\0" + payload)

    def receive(self):
        """The next whole message; None once the other side has gone."""
        message = b""
        while True:
            frame = self._frame()
            if frame is None or frame[1] == CLOSE:
                return None
            is_last, opcode, payload = frame
            if opcode == PING:
                self._send(PONG, payload)
            elif opcode != PONG:
                message += payload
                if is_last:
                    return message.decode()

    def _frame(self):
        try:
            head = self._read(2)
            length = head[1] & 0x7F
            if length == 126:
                length, = struct.unpack("!H", self._read(2))
            elif length == 127:
                length, = struct.unpack("!Q", self._read(8))
            return bool(head[0] & 0x80), head[0] & 0x0F, self._read(length)
        except OSError:
            return None

    def _read(self, count):
        got = self._input.read(count)
        if len(got) < count:
            raise ConnectionError("the connection has ended")
        return got

    def close(self):
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._input.close()
        self._socket.close()
