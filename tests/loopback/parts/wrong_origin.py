"""A web server that answers wrong, in another way for each path."""

import re
import socket
import struct
import threading

OK = b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n"
PARTIAL = b"HTTP/1.1 206 Partial Content\r\nContent-Type: audio/mpeg\r\n"
FOUND = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: "


def length(count):
    return b"Content-Length: %d\r\n" % count


class Asked:
    """One request for the file `data`, of which `part` was asked for."""

    def __init__(self, connection, path, data, begin, end, has_range):
        self.connection = connection
        self.path = path
        self.data = data
        self.begin, self.end, self.has_range = begin, end, has_range

    @property
    def part(self):
        return self.data[self.begin:self.end]

    def say(self, *pieces):
        self.connection.sendall(b"".join(pieces))

    def say_for_ever(self, head, piece):
        self.say(head)
        while True:  # Until the other side has had enough.
            self.say(piece)

    def rightly(self, part=None, *, shift=0, status=None):
        """As a right answer looks, for other bytes than those if so."""
        part = self.part if part is None else part
        if not self.has_range:
            return self.say(status or OK, length(len(part)), b"\r\n", part)
        return self.say(status or PARTIAL, length(len(part)), b"Content-Range: bytes %d-%d/%d\r\n" % (
            self.begin + shift, self.begin + shift + len(part) - 1, len(self.data)), b"\r\n", part)

    def stay(self):
        """Says no more until the other side has gone."""
        while self.connection.recv(4096):
            pass

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def flipped(data):
    return bytes(byte ^ 1 for byte in data)


def stops(*pieces):
    def answer(asked):
        asked.say(*pieces)
        asked.stay()
    return answer


def closes(*pieces):
    return lambda asked: asked.say(*pieces)


def resets(asked):
    asked.reset()


def stops_in_body(asked):
    asked.say(OK, length(len(asked.data)), b"\r\n", asked.data[:5_000])
    asked.stay()


def closes_in_body(asked):
    asked.say(OK, length(len(asked.data)), b"\r\n", asked.data[:5_000])


# Of the bytes that are right in these no whole chunk comes: nothing of it may be taken.
WRONG_ANSWERS = {
    "closes without a word": closes(),
    "resets without a word": resets,
    "says nothing": stops(),
    "stops in the head": stops(OK),
    "stops in the body": stops_in_body,
    "closes in the body": closes_in_body,
    "closes in a chunk": closes(OK, b"Transfer-Encoding: chunked\r\n\r\n4000\r\nabc"),
    "has malformed chunks": closes(OK, b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc"),
    "speaks no HTTP": closes(b"?" * 3_000),
    "speaks HTTP/0.9": lambda asked: asked.say(asked.data),
    "speaks ICY": lambda asked: asked.say(b"ICY 200 OK\r\n\r\n", asked.data),
    "names two lengths": lambda asked: asked.say(OK, length(5), length(len(asked.data)), b"\r\n",
                                                 asked.data),
    "names a negative length": lambda asked: asked.say(OK, length(-5), b"\r\n", asked.data),
    "has a page instead": closes(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", length(12),
                                 b"\r\n<html>Hello!"),
    "has it, and says 404": lambda asked: asked.rightly(status=b"HTTP/1.1 404 Not Found\r\n"),
    "has it, and says 500": lambda asked: asked.rightly(status=b"HTTP/1.1 500 Oh\r\n"),
    "has not changed": closes(b"HTTP/1.1 304 Not Modified\r\n\r\n"),
    "compresses it": lambda asked: asked.say(OK, b"Content-Encoding: gzip\r\n",
                                             length(len(asked.part)), b"\r\n", asked.part),
    "has another part": lambda asked: asked.say(
        PARTIAL, length(1_000), b"Content-Range: bytes 7-1006/%d\r\n\r\n" % len(asked.data),
        asked.data[7:1_007]),
    "sends for ever": lambda asked: asked.say_for_ever(OK + b"\r\n", b"x" * 60_000),
    "has a head without end": lambda asked: asked.say_for_ever(OK, b"X: " + b"y" * 1_000 + b"\r\n"),
    "interrupts for ever": lambda asked: asked.say_for_ever(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "redirects in a circle": lambda asked: asked.say(FOUND, asked.path, b"\r\n\r\n"),
    "redirects to a file here": closes(FOUND, b"file:///etc/passwd\r\n\r\n"),
    "redirects to nobody": closes(FOUND, b"http://192.0.2.1:81/\r\n\r\n"),
}

# These are seen only by who knows what the file is to be.
FALSE_FILES = {
    "has false bytes": lambda asked: asked.rightly(flipped(asked.part)),
    "has other bytes of the file": lambda asked: asked.rightly(
        (asked.data[100:] + asked.data[:100])[asked.begin:asked.end]),
    "names another place": lambda asked: asked.rightly(shift=16_384),
    "has a shorter file": lambda asked: asked.say(OK, length(1_000), b"\r\n", asked.data[:1_000]),
    "has a longer file": lambda asked: asked.say(OK, length(len(asked.data) + 9), b"\r\n",
                                                 flipped(asked.data), b"x" * 9),
}


class WrongOrigin:
    """Serves `data` at `/N.mp3` as the N-th of `ways` does, until `stop`. Other paths are answered
    well, with what stands in `documents`."""

    def __init__(self, data, ways, address="127.0.0.1"):
        self.data = data
        self.ways = list(ways.items())
        self.documents = {}
        self.asked = {name: 0 for name in ways}
        self._open = set()
        self._server = socket.create_server((address, 0))
        self.base = f"http://{address}:{self._server.getsockname()[1]}/"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def url(self, number):
        return f"{self.base}{number}.mp3"

    def _accept(self):
        while True:
            try:
                connection = self._server.accept()[0]
            except OSError:
                return
            self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            with connection:
                head = b""
                while b"\r\n\r\n" not in head:
                    head += connection.recv(4096) or b"\r\n\r\n"
                self._answer(connection, head)
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        finally:
            self._open.discard(connection)

    def _answer(self, connection, head):
        line = re.match(rb"(GET|HEAD) (/(\d+)\.mp3|/\S*) ", head)
        if not line:
            return
        if not line[3]:
            document = self.documents.get(line[2].decode())
            status = b"404 Not Found" if document is None else b"200 OK"
            body = document or b""
            connection.sendall(b"HTTP/1.1 " + status + b"\r\nConnection: close\r\n"
                               + length(len(body)) + b"\r\n" + body)
            return
        name, answer = self.ways[int(line[3])]
        self.asked[name] += 1
        asked = re.search(rb"\r\nRange: bytes=(\d+)-(\d*)\r\n", head)
        begin = int(asked[1]) if asked else 0
        end = int(asked[2]) + 1 if asked and asked[2] else len(self.data)
        answer(Asked(connection, line[2], self.data, begin, end, bool(asked)))

    def stop(self):
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self._thread.join()
