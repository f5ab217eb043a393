"""How fast an endpoint is sent to, and when it is left alone: what an endpoint's file says, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `number` deliveries in any `period`, all of them at once if need be (a token bucket)."""

    number: int
    period: timedelta

    @property
    def each(self) -> timedelta:
        """How long it takes until one more is allowed."""
        return self.period / self.number


@dataclass(frozen=True, slots=True)
class Breaker:
    """After `failures` attempts in a row that found nobody, one probe after `pause`, which doubles up to `at_most`."""

    failures: int = 5
    pause: timedelta = timedelta(seconds=30)
    at_most: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Pace:
    """What holds for one endpoint: `workers` may send there at once, each a batch of its own."""

    rate: Rate | None = None
    breaker: Breaker = Breaker()
    workers: int = 2


USUAL = Pace()
