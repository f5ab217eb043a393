"""Wall times of a zone and the instants that they mean: each means one, on the days when clocks change too.

A wall time that comes twice means its first instant; one that is skipped means the first instant after the gap. So
instants never run backwards when wall times go forward, and two wall times of one gap mean the same instant.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gateway.yaml_source import nearest

#: The zone where none is named.
DEFAULT: Final = "UTC"
_KNOWN: Final = ("UTC", "Europe/London", "Europe/Amsterdam", "Europe/Oslo", "America/New_York", "Asia/Singapore")
_SECOND: Final = timedelta(seconds=1)


def zone(name: str) -> ZoneInfo:
    """Return a zone of the IANA database by name; raises `ValueError` that says how one is written."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"'{name}' is no time zone: write its IANA name, like Europe/Oslo{nearest(name, _KNOWN)}"
        ) from None


def wall(instant: datetime, of: ZoneInfo) -> datetime:
    """Return the wall time of an instant, naive."""
    return instant.astimezone(of).replace(tzinfo=None, fold=0)


def instant(wall_time: datetime, of: ZoneInfo) -> datetime:
    """Return the instant in UTC that a naive wall time means, to the second."""
    first = wall_time.replace(tzinfo=of, fold=0).astimezone(UTC)
    if wall(first, of) == wall_time:
        return first
    return _end_of_gap(wall_time.replace(tzinfo=of, fold=1).astimezone(UTC), first, of)


def _end_of_gap(before: datetime, after: datetime, of: ZoneInfo) -> datetime:
    """Return when clocks were put forward: `before` lies before that, `after` does not."""
    offset = before.astimezone(of).utcoffset()
    while after - before > _SECOND:
        middle = before + timedelta(seconds=(after - before) // _SECOND // 2)
        if middle.astimezone(of).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
