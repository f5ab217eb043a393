"""What a message says of a ship, as the observations that tracks and events are made from.

Positions come from types 1-3, 9, 18, 19 and 27, particulars from 5, 19 and 24. Base stations (4, 11), aids to
navigation (21) and everything else say nothing of a ship.

This is the plain reading, by the names of fields. `columns` reads the same from the bits of many messages at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar
from zlib import crc32

from adapters.ais.fields import DAY, HOUR, MINUTE, MMSI, MONTH, State
from adapters.ais.message import Message
from adapters.ais.reasons import Reason
from gateway.model.observation import Fix, Observation, Particulars

FIXES = frozenset((1, 2, 3, 9, 18, 19, 27))
PARTICULARS = frozenset((5, 19, 24))
#: Days of each month, in the longest year.
_DAYS = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DIMENSIONS = ("to_bow", "to_stern", "to_port", "to_starboard")

_CARRIED = re.compile(rb"!..VD[MO],\d,\d,\d?,[^,]?,([^,]*),(\d)\*", re.DOTALL)

_Value = TypeVar("_Value", int, float, str)


class Origin(NamedTuple):
    """What an observation has from the way it came; see `Fix`."""

    at: float
    received: float
    station: str
    digest: int
    record: int


def digest(mmsi: int, payload: bytes, start: int = 0) -> int:
    """Return what is equal for copies of a transmission; the ship is in it, so that only her own could collide.

    `start` is the character that says how many bits fill the payload.
    """
    return crc32(payload, start) << 30 | mmsi


def digest_of(mmsi: int, sentences: Sequence[bytes]) -> int:
    """Return the digest of what the sentences of a message carried."""
    carried = [part.groups() for part in map(_CARRIED.search, sentences) if part is not None]
    return digest(mmsi, b"".join(part for part, _ in carried), ord(carried[-1][1]))


def observations(message: Message, origin: Origin) -> Iterator[Observation | Reason]:
    """Yield what a message says, or why not what its type is there to say."""
    if message.type not in FIXES and message.type not in PARTICULARS:
        return
    if MMSI.read(message.mmsi, 30)[0] is not State.VALUE:
        yield Reason.NO_MMSI
        return
    if message.type in FIXES:
        yield _fix(message, origin)
    if message.type in PARTICULARS:
        yield _particulars(message, origin)


def _fix(message: Message, origin: Origin) -> Fix | Reason:
    place = message.position
    if place is None:
        return Reason.NO_POSITION
    if place == (0, 0):
        return Reason.NULL_ISLAND
    sog, cog = _said(message, "sog", float, int), _said(message, "cog", float, int)
    return Fix(
        message.mmsi,
        origin.at,
        origin.received,
        *place,
        None if sog is None else float(sog),
        None if cog is None else float(cog),
        _said(message, "heading", int),
        _said(message, "status", int),
        message.type,
        origin.station,
        origin.digest,
        origin.record,
    )


def _particulars(message: Message, origin: Origin) -> Particulars:
    sides = [_said(message, name, int) for name in _DIMENSIONS]
    to_bow, to_stern, to_port, to_starboard = sides if any(sides) else (None,) * 4  # all 0: not available
    return Particulars(
        message.mmsi,
        origin.at,
        origin.received,
        _said(message, "imo", int),
        _said(message, "name", str),
        _said(message, "callsign", str),
        _said(message, "ship_type", int),
        to_bow,
        to_stern,
        to_port,
        to_starboard,
        _said(message, "draught", float),
        eta(*(message.raw(f"eta_{part}") for part in ("month", "day", "hour", "minute")))  # type: ignore[arg-type]
        if "eta_month" in message
        else None,
        _said(message, "destination", str),
        _said(message, "mothership_mmsi", int),
        message.type,
        origin.station,
        origin.digest,
        origin.record,
    )


def eta(month: int | None, day: int | None, hour: int | None, minute: int | None) -> tuple[int, int, int, int] | None:
    """Return an ETA of which every part is said, and which some year has."""
    if month is None or day is None or hour is None or minute is None:
        return None
    values = (MONTH.read(month, 4)[1], DAY.read(day, 5)[1], HOUR.read(hour, 5)[1], MINUTE.read(minute, 6)[1])
    return (month, day, hour, minute) if None not in values and day <= _DAYS[month] else None


def _said(message: Message, name: str, *kinds: type[_Value]) -> _Value | None:
    """Return the value of a field; None where its type has no such field, or it no value."""
    if name not in message:
        return None
    value = message[name]
    return value if isinstance(value, kinds) else None
