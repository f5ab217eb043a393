"""What a field of a message can be: a number with its unit, a flag, text, bits; and when it says nothing.

A kind reads raw bits into a value with its state, and writes a value as raw bits.
The numbers that mean "not available" are those of ITU-R M.1371-5, annex 8.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from adapters.ais.armour import ALPHABET, bits_of, text_of
from adapters.ais.bits import NONE, Bits
from gateway.errors import EncodeError

#: A field in its unit; None where there is no value.
Value = int | float | str | Bits | None
#: A field as sent: bits where its length varies, else a number; None where it was not sent.
Raw = int | Bits | None


class State(Enum):
    """What a field says."""

    VALUE = "value"
    NOT_AVAILABLE = "not available"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Reading:
    """A field as sent and as meant; `value` is None unless `state` is VALUE."""

    raw: Raw
    value: Value
    state: State


class Kind(Protocol):
    """How raw bits are read and written."""

    @property
    def unit(self) -> str:
        """The unit of values, or what they are, for people."""

    @property
    def signed(self) -> bool:
        """Whether raw numbers are in two's complement."""

    @property
    def plain(self) -> bool:
        """Whether every raw number is its own value."""

    def read(self, raw: Any, width: int) -> tuple[State, Value]:
        """Return what was sent in a field of that width says: a number, or bits where the length of a field varies."""

    def write(self, value: Value, width: int) -> int | Bits:
        """Return the raw bits of a value; of None those that say "not available".

        Raises:
            EncodeError: the value does not fit.
        """


@dataclass(frozen=True, slots=True)
class Number:
    """`per_unit` raw steps make one unit; raw numbers in `absent` say "not available", those not in `valid` nothing."""

    unit: str = ""
    per_unit: int = 1
    absent: tuple[int, ...] = ()
    valid: range | None = None
    signed: bool = False

    @property
    def plain(self) -> bool:
        """Whether every raw number is its own value."""
        return self.per_unit == 1 and not self.absent and self.valid is None

    def read(self, raw: int, width: int) -> tuple[State, Value]:  # noqa: ARG002  # as Kind
        """Return the number in its unit, rounded to what its resolution tells apart."""
        if raw in self.absent:
            return State.NOT_AVAILABLE, None
        if self.valid is not None and raw not in self.valid:
            return State.INVALID, None
        if self.per_unit == 1:
            return State.VALUE, raw
        return State.VALUE, round(raw / self.per_unit, len(str(self.per_unit)))

    def write(self, value: Value, width: int) -> int:
        """Return the raw number that is nearest."""
        if value is None:
            return self.absent[0] if self.absent else 0
        if not isinstance(value, int | float) or not math.isfinite(value):
            raise EncodeError(f"{value!r} is no number: give a number in {self.unit or 'the unit of the field'}")
        raw = round(value * self.per_unit)
        if not fits(raw, width, signed=self.signed) or self.read(raw, width)[0] is not State.VALUE:
            raise EncodeError(f"{value!r} {self.unit} is no value of this field: give one in its range, or None")
        return raw


@dataclass(frozen=True, slots=True)
class Flag:
    """A bit that says yes or no."""

    unit: str = "flag"
    signed: bool = False
    plain: bool = False

    def read(self, raw: int, width: int) -> tuple[State, Value]:  # noqa: ARG002  # as Kind
        """Return whether the bit is set."""
        return State.VALUE, raw == 1

    def write(self, value: Value, width: int) -> int:  # noqa: ARG002  # as Kind
        """Return the bit; that of None is 0."""
        if value not in (None, 0, 1):
            raise EncodeError(f"{value!r} is no flag: give True or False")
        return 1 if value else 0


@dataclass(frozen=True, slots=True)
class RateOfTurn:
    """Degrees a minute, to starboard positive; a square root is sent (ITU-R M.1371-5, table 48).

    ±127 say a direction without a rate (no turn indicator), so the rate is not available; the raw number keeps it.
    """

    unit: str = "degrees/minute"
    signed: bool = True
    plain: bool = False

    def read(self, raw: int, width: int) -> tuple[State, Value]:  # noqa: ARG002  # as Kind
        """Return the rate, to a tenth."""
        if raw == -128 or abs(raw) == 127:
            return State.NOT_AVAILABLE, None
        return State.VALUE, math.copysign(round((raw / 4.733) ** 2, 1), raw) if raw else 0.0

    def write(self, value: Value, width: int) -> int:  # noqa: ARG002  # as Kind
        """Return the number whose square is nearest."""
        if value is None:
            return -128
        if not isinstance(value, int | float) or not abs(value) <= 709:
            raise EncodeError(f"{value!r} is no rate of turn: give degrees a minute within 708, or None")
        return int(math.copysign(min(round(4.733 * math.sqrt(abs(value))), 126), value))


@dataclass(frozen=True, slots=True)
class Text:
    """Six-bit characters, cut at the first `@`; blanks at the end are none, those at the front are kept as sent."""

    unit: str = "text"
    signed: bool = False
    plain: bool = False

    def read(self, raw: int | Bits, width: int) -> tuple[State, Value]:
        """Return the text; an empty one is not available."""
        text = text_of(raw if isinstance(raw, Bits) else Bits(raw, width)).partition("@")[0].rstrip(" ")
        return (State.VALUE, text) if text else (State.NOT_AVAILABLE, None)

    def write(self, value: Value, width: int) -> int:
        """Return the text filled up with `@`."""
        bits = _text_bits(value, width)
        return bits.value << (width - bits.length)


@dataclass(frozen=True, slots=True)
class LongText(Text):
    """Text of any length up to the width of its field."""

    def write(self, value: Value, width: int) -> Bits:  # type: ignore[override]  # its length is part of what is sent
        """Return the text as it is."""
        return _text_bits(value, width)


@dataclass(frozen=True, slots=True)
class Binary:
    """Bits of any number up to the width of their field, for an application to read."""

    unit: str = "bits"
    signed: bool = False
    plain: bool = False

    def read(self, raw: int | Bits, width: int) -> tuple[State, Value]:
        """Return the bits; none are not available."""
        bits = raw if isinstance(raw, Bits) else Bits(raw, width)
        return (State.VALUE, bits) if bits.length else (State.NOT_AVAILABLE, None)

    def write(self, value: Value, width: int) -> Bits:
        """Return the bits."""
        if value is None:
            return NONE
        if not isinstance(value, Bits) or value.length > width or not 0 <= value.value < 1 << value.length:
            raise EncodeError(f"{value!r} is no payload of at most {width} bits: give Bits(value, length)")
        return value


def fits(raw: int, width: int, *, signed: bool) -> bool:
    """Whether a number can be sent in so many bits."""
    return -(1 << width - 1) <= raw < 1 << width - 1 if signed else 0 <= raw < 1 << width


def _text_bits(value: Value, width: int) -> Bits:
    text = "" if value is None else value
    if not isinstance(text, str) or 6 * len(text) > width or "@" in text or not set(text) <= set(ALPHABET):
        raise EncodeError(f"{value!r} is no text of {width // 6} characters: give capitals, digits, signs, without @")
    return bits_of(text)


def _coordinate(degrees: int, per_degree: int) -> Number:
    limit = degrees * per_degree
    return Number("degrees", per_degree, ((degrees + 1) * per_degree,), range(-limit, limit + 1), signed=True)


PLAIN = Number()
SPARE = Number("spare")
FLAG = Flag()
TEXT = Text()
LONG_TEXT = LongText()
BINARY = Binary()
RATE_OF_TURN = RateOfTurn()
MMSI = Number("MMSI", absent=(0,), valid=range(1, 1_000_000_000))
#: 1-999999 are not used; above 9999999 are numbers of a flag State, not of IMO.
IMO = Number("IMO number", absent=(0,), valid=range(1_000_000, 1 << 30))
STATUS = Number("navigation status", absent=(15,))
#: As sent: a hundred codes are reserved or regional, and matter all the same.
SHIP_TYPE = Number("ship type", absent=(0,))
AID_TYPE = Number("aid type", absent=(0,))
POSITION_DEVICE = Number("position device", absent=(0,))
LONGITUDE = _coordinate(180, 600_000)
LATITUDE = _coordinate(90, 600_000)
COARSE_LONGITUDE = _coordinate(180, 600)
COARSE_LATITUDE = _coordinate(90, 600)
#: 102.2 says 102.2 or more.
SPEED = Number("knots", 10, (1023,))
AIRCRAFT_SPEED = Number("knots", absent=(1023,))
COARSE_SPEED = Number("knots", absent=(63,))
COURSE = Number("degrees", 10, (3600,), range(3600))
COARSE_COURSE = Number("degrees", absent=(511,), valid=range(360))
HEADING = Number("degrees", absent=(511,), valid=range(360))
ALTITUDE = Number("metres", absent=(4095,))
#: 61 manual input, 62 dead reckoning, 63 inoperative: none of them a second; the raw number tells them apart.
SECOND = Number("seconds", absent=(60, 61, 62, 63))
DRAUGHT = Number("metres", 10, (0,))
METRES = Number("metres")
YEAR = Number("year", absent=(0,), valid=range(1, 10_000))
MONTH = Number("month", absent=(0,), valid=range(1, 13))
DAY = Number("day", absent=(0,))
HOUR = Number("hour", absent=(24,), valid=range(24))
MINUTE = Number("minute", absent=(60,), valid=range(60))
UTC_SECOND = Number("seconds", absent=(60,), valid=range(60))
