"""`cron 30 2 * * 1-5 Europe/Oslo`: a delivery is due at the next of the wall times that a crontab's line means.

The five fields are those of crontab(5): minute, hour, day, month, weekday (0 and 7 are Sunday, or names). Where day
and weekday are both given, either will do. APScheduler finds the wall times; `wall_time` says what instant each is, so
that one which comes twice in autumn fires once, and one that is skipped in spring fires when the gap ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from gateway.model.occasion import Due, Occasion
from gateway.triggers.wall_time import DEFAULT, instant, wall, zone

_FIELDS: Final = ("minute", "hour", "day", "month", "weekday")
_DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_ITEM: Final = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>[1-9]\d?))?")
_SUNDAY_AGAIN: Final = 7

#: A year whose next eight have every day of the calendar, so that what does not come in them never comes.
_PROBE: Final = datetime(2000, 1, 1, tzinfo=UTC)
_PROBED_TO: Final = datetime(2028, 12, 31, 23, 59, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cron:
    """Due at the next wall time that the fields allow, in a zone."""

    fields: tuple[str, ...]
    zone: str = DEFAULT
    _place: ZoneInfo = field(init=False, repr=False, compare=False)
    _walls: tuple[CronTrigger, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_place", zone(self.zone))
        object.__setattr__(self, "_walls", tuple(_walls(self.fields)))

    @classmethod
    def parse(cls, text: str) -> Cron:
        """Read what follows the word `cron`. Raises `ValueError` for fields that are wrong or never come."""
        words = text.split()
        if len(words) not in (len(_FIELDS), len(_FIELDS) + 1):
            raise ValueError(
                f"'cron' needs {', '.join(_FIELDS)} and perhaps a zone, like 'cron 30 6 * * 1-5 Europe/Oslo', "
                f"not '{text}'"
            )
        return cls(tuple(words[: len(_FIELDS)]), *words[len(_FIELDS) :])

    def after(self, moment: datetime) -> datetime:
        """Return the first time to fire after a moment, in UTC."""
        passed = wall(moment, self._place).replace(tzinfo=UTC)
        while True:
            passed = min(_next(walls, passed) for walls in self._walls)
            fires = instant(passed.replace(tzinfo=None), self._place)
            if fires > moment:
                return fires

    def due(self, occasion: Occasion) -> Due:
        """Return the first time after the occasion."""
        return Due(self.after(occasion.at))

    def __str__(self) -> str:
        return f"cron {' '.join(self.fields)} {self.zone}"


def _next(walls: CronTrigger, passed: datetime) -> datetime:
    """Return the first wall time after another; wall times stand in UTC here, which has no gaps."""
    found = walls.get_next_fire_time(passed, passed)
    if found is None:
        raise ValueError("these times never come")
    return datetime.fromtimestamp(found.timestamp(), UTC)


def _walls(fields: tuple[str, ...]) -> list[CronTrigger]:
    """Return what finds wall times; each of several will do."""
    minute, hour, day, month, weekday = fields
    of_week = _weekdays(weekday)
    either = not (day.startswith("*") or weekday.startswith("*"))
    choices = [(day, "*"), ("*", of_week)] if either else [(day, of_week)]
    made = []
    for day_, of_week_ in choices:
        try:
            one = CronTrigger(
                minute=minute, hour=hour, day=day_, month=month, day_of_week=of_week_, timezone=UTC, end_date=_PROBED_TO
            )
            comes = one.get_next_fire_time(None, _PROBE)
            one = CronTrigger(minute=minute, hour=hour, day=day_, month=month, day_of_week=of_week_, timezone=UTC)
        except ValueError as error:
            raise ValueError(f"'{' '.join(fields)}' is no line of a crontab: {error}") from None
        if comes is None:
            raise ValueError(f"'{' '.join(fields)}' never comes: there is no such day")
        made.append(one)
    return made


def _weekdays(text: str) -> str:
    """Return a weekday field by names, as APScheduler counts from Monday and a crontab from Sunday."""
    if text == "*":
        return text
    days: list[str] = []
    for item in text.split(","):
        found = _ITEM.fullmatch(item)
        if not found:
            raise ValueError(f"'{item}' is no weekday: write 0 to 7, or sun to sat")
        first, last, step = found["first"], found["last"], int(found["step"] or 1)
        start = 0 if first is None else _weekday(first)
        stop = len(_DAYS) - 1 if first is None or (last is None and found["step"]) else _weekday(last or first)
        if last is not None and stop < start:
            stop += len(_DAYS)
        days += [_DAYS[number % len(_DAYS)] for number in range(start, stop + 1, step)]
    return ",".join(dict.fromkeys(days))


def _weekday(text: str) -> int:
    if text.isdigit() and int(text) <= _SUNDAY_AGAIN:
        return int(text)
    if text.lower() in _DAYS:
        return _DAYS.index(text.lower())
    raise ValueError(f"'{text}' is no weekday: write 0 to 7, or sun to sat")
