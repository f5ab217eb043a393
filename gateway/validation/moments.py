"""Moments compared only as far as both are stated: at the coarser precision, zones only where both give one."""

from __future__ import annotations

from datetime import datetime, timedelta

_DATE, _MINUTES, _SECONDS = len("2025-03-14"), len("2025-03-14T12:00"), len("2025-03-14T12:00:00")

#: What the clocks of two neighbouring ports may differ by when no offset is stated.
ZONE_SLACK = timedelta(hours=2)


def elapsed(first: str, second: str) -> timedelta:
    """Return the time from one Moment to another, at the precision that both have.

    Local times are taken as they stand unless both give an offset and a time of day.
    """
    precision = min(_precision(first), _precision(second))
    start, end = _cut(first, precision), _cut(second, precision)
    if start.tzinfo is None or end.tzinfo is None:
        return end.replace(tzinfo=None) - start.replace(tzinfo=None)
    return end - start


def is_later(first: str, second: str, slack: timedelta = ZONE_SLACK) -> bool:
    """Whether the first Moment is certainly later than the second.

    Times of day without offsets need to differ by more than `slack`, rounded down to days for dates.
    """
    ahead = elapsed(second, first)
    if _precision(first) == _DATE or _precision(second) == _DATE:
        return ahead > timedelta(days=slack.days)
    return ahead > (timedelta() if _has_offset(first) and _has_offset(second) else slack)


def _has_offset(moment: str) -> bool:
    return len(moment) > _DATE and (moment[-1] == "Z" or moment[-6] in "+-")


def _precision(moment: str) -> int:
    if len(moment) == _DATE:
        return _DATE
    return _SECONDS if moment[_MINUTES : _MINUTES + 1] == ":" else _MINUTES


def _cut(moment: str, precision: int) -> datetime:
    at = datetime.fromisoformat(moment)
    if precision == _DATE:
        return datetime(at.year, at.month, at.day)  # noqa: DTZ001  # a Moment without offset stays local
    return at if precision == _SECONDS else at.replace(second=0)
