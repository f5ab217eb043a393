"""A message type as a table: its fields in the order sent, and where each stands in a message of some length."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any

from adapters.ais.fields import Kind, State, Value
from adapters.ais.reasons import Reason

#: Stations fill messages up to whole bytes and characters: so many bits more than a type has are kept and not read.
MOST_SURPLUS = 8


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


@dataclass(frozen=True, slots=True)
class Plan:
    """Where fields stand in a message of one length: shift and mask of each that is there, from the message's end."""

    steps: tuple[tuple[int, int], ...]
    signed: tuple[tuple[int, int], ...]  # places of fields in two's complement, with the first number below zero
    varying: int  # the place of the field whose length varies, or -1
    width: int  # its bits here
    missing: tuple[None, ...]  # one for each field at the end that is not there
    surplus: int


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
    steps, signed = [], []
    end = length
    for place, width in enumerate(widths):
        end -= width
        steps.append((end, (1 << width) - 1))
        if layout.fields[place].kind.signed:
            signed.append((place, 1 << width - 1))
    missing = (None,) * (len(layout.fields) - len(widths))
    return Plan(tuple(steps), tuple(signed), varying, widths[varying] if varying >= 0 else 0, missing, free)
