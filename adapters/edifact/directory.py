"""The UN/EDIFACT directories D95B to D24A, and the service segments and CONTRL of syntax version 3.

UN/EDIFACT directories (c) United Nations; not an official copy: tags, order, status, repetition, formats
and code values only, packed by `tools/pack_edifact.py`. Unknown names give None, never an exception.

A directory is named as UNH spells it, `D` + `95B`. `D3` is the syntax version 3 service directory, in which
CONTRL stands; the service segments (UNH, UNT, UNS, UCI, ...) are in every directory.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

#: The directory of CONTRL:D:3:UN.
SERVICE = "D3"
#: Answers kept for names that partners send: bounded, for they may send any.
_REMEMBERED = 16_384


@dataclass(frozen=True, slots=True)
class Format:
    """A data element's representation: `kind` a, n or an; lengths in characters (ISO 9735 annex A)."""

    kind: str
    least: int
    most: int

    @property
    def fixed(self) -> bool:
        """Whether the length is prescribed (n3), not only limited (n..3)."""
        return self.least == self.most and self.least > 0

    def __str__(self) -> str:
        return f"{self.kind}{self.most}" if self.fixed else f"{self.kind}..{self.most}"


@dataclass(frozen=True, slots=True)
class ComponentDefinition:
    """One data element where it is used: in a composite, or standing alone as the only component."""

    number: str
    name: str
    mandatory: bool
    format: Format


@dataclass(frozen=True, slots=True)
class ElementDefinition:
    """One position of a segment; a repeating element takes as many consecutive positions (syntax 1-3).

    `ref` is the composite (C507) or the data element (1004), `position` counts from 1 after the tag,
    `occurrence` from 1 within a repeating element. A stand-alone element has one component.
    """

    ref: str
    name: str
    position: int
    occurrence: int
    mandatory: bool
    components: tuple[ComponentDefinition, ...]

    @property
    def composite(self) -> bool:
        """Whether the element is a composite, however few components it has."""
        return self.ref[0] in "CSE"


@dataclass(frozen=True, slots=True)
class SegmentDefinition:
    """A segment of one directory: its elements in order, repeats unfolded.

    `dependencies` holds a rule (D5) with the element positions it ties together.
    """

    tag: str
    name: str
    elements: tuple[ElementDefinition, ...]
    dependencies: tuple[tuple[str, tuple[int, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class CompositeDefinition:
    """A composite data element of one directory."""

    ref: str
    name: str
    components: tuple[ComponentDefinition, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A segment or a group of a message structure; `members[0]` of a group is its trigger."""

    tag: str
    mandatory: bool
    repeat: int
    group: int | None = None
    members: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeValue:
    """A value of a code list: the first and last directory that has it."""

    value: str
    first: str
    last: str


@cache
def _facts() -> dict[str, Any]:
    return _unpack("directory.json.xz")


@cache
def _code_facts() -> dict[str, Any]:
    return _unpack("codes.json.xz")


def _unpack(name: str) -> dict[str, Any]:
    packed = files("adapters.edifact").joinpath("data", name).read_bytes()
    facts: dict[str, Any] = json.loads(lzma.decompress(packed))
    return facts


@cache
def directories() -> tuple[str, ...]:
    """Return the names of the directories in order, D95B to D24A."""
    return tuple(_facts()["order"])


@cache
def messages(directory: str | None = None) -> tuple[str, ...]:
    """Return the names of the messages, in alphabetical order: of one directory, or of all and CONTRL."""
    if directory is None:
        return tuple(sorted((*_facts()["messages"], *_facts()["service"]["messages"])))
    return tuple(name for name in messages() if message(name, directory) is not None)


@lru_cache(_REMEMBERED)
def _number(directory: str) -> int | None:
    order = directories()
    return order.index(directory) if directory in order else None


def _definition(kind: str, name: str, directory: str) -> Any:
    """Return the packed definition of a name in one directory, or None."""
    facts = _facts()
    service = facts["service"][kind].get(name)
    if service is not None and (kind != "messages" or directory == SERVICE):
        return service
    number = _number(directory)
    if number is None:
        return None
    for first, last, definition in facts[kind].get(name, ()):
        if first <= number <= last:
            return definition
    return None


@lru_cache(_REMEMBERED)
def message(name: str, directory: str) -> tuple[Member, ...] | None:
    """Return the members of a message in order, UNH first and UNT last, or None when it is unknown."""
    definition = _definition("messages", name, directory)
    return None if definition is None else _members(definition)


def _members(content: list[list[Any]]) -> tuple[Member, ...]:
    return tuple(_member(*entry) for entry in content)


def _member(head: str | int, status: str, repeat: int, content: list[list[Any]] | None = None) -> Member:
    if content is None:
        return Member(str(head), status == "M", repeat)
    members = _members(content)
    return Member(members[0].tag, status == "M", repeat, int(head), members)


@lru_cache(_REMEMBERED)
def segment(tag: str, directory: str) -> SegmentDefinition | None:
    """Return the definition of a segment in one directory, or None when it is unknown there."""
    definition = _definition("segments", tag, directory)
    if definition is None:
        return None
    name, entries, dependencies = definition
    elements: list[ElementDefinition] = []
    positions: dict[str, int] = {}
    for ref, status, repeat, position in entries:
        before = len(elements)
        positions[position] = before + 1
        elements.extend(
            _element(ref, directory, before + occurrence, occurrence, status == "M" and occurrence == 1)
            for occurrence in range(1, repeat + 1)
        )
    ties = tuple((rule, tuple(positions[position] for position in tied)) for rule, tied in dependencies)
    return SegmentDefinition(tag, name, tuple(elements), ties)


def _element(ref: str, directory: str, position: int, occurrence: int, mandatory: bool) -> ElementDefinition:
    parts = composite(ref, directory)
    if parts is not None:
        return ElementDefinition(ref, parts.name, position, occurrence, mandatory, parts.components)
    alone = element(ref, directory)
    if alone is None:
        raise LookupError(f"{ref} is in no table of {directory}: the packed facts are broken")
    alone = ComponentDefinition(ref, alone.name, mandatory, alone.format)
    return ElementDefinition(ref, alone.name, position, occurrence, mandatory, (alone,))


@cache
def composite(ref: str, directory: str) -> CompositeDefinition | None:
    """Return the definition of a composite (C507, S009) in one directory, or None when it is unknown there."""
    definition = _definition("composites", ref, directory)
    if definition is None:
        return None
    name, entries = definition
    components = tuple(
        ComponentDefinition(number, _name(number, directory), status == "M", _format(text))
        for number, status, text in entries
    )
    return CompositeDefinition(ref, name, components)


@cache
def element(number: str, directory: str) -> ComponentDefinition | None:
    """Return the name and format of a data element in one directory, or None when it is unknown there."""
    definition = _definition("elements", number, directory)
    return None if definition is None else ComponentDefinition(number, definition[0], False, _format(definition[1]))


def _name(number: str, directory: str) -> str:
    definition = _definition("elements", number, directory)
    return definition[0] if definition else ""


@cache
def _format(text: str) -> Format:
    """Return a representation from its spelling: an..35, n3, a..2."""
    kind = text.rstrip("0123456789.")
    most = int(text.rpartition(".")[2].lstrip("an"))
    return Format(kind, 1 if ".." in text else most, most)


@cache
def codes(number: str) -> Mapping[str, CodeValue] | None:
    """Return every value of a coded data element in any directory, or None when UNCL lists none."""
    runs = _code_facts().get(number)
    if runs is None:
        return None
    order = directories()
    return {value: CodeValue(value, order[first], order[last]) for first, last, values in runs for value in values}


def code(number: str, value: str) -> CodeValue | None:
    """Return one value of a coded data element, or None when no directory has it."""
    return (codes(number) or {}).get(value)


@cache
def code_values(number: str, directory: str) -> frozenset[str] | None:
    """Return the values of a coded data element in one directory; None when either is unknown.

    The service codes (0083, 0085) are the same in every directory.
    """
    runs = _code_facts().get(number)
    at = 0 if directory == SERVICE else _number(directory)
    if runs is None or at is None:
        return None
    return frozenset(value for first, last, values in runs if first <= at <= last for value in values)
