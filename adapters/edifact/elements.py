"""The elements of each segment against its directory: presence, length, type, number and code.

The fast path is one compiled pattern for each tag, tried on each different segment of a message once, and the
set of code combinations already found right. What it does not pass is looked at exactly, which gives the faults.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from adapters.edifact import codes
from adapters.edifact import directory as directories
from adapters.edifact.directory import ComponentDefinition, ElementDefinition, Format, SegmentDefinition
from adapters.edifact.tokenizer import restore
from gateway.model.finding import Kind, Severity

#: Segments, and combinations of codes of a tag, remembered as right at most.
_REMEMBERED = 50_000
_NUMBER = re.compile(r"-?([0-9]*)(?:([.,])([0-9]*))?")
_DIGIT = re.compile(r"[0-9]")


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault inside a segment: `element` counts from 1 after the tag, `component` from 1 in a composite."""

    code: str
    element: int
    component: int | None
    name: str
    value: str
    text: str
    kind: Kind = Kind.ELEMENT
    severity: Severity = Severity.ERROR


class SegmentCheck:
    """One segment of one directory, with the decimal marks allowed."""

    def __init__(self, definition: SegmentDefinition, directory: str, marks: str) -> None:
        self.definition = definition
        self._directory = directory
        self._marks = marks
        self.match = re.compile(_pattern(definition, directory, marks)).fullmatch
        #: The faults of each combination of codes met in a segment that is right otherwise.
        self.known: dict[tuple[str | Any, ...], tuple[Fault, ...]] = {}

    def exact(self, segment: str) -> tuple[Fault, ...]:
        """Return every fault of a segment."""
        elements = segment.split("+")[1:]
        defined = self.definition.elements
        faults: list[Fault] = []
        for definition in defined:
            at = definition.position - 1
            faults.extend(self._element(definition, elements[at] if at < len(elements) else ""))
        for at in range(len(defined), len(elements)):
            if elements[at].strip(":"):
                text = f"{self.definition.tag} has {len(defined)} elements at most"
                faults.append(Fault("16", at + 1, None, "", restore(elements[at]), text))
                break
        return tuple(faults)

    def _element(self, definition: ElementDefinition, text: str) -> Iterator[Fault]:
        position = definition.position
        if not text.strip(":"):
            if definition.mandatory:
                first = 1 if text and definition.composite else None
                yield Fault("13", position, first, definition.ref, "", f"{_called(definition)} is missing")
            return
        values = text.split(":")
        own = codes.own_list(definition.components, values)
        for index, part in enumerate(definition.components):
            component = index + 1 if definition.composite else None
            value = restore(values[index]) if index < len(values) else ""
            if value:
                yield from self._value(part, position, component, value, judged=codes.judged(part, own))
            elif part.mandatory:
                yield Fault("13", position, component, part.number, "", f"{_called(part)} is missing")
        for index in range(len(definition.components), len(values)):
            if values[index]:
                many = f"{definition.ref} has {len(definition.components)} components at most"
                yield Fault("16", position, index + 1, definition.ref, restore(values[index]), many)
                break

    def _value(
        self, part: ComponentDefinition, position: int, component: int | None, value: str, *, judged: bool
    ) -> Iterator[Fault]:
        form = part.format
        broken = _type_fault(form, value, self._marks)
        if broken is not None:
            code, why = broken
            yield Fault(code, position, component, part.number, value, f"{_called(part)}: {value!r} {why}")
            return
        length = sum(map(str.isdigit, value)) if form.kind == "n" else len(value)
        if length > form.most:
            why = f"{_called(part)} has {length} characters, {form} allows {form.most}"
            yield Fault("39", position, component, part.number, value, why)
        elif length < form.least:
            why = f"{_called(part)} has {length} characters, {form} needs {form.least}"
            yield Fault("40", position, component, part.number, value, why)
        elif judged and (wrong := codes.check(part.number, value, self._directory)):
            yield Fault("12", position, component, part.number, value, wrong.text, Kind.CODE_LIST, wrong.severity)


def _called(part: ComponentDefinition | ElementDefinition) -> str:
    label = part.number if isinstance(part, ComponentDefinition) else part.ref
    return f"{label} {part.name}".rstrip()


def _type_fault(form: Format, value: str, marks: str) -> tuple[str, str] | None:
    """Return the code and reason of a value with the wrong type of characters, or None (ISO 9735, 10)."""
    if form.kind == "an":
        return None
    if form.kind == "a":
        return ("37", "holds a digit") if _DIGIT.search(value) else None
    match = _NUMBER.fullmatch(value)
    if match is None:
        return "37", "is not a number"
    whole, mark, fraction = match.groups()
    if mark is None:
        return None if whole else ("37", "is not a number")
    if mark not in marks:
        return "19", f"has the decimal mark {mark!r}, the interchange has {marks!r}"
    if not whole:
        return "38", "has no digit before the decimal mark"
    return None if fraction else ("19", "has no digit after the decimal mark")


class Checks:
    """The segment checks of one directory; an unknown directory has those of the service segments alone."""

    def __init__(self, directory: str, marks: str) -> None:
        self._directory = directory
        self._marks = marks
        self._by_tag: dict[str, SegmentCheck | None] = {}
        self._right: set[str] = set()

    def faults(self, segments: Sequence[str]) -> dict[str, tuple[Fault, ...]]:
        """Return the faults of each faulty segment of a message; segments of unknown tags are passed over."""
        found: dict[str, tuple[Fault, ...]] = {}
        by_tag = self._by_tag
        unseen = set(segments).difference(self._right)
        for segment in unseen:
            try:
                check = by_tag[segment[:3]]
            except KeyError:
                check = self._compile(segment[:3])
            if check is None:
                continue
            match = check.match(segment)
            faults = check.known.get(match.groups()) if match else None
            if faults is None:
                faults = check.exact(segment)
                if match and len(check.known) < _REMEMBERED:
                    check.known[match.groups()] = faults
            if faults:
                found[segment] = faults
        if len(self._right) < _REMEMBERED:
            self._right |= unseen.difference(found)
        return found

    def _compile(self, tag: str) -> SegmentCheck | None:
        definition = directories.segment(tag, self._directory)
        if definition is None:
            return None
        check = SegmentCheck(definition, self._directory, self._marks)
        self._by_tag[tag] = check
        return check


@cache
def checks(directory: str, marks: str = ".,") -> Checks:
    """Return the checks of a directory, compiled as tags are met; `marks` are the decimal marks allowed."""
    return Checks(directory, marks)


def _pattern(definition: SegmentDefinition, directory: str, marks: str) -> str:
    """Return the pattern of a faultless segment; its groups are what decides whether the codes are right.

    Optional parts are alternatives with nothing, and repeats possessive: that is what `re` runs fastest.
    """
    pattern = ""
    needed = False
    for element in reversed(definition.elements):
        own = rf"\+{_element_pattern(element, directory, marks)}{pattern}"
        needed = needed or element.mandatory
        pattern = own if needed else f"(?:{own}|)"
    return definition.tag + pattern


def _element_pattern(element: ElementDefinition, directory: str, marks: str) -> str:
    seen = codes.coded(element.components, directory)
    pattern = ""
    needed = False
    for index, part in reversed(list(enumerate(element.components))):
        value = _value_pattern(part.format, marks, mandatory=part.mandatory)
        value = f"({value})" if index in seen else value
        needed = needed or part.mandatory
        pattern = value + pattern if index == 0 else f":{value}{pattern}"
        pattern = pattern if needed or index == 0 else f"(?:{pattern}|)"
    empty = f":{{0,{len(element.components) - 1}}}+" if len(element.components) > 1 else ""
    if element.mandatory:
        return pattern if needed else rf"(?!:*+(?:\+|\Z)){pattern}"
    return f"(?:{pattern}|{empty})" if needed else pattern


def _value_pattern(form: Format, marks: str, *, mandatory: bool) -> str:
    least = form.least if mandatory or form.fixed else 0
    absent = "" if mandatory else "|"
    if form.kind == "n":
        digits = f"{{{form.least},{form.most}}}+"
        mark = f"[{re.escape(marks)}]"
        whole, decimal = f"-?[0-9]{digits}", f"(?=-?(?:[0-9]{mark}?){digits}(?:[+:]|\\Z))-?[0-9]++{mark}[0-9]++"
        return f"(?:{whole}(?=[+:]|\\Z)|{decimal}{absent})"
    characters = "[^+:0-9]" if form.kind == "a" else "[^+:]"
    value = f"{characters}{{{least},{form.most}}}+"
    return f"(?:{value}{absent})" if form.fixed else value
