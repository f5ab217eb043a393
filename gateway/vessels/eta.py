"""The year of an ETA: AIS sends month, day, hour and minute in UTC, and nothing else (ITU-R M.1371-5, message 5)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

_DAY: Final = 86400.0
PAST_DAYS: Final = 30
AHEAD_DAYS: Final = 335


def resolve(eta: tuple[int, int, int, int], now: float) -> float | None:
    """Return an ETA in seconds since 1970: in the year that puts it 30 days before `now` to 335 days after.

    None for what is not available (month 0, day 0, hour 24, minute 60) or no date in any of those years.
    """
    month, day, hour, minute = eta
    year = datetime.fromtimestamp(now, UTC).year
    for candidate in (year, year + 1, year - 1):
        try:
            at = datetime(candidate, month, day, hour, minute, tzinfo=UTC).timestamp()
        except ValueError:
            continue
        if now - PAST_DAYS * _DAY <= at <= now + AHEAD_DAYS * _DAY:
            return at
    return None
