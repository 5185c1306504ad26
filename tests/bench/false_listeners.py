"""Listeners of a crowd that only do harm, all in one process, so that they take little of the machine
from those that are measured: liars, who serve bytes that are not the files', and withholders, who
accept and never answer. They announce themselves as listeners do and answer the gateway when it
calls back; every other one says from the first moment on that it holds everything, the others ask
for what they want, and say a moment later that they have what they were sent for.

Run as a program it reads what `FalseListeners` writes, JSON and then a line for each that is to
join, and writes what they have done once its input ends."""

import asyncio
import json
import pathlib
import re
import socket
import subprocess
import sys
import urllib.parse

CHUNK = 16384
# What a line at home sends; the first chunk goes out at once.
SECONDS_A_CHUNK = CHUNK * 8 / 10e6
UP_BPS = 100_000_000
# As many as the gateway answers.
WANTED_CHUNKS = 256
LONGEST_PAUSE = 20
TCP_INFO_BYTES = 256
# Of `struct tcp_info`: a 64-bit number of what the other side's kernel has taken.
BYTES_ACKED_AT = 120


class FalseFile:
    """What they serve of a file: frames that a player would take, only the hash can tell."""

    def __init__(self, path, urn, position):
        data = bytearray(pathlib.Path(path).read_bytes())
        for i in range(50, len(data), 100):
            data[i] ^= 1
        self.data = memoryview(bytes(data))
        self.urn = urn
        self.chunks = -(-len(data) // CHUNK)
        self.first_wanted = int(position * self.chunks)


class Service(asyncio.Protocol):
    """One connection to one of them."""

    def __init__(self, owner):
        self._owner = owner
        self._said = b""
        self._heads = 0  # Bytes.
        self._bodies = 0
        self._rest = None
        self._timer = None

    def connection_made(self, transport):
        self._transport = transport
        self._victim = transport.get_extra_info("peername")[0]

    def data_received(self, data):
        self._said += data
        while b"\r\n\r\n" in self._said:
            head, self._said = self._said.split(b"\r\n\r\n", 1)
            self._answer(head.decode("latin-1"))

    def _answer(self, head):
        method, target, _ = head.split("\r\n", 1)[0].split(" ", 2)
        file = self._owner.files.get(target.partition("?")[2])
        if file is None or not target.startswith("/uri-res/N2R?"):
            return self._say("404 Not Found", 0)
        is_test = method == "HEAD"
        if self._owner.withholds and not is_test:
            self._owner.count(self._victim, requests=1)
            return None
        asked = re.search(r"^range: bytes=(\d+)-(\d*)", head, re.IGNORECASE | re.MULTILINE)
        size = len(file.data)
        first = int(asked[1]) if asked else 0
        last = min(int(asked[2]) if asked and asked[2] else size - 1, size - 1)
        self._say("206 Partial Content", last + 1 - first,
                  f"Content-Range: bytes {first}-{last}/{size}\r\nAccept-Ranges: bytes\r\n")
        if not is_test:
            self._owner.count(self._victim, requests=1)
            self._rest = file.data[first:last + 1]
            self._send()
        return None

    def _say(self, status, length, more=""):
        head = (f"HTTP/1.1 {status}\r\nContent-Type: application/octet-stream\r\n"
                f"Content-Length: {length}\r\n{more}\r\n").encode()
        self._heads += len(head)
        self._transport.write(head)

    def _send(self):
        piece, self._rest = self._rest[:CHUNK], self._rest[CHUNK:]
        self._bodies += len(piece)
        self._transport.write(piece)
        if len(self._rest):
            self._timer = asyncio.get_running_loop().call_later(SECONDS_A_CHUNK, self._send)

    def connection_lost(self, _):
        if self._timer:
            self._timer.cancel()
        if self._bodies:
            info = self._transport.get_extra_info("socket").getsockopt(
                socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_BYTES)
            taken = int.from_bytes(info[BYTES_ACKED_AT:BYTES_ACKED_AT + 8], sys.byteorder)
            self._owner.count(self._victim,
                              taken=min(max(0, taken - self._heads), self._bodies))


class FalseListener:
    """One of them; it listens from its making on, and takes part from `join` on."""

    def __init__(self, files, gateway, address, *, withholds, holds_all):
        self.files = files
        self.withholds = withholds
        self.victims = {}  # By address: how often it asked, and how many false bytes it took.
        self.announcements = 0
        self._gateway = urllib.parse.urlsplit(gateway)
        self._address = address
        self._holds_all = holds_all
        self._claimed = {urn: set() for urn in files}

    async def listen(self):
        server = await asyncio.get_running_loop().create_server(
            lambda: Service(self), self._address, 0)
        self._port = server.sockets[0].getsockname()[1]

    def count(self, victim, requests=0, taken=0):
        before = self.victims.get(victim, (0, 0))
        self.victims[victim] = (before[0] + requests, before[1] + taken)

    async def join(self):
        """Announces itself again and again, when the gateway says."""
        while True:
            try:
                await self._keep_announcing(
                    *await asyncio.open_connection(self._gateway.hostname, self._gateway.port,
                                                   local_addr=(self._address, 0)))
            except (OSError, asyncio.IncompleteReadError, json.JSONDecodeError):
                await asyncio.sleep(1)

    async def _keep_announcing(self, reader, writer):
        try:
            while True:
                body = json.dumps(self._announcement()).encode()
                writer.write(f"POST /gateway/announce HTTP/1.1\r\nHost: {self._gateway.netloc}\r\n"
                             "Content-Type: application/json\r\n"
                             f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                length = re.search(r"^content-length: (\d+)", head, re.IGNORECASE | re.MULTILINE)
                answer = json.loads(await reader.readexactly(int(length[1]) if length else 0))
                self.announcements += 1
                self._claim(answer.get("from", []))
                await asyncio.sleep(min(answer["interval_ms"] / 1000, LONGEST_PAUSE))
        finally:
            writer.close()

    def _announcement(self):
        holdings = [{"urn": file.urn, "available": self._available(file)}
                    for file in self.files.values()]
        wants = [] if self._holds_all else filter(None, map(self._want, self.files.values()))
        return {"port": self._port, "up_bps": UP_BPS, "holdings": holdings, "want": list(wants)}

    def _available(self, file):
        claimed = self._claimed[file.urn]
        if self._holds_all or len(claimed) == file.chunks:
            return "all"
        return "bytes " + as_ranges(claimed, len(file.data)) if claimed else "none"

    def _want(self, file):
        claimed = self._claimed[file.urn]
        order = [*range(file.first_wanted, file.chunks), *range(file.first_wanted)]
        wanted = [chunk for chunk in order if chunk not in claimed][:WANTED_CHUNKS]
        return {"urn": file.urn, "bytes": as_ranges(wanted, len(file.data)),
                "by_ms": 300} if wanted else None

    def _claim(self, told):
        """It has never had what it was sent for, from the origin or from others."""
        urn = None
        for entry in told:
            urn = entry.get("urn", urn)
            if entry["source"] != "wait" and urn in self._claimed:
                for part in entry["bytes"].split(","):
                    first, last = map(int, part.split("-"))
                    self._claimed[urn].update(range(first // CHUNK, last // CHUNK + 1))


def as_ranges(chunks, size):
    """`0-16383,32768-49151`, ascending."""
    said = []
    for chunk in sorted(chunks):
        if said and said[-1][1] == chunk:
            said[-1][1] = chunk + 1
        else:
            said.append([chunk, chunk + 1])
    return ",".join(f"{first * CHUNK}-{min(end * CHUNK, size) - 1}" for first, end in said)


async def run(lines):
    given = json.loads(await lines.readline())
    files = {file["urn"]: FalseFile(**file) for file in given["files"]}
    listeners = [FalseListener(files, given["gateway"], **one) for one in given["listeners"]]
    for listener in listeners:
        await listener.listen()
    print("ready", flush=True)
    joined = []
    while line := await lines.readline():
        joined.append(asyncio.create_task(listeners[int(line)].join()))
    for task in joined:
        task.cancel()
    # What is still open has been served, too.
    await asyncio.sleep(0.2)
    print(json.dumps([{"withholds": one.withholds, "announcements": one.announcements,
                       "victims": one.victims} for one in listeners]), flush=True)


async def main():
    lines = asyncio.StreamReader(limit=1 << 20)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    await run(lines)


class FalseListeners:
    """That program. `listeners`: address, withholds and holds_all of each; `files`: path, urn and
    position (which part of it is over) of each."""

    name = "false-listeners"

    def __init__(self, gateway, files, listeners):
        self._process = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True)
        self._say(json.dumps({"gateway": gateway, "files": files, "listeners": listeners}))
        if self._process.stdout.readline() != "ready\n":
            raise AssertionError("the false listeners do not start")

    def _say(self, line):
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def join(self, number):
        """The one at that place of the list takes part from now on."""
        self._say(str(number))

    def report(self):
        """Ends them: for each what it has done."""
        self._process.stdin.close()
        said = self._process.stdout.readline()
        self._process.wait(20)
        return json.loads(said)

    def stop(self):
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()

    def complaint(self):
        status = self._process.poll()
        return f"{self.name} ended with status {status}" if status not in (None, 0, -9) else None

    def story(self):
        return f"--- {self.name}: status {self._process.poll()}"


if __name__ == "__main__":
    asyncio.run(main())
