"""What a flash crowd comes to: nginx with one file or a schedule of several, a gateway that knows
them all, and the playlist."""

import dataclasses
import re
import time

from common import noise
from parts import thex
from parts.alluvium import broadcast_init
from parts.http import ask
from parts.station import w3cdtf
from recorded import Watch

SONG = "song.mp3"
# What is on began that long before anybody joins: alone, and as the first of several items.
POSITION = 20
POSITION_IN_FIRST = 5
# What is not due before then is not urgent.
URGENT_SECONDS = 3


@dataclasses.dataclass
class Station:
    """Its sounds follow each other from `begins`, a Unix time, on."""

    origin: object
    gateway: object
    sounds: list
    playlist: str
    begins: float
    hashing_copies: float = 0

    @property
    def size(self):
        """Of all files together, in bytes."""
        return sum(len(sound.data) for sound in self.sounds)

    @property
    def position(self):
        """Seconds of the first item that are over when the crowd comes."""
        return POSITION if len(self.sounds) == 1 else POSITION_IN_FIRST

    @property
    def starts(self):
        """When each item is on air, and when the last one is over."""
        moments = [self.begins]
        for sound in self.sounds:
            moments.append(moments[-1] + sound.seconds)
        return moments

    def sent_bytes(self):
        """What nginx has sent of the files so far."""
        return sum(self.origin.body_bytes(sound.name) for sound in self.sounds)


def song(shop, given):
    """An nginx, and the file that it serves."""
    origin = shop.origin(extra="location = /connections { stub_status; }")
    return origin, origin.station.add(SONG, noise("mp3", given.seconds, 41))


def set_up(shop, given):
    """One file as `alluvium-broadcaster` makes it, with the tree's name in the playlist and the leaf
    row beside the file, unless `--unnamed`; or several in a playlist that it has made."""
    station = schedule(shop, given) if given.items > 1 else single(shop, given)
    for sound in station.sounds:
        station.gateway.facts(station.origin.url(sound.name))
    await_quiet(station.origin)
    station.hashing_copies = station.sent_bytes() / station.size
    return station


def single(shop, given):
    origin, sound = song(shop, given)
    if not given.unnamed:
        (origin.station.folder / f"{SONG}.thex").write_bytes(b"".join(thex.leaf_row(sound.data)))
    begins = time.time() - POSITION
    playlist = origin.station.publish_run([sound], offset=0, now=begins, named=not given.unnamed)
    return Station(origin, shop.gateway(playlist), [sound], playlist, begins)


def schedule(shop, given):
    """A loop, as `alluvium-broadcaster init` makes it without `--start`, in which the first item is
    on. It counts from midnight; only that instant is changed."""
    origin = shop.origin(extra="location = /connections { stub_status; }")
    sounds = [origin.station.add(f"item-{i + 1:02}.mp3", noise("mp3", given.seconds, 50 + i))
              for i in range(given.items)]
    folder = origin.station.folder
    done = broadcast_init(folder, origin.base)
    if done.returncode != 0:
        raise AssertionError(f"alluvium-broadcaster init: {done.stderr}")
    playlist = folder / "playlist.rss"
    begins = time.time() - POSITION_IN_FIRST
    text, count = re.subn("<dc:date>.*?</dc:date>", f"<dc:date>{w3cdtf(begins)}</dc:date>",
                          playlist.read_text())
    if count != 1:
        raise AssertionError(f"the playlist counts from {count} instants")
    playlist.write_text(text)
    return Station(origin, shop.gateway(origin.base + playlist.name), sounds,
                   origin.base + playlist.name, begins)


def await_quiet(origin, timeout=20):
    """Waits until it answers nobody else: only then has it logged all it has sent."""
    deadline = time.time() + timeout
    watch = Watch()
    while "Reading: 0 Writing: 1 " not in ask("GET", origin.url("connections")).body.decode():
        if time.time() > deadline:
            raise AssertionError("the origin is still answering")
        watch.wait(0.05)


def later_items(station, since):
    """Of each item but the first what was asked of nginx from the Unix time `since` on: its copies,
    requests, how many of these were made when it was on air or due within `URGENT_SECONDS`, and by
    how many seconds the last one was made before it was on air."""
    found = []
    for sound, starts in list(zip(station.sounds, station.starts))[1:]:
        requests = [r for r in station.origin.requests(sound.name)
                    if r.began >= since and r.body_bytes > 0]
        found.append({
            "name": sound.name,
            "copies": sum(r.body_bytes for r in requests) / len(sound.data),
            "requests": len(requests),
            "urgent": sum(r.began > starts - URGENT_SECONDS for r in requests),
            "spare_s": min((starts - r.began for r in requests), default=None)})
    return found
