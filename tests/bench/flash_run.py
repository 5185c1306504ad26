"""One run of `flash_crowd.py`: listeners that all join at once, and what may befall them."""

import dataclasses
import math
import signal
import time

from common import noise, processor_seconds
from parts import thex
from parts.http import ask
from recorded import Judge, RecordedListener, Watch

SONG = "song.mp3"
# What is on began that long before anybody joins.
POSITION = 20
# How long the players are listened to after a fault.
AFTERMATH = 20
PATIENCE = 120
SLOW_SHARE = "64k"  # Half the bit rate.


@dataclasses.dataclass
class Station:
    """An nginx, a gateway that knows the file, and the playlist."""

    origin: object
    gateway: object
    sound: object
    playlist: str
    hashing_copies: float


def song(shop, given):
    """An nginx, and the file that it serves."""
    origin = shop.origin(extra="location = /connections { stub_status; }")
    return origin, origin.station.add(SONG, noise("mp3", given.seconds, 41))


def set_up(shop, given):
    """As `alluvium-broadcaster` makes it: with the tree's name in the playlist and the leaf row
    beside the file, unless `--unnamed`."""
    origin, sound = song(shop, given)
    if not given.unnamed:
        (origin.station.folder / f"{SONG}.thex").write_bytes(b"".join(thex.leaf_row(sound.data)))
    playlist = origin.station.publish_run([sound], offset=POSITION, named=not given.unnamed)
    gateway = shop.gateway(playlist)
    gateway.facts(origin.url(SONG))
    await_quiet(origin)
    return Station(origin, gateway, sound, playlist, origin.body_bytes(SONG) / len(sound.data))


def await_quiet(origin, timeout=20):
    """Waits until it answers nobody else: only then has it logged all it has sent."""
    deadline = time.time() + timeout
    watch = Watch()
    while "Reading: 0 Writing: 1 " not in ask("GET", origin.url("connections")).body.decode():
        if time.time() > deadline:
            raise AssertionError("the origin is still answering")
        watch.wait(0.05)


def all_body_bytes(origin):
    return sum(request.body_bytes for request in origin.requests())


def is_chosen(number, part):
    """Whether that listener is of such a part, which is spread evenly over all."""
    return math.floor((number + 1) * part) > math.floor(number * part)


def peer_address(number):
    return f"127.0.{1 + number // 200}.{1 + number % 200}"


class Crowd:
    """The listeners of one run, from the start of the first to the end of the last."""

    def __init__(self, shop, station, given):
        self.listeners = []
        self._shop = shop
        self._station = station
        self._given = given
        self._watch = Watch()
        self._first = None  # Unix time of the first one's start.
        self._gateway_seconds = None
        self._complete_at = {}  # By listener: Unix time when it was first seen to have all.
        self._events = []  # (seconds after the first start, what to do), the next one last.
        if given.gateway_dies_at is not None:
            self._events.append((given.gateway_dies_at, self._end_gateway))
        if given.kill or given.stop:
            self._events.append((given.at, self._strike))
        self._events.sort(key=lambda event: -event[0])
        self._last_event = self._events[0][0] if self._events else None
        self._is_struck = False

    def _start(self, number):
        listener = RecordedListener(
            self._watch, self._station.playlist, gateway=self._station.gateway.url,
            share=SLOW_SHARE if is_chosen(number, self._given.slow) else self._given.share,
            address=peer_address(number),
            cache=self._shop.fresh("cache"), log=self._shop.fresh("log"),
            name=f"listener-{number}")
        self._shop.started(listener)
        self.listeners.append(listener)
        if self._first is None:
            self._first = listener.began
        if self._is_struck:
            self._strike_one(number)

    def _strike_one(self, number):
        """Victims are spread evenly, each in its turn killed or frozen."""
        for part, name in ((self._given.kill, signal.SIGKILL), (self._given.stop, signal.SIGSTOP)):
            if is_chosen(number, part):
                self.listeners[number].strike(name)
                return

    def _strike(self):
        # Who comes later than that is struck as it comes.
        self._is_struck = True
        for number in range(len(self.listeners)):
            self._strike_one(number)

    def _end_gateway(self):
        self._gateway_seconds = processor_seconds(self._station.gateway.process.pid)
        self._station.gateway.kill()

    def _let_pass(self, seconds):
        """Time goes by, with what is to happen in it."""
        end = time.time() + seconds
        while True:
            now = time.time()
            if self._events and self._first and now - self._first >= self._events[-1][0]:
                self._events.pop()[1]()
            elif now >= end:
                return
            else:
                due = self._first + self._events[-1][0] if self._events and self._first else end
                self._watch.turn(min(due, end) - now)

    @property
    def survivors(self):
        return [listener for listener in self.listeners if not listener.is_victim]

    def _await_complete(self):
        """Asks one listener after the other, so that asking does not weigh on them."""
        deadline = time.time() + PATIENCE
        while True:
            left = [one for one in self.survivors if one not in self._complete_at]
            if not left and not self._events:
                return
            if time.time() > deadline:
                return
            for listener in left:
                self._let_pass(0.02)
                if listener.is_victim or not listener.is_ready:
                    continue
                chunks = listener.status()["chunks"]
                if chunks["total"] and chunks["held"] == chunks["total"]:
                    self._complete_at[listener] = time.time()
            self._let_pass(0.05)

    def run(self):
        """Figures by name; see README.md."""
        origin = self._station.origin
        gateway_before = processor_seconds(self._station.gateway.process.pid)
        song_before, sent_before = origin.body_bytes(SONG), all_body_bytes(origin)
        for number in range(self._given.listeners):
            self._start(number)
            self._let_pass(0)
        # Nobody is asked anything while most have their first sound before them.
        self._let_pass(3)
        self._await_complete()
        if self._last_event is not None:
            self._let_pass(self._first + self._last_event + AFTERMATH - time.time())
        until = time.time()
        for listener in self.listeners:
            listener.hang_up()
        if self._gateway_seconds is None:
            self._gateway_seconds = processor_seconds(self._station.gateway.process.pid)
        statuses = [listener.status() for listener in self.survivors]
        used = [processor_seconds(one.process.pid) for one in self.survivors]
        for listener in self.listeners:
            listener.begin_to_end()
        for listener in self.listeners:
            listener.stop()
        await_quiet(origin)
        return {
            "started_within_ms": 1000 * (self.listeners[-1].began - self._first),
            "hashing_copies": self._station.hashing_copies,
            "gateway_cpu_s": self._gateway_seconds - gateway_before,
            "listener_cpu_s": sum(used) / len(used),
            "survivors": len(statuses),
            "incomplete": len(statuses) - len(self._complete_at),
            "all_complete_s": (max(self._complete_at.values()) - self._first
                               if len(self._complete_at) == len(statuses) else None),
            **self._bytes(statuses, origin.body_bytes(SONG) - song_before,
                          all_body_bytes(origin) - sent_before),
            **self._heard(until)}

    def _bytes(self, statuses, song_sent, sent):
        """What came from where, by what the survivors say and what nginx has logged."""
        size = len(self._station.sound.data)
        got = [status["bytes"] for status in statuses]
        gateway_bytes = sum(b["gateway"] for b in got) / len(got)
        held = sum(min(s["chunks"]["held"] * thex.CHUNK, size) for s in statuses)
        received = sum(b["origin"] + b["peers"] + b["unverified"] for b in got)
        figures = {
            "origin_copies": song_sent / size,
            "peer_copies": sum(b["peers"] for b in got) / size,
            "egress_copies": (sent + gateway_bytes * len(self.listeners)) / size,
            "gateway_bytes_a_listener": gateway_bytes,
            "beyond_received_percent": 100 * (received - held) / held}
        if len(statuses) == len(self.listeners):
            uploaded = sum(b["uploaded"] for b in got)
            figures["beyond_sent_percent"] = 100 * (song_sent + uploaded - held) / held
        return figures

    def _heard(self, until):
        """What the survivors' players heard."""
        judge = Judge(self._station.sound)
        heard = [(one, judge.heard(one, until)) for one in self.survivors]
        pairs = [(one, h) for one, h in heard if h.first_audio is not None]
        return {
            "first_audio_ms": [1000 * (h.first_audio - one.began) for one, h in pairs],
            "first_audio_from_question_ms": [1000 * (h.first_audio - one.asked)
                                             for one, h in pairs],
            "heard_none": len(heard) - len(pairs),
            "skipped_bytes": sum(h.skipped_bytes for _, h in heard),
            "late_bytes": sum(h.late_bytes for _, h in heard),
            "late_seconds": max(h.late_seconds for _, h in heard),
            "complaints": [f"{one.name}: {said}" for one, h in heard
                           if (said := h.complaint(self._first))]}


def join_warm(shop, given):
    """Starts one listener after the other beside a crowd that has the whole file; seconds from its
    start to its first sound, and from its player's question."""
    station = set_up(shop, given)
    holders = [shop.listener(station.playlist, gateway=station.gateway.url, share=given.share,
                             peer_listen=f"{peer_address(number)}:0", name=f"holder-{number}")
               for number in range(given.listeners)]
    for holder in holders:
        holder.await_whole_item(PATIENCE)
    judge = Judge(station.sound)
    taken = []
    for number in range(given.repetitions):
        watch = Watch()
        listener = shop.started(RecordedListener(
            watch, station.playlist, gateway=station.gateway.url, share=given.share,
            address=peer_address(20_000 + number), cache=shop.fresh("cache"),
            log=shop.fresh("log"), name=f"newcomer-{number}"))
        watch.until(lambda: len(listener.body) >= 2000, 20, "the newcomer has sound")
        listener.hang_up()
        first = judge.heard(listener, listener.ended).first_audio
        listener.stop()
        taken.append((first - listener.began, first - listener.asked))
    return taken
