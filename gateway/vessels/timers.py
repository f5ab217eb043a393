"""When ships have to be looked at though they say nothing."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush


class Timers:
    """Times of ships, to so many seconds; a time is taken out when it has passed."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ships: dict[int, list[int]] = {}
        self._next: list[int] = []

    def set(self, mmsi: int, at: float) -> None:
        """Have a ship looked at from a time on, in seconds since 1970."""
        self.at(at).append(mmsi)

    def at(self, at: float) -> list[int]:
        """Return the ships that are looked at from a time on, to be added to before `due` is asked again."""
        span = int(at // self._seconds) + 1
        due = self._ships.get(span)
        if due is None:
            due = self._ships[span] = []
            heappush(self._next, span)
        return due

    def due(self, now: float) -> Iterator[int]:
        """Yield the ships whose time has come, by span of time and MMSI."""
        while self._next and self._next[0] * self._seconds <= now:
            due = self._ships.pop(heappop(self._next))
            due.sort()
            yield from due
