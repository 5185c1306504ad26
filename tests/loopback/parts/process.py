"""Programs under test: started, listened to, ended."""

import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
BUILD = pathlib.Path(os.environ.get("ALLUVIUM_BUILD", ROOT / "build")).resolve()

# How long a program may take for something it ought to do at once. Generous, since the machine may
# be busy and the program sanitized: nothing is measured by it.
PATIENCE = 60.0

SANITIZER_REPORT = re.compile(r"(ERROR|WARNING): \w+Sanitizer|runtime error:")


class NotInTime(AssertionError):
    """What was waited for did not come about."""


def eventually(predicate, timeout=PATIENCE, what=None):
    """Looks again and again until `predicate()` is true; returns what it returned."""
    deadline = time.monotonic() + timeout
    pause = threading.Event()
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() > deadline:
            raise NotInTime(f"not within {timeout:g} s: {what or predicate}")
        pause.wait(0.02)


def bracketed(address):
    """An address as it is written before a port: `[::1]`, `127.0.0.1`."""
    return f"[{address}]" if ":" in address else address


def free_port(address="127.0.0.1"):
    """A port nobody listens on just now; for programs that cannot choose one themselves."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


class Program:
    """One process. Its output is read by threads, so it never stands still on a full pipe, and
    lines can be waited for. Whoever makes it must `stop` it."""

    def __init__(self, command, *, name=None, cwd=None, environment=None):
        self.name = name or pathlib.Path(command[0]).name
        self.command = [str(part) for part in command]
        self.began = time.monotonic()
        self.ending = False
        self._news = threading.Condition()
        self._lines = {"stdout": [], "stderr": []}
        self._open = 2
        self.process = subprocess.Popen(
            self.command, cwd=cwd, env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self._readers = [
            threading.Thread(target=self._read, args=(stream, name), daemon=True)
            for stream, name in ((self.process.stdout, "stdout"), (self.process.stderr, "stderr"))]
        for reader in self._readers:
            reader.start()

    def _read(self, stream, name):
        for line in stream:
            with self._news:
                self._lines[name].append(line.decode(errors="replace").rstrip("\n"))
                self._news.notify_all()
        stream.close()
        with self._news:
            self._open -= 1
            self._news.notify_all()

    @property
    def stdout(self):
        with self._news:
            return list(self._lines["stdout"])

    @property
    def stderr(self):
        with self._news:
            return list(self._lines["stderr"])

    @property
    def running(self):
        return self.process.poll() is None

    def line(self, pattern, *, stream="stdout", timeout=PATIENCE):
        """The match of the first line that `pattern` (a regular expression) is found in."""
        found = None

        def look():
            nonlocal found
            found = next(filter(None, (re.search(pattern, text) for text in self._lines[stream])),
                         None)
            return found or not self._open

        with self._news:
            self._news.wait_for(look, timeout)
        if not found:
            raise NotInTime(f"{self.name} said no line like {pattern!r} on {stream}\n{self.story()}")
        return found

    def wait(self, timeout=PATIENCE):
        """Its exit status, once it has ended of its own accord and all it said has been read."""
        self.ending = True
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise NotInTime(f"{self.name} still runs after {timeout:g} s\n{self.story()}") from None
        for reader in self._readers:
            reader.join(PATIENCE)
        return status

    def stop(self, number=signal.SIGTERM, timeout=PATIENCE):
        """Ends it with a signal, for good in the end; returns the exit status."""
        self.ending = True
        if self.running:
            self.process.send_signal(number)
        try:
            return self.wait(timeout)
        except NotInTime:
            self.process.kill()
            self.wait()
            raise

    def kill(self):
        """Ends it as a power cut would."""
        return self.stop(signal.SIGKILL)

    def complaint(self):
        """What is wrong with how it fared so far, or nothing."""
        if any(SANITIZER_REPORT.search(line) for line in self.stderr):
            return f"{self.name} was caught by a sanitizer"
        status = self.process.poll()
        if status is not None and not self.ending:
            return f"{self.name} ended by itself with status {status}"
        if status is not None and status < 0 and -status in (
                signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE):
            return f"{self.name} crashed with {signal.Signals(-status).name}"
        return None

    def story(self, lines=60):
        """What it said, for whoever reads of a failure."""
        parts = [f"--- {self.name}: {' '.join(self.command)}"]
        status = self.process.poll()
        parts.append("still running" if status is None else f"ended with status {status}")
        for name in ("stdout", "stderr"):
            said = self._lines[name]
            if len(said) > lines:
                parts.append(f"{name}: ({len(said) - lines} lines before)")
            parts += [f"{name}: {text}" for text in said[-lines:]]
        return "\n".join(parts)
