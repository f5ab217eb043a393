"""A message type as a table: its fields in the order sent, and where each stands in a message of some length."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from enum import Enum
from functools import cached_property
from typing import Any

from adapters.ais.bits import Bits
from adapters.ais.fields import Kind, State, Value
from adapters.ais.reasons import Reason

#: Stations fill messages up to whole bytes and characters: so many bits more than a type has are kept and not read.
MOST_SURPLUS = 8
#: A field so wide at most is read by a table of its values.
_TABLE = 12


class Presence(Enum):
    """Whether a field is in every message of its type."""

    REQUIRED = "required"
    USUAL = "usual"  # always written; some stations leave it out
    EXTRA = "extra"  # written where it is given


class Access(Enum):
    """What the communication state of a type is that of."""

    NONE = "none"
    SOTDMA = "SOTDMA"
    ITDMA = "ITDMA"
    SELECTED = "selected"  # a flag says which


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `fixed` is the raw number by which a type is told, `varies` says that `width` is only the most."""

    name: str
    width: int
    kind: Kind
    presence: Presence = Presence.REQUIRED
    fixed: int | None = None
    varies: bool = False


@dataclass(frozen=True)
class Layout:
    """The fields of a message type, or of one of its forms; equal to another by its name."""

    name: str
    type: int = field(compare=False)
    fields: tuple[Field, ...] = field(compare=False, repr=False)
    access: Access = field(default=Access.NONE, compare=False, repr=False)

    def __getstate__(self) -> dict[str, object]:
        return {one.name: getattr(self, one.name) for one in fields(self)}  # without what was worked out and compiled

    @cached_property
    def index(self) -> dict[str, int]:
        """The place of each field by its name."""
        return {one.name: place for place, one in enumerate(self.fields)}

    @cached_property
    def shortest(self) -> int:
        """How many bits the fields have that every message has."""
        return sum(one.width for one in self.fields if one.presence is Presence.REQUIRED and not one.varies)

    @cached_property
    def longest(self) -> int:
        """How many bits all fields have at most."""
        return sum(one.width for one in self.fields)

    @cached_property
    def readers(self) -> tuple[tuple[str, Callable[[Any, int], tuple[State, Value]] | None, int], ...]:
        """Name, reader and width of each field; no reader where what was sent is the value."""
        return tuple((one.name, None if one.kind.plain else one.kind.read, one.width) for one in self.fields)

    @cached_property
    def _plans(self) -> dict[int, Plan | Reason]:
        return {}

    def plan(self, length: int) -> Plan | Reason:
        """Return how to read a message of that length, or why none can have it."""
        found = self._plans.get(length)
        if found is None:
            found = _plan(self, length)
            if length <= self.longest + MOST_SURPLUS:
                self._plans[length] = found
        return found


@dataclass(frozen=True)
class Plan:
    """Where fields stand in a message of one length: shift and mask of each that is there, from the message's end."""

    fields: tuple[Field, ...] = field(repr=False)
    steps: tuple[tuple[int, int], ...]
    varying: int  # the place of the field whose length varies, or -1
    width: int  # its bits here
    surplus: int

    def raw(self, value: int, place: int) -> int | Bits | None:
        """Return one field as sent; None where it is not there."""
        if place >= len(self.steps):
            return None
        shift, mask = self.steps[place]
        raw = value >> shift & mask
        if place == self.varying:
            return Bits(raw, self.width)
        return raw - mask - 1 if self.fields[place].kind.signed and raw > mask >> 1 else raw

    @cached_property
    def raws(self) -> Callable[[int], tuple[int | Bits | None, ...]]:
        """Returns every field as sent."""
        if self.varying >= 0:  # of any length: not worth to be compiled for each
            return lambda value: tuple(self.raw(value, place) for place in range(len(self.fields)))
        return eval(f"lambda v: ({', '.join(map(self._raw, range(len(self.fields))))},)")  # type: ignore[no-any-return]  # noqa: S307  # made of our tables alone

    @cached_property
    def values(self) -> Callable[[int], dict[str, Value]] | None:
        """Returns every field as meant; None where that is not compiled."""
        if self.varying >= 0:
            return None
        names: dict[str, Any] = {}
        members = (f"{one.name!r}: {self._value(place, names)}" for place, one in enumerate(self.fields))
        return eval(f"lambda v: {{{', '.join(members)}}}", names)  # type: ignore[no-any-return]  # noqa: S307  # made of our tables alone

    def _raw(self, place: int) -> str:
        """Return the source of a field as sent."""
        if place >= len(self.steps):
            return "None"
        shift, mask = self.steps[place]
        number = f"v >> {shift} & {mask:#x}"
        half = (mask >> 1) + 1
        return f"({number} ^ {half:#x}) - {half:#x}" if self.fields[place].kind.signed else number

    def _value(self, place: int, names: dict[str, Any]) -> str:
        """Return the source of a field as meant, and add what it names."""
        if place >= len(self.steps):
            return "None"
        one = self.fields[place]
        if one.kind.plain:
            return self._raw(place)
        shift, mask = self.steps[place]
        if one.width <= _TABLE:
            half = mask + 1 >> 1 if one.kind.signed else mask + 1
            numbers = (*range(half), *range(-half, 0)) if one.kind.signed else range(half)
            names[f"_{place}"] = tuple(one.kind.read(number, one.width)[1] for number in numbers)
            return f"_{place}[v >> {shift} & {mask:#x}]"
        names[f"_{place}"] = one.kind.read
        return f"_{place}({self._raw(place)}, {one.width})[1]"


def _plan(layout: Layout, length: int) -> Plan | Reason:
    """Place the fields: those at the end may be missing, and what is left of one that was cut is surplus."""
    free = length - layout.shortest
    if free < 0:
        return Reason.TOO_SHORT
    widths: list[int] = []
    varying = -1
    for one in layout.fields:
        wanted = one.width
        if one.varies:
            varying, wanted = len(widths), min(free, one.width)
            free -= wanted
        elif one.presence is not Presence.REQUIRED:
            if wanted > free:
                break
            free -= wanted
        widths.append(wanted)
    if free > MOST_SURPLUS:
        return Reason.TOO_LONG if len(widths) == len(layout.fields) else Reason.TOO_SHORT
    steps = []
    end = length
    for width in widths:
        end -= width
        steps.append((end, (1 << width) - 1))
    return Plan(layout.fields, tuple(steps), varying, widths[varying] if varying >= 0 else 0, free)
