"""When ships have to be looked at though they say nothing, to the minute."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush


class Timers:
    """One time for each ship; a ship is taken out when its minute has passed."""

    def __init__(self) -> None:
        self._minutes: dict[int, list[int]] = {}
        self._next: list[int] = []

    def set(self, mmsi: int, at: float) -> None:
        """Have a ship looked at from a time on, in seconds since 1970."""
        minute = int(at // 60) + 1
        due = self._minutes.get(minute)
        if due is None:
            self._minutes[minute] = [mmsi]
            heappush(self._next, minute)
        else:
            due.append(mmsi)

    def due(self, now: float) -> Iterator[int]:
        """Yield the ships whose time has come, by minute and MMSI."""
        while self._next and self._next[0] * 60 <= now:
            yield from sorted(self._minutes.pop(heappop(self._next)))
