"""`every 15 min` and `every 6 h from 06:00 Europe/Oslo`: a delivery is due at the next full period.

Periods are of elapsed time, whatever clocks do. They begin at midnight UTC, or anew each day at the time given: where a
day is no multiple of the period the last one is shorter, or longer by a rest of less than half a period.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from apscheduler.triggers.interval import IntervalTrigger

from gateway.model.occasion import Due, Occasion
from gateway.triggers.wall_time import DEFAULT, instant, wall, zone

_SPELLED: Final = re.compile(
    r"(?P<number>[1-9]\d{0,3})\s*(?P<unit>s|min|h|d)"
    r"(?: from (?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d))?"
    r"(?: (?P<zone>[A-Za-z][\w/+-]*))?"
)
_UNITS: Final = {
    "s": timedelta(seconds=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_DAY: Final = timedelta(days=1)
_START: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Every:
    """Due when the period ends: `by` is its length, `start` the wall time at which periods begin anew each day."""

    by: timedelta
    start: time | None = None
    zone: str = DEFAULT
    _place: ZoneInfo = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_place", zone(self.zone))

    @classmethod
    def parse(cls, text: str) -> Every:
        """Read what follows the word `every`. Raises `ValueError` for what is no period."""
        found = _SPELLED.fullmatch(text)
        if not found:
            raise ValueError(
                f"'every' needs a number and s, min, h or d, like 'every 15 min' or 'every 6 h from 06:00 Europe/Oslo'"
                f", not '{text}'"
            )
        by = int(found["number"]) * _UNITS[found["unit"]]
        start = time(int(found["hour"]), int(found["minute"])) if found["hour"] else None
        if found["zone"] and start is None:
            start = time(0)
        if start is not None and by > _DAY:
            raise ValueError(f"'every {text}': periods that begin anew each day are of a day at most")
        return cls(by, start, found["zone"] or DEFAULT)

    def after(self, moment: datetime) -> datetime:
        """Return the end of the period that a moment lies in, in UTC; at an end, that of the next."""
        if self.start is None:
            return _after(moment, _START, self.by)
        began = self._begins(moment, 0)
        if began > moment:
            began, next_ = self._begins(moment, -1), began
        else:
            next_ = self._begins(moment, 1)
        fires = _after(moment, began, self.by)
        return next_ if next_ - fires < self.by / 2 else fires

    def _begins(self, moment: datetime, days: int) -> datetime:
        """Return when periods begin on the day of a moment, or so many days later."""
        day = wall(moment, self._place).date() + timedelta(days=days)
        return instant(datetime.combine(day, self.start or time(0)), self._place)

    def due(self, occasion: Occasion) -> Due:
        """Return the end of the period that the occasion lies in."""
        return Due(self.after(occasion.at))

    def __str__(self) -> str:
        minutes, rest = divmod(self.by, timedelta(minutes=1))
        start = "" if self.start is None else f" from {self.start:%H:%M} {self.zone}"
        return f"every {self.by // timedelta(seconds=1)} s{start}" if rest else f"every {minutes} min{start}"


def _after(moment: datetime, began: datetime, by: timedelta) -> datetime:
    """Return the first of the times that follow on `began` after a moment."""
    found = IntervalTrigger(seconds=int(by.total_seconds()), start_date=began, timezone=UTC).get_next_fire_time(
        None, moment + timedelta(microseconds=1)
    )
    if found is None:
        raise ValueError("an interval without end always has a next time")
    fires: datetime = found.astimezone(UTC)
    return fires
