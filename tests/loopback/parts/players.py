"""Programs that others wrote, as players of a stream. None of them needs a sound card."""

import os
import re

from parts.process import Program


def mpg123(url, *options):
    return Program(["mpg123", "-w", "/dev/null", *options, url], name="mpg123")


def ffmpeg(url, seconds, *, into="null", options=()):
    """Decodes so much, says only what is wrong, and ends."""
    return Program(["ffmpeg", "-v", "error", "-i", url, "-t", str(seconds), *options, "-f", into,
                    "-y", "/dev/null"], name="ffmpeg")


def mpv(url, *options):
    """Says where it is, in seconds, and what it shows for a title: `at 7.25 |Title|`."""
    return Program(["mpv", "--no-config", "--no-video", "--ao=null",
                    "--term-status-msg=at ${=time-pos} |${media-title}|\n", *options, url],
                   name="mpv")


def vlc(url, home, *options):
    """Debug messages and all: VLC says little else. `home` is a folder of its own."""
    home.mkdir()
    home.chmod(0o777)
    command = ["vlc", "-I", "dummy", "-vv", "--no-color", "--aout", "adummy", *options, url]
    if os.geteuid() == 0:  # VLC refuses to run as root.
        command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command]
    return Program(command, name="vlc", environment={"HOME": str(home)})


def complaints_of_mpv(program):
    """What it says is wrong. That a silent device runs dry on a busy machine is not."""
    return [line for line in program.stdout + program.stderr
            if re.search("(?i)error|invalid|corrupt|failed|warn", line)]
