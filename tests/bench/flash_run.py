"""One run of `flash_crowd.py`: listeners that all join at once, and what may befall them."""

import math
import signal
import time

from common import processor_seconds
from false_listeners import FalseListeners
from flash_station import await_quiet, later_items, set_up
from parts import thex
from recorded import Judge, RecordedListener, Watch

# How long the players are listened to after a fault.
AFTERMATH = 20
PATIENCE = 120
SLOW_SHARE = "64k"  # Half the bit rate.
# What players have of the stream before it is due. A schedule is left before it comes round again.
BURST_SECONDS = 5


def all_body_bytes(origin):
    return sum(request.body_bytes for request in origin.requests())


def is_chosen(number, part):
    """Whether that listener is of such a part, which is spread evenly over all."""
    return math.floor((number + 1) * part) > math.floor(number * part)


def role_of(number, given):
    """`liar` or `withholder`, or None of those who listen."""
    part = given.liars + given.withholders
    if not is_chosen(number, part):
        return None
    return "liar" if is_chosen(math.floor(number * part), given.liars / part) else "withholder"


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
        # By number in the crowd: their places in `_false`.
        self._harmful = {number: place for place, number in enumerate(
            number for number in range(given.listeners) if role_of(number, given))}
        self._false = self._make_false() if self._harmful else None
        self._events = []  # (seconds after the first start, what to do), the next one last.
        if given.gateway_dies_at is not None:
            self._events.append((given.gateway_dies_at, self._end_gateway))
        if given.kill or given.stop:
            self._events.append((given.at, self._strike))
        self._events.sort(key=lambda event: -event[0])
        self._last_event = self._events[0][0] if self._events else None
        self._is_struck = False

    def _make_false(self):
        station = self._station
        later = [0] * (len(station.sounds) - 1)
        return self._shop.started(FalseListeners(
            station.gateway.url,
            [{"path": str(sound.path), "urn": sound.urn, "position": over / sound.seconds}
             for sound, over in zip(station.sounds, [station.position, *later])],
            [{"address": peer_address(number),
              "withholds": role_of(number, self._given) == "withholder",
              "holds_all": self._given.claim == "all" or (
                  self._given.claim == "both" and place % 2 == 0)} for number, place in self._harmful.items()]))

    def _start(self, number):
        if number in self._harmful:
            self._false.join(self._harmful[number])
            return
        listener = RecordedListener(
            self._watch, self._station.playlist, gateway=self._station.gateway.url,
            share=SLOW_SHARE if is_chosen(number, self._given.slow) else self._given.share,
            address=peer_address(number),
            cache=self._shop.fresh("cache"), log=self._shop.fresh("log"),
            name=f"listener-{number}")
        listener.number = number
        self._shop.started(listener)
        self.listeners.append(listener)
        if self._first is None:
            self._first = listener.began
        if self._is_struck:
            self._strike_one(listener)

    def _strike_one(self, listener):
        """Victims are spread evenly, each in its turn killed or frozen."""
        for part, name in ((self._given.kill, signal.SIGKILL), (self._given.stop, signal.SIGSTOP)):
            if is_chosen(listener.number, part):
                listener.strike(name)
                return

    def _strike(self):
        # Who comes later than that is struck as it comes.
        self._is_struck = True
        for listener in self.listeners:
            self._strike_one(listener)

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
                if has_all(listener.status()):
                    self._complete_at[listener] = time.time()
            self._let_pass(0.05)

    def _listen(self):
        """Until all that survive have the whole file and what was done to them is some time ago; or
        until the schedule is over."""
        # Nobody is asked anything while most have their first sound before them.
        self._let_pass(3)
        if self._is_schedule:
            self._let_pass(self._station.starts[-1] - BURST_SECONDS - time.time())
        else:
            self._await_complete()
        if self._last_event is not None:
            self._let_pass(self._first + self._last_event + AFTERMATH - time.time())

    @property
    def _is_schedule(self):
        return len(self._station.sounds) > 1

    def run(self):
        """Figures by name; see README.md."""
        station = self._station
        gateway_before = processor_seconds(station.gateway.process.pid)
        files_before, sent_before = station.sent_bytes(), all_body_bytes(station.origin)
        for number in range(self._given.listeners):
            self._start(number)
            self._let_pass(0)
        self._listen()
        until = time.time()
        for listener in self.listeners:
            listener.hang_up()
        if self._gateway_seconds is None:
            self._gateway_seconds = processor_seconds(station.gateway.process.pid)
        statuses = {one: one.status() for one in self.survivors}
        if self._is_schedule:
            self._complete_at = {one: until for one in statuses if has_all(statuses[one])}
        used = [processor_seconds(one.process.pid) for one in self.survivors]
        for listener in self.listeners:
            listener.begin_to_end()
        for listener in self.listeners:
            listener.stop()
        await_quiet(station.origin)
        lacking = [one for one in statuses if one not in self._complete_at]
        is_timed = not lacking and not self._is_schedule
        return {
            "started_within_ms": 1000 * (self.listeners[-1].began - self._first),
            # Until its player could ask; None of whose never did.
            "starts_ms": [(1000 * (one.began - self._first),
                           one.asked and 1000 * (one.asked - one.began))
                          for one in self.listeners],
            "hashing_copies": station.hashing_copies,
            "gateway_cpu_s": self._gateway_seconds - gateway_before,
            "listener_cpu_s": sum(used) / len(used),
            "survivors": len(statuses),
            "incomplete": len(lacking),
            "all_complete_s": (max(self._complete_at[one] for one in statuses) - self._first
                               if is_timed else None),
            "later_items": later_items(station, self._first),
            **self._bytes(list(statuses.values()), station.sent_bytes() - files_before,
                          all_body_bytes(station.origin) - sent_before),
            **self._harm(statuses),
            **self._heard(until)}

    def _bytes(self, statuses, files_sent, sent):
        """What came from where, by what the survivors say and what nginx has logged."""
        size = self._station.size
        got = [status["bytes"] for status in statuses]
        gateway_bytes = sum(b["gateway"] for b in got) / len(got)
        figures = {
            "origin_copies": files_sent / size,
            "peer_copies": sum(b["peers"] for b in got) / size,
            "egress_copies": (sent + gateway_bytes * len(self.listeners)) / size,
            "gateway_bytes_a_listener": gateway_bytes}
        if self._is_schedule:
            return figures
        held = sum(min(s["chunks"]["held"] * thex.CHUNK, size) for s in statuses)
        received = sum(b["origin"] + b["peers"] + b["unverified"] for b in got)
        figures["beyond_received_percent"] = 100 * (received - held) / held
        if len(statuses) == len(self.listeners):
            uploaded = sum(b["uploaded"] for b in got)
            figures["beyond_sent_percent"] = 100 * (files_sent + uploaded - held) / held
        return figures

    def _harm(self, statuses):
        """What those who do harm have reached, of the survivors."""
        if self._false is None:
            return {}
        address_of = {one.address for one in statuses}
        pairs = [(one["withholds"], *done) for one in self._false.report()
                 for victim, done in one["victims"].items() if victim in address_of]
        taken = [taken / thex.CHUNK for withholds, _, taken in pairs if not withholds]
        liars = sum(role_of(number, self._given) == "liar" for number in self._harmful)
        figures = {"unanswered": sum(asked for withholds, asked, _ in pairs if withholds)}
        if liars:
            figures |= {
                "false_chunks_taken": sum(taken),
                "false_chunks_a_pair": sum(taken) / (liars * len(statuses)),
                "false_chunks_most": max(taken, default=0),
                "false_chunks_refused": sum(s["chunks"]["rejected"] for s in statuses.values())}
        return figures

    def _heard(self, until):
        """What the survivors' players heard."""
        judge = Judge(self._station.sounds)
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
            "false_bytes": sum(h.false_bytes for _, h in heard),
            "seam_gaps": sum(h.seam_gaps for _, h in heard),
            "complaints": [f"{one.name}: {said}" for one, h in heard
                           if (said := h.complaint(self._first))]}


def has_all(status):
    """Whether a listener has the whole item that is on."""
    chunks = status["chunks"]
    return bool(chunks["total"]) and chunks["held"] == chunks["total"]


def join_warm(shop, given):
    """Starts one listener after the other beside a crowd that has the whole file; seconds from its
    start to its first sound, and from its player's question."""
    station = set_up(shop, given)
    holders = [shop.listener(station.playlist, gateway=station.gateway.url, share=given.share,
                             peer_listen=f"{peer_address(number)}:0", name=f"holder-{number}")
               for number in range(given.listeners)]
    for holder in holders:
        holder.await_whole_item(PATIENCE)
    judge = Judge(station.sounds)
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
