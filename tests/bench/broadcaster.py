#!/usr/bin/env python3
"""What `alluvium-broadcaster` makes of a folder a second, beside ffprobe and sha256sum on the same
files, and how long `check` takes for many items. The files are in memory (page cache) each time."""

import argparse
import os
import pathlib
import resource
import subprocess
import tempfile
import time

from common import BUILD, machine
from parts.nginx import Nginx

BROADCASTER = BUILD / "gateway/broadcaster/alluvium-broadcaster"


def encode(file, seconds, options):
    """Noise, so that no encoder can save anything."""
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i",
                    f"anoisesrc=d={seconds}:a=0.3:seed=1", "-ac", "2", *options, file], check=True,
                   stdin=subprocess.DEVNULL)


def make_folder(folder, count, seconds, extension, options):
    """`count` files that differ in their first and last bytes: of one encoding, for time's sake."""
    folder.mkdir()
    first = folder / f"0000.{extension}"
    encode(first, seconds, options)
    data = first.read_bytes()
    for number in range(1, count):
        (folder / f"{number:04}.{extension}").write_bytes(data)
    for file in folder.iterdir():
        os.utime(file, (1_600_000_000, 1_600_000_000))
    return sorted(folder.iterdir()), len(data) * count


def timed(command):
    """(seconds, processor seconds) of a command that has to succeed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    subprocess.run(list(map(str, command)), check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    took = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def show(name, total_bytes, times):
    took, used = times
    print(f"{name:<44} {total_bytes / 1e6 / took:8.0f} MB/s   {took:7.2f} s   "
          f"{used:7.2f} s of processor", flush=True)


def scan(folder, files, total_bytes):
    init = [BROADCASTER, "init", folder, "--base", "http://127.0.0.1:9/", "-q"]
    for file in files:
        file.read_bytes()
    shell = ["sh", "-c", 'for file; do "$0" -v error -count_packets -show_entries '
             'stream=nb_read_packets:format=duration:format_tags "$file" || exit; done', "ffprobe"]
    show("init, first run", total_bytes, timed(init))
    show("init, again, nothing changed", total_bytes, timed(init))
    show("init, everything again (--rescan)", total_bytes, timed([*init, "--rescan"]))
    show("ffprobe -count_packets, one after the other", total_bytes, timed([*shell, *files]))
    show("sha256sum", total_bytes, timed(["sha256sum", *files]))


def check(root, folder, count):
    for file in folder.iterdir():
        if not file.suffix.startswith(".mp3"):
            file.unlink()
    server = Nginx(root / "nginx", root)
    try:
        base = server.url(folder.name)
        subprocess.run([BROADCASTER, "init", folder, "--base", base, "-q"], check=True,
                       capture_output=True)
        for options in ([], ["--jobs", "1"], ["--whole"]):
            took, used = timed([BROADCASTER, "check", base + "/playlist.rss", *options])
            print(f"check of {count} items {' '.join(options):<12} {took:7.2f} s   "
                  f"{used:7.2f} s of processor   {len(server.requests())} requests so far",
                  flush=True)
    finally:
        server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=60, help="of each format, for the scan")
    parser.add_argument("--items", type=int, default=1_000, help="for check")
    given = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(prefix="alluvium-bench-") as temporary:
        root = pathlib.Path(temporary)
        for extension, options in (("mp3", ["-b:a", "192k"]), ("ogg", ["-c:a", "libvorbis"]),
                                   ("flac", [])):
            files, total = make_folder(root / extension, given.files, 240, extension, options)
            print(f"{len(files)} files of .{extension}, {total / 1e6:.0f} MB")
            scan(root / extension, files, total)
        make_folder(root / "short", given.items, 20, "mp3", ["-b:a", "128k"])
        check(root, root / "short", given.items)


if __name__ == "__main__":
    main()
