"""What `flash_crowd.py` measures with: listeners, each with a player that keeps what it hears, all
watched by the calling thread alone, so that little of the machine goes to whoever measures."""

import bisect
import dataclasses
import os
import re
import selectors
import signal
import socket
import subprocess
import time
import urllib.parse

from parts.alluvium import program
from parts.framing import NotMedia, is_muted, is_silence, main_data, mp3_frames
from parts.http import ask
from parts.process import NotInTime, bracketed

# A player that began with its first byte is given that much grace by its own buffer.
GRACE_SECONDS = 0.2
# What is wrong so near to a change of items is a gap at the seam: a second.
FRAMES_AT_SEAM = 38


class Watch:
    """Reads from whatever has something to be read, while it is told to wait."""

    def __init__(self):
        self._selector = selectors.DefaultSelector()

    def add(self, file, on_readable):
        self._selector.register(file, selectors.EVENT_READ, on_readable)

    def drop(self, file):
        self._selector.unregister(file)

    def turn(self, seconds=0.0):
        """Waits until something can be read, and reads it."""
        for key, _ in self._selector.select(max(0.0, seconds)):
            key.data()

    def until(self, predicate, timeout, what):
        deadline = time.time() + timeout
        while not predicate():
            if time.time() > deadline:
                raise NotInTime(f"not within {timeout:g} s: {what}")
            self.turn(0.02)

    def wait(self, seconds):
        end = time.time() + seconds
        while (left := end - time.time()) > 0:
            self.turn(left)


class RecordedListener:
    """An `alluvium` with a peer port at an address of its own. A player asks it for the stream as
    soon as it has said where that is. Times are Unix times; `Workshop.started` ends it."""

    def __init__(self, watch, playlist, *, gateway, share, address, cache, log, name):
        self.name = name
        self.address = address
        self.is_victim = False  # Killed or frozen: nothing is asked of it.
        self.asked = None
        self.body = bytearray()
        self.arrivals = []  # (Unix time, bytes of the body until then)
        self.ended = None  # When the stream did.
        self._watch = watch
        self._said = b""
        self._head = b""
        self._player = None
        self._is_ending = False
        self._log = log
        command = [program("alluvium"), "--listen", "127.0.0.1:0", "--peer-listen",
                   f"{bracketed(address)}:0", "--map-port", "off", "--cache", cache,
                   "--gateway", gateway, "--share", share, playlist]
        self.command = [str(part) for part in command]
        with open(log, "wb") as errors:
            self.began = time.time()
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL,
                                            stdout=subprocess.PIPE, stderr=errors)
        watch.add(self.process.stdout, self._on_said)

    def _on_said(self):
        part = os.read(self.process.stdout.fileno(), 65536)
        self._said += part
        if not part:
            self._watch.drop(self.process.stdout)
        url = re.search(rb"^stream (\S+)\n", self._said, re.MULTILINE)
        if url and self._player is None and not self.is_victim:
            self._ask_for(urllib.parse.urlsplit(url[1].decode()))

    def _ask_for(self, url):
        self._local = f"http://{url.netloc}"
        self.asked = time.time()
        self._player = socket.create_connection((url.hostname, url.port), timeout=20)
        self._player.sendall(f"GET {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n".encode())
        self._player.setblocking(False)
        self._watch.add(self._player, self._on_heard)

    def _on_heard(self):
        try:
            part = self._player.recv(262144)
        except BlockingIOError:
            return
        except OSError:
            part = b""
        now = time.time()
        if not part:
            self.ended = now
            self._watch.drop(self._player)
            return
        if self._head is not None:
            self._head += part
            if b"\r\n\r\n" not in self._head:
                return
            part = self._head.split(b"\r\n\r\n", 1)[1]
            self._head = None
        if part:
            self.body += part
            self.arrivals.append((now, len(self.body)))

    @property
    def is_ready(self):
        return self._player is not None

    def status(self):
        return ask("GET", self._local + "/status.json").json()

    def arrived(self, position):
        """When the body's byte at `position` came."""
        return self.arrivals[bisect.bisect_right(self.arrivals, position,
                                                 key=lambda arrival: arrival[1])][0]

    def hang_up(self):
        """The player leaves."""
        if self._player is not None and self.ended is None:
            self._watch.drop(self._player)
            self.ended = time.time()
        if self._player is not None:
            self._player.close()

    def strike(self, number):
        """SIGKILL or SIGSTOP, as a power cut or a lid would have it."""
        self.is_victim = True
        self._is_ending = True
        self.process.send_signal(number)

    def begin_to_end(self):
        """Asks it to end; `stop` waits for that."""
        self.hang_up()
        self._is_ending = True
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL if self.is_victim else signal.SIGTERM)

    def stop(self):
        self.begin_to_end()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise NotInTime(f"{self.name} did not end") from None
        finally:
            if not self.process.stdout.closed:
                try:
                    self._watch.drop(self.process.stdout)
                except KeyError:
                    pass
                self.process.stdout.close()

    def complaint(self):
        """What is wrong with how it fared so far, or nothing."""
        status = self.process.poll()
        if status is None or (status < 0 and -status in (signal.SIGKILL, signal.SIGTERM)):
            return None
        if status < 0:
            return f"{self.name} ended with {signal.Signals(-status).name}"
        return None if self._is_ending else f"{self.name} ended by itself with status {status}"

    def story(self, lines=40):
        with open(self._log, encoding="utf-8", errors="replace") as log:
            said = log.read().splitlines()[-lines:]
        return "\n".join([f"--- {self.name}: {' '.join(self.command)}", *said])


@dataclasses.dataclass
class Heard:
    """How one player fared. Without `first_audio` it heard none."""

    first_audio: float | None = None  # Unix time of the first whole frame's first byte.
    skipped_bytes: int = 0  # Frames of the file that were left out, or silence put in.
    late_bytes: int = 0  # Frames that a player which began with the first had to wait for.
    late_seconds: float = 0.0  # The longest of these waits, as far as it is known.
    late_from: tuple | None = None  # Where in the file the first of them is, and when it was needed.
    false_bytes: int = 0  # What is no frame of the files, nor silence: all, if it has no frames.
    seam_gaps: int = 0  # Seams at which something was left out, put in or late.
    fault: str | None = None

    def complaint(self, since):
        """What was wrong with it, or nothing. Times are told from `since` on."""
        if self.fault or self.first_audio is None:
            return self.fault or "heard nothing"
        if self.skipped_bytes == self.late_bytes == 0:
            return None
        said = f"{self.skipped_bytes} bytes skipped, {self.late_bytes} late"
        if self.late_from is not None:
            said += (f", by at most {1000 * self.late_seconds:.0f} ms; the first is byte "
                     f"{self.late_from[0]}, needed at {self.late_from[1] - since:.2f} s")
        return said


class Judge:
    """Knows what a player ought to hear of MP3 files on air, one behind the other: some run of their
    frames without a gap, each in time for a player that began with the first one."""

    def __init__(self, sounds):
        self._frames = [frame for sound in sounds for frame in sound.frames]
        self._number = {frame.data: i for i, frame in enumerate(self._frames)}
        self._muted = {main_data(frame.data): i for i, frame in enumerate(self._frames)}
        self._seconds = [0.0]
        for frame in self._frames:
            self._seconds.append(self._seconds[-1] + frame.seconds)
        self._seams = set()  # Numbers of the frames with which a file begins.
        count = 0
        for sound in sounds[:-1]:
            count += len(sound.frames)
            self._seams.add(count)

    def _number_of(self, data, expected):
        # Several files may begin with the same frame.
        if expected is not None and expected < len(self._frames) and (
                self._frames[expected].data == data):
            return expected
        number = self._number.get(data)
        # Where the file is entered a frame may be muted.
        return self._muted.get(main_data(data)) if number is None and is_muted(data) else number

    def _bytes(self, first, last):
        return sum(len(frame.data) for frame in self._frames[first:last])

    def heard(self, listener, until):
        """What its player heard before `until`, when it ought to have heard on."""
        heard = Heard()
        try:
            frames = mp3_frames(bytes(listener.body), cut_end=True)
        except NotMedia as error:
            heard.fault = str(error)
            heard.false_bytes = len(listener.body)
            return heard
        entered = expected = None
        gaps = set()  # Numbers of frames where something is wrong.
        for frame in frames:
            number = self._number_of(frame.data, expected)
            if number is None:
                if not is_silence(frame.data):
                    heard.fault = f"what came at byte {frame.offset} is not the file's"
                    heard.false_bytes += len(frame.data)
                elif expected is not None:
                    heard.skipped_bytes += len(frame.data)
                    gaps.add(expected)
                continue
            if expected is None:
                entered = number
                heard.first_audio = listener.arrived(frame.offset)
            elif number != expected:
                heard.skipped_bytes += max(self._bytes(expected, number), len(frame.data))
                gaps.update((expected, number), range(expected, number))
            elif self._note(heard, listener.arrived(frame.offset + len(frame.data) - 1),
                            self._needed(heard, entered, number), self._frames[number]):
                gaps.add(number)
            expected = number + 1
        # What is due and never came.
        while expected is not None and expected < len(self._frames) and (
                self._needed(heard, entered, expected) < until):
            self._note(heard, until, self._needed(heard, entered, expected),
                       self._frames[expected])
            gaps.add(expected)
            expected += 1
        heard.seam_gaps = sum(any(i in gaps for i in range(seam - FRAMES_AT_SEAM,
                                                           seam + FRAMES_AT_SEAM))
                              for seam in self._seams)
        return heard

    @staticmethod
    def _note(heard, came, needed, frame):
        """Whether it was late."""
        if came <= needed:
            return False
        heard.late_bytes += len(frame.data)
        heard.late_from = heard.late_from or (frame.offset, needed - GRACE_SECONDS)
        heard.late_seconds = max(heard.late_seconds, came - needed + GRACE_SECONDS)
        return True

    def _needed(self, heard, entered, number):
        return (heard.first_audio + self._seconds[number] - self._seconds[entered] + GRACE_SECONDS)
