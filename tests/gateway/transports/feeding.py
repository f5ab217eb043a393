"""What stands behind a feed in tests: a store that can refuse, and the intake of an endpoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from threading import Event, Lock
from typing import Any

from gateway.errors import StoreError
from gateway.model.frames import unpack
from gateway.model.stages import Arrival
from gateway.plugin import Intake

_NUMBERS = count(1)


@dataclass
class Answer:
    id: str
    duplicate: bool = False
    conflict: bool = False


@dataclass
class Taker:
    """Accepts arrivals while it is `open`, and waits with them while not.

    What holds `refuse` finds the store full, what holds `poison` hits a fault of ours.
    """

    got: list[Arrival] = field(default_factory=list)
    open: Event = field(default_factory=Event)
    full: bool = False
    refuse: bytes = b""
    poison: bytes = b""
    asked: int = 0
    lock: Any = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.open.set()

    def __call__(self, arrival: Arrival) -> Answer:
        self.open.wait()
        self.asked += 1
        if self.full or (self.refuse and self.refuse in arrival.content):
            raise StoreError("the disk is full")
        if self.poison and self.poison in arrival.content:
            raise RuntimeError("a bug of ours")
        with self.lock:
            self.got.append(arrival)
        return Answer(arrival.id)

    @property
    def lines(self) -> list[bytes]:
        return [line for arrival in list(self.got) for line in arrival.content.split(b"\n")]

    @property
    def payloads(self) -> list[bytes]:
        return [frame.payload for arrival in list(self.got) for frame in unpack(arrival.content)]

    @property
    def contents(self) -> list[bytes]:
        return [arrival.content for arrival in list(self.got)]


def intake(feed: str = "nmea", **options: Any) -> Intake:
    return Intake("ais", "coast", lambda: datetime.now(UTC), lambda: f"a{next(_NUMBERS)}", feed=feed, **options)


def numbered(count: int, prefix: str = "!AIVDM,1,1,,A,") -> Sequence[bytes]:
    return [f"{prefix}{number}".encode() for number in range(count)]
