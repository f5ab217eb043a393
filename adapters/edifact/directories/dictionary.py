"""The directories at hand: those shipped (D95B to D24A, CONTRL), and those that a site imported from the UN's files.

UN/EDIFACT directories (c) United Nations; not an official copy: tags, order, status, repetition, formats
and code values only, packed by `tools/pack_edifact.py`. Unknown names give None, never an exception.

`D3` and `D4` are the service directories of syntax versions 3 and 4, in which CONTRL stands. The service segments
(UNH, UNT, UNS, UCI, ...) are in every directory: of the version asked for.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from adapters.edifact.directories.definitions import (
    CodeValue,
    ComponentDefinition,
    CompositeDefinition,
    ElementDefinition,
    Format,
    Member,
    SegmentDefinition,
    representation,
)

#: The directories of CONTRL:D:3:UN and CONTRL:4:1:UN, and the syntax version each is of.
SERVICE, SERVICE_4 = "D3", "D4"
_SERVICES = {SERVICE: "3", SERVICE_4: "4"}
#: Answers kept for names that partners send: bounded, for they may send any.
_REMEMBERED = 16_384
#: The date of S004 has 6 digits to version 3 and 8 in version 4; both are met under either, so both are read.
_MET = {"0017": Format("n", 6, 8)}


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Directories as packed: definitions with their runs of directories, by number in `order`.

    `codes` maps a data element to its runs of values; `texts` holds names and descriptions that only a user's own
    copy of a directory has.
    """

    order: Sequence[str]
    facts: Mapping[str, Any]
    codes: Mapping[str, Any]
    texts: Mapping[str, Any] = field(default_factory=dict)

    def definition(self, kind: str, name: str, directory: str) -> Any:
        """Return the packed definition of a name in one directory, or None."""
        number = self.order.index(directory)
        for first, last, definition in self.facts[kind].get(name, ()):
            if first <= number <= last:
                return definition
        return None

    def values(self, number: str, directory: str) -> frozenset[str] | None:
        """Return the values of a coded data element in one directory, or None where it has no list."""
        runs = self.codes.get(number)
        at = self.order.index(directory)
        if runs is None:
            return None
        return frozenset(value for first, last, values in runs if first <= at <= last for value in values)


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """The words of an imported directory (see `un_files.compiled`); "" for whatever has none."""

    by_kind: Mapping[str, Any]

    def message(self, name: str) -> str:
        """Return title and definition of a message, as two paragraphs."""
        return "\n\n".join(self.by_kind.get("messages", {}).get(name, ()))

    def segment(self, tag: str) -> str:
        """Return the function of a segment."""
        return str(self.by_kind.get("segments", {}).get(tag, ""))

    def value(self, ref: str) -> str:
        """Return the description of a composite (C082) or data element (3039)."""
        kind = "elements" if ref.isdecimal() else "composites"
        return str(self.by_kind.get(kind, {}).get(ref, ""))

    def code(self, number: str, value: str) -> str:
        """Return the name of a code value."""
        return str((self.by_kind.get("codes", {}).get(number, {}).get(value) or ("",))[0])


def _unpacked(name: str) -> Any:
    return json.loads(lzma.decompress(files("adapters.edifact.directories").joinpath("data", name).read_bytes()))


class Dictionary:
    """Directories by name. Of two layers with one directory, the later one has it whole."""

    def __init__(self, layers: Sequence[Layer], service: Mapping[str, Any]) -> None:
        self._layers = tuple(layers)
        self._service = service
        self._layer_of = {name: layer for layer in layers for name in layer.order}
        self._order = tuple(sorted(self._layer_of, key=_age))
        # bounded where a partner's own words are the key
        self._message = lru_cache(_REMEMBERED)(self._find_message)
        self._segment = lru_cache(_REMEMBERED)(self._find_segment)
        self._code_values = lru_cache(_REMEMBERED)(self._find_code_values)
        self._codes = lru_cache(_REMEMBERED)(self._find_codes)

    def extended(self, layers: Sequence[Layer]) -> Dictionary:
        """Return a dictionary that has more directories, or other ones of the same name."""
        return Dictionary((*self._layers, *layers), self._service) if layers else self

    def directories(self) -> tuple[str, ...]:
        """Return the names of the directories in order, D95B to D24A."""
        return self._order

    def messages(self, directory: str | None = None) -> tuple[str, ...]:
        """Return the names of the messages, in alphabetical order: of one directory, or of all and CONTRL."""
        if directory is None:
            known = (name for layer in self._layers for name in layer.facts["messages"])
            return tuple(sorted({*known, *self._service["3"]["messages"]}))
        return tuple(name for name in self.messages() if self.has(name, directory))

    def has(self, name: str, directory: str) -> bool:
        """Whether a directory has a message."""
        return self._definition("messages", name, directory, _SERVICES.get(directory, "3")) is not None

    def message(self, name: str, directory: str) -> tuple[Member, ...] | None:
        """Return the members of a message in order, UNH first and UNT last, or None when it is unknown."""
        return self._message(name, directory)

    def segment(self, tag: str, directory: str, *, service: str = "", folded: bool = False) -> SegmentDefinition | None:
        """Return the definition of a segment in one directory, or None when it is unknown there.

        `service` is the syntax version whose service segments are meant, by default that of the directory. A
        repeating element is one position if `folded` (syntax version 4), and else as many consecutive ones.
        """
        if len(tag) != 3:  # not remembered: partners may send tags of any length
            return None
        return self._segment(tag, directory, service or _SERVICES.get(directory, "3"), folded)

    def composite(self, ref: str, directory: str, service: str = "") -> CompositeDefinition | None:
        """Return the definition of a composite (C507, S009) in one directory, or None when it is unknown there."""
        service = service or _SERVICES.get(directory, "3")
        definition = self._definition("composites", ref, directory, service)
        if definition is None:
            return None
        name, entries = definition
        components = tuple(
            ComponentDefinition(number, self._name(number, directory, service), status == "M", _format(number, form))
            for number, status, form in entries
        )
        return CompositeDefinition(ref, name, components)

    def element(self, number: str, directory: str, service: str = "") -> ComponentDefinition | None:
        """Return the name and format of a data element in one directory, or None when it is unknown there."""
        service = service or _SERVICES.get(directory, "3")
        definition = self._definition("elements", number, directory, service)
        if definition is None:
            return None
        return ComponentDefinition(number, definition[0], False, _format(number, definition[1]))

    def codes(self, number: str) -> Mapping[str, CodeValue] | None:
        """Return every value of a coded data element in any directory, or None when UNCL lists none."""
        return self._codes(number)

    def code(self, number: str, value: str) -> CodeValue | None:
        """Return one value of a coded data element, or None when no directory has it."""
        return (self.codes(number) or {}).get(value)

    def code_values(self, number: str, directory: str) -> frozenset[str] | None:
        """Return the values of a coded data element in one directory; None when either is unknown.

        The service codes (0083, 0085) are the same in every directory.
        """
        return self._code_values(number, directory)

    def texts(self, directory: str) -> Texts:
        """Return the UN's own words on a directory; they are empty unless a site imported it."""
        layer = self._layer_of.get(directory)
        return Texts({} if layer is None else layer.texts)

    # lookups behind the caches

    def _definition(self, kind: str, name: str, directory: str, service: str) -> Any:
        of_service = self._service[service][kind].get(name)
        if of_service is not None and (kind != "messages" or directory in _SERVICES):
            return of_service
        layer = self._layer_of.get(directory)
        return None if layer is None else layer.definition(kind, name, directory)

    def _find_message(self, name: str, directory: str) -> tuple[Member, ...] | None:
        definition = self._definition("messages", name, directory, _SERVICES.get(directory, "3"))
        return None if definition is None else _members(definition)

    def _find_segment(self, tag: str, directory: str, service: str, folded: bool) -> SegmentDefinition | None:
        definition = self._definition("segments", tag, directory, service)
        if definition is None:
            return None
        name, entries, dependencies = definition
        elements: list[ElementDefinition] = []
        positions: dict[str, int] = {}
        for ref, status, repeat, position in entries:
            before = len(elements)
            positions[position] = before + 1
            times = 1 if folded else repeat
            elements.extend(
                self._element(
                    ref,
                    directory,
                    service,
                    ElementDefinition(
                        ref,
                        "",
                        before + occurrence,
                        occurrence,
                        status == "M" and occurrence == 1,
                        (),
                        repeat if folded else 1,
                    ),
                )
                for occurrence in range(1, times + 1)
            )
        ties = tuple((rule, tuple(positions[position] for position in tied)) for rule, tied in dependencies)
        return SegmentDefinition(tag, name, tuple(elements), ties)

    def _element(self, ref: str, directory: str, service: str, bare: ElementDefinition) -> ElementDefinition:
        parts = self.composite(ref, directory, service)
        if parts is None:
            alone = self.element(ref, directory, service)
            if alone is None:
                raise LookupError(f"{ref} is in no table of {directory}: the packed facts are broken")
            components = (ComponentDefinition(ref, alone.name, bare.mandatory, alone.format),)
            parts = CompositeDefinition(ref, alone.name, components)
        return ElementDefinition(
            ref, parts.name, bare.position, bare.occurrence, bare.mandatory, parts.components, bare.repeat
        )

    def _name(self, number: str, directory: str, service: str) -> str:
        definition = self._definition("elements", number, directory, service)
        return definition[0] if definition else ""

    def _find_codes(self, number: str) -> Mapping[str, CodeValue] | None:
        order = self.directories()
        held: dict[str, list[str]] = {}
        for directory in order:
            for value in self.code_values(number, directory) or ():
                held.setdefault(value, []).append(directory)
        return {value: CodeValue(value, names[0], names[-1]) for value, names in held.items()} or None

    def _find_code_values(self, number: str, directory: str) -> frozenset[str] | None:
        if directory in _SERVICES:
            return self._layers[0].values(number, self._layers[0].order[0])
        layer = self._layer_of.get(directory)
        return None if layer is None else layer.values(number, directory)


@cache
def shipped() -> Dictionary:
    """Return the dictionary of what is shipped: 47 messages of 58 directories, and CONTRL."""
    facts = _unpacked("directory.json.xz")
    return Dictionary([Layer(tuple(facts["order"]), facts, _unpacked("codes.json.xz"))], facts["service"])


def _members(content: list[list[Any]]) -> tuple[Member, ...]:
    return tuple(_member(*entry) for entry in content)


def _member(head: str | int, status: str, repeat: int, content: list[list[Any]] | None = None) -> Member:
    if content is None:
        return Member(str(head), status == "M", repeat)
    members = _members(content)
    return Member(members[0].tag, status == "M", repeat, int(head), members)


def _format(number: str, text: str) -> Format:
    return _MET.get(number) or representation(text)


def _age(directory: str) -> tuple[int, str]:
    """Return the key by which directories sort in time: D95B < D99A < D00A (the first of this naming is of 1988)."""
    year = int(directory[1:3]) if directory[1:3].isdecimal() else 0
    return (year + (1900 if year >= 88 else 2000), directory[3:])
