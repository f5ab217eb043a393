"""From a feed to the store: what was received waits in a bounded backlog until it is durable, in batches.

Law: a message is acknowledged only after the arrival that holds it is durable, in the order of receipt. While nothing
can be recorded the backlog keeps what it has and has no room for more, so that the source is held back.

A batch is closed at 500 messages, after 20 ms, or when the backlog is full: a window smaller than a batch would wait
for ever otherwise.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from threading import Condition, Event, Thread
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol

from gateway.errors import StoreError
from gateway.model.frames import Frame, pack
from gateway.model.stages import Arrival
from gateway.plugin import Accept, Intake
from gateway.transports.backoff import waits

_AT_ONCE: Final = 500
_AGE_SECONDS: Final = 0.02
_TRIES: Final = 3
_LEAST_BYTES: Final = 16_000_000
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class Origin(Protocol):
    """Who wants to know that a message is durable."""

    def acknowledge(self, marks: Sequence[int]) -> None:
        """Take note of messages that are durable, by the marks that they were handed over with, in their order."""
        ...


class Taken(NamedTuple):
    """What a source hands over in one piece: a message, or whole lines (`messages` of them) with LF between them.

    Lines of two sources never stand in one arrival. `received` is our time, aware, UTC. What is not `kept` is only
    acknowledged, in its turn.
    """

    payload: bytes
    received: datetime
    source: str = ""
    topic: str = ""
    messages: int = 1
    origin: Origin | None = None
    mark: int = 0
    attributes: Mapping[str, str] = _NOTHING
    kept: bool = True


class Part(NamedTuple):
    """What becomes one arrival: its content, the transport's words about it, and what it is made of."""

    content: bytes
    attributes: Mapping[str, str]
    members: Sequence[Taken]


Form = Callable[[Sequence[Taken]], Iterable[Part]]
"""Returns what becomes of a batch, in order; everything is in exactly one part."""


def lines(batch: Sequence[Taken]) -> Iterator[Part]:
    """Yield for each source its lines, with LF between them."""
    ordered = sorted(batch, key=_source)  # keeps the order of receipt within a source
    for source, members in groupby(ordered, _source):
        kept = list(members)
        content = b"\n".join([one.payload for one in kept])
        yield Part(content, {"source": source} if source else _NOTHING, kept)


def framed(batch: Sequence[Taken]) -> Iterator[Part]:
    """Yield all messages as frames of one arrival."""
    if not batch:
        return
    content = pack(Frame(one.topic, one.payload, one.received.timestamp()) for one in batch)
    yield Part(content, _NOTHING, batch)


def singles(batch: Sequence[Taken]) -> Iterator[Part]:
    """Yield each message as an arrival of its own."""
    for one in batch:
        yield Part(one.payload, {"topic": one.topic, **one.attributes} if one.topic else one.attributes, (one,))


def form_of(feed: str) -> Form:
    """Return how messages of a feed's format stand in arrivals; "" is no feed but a partner who submits messages."""
    if not feed:
        return singles
    return lines if feed.startswith("nmea") else framed


def _source(one: Taken) -> str:
    return one.source


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """How a feed is, at one moment.

    Attributes:
        alive: its threads are at work.
        connected: there is a source to receive from.
        last_message_at: when something was last received.
        backlog: messages received and not durable yet.
        batches: arrivals made durable since the start.
        messages: messages or lines that these held.
        duplicates: messages that the source marked as sent before.
        dropped: messages or lines that could not be kept: too long, or no room for them.
        set_aside: messages that could not be recorded by a fault of ours, and were not acknowledged.
        gaps: how often something may have been lost at the source: an alarm.
        gap_since: the last message received before the latest gap; None where there was none, or no gap.
        gap_until: when the latest gap ended.
        trouble: what is wrong now, "" when nothing is.
    """

    alive: bool = False
    connected: bool = False
    last_message_at: datetime | None = None
    backlog: int = 0
    batches: int = 0
    messages: int = 0
    duplicates: int = 0
    dropped: int = 0
    set_aside: int = 0
    gaps: int = 0
    gap_since: datetime | None = None
    gap_until: datetime | None = None
    trouble: str = ""


class Batches:
    """The backlog of one feed, and the thread that makes it durable.

    Args:
        intake: whose feed it is; a message or line above its `max_bytes` is dropped by the source.
        form: what becomes of a batch.
        window: with how many messages held no more will come, so that a batch is closed.
        most: how many messages there is room for.
    """

    def __init__(self, intake: Intake, form: Form, window: int = 1000, most: int = 1000) -> None:
        self.intake = intake
        self._form = form
        self._at_once = 1 if form is singles else _AT_ONCE  # one by one: the first need not wait for the last
        self._window = window
        self._most = most
        self._most_bytes = max(intake.max_bytes, _LEAST_BYTES)
        self._queue: deque[Taken] = deque()
        self._changed = Condition()
        self._queued = 0  # messages in the queue
        self._held = 0  # messages in the queue and in the batch at hand
        self._bytes = 0
        self._since = 0.0
        self._closing = Event()
        self._thread: Thread | None = None
        self._last: datetime | None = None
        self._batches = self._messages = self._duplicates = self._dropped = self._set_aside = self._gaps = 0
        self._gap_since: datetime | None = None
        self._gap_until: datetime | None = None
        self._source_trouble = self._store_trouble = ""
        self._connected = False

    def start(self, accept: Accept) -> None:
        """Begin to make durable what is put."""
        self._closing.clear()
        self._thread = Thread(target=self._run, args=(accept,), name=f"batches {self.intake.endpoint}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Make durable what is held, as far as the store takes it at once, and end."""
        with self._changed:
            self._closing.set()
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    # for the source

    def room(self) -> int:
        """Return how many messages may be put now; none while closing."""
        if self._closing.is_set() or self._bytes >= self._most_bytes:
            return 0
        return max(self._most - self._held, 0)

    def wait_for_room(self, seconds: float) -> bool:
        """Wait until there is room; False when there is none yet."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing.is_set() or self.room() > 0, seconds)
            return self.room() > 0

    def put(self, taken: Taken) -> None:
        """Hold what was received. It is held even without room: a source asks first, and stops reading."""
        with self._changed:
            self._queue.append(taken)
            before = self._queued
            self._queued += taken.messages
            self._held += taken.messages
            self._bytes += len(taken.payload)
            self._last = taken.received
            if before == 0:
                self._since = time.monotonic()
                self._changed.notify_all()
            elif self._full() and before < self._at_once:
                self._changed.notify_all()

    def duplicate(self) -> None:
        """Count a message that the source marked as sent before."""
        self._duplicates += 1

    def drop(self, count: int, why: str) -> None:
        """Count what could not be kept."""
        self._dropped += count
        self._source_trouble = why

    def gap(self) -> None:
        """Note that the source may have lost something between the last message and now."""
        self._gaps += 1
        self._gap_since, self._gap_until = self._last, self.intake.clock()

    def connected(self, trouble: str = "") -> None:
        """Note that there is a source to receive from, and what is wrong with it all the same."""
        self._connected, self._source_trouble = True, trouble

    def away(self, trouble: str) -> None:
        """Note that there is none now, and why."""
        self._connected, self._source_trouble = False, trouble

    def troubled(self, trouble: str) -> None:
        """Note what is wrong with the source."""
        self._source_trouble = trouble

    def health(self, *, alive: bool) -> FeedHealth:
        """Return how the feed is, given whether the source's own threads are at work."""
        return FeedHealth(
            alive=alive and self._thread is not None and self._thread.is_alive(),
            connected=self._connected,
            last_message_at=self._last,
            backlog=self._held,
            batches=self._batches,
            messages=self._messages,
            duplicates=self._duplicates,
            dropped=self._dropped,
            set_aside=self._set_aside,
            gaps=self._gaps,
            gap_since=self._gap_since,
            gap_until=self._gap_until,
            trouble=self._store_trouble or self._source_trouble,
        )

    # the thread

    def _run(self, accept: Accept) -> None:
        while batch := self._next():
            durable = self._record_all(self._form([one for one in batch if one.kept]), accept)
            with self._changed:
                self._held -= sum(one.messages for one in batch)
                self._bytes -= sum(len(one.payload) for one in batch)
                self._changed.notify_all()
            if durable is None:
                return
            _acknowledge(batch, durable)

    def _full(self) -> bool:
        return self._queued >= self._at_once or self._held >= self._window or self._bytes >= self._most_bytes

    def _next(self) -> list[Taken]:
        """Wait for a batch and take it off the queue; empty when nothing is left and nothing will come."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closing.is_set())
            while not self._full() and not self._closing.is_set():
                left = self._since + _AGE_SECONDS - time.monotonic()
                if left <= 0 or not self._changed.wait_for(lambda: self._full() or self._closing.is_set(), left):
                    break
            batch: list[Taken] = []
            count = 0
            while self._queue and count < self._at_once:
                batch.append(self._queue.popleft())
                count += batch[-1].messages
            self._queued -= count
            self._since = 0.0  # what is left has waited long enough
            return batch

    def _record_all(self, parts: Iterable[Part], accept: Accept) -> set[int] | None:
        """Make parts durable; return by identity what must not be acknowledged, or None when told to stop."""
        aside: set[int] = set()
        for part in parts:
            failed = self._record(part, accept)
            if failed is None:
                return None
            aside |= failed
        return aside

    def _record(self, part: Part, accept: Accept) -> set[int] | None:
        """Make one part durable, however long the store takes nothing; the answer is that of `_record_all`.

        A fault of ours that one message causes must not stop the others: it is looked for by halving.
        """
        first = part.members[0]
        attributes = dict(part.attributes)
        if self.intake.principal:
            attributes["principal"] = self.intake.principal
        arrival = Arrival(self.intake.new_id(), self.intake.endpoint, first.received, part.content, attributes)
        faults = 0
        for wait in waits(0.1, 10.0):
            try:
                accept(arrival)
            except StoreError as error:
                self._store_trouble = str(error)
            except Exception as error:  # noqa: BLE001  # the batch is kept, and the feed says what happened
                self._store_trouble = f"{type(error).__name__} while recording"
                faults += 1
                if len(part.members) > 1:
                    half = len(part.members) // 2
                    halves = (part.members[:half], part.members[half:])
                    return self._record_all((made for one in halves for made in self._form(one)), accept)
                if faults >= _TRIES:
                    self._set_aside += first.messages
                    return {id(first)}
            else:
                self._batches += 1
                self._messages += sum(one.messages for one in part.members)
                self._store_trouble = ""
                return set()
            if self._closing.wait(wait):
                return None
        raise AssertionError("waits end never")


def _acknowledge(batch: Sequence[Taken], aside: set[int]) -> None:
    """Tell each origin what is durable, in the order of receipt."""
    for _, members in groupby(batch, lambda one: id(one.origin)):
        kept = [one for one in members if one.origin is not None and id(one) not in aside]
        if kept and kept[0].origin is not None:
            kept[0].origin.acknowledge([one.mark for one in kept])
