"""The JSON of AIS-catcher to sentences: each object holds, as `nmea`, every sentence of one message.

What it says beside them is the receiver's reading of the same bits, and is not used. `rxuxtime` is when the message was
received, in seconds; `station_id` names the receiver where its owner set it. Objects may come in a list, or as the
`msgs` of one that is posted, whose `stationid` is theirs. (`station_id`, `stationid` and `msgs` are unconfirmed.)
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from adapters.ais.reasons import Reason

#: No object of one message comes near; a post of many may.
_LONGEST = 1_048_576
_MOST_PARTS = 9
#: Seconds since 1970 of this century.
_TIMES = (946_684_800, 4_102_444_800)


class Heard(NamedTuple):
    """The sentences of one message, when they were received, in seconds since 1970, and by which station."""

    sentences: tuple[bytes, ...]
    at: float | None
    station: str


def heard(payload: bytes) -> Iterator[Heard | Reason]:
    """Yield the messages of a payload; never raises, whatever it is."""
    try:
        content = json.loads(payload) if len(payload) <= _LONGEST else None
    except (ValueError, RecursionError):
        content = None
    station = ""
    if isinstance(content, dict) and isinstance(content.get("msgs"), list):
        station = _text(content.get("stationid"))
        content = content["msgs"]
    for one in content if isinstance(content, list) else [content]:
        yield _heard(one, station)


def _heard(one: object, station: str) -> Heard | Reason:
    lines = one.get("nmea") if isinstance(one, dict) else None
    if not isinstance(one, dict) or not isinstance(lines, list) or not 0 < len(lines) <= _MOST_PARTS:
        return Reason.FOREIGN_JSON
    if not all(isinstance(line, str) and line.isascii() and line.isprintable() for line in lines):
        return Reason.FOREIGN_JSON
    at = one.get("rxuxtime")
    is_time = isinstance(at, int | float) and not isinstance(at, bool) and _TIMES[0] <= at < _TIMES[1]
    sentences = tuple(line.encode("ascii") for line in lines)
    return Heard(sentences, float(at) if is_time else None, _text(one.get("station_id")) or station)  # type: ignore[arg-type]  # `is_time`


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
