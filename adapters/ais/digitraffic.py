"""The JSON of Digitraffic's vessels-v2 topics as the same messages that sentences give.

A location becomes a message of type 1, metadata one of type 5: the service takes in Class A only. Its traps: the MMSI
stands in the topic alone, times are seconds in a location and milliseconds in metadata, the draught is in tenths of a
metre and the ETA the 20 bits of AIS. The service puts ship types 40-49 and 60-99 into tens. What it does not carry
(repeat, radio, and so on) has no raw value, so that such a message cannot be encoded.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from adapters.ais.armour import ALPHABET, bits_of
from adapters.ais.fields import fits
from adapters.ais.layout import Field, Layout
from adapters.ais.message import Heard, Message
from adapters.ais.reasons import Reason, Reject
from adapters.ais.tables import LAYOUTS
from adapters.ais.tagblock import moment

_TOPIC = re.compile(r"vessels-v2/(\d{1,9})/(location|metadata)")
_STATUS = "vessels-v2/status"
#: No payload of the service comes near; longer ones are not even parsed.
_LONGEST = 16_384

_Converter = Callable[[object, Field], int]


class _ForeignError(Exception):
    """A value is not what the service sends; never leaves this module."""


def _raw(value: object, one: Field) -> int:
    """Return a number or flag that the service passes on as sent."""
    if not isinstance(value, int) or not fits(value, one.width, signed=one.kind.signed):
        raise _ForeignError
    return int(value)


def _scaled(steps: int) -> _Converter:
    def convert(value: object, one: Field) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise _ForeignError
        return _raw(round(value * steps), one)

    return convert


def _text(value: object, one: Field) -> int:
    if not isinstance(value, str) or 6 * len(value) > one.width or not set(value) <= set(ALPHABET):
        raise _ForeignError
    bits = bits_of(value)
    return bits.value << one.width - bits.length


def _part_of(shift: int) -> _Converter:
    def convert(value: object, one: Field) -> int:
        if not isinstance(value, int) or not 0 <= value < 1 << 20:
            raise _ForeignError
        return value >> shift & (1 << one.width) - 1

    return convert


#: The members of each form: the field that each becomes, and how.
_LOCATION: tuple[tuple[str, str, _Converter], ...] = (
    ("navStat", "status", _raw),
    ("rot", "rot", _raw),
    ("sog", "sog", _scaled(10)),
    ("posAcc", "accuracy", _raw),
    ("lon", "lon", _scaled(600_000)),
    ("lat", "lat", _scaled(600_000)),
    ("cog", "cog", _scaled(10)),
    ("heading", "heading", _raw),
    ("raim", "raim", _raw),
)
_METADATA: tuple[tuple[str, str, _Converter], ...] = (
    ("imo", "imo", _raw),
    ("callSign", "callsign", _text),
    ("name", "name", _text),
    ("type", "ship_type", _raw),
    ("refA", "to_bow", _raw),
    ("refB", "to_stern", _raw),
    ("refC", "to_port", _raw),
    ("refD", "to_starboard", _raw),
    ("posType", "epfd", _raw),
    ("eta", "eta_month", _part_of(16)),
    ("eta", "eta_day", _part_of(11)),
    ("eta", "eta_hour", _part_of(6)),
    ("eta", "eta_minute", _part_of(0)),
    ("draught", "draught", _raw),
    ("destination", "destination", _text),
)
#: Of each form: the member that says when, in which unit of a second, the table of its message, and its members.
_FORMS = {
    "location": ("time", 1, LAYOUTS["1"], _LOCATION),
    "metadata": ("timestamp", 1000, LAYOUTS["5"], _METADATA),
}


class DigitrafficReceiver:
    """Takes the messages of the MQTT topics `vessels-v2/#`."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._counts: Counter[Reason] = Counter()

    @property
    def counts(self) -> Mapping[Reason, int]:
        """How many rejects there were of each reason."""
        return MappingProxyType(self._counts)

    def receive(self, topic: str, payload: bytes, received_at: datetime) -> Message | Reject:
        """Return the message of a payload; never raises, whatever topic and payload are."""
        made = self._message(topic, payload, received_at)
        if isinstance(made, Message):
            return made
        self._counts[made] += 1
        return Reject(made, payload)

    def _message(self, topic: str, payload: bytes, received_at: datetime) -> Message | Reason:
        if topic == _STATUS:
            return Reason.OTHER
        found = _TOPIC.fullmatch(topic)
        if found is None:
            return Reason.FOREIGN_JSON
        when, unit, layout, members = _FORMS[found[2]]
        content = _object(payload)
        if content is None:
            return Reason.FOREIGN_JSON
        raws: dict[str, int] = {"type": layout.type, "mmsi": int(found[1])}
        try:
            sent_at = _moment(content.get(when), unit)
            for member, name, convert in members:
                value = content.get(member)
                if value is not None:
                    raws[name] = convert(value, layout.fields[layout.index[name]])
        except _ForeignError:
            return Reason.FOREIGN_JSON
        return Message(layout, _ordered(raws, layout), heard=Heard(self.source, received_at, (payload,), None, sent_at))


def _ordered(raws: Mapping[str, int], layout: Layout) -> tuple[int | None, ...]:
    return tuple(raws.get(one.name) for one in layout.fields)


def _object(payload: bytes) -> dict[str, object] | None:
    """Return the JSON object of a payload; None where it is none."""
    if len(payload) > _LONGEST:
        return None
    try:
        content = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _moment(value: object, unit: int) -> datetime:
    """Return the time of a count of seconds or milliseconds; only a count of that unit is a time of this century."""
    if isinstance(value, bool) or not isinstance(value, int) or not 946_684_800 <= value // unit < 4_102_444_800:
        raise _ForeignError
    made = moment(str(value))
    if made is None:
        raise _ForeignError
    return made
