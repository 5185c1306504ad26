"""The source's end of a live show: the station's program, and those that send to it."""

import os
import shutil
import signal
import urllib.parse

from parts.alluvium import program
from parts.process import Program

PASSWORD = "correct horse battery"


class LiveStation(Program):
    """An `alluvium-broadcaster live` that publishes `playlist` in a folder of an origin."""

    def __init__(self, playlist, base, password_file, *, options=(), name="live"):
        password_file.write_text(PASSWORD + "\n")
        super().__init__([program("alluvium-broadcaster"), "live", playlist, "--base", base,
                          "--listen", "127.0.0.1:0", "--password-file", password_file, *options],
                         name=name)
        self.mount = self.line(r"^sources send to (\S+);", stream="stderr")[1]

    @property
    def source_address(self):
        """(host, port)."""
        parts = urllib.parse.urlsplit(self.mount)
        return parts.hostname, parts.port


class Ffmpeg(Program):
    """Sends a file as it is, as fast as it is heard; without `paced` as fast as it is taken."""

    def __init__(self, station, path, *, legacy=False, paced=True, password=PASSWORD):
        kind, mime = {"mp3": ("mp3", "audio/mpeg"), "ogg": ("ogg", "application/ogg"),
                      "aac": ("adts", "audio/aac")}[str(path).rsplit(".", 1)[-1]]
        host, port = station.source_address
        super().__init__(
            ["ffmpeg", "-nostdin", "-v", "warning", *(["-re"] if paced else []), "-i", path,
             "-c", "copy", "-f", kind, *(["-id3v2_version", "0"] if kind == "mp3" else []),
             "-content_type", mime, "-legacy_icecast", "1" if legacy else "0",
             "-ice_name", "Evening Show",
             f"icecast://source:{urllib.parse.quote(password)}@{host}:{port}/live"],
            name="ffmpeg")

    def fall_silent(self):
        """Its connection stays, and nothing comes any more."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def go_on(self):
        os.kill(self.process.pid, signal.SIGCONT)


def has_tool(name):
    return shutil.which(name) is not None
