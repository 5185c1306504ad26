"""What `many_players.py` measures with: the players, an icecast2 with a source, and what the system
says a process has used."""

import contextlib
import json
import os
import pathlib
import re
import resource
import subprocess

from common import BUILD
from parts.process import NotInTime, Program, free_port

ICECAST_CONFIG = """<icecast>
  <limits><clients>{clients}</clients><sources>2</sources></limits>
  <authentication>
    <source-password>{password}</source-password>
    <admin-user>admin</admin-user>
    <admin-password>{password}</admin-password>
  </authentication>
  <hostname>localhost</hostname>
  <listen-socket><port>{port}</port><bind-address>127.0.0.1</bind-address></listen-socket>
  <paths>
    <logdir>{folder}</logdir>
    <webroot>/usr/share/icecast2/web</webroot>
    <adminroot>/usr/share/icecast2/admin</adminroot>
  </paths>
  <logging><accesslog>access.log</accesslog><errorlog>-</errorlog><loglevel>3</loglevel></logging>
  <security><chroot>0</chroot>{owner}</security>
</icecast>
"""
OWNER = "<changeowner><user>nobody</user><group>nogroup</group></changeowner>"


def raise_descriptor_limit():
    """For this process and all it starts."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


@contextlib.contextmanager
def on_core(number):
    """What is started inside runs on this core only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {number})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Icecast(Program):
    """An icecast2 as Debian configures it, but for the number of clients; `feed` makes its one
    mount, `stream_url`."""

    def __init__(self, folder, clients):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        self.folder.chmod(0o777)
        for attempt in range(5):
            port = free_port()
            password = os.urandom(8).hex()
            config = self.folder / "icecast.xml"
            config.write_text(ICECAST_CONFIG.format(
                folder=self.folder, port=port, clients=clients, password=password,
                owner=OWNER if os.geteuid() == 0 else ""))
            config.chmod(0o644)
            super().__init__(["icecast2", "-c", config], name="icecast2")
            self.stream_url = f"http://127.0.0.1:{port}/stream"
            self._source_url = f"icecast://source:{password}@127.0.0.1:{port}/stream"
            try:
                self.line("Icecast 2.* server started", stream="stderr")
                return
            except NotInTime:
                self.stop()
                if attempt == 4:
                    raise

    def feed(self, file):
        """The source: sends `file` again and again, at the pace of its sound."""
        return Program(["ffmpeg", "-v", "error", "-nostdin", "-re", "-stream_loop", "-1", "-i", file,
                        "-c", "copy", "-map_metadata", "-1", "-id3v2_version", "0", "-write_xing",
                        "0", "-f", "mp3", "-content_type", "audio/mpeg", self._source_url],
                       name="source")


class Crowd:
    """`many-players`: joins all at once, and reports what its players have met since it was last
    asked."""

    def __init__(self, stream_url, players, *, titles=False):
        address, port, path = re.fullmatch(r"http://([^:/]+):(\d+)(/.*)", stream_url).groups()
        command = [BUILD / "tests" / "bench" / "many-players", address, port, path, str(players)]
        self._process = subprocess.Popen(command + (["titles"] if titles else []),
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.players = players

    def report(self):
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise AssertionError(f"many-players ended with status {self._process.wait()}")
        return json.loads(answer)

    def stop(self):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def memory_bytes(pid):
    """What it alone is charged for: its own pages and its share of others' (PSS)."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as lines:
        values = dict(line.split(":", 1) for line in lines if line.count(":") == 1)
    return int(values["Pss"].split()[0]) * 1024
