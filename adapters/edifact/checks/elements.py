"""The elements of each segment against its directory: presence, length, type, number, repetition and code.

The fast path is one compiled pattern for each tag, tried on each different segment of a message once, and the
set of code combinations already found right. What it does not pass is looked at exactly, which gives the faults.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from adapters.edifact.checks.codes import CodeLists, own_list
from adapters.edifact.directories.definitions import ComponentDefinition, ElementDefinition, Format, SegmentDefinition
from adapters.edifact.syntax.tokenizer import REPETITION, restore
from adapters.edifact.syntax.versions import Syntax
from gateway.model.finding import Kind, Severity

#: Segments, and combinations of codes of a tag, remembered at most, and the longest that are.
_REMEMBERED, _LONGEST_REMEMBERED = 10_000, 256
#: Faults told of one segment at most: what a partner repeats a million times is told often enough by then.
MOST_IN_ONE = 200
_NUMBER = re.compile(r"-?([0-9]*)(?:([.,])([0-9]*))?")
_ANY_NUMBER = re.compile(r"-?([0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:E[-+]?[0-9]+)?")
_DIGIT = re.compile(r"[0-9]")
#: Separators with nothing behind them; an empty occurrence between others is none (ISO 9735-1:2002).
_TRAILING = re.compile(r":+(?=\*)|[:*]+(?=\+|\Z)|[+:*]+\Z")


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault inside a segment: `element` counts from 1 after the tag, `component` from 1 in a composite.

    `occurrence` counts from 1 where an element repeats by a repetition separator, and is None elsewhere.
    """

    code: str
    element: int
    component: int | None
    name: str
    value: str
    text: str
    kind: Kind = Kind.ELEMENT
    severity: Severity = Severity.ERROR
    occurrence: int | None = None


Match = Callable[[str], re.Match[str] | None]
Known = dict[tuple[str | Any, ...], tuple[Fault, ...]]


@dataclass(frozen=True, slots=True)
class Rules:
    """What elements are checked by, beside their definitions.

    `marks` are the decimal marks that count, `repeats` says whether `*` parts occurrences here.
    """

    syntax: Syntax
    marks: str = ".,"
    repeats: bool = False


class SegmentCheck:
    """One segment of one directory, by the rules of an interchange."""

    def __init__(self, definition: SegmentDefinition, codes: CodeLists, rules: Rules) -> None:
        self.definition = definition
        self._codes = codes
        self._rules = rules
        self._type_fault: Callable[[Format, str, str], tuple[str, str] | None]
        self._type_fault = _type_fault if rules.syntax.strict_numbers else _type_fault_4
        #: None where a pattern cannot tell: what ties elements together, and separators that may not stand at an end.
        self.match: Match | None = None
        if rules.syntax.trailing and not definition.dependencies:
            self.match = re.compile(_pattern(definition, codes, rules)).fullmatch
        #: The faults of each combination of codes met in a segment that is right otherwise.
        self.known: Known = {}

    def exact(self, segment: str) -> tuple[Fault, ...]:
        """Return every fault of a segment, in the order of its elements."""
        elements = segment.split("+")[1:]
        defined = self.definition.elements
        faults: list[Fault] = []
        for definition in defined:
            at = definition.position - 1
            faults.extend(self._repeated(definition, elements[at] if at < len(elements) else ""))
            if len(faults) > MOST_IN_ONE:
                return tuple(faults[:MOST_IN_ONE])
        for at in range(len(defined), len(elements)):
            if elements[at].strip(":*" if self._rules.repeats else ":"):
                text = f"{self.definition.tag} has {len(defined)} elements at most"
                faults.append(Fault("16", at + 1, None, "", restore(elements[at]), text))
                break
        faults.extend(self._dependencies(elements))
        if not self._rules.syntax.trailing:
            faults.extend(self._trailing(segment))
        return tuple(faults[:MOST_IN_ONE])

    def _repeated(self, definition: ElementDefinition, text: str) -> Iterator[Fault]:
        """Yield the faults of an element, occurrence by occurrence where they are parted."""
        if not self._rules.repeats or REPETITION not in text:
            yield from self._element(definition, text, None)
            return
        occurrences = text.split(REPETITION)
        if definition.mandatory and not any(one.strip(":") for one in occurrences):
            yield from self._element(definition, "", None)
            return
        for number, one in enumerate(occurrences[: definition.repeat], 1):
            if one.strip(":"):
                yield from self._element(definition, one, number)
        if len(occurrences) > definition.repeat:
            many = f"{_called(definition)} occurs {len(occurrences)} times, {definition.repeat} allowed"
            extra = definition.repeat
            yield Fault(
                "35", definition.position, None, definition.ref, restore(occurrences[extra]), many, occurrence=extra + 1
            )

    def _element(self, definition: ElementDefinition, text: str, occurrence: int | None) -> Iterator[Fault]:
        position = definition.position
        if not text.strip(":"):
            if definition.mandatory:
                first = 1 if text and definition.composite else None
                yield Fault("13", position, first, definition.ref, "", f"{_called(definition)} is missing")
            return
        values = text.split(":")
        own = own_list(definition.components, values)
        for index, part in enumerate(definition.components):
            component = index + 1 if definition.composite else None
            value = restore(values[index]) if index < len(values) else ""
            if value:
                yield from self._value(part, (position, component, occurrence), value, own=own)
            elif part.mandatory:
                missing = f"{_called(part)} is missing"
                yield Fault("13", position, component, part.number, "", missing, occurrence=occurrence)
        for index in range(len(definition.components), len(values)):
            if values[index]:
                many = f"{definition.ref} has {len(definition.components)} components at most"
                value = restore(values[index])
                yield Fault("16", position, index + 1, definition.ref, value, many, occurrence=occurrence)
                break

    def _value(
        self, part: ComponentDefinition, at: tuple[int, int | None, int | None], value: str, *, own: bool
    ) -> Iterator[Fault]:
        position, component, occurrence = at
        form = part.format

        def fault(code: str, why: str) -> Fault:
            return Fault(code, position, component, part.number, value, why, occurrence=occurrence)

        broken = self._type_fault(form, value, self._rules.marks)
        if broken is not None:
            code, why = broken
            yield fault(code, f"{_called(part)}: {value!r} {why}")
            return
        length = sum(map(str.isdigit, value.partition("E")[0])) if form.kind == "n" else len(value)
        if length > form.most:
            yield fault("39", f"{_called(part)} has {length} characters, {form} allows {form.most}")
        elif length < form.least:
            yield fault("40", f"{_called(part)} has {length} characters, {form} needs {form.least}")
        elif wrong := self._codes.check(self.definition.tag, part.number, value, own=own):
            yield Fault(
                wrong.code,
                position,
                component,
                part.number,
                value,
                wrong.text,
                Kind.CODE_LIST,
                wrong.severity,
                occurrence,
            )

    def _dependencies(self, elements: Sequence[str]) -> Iterator[Fault]:
        """Yield the faults of elements that need, or exclude, each other (dependency notes of the directory)."""
        for rule, positions in self.definition.dependencies:
            given = [at <= len(elements) and bool(elements[at - 1].strip(":*")) for at in positions]
            if _DEPENDENCIES[rule](given):
                continue
            wanting = next((at for at, there in zip(positions, given, strict=True) if not there), positions[-1])
            called = _called(self.definition.elements[wanting - 1])
            others = ", ".join(self.definition.elements[at - 1].ref for at in positions if at != wanting)
            text = f"{called} and {others} depend on each other by rule {rule}, which is not kept"
            code = "48" if self._rules.syntax.answer == "4" else "13"
            yield Fault(code, wanting, None, self.definition.elements[wanting - 1].ref, "", text)

    def _trailing(self, segment: str) -> Iterator[Fault]:
        """Yield one fault for separators that stand before another one without need (version 4, 0085 = 45)."""
        pattern = _TRAILING if self._rules.repeats else _TRAILING_ALONE
        found = pattern.search(segment)
        if found is not None and "+" in segment:
            before = segment[: found.start() + 1]  # with the first of them, behind which a part is empty
            element = before.count("+")
            inside = before.rpartition("+")[2]
            repeated = self._rules.repeats and REPETITION in segment.split("+")[element]
            occurrence = inside.count(REPETITION) + 1 if repeated else None
            component = inside.rpartition(REPETITION)[2].count(":") + 1 if before[-1] == ":" else None
            text = f"separators without anything behind them stand in {self.definition.tag}: {found[0][:20]!r}"
            yield Fault("45", element, component, "", found[0][:20], text, Kind.TRAILING, occurrence=occurrence)


_TRAILING_ALONE = re.compile(r":+(?=\+|\Z)|[+:]+\Z")

#: The dependency notes: whether the elements given keep the rule (directories, part 4 of the message design rules).
_DEPENDENCIES: dict[str, Callable[[Sequence[bool]], bool]] = {
    "D1": lambda given: sum(given) == 1,
    "D2": lambda given: all(given) or not any(given),
    "D3": any,
    "D4": lambda given: sum(given) <= 1,
    "D5": lambda given: not given[0] or all(given),
    "D6": lambda given: not given[0] or any(given[1:]),
    "D7": lambda given: not given[0] or not any(given[1:]),
}


def _called(part: ComponentDefinition | ElementDefinition) -> str:
    label = part.number if isinstance(part, ComponentDefinition) else part.ref
    return f"{label} {part.name}".rstrip()


def _type_fault(form: Format, value: str, marks: str) -> tuple[str, str] | None:
    """Return the code and reason of a value with the wrong type of characters, or None (ISO 9735:1988, 10)."""
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


def _type_fault_4(form: Format, value: str, marks: str) -> tuple[str, str] | None:
    """Return the same by version 4: either mark, no digit needed before it, an exponent allowed."""
    if form.kind != "n":
        return _type_fault(form, value, marks)
    return None if _ANY_NUMBER.fullmatch(value) else ("37", "is not a number")


class Checks:
    """The segment checks of one message type; where its directory is unknown, those of the service segments alone.

    `define` returns the definition of a tag, or None.
    """

    def __init__(self, define: Callable[[str], SegmentDefinition | None], codes: CodeLists, rules: Rules) -> None:
        self._define = define
        self._codes = codes
        self._rules = rules
        self._by_tag: dict[str, SegmentCheck] = {}
        self._fast: dict[str, tuple[Match, Known]] = {}
        self._right: set[str] = set()
        self._combinations = 0

    def faults(self, segments: Sequence[str]) -> dict[str, tuple[Fault, ...]]:
        """Return the faults of each faulty segment of a message; segments of unknown tags are passed over."""
        found: dict[str, tuple[Fault, ...]] = {}
        fast = self._fast
        unseen = set(segments).difference(self._right)
        for segment in unseen:
            try:
                match, known = fast[segment[:3]]
                faults = known[match(segment).groups()]  # type: ignore[union-attr]  # None is an AttributeError
            except (KeyError, AttributeError):
                faults = self._exact(segment)
            if faults:
                found[segment] = faults
        self._remember(unseen, found)
        return found

    def _exact(self, segment: str) -> tuple[Fault, ...]:
        """Return the faults of a segment that the fast path leaves, and let it take the next one like it."""
        check = self.check(segment[:3])
        if check is None:
            return ()
        faults = check.exact(segment)
        match = check.match(segment) if check.match is not None else None
        if match and self._combinations < _REMEMBERED and len(segment) <= _LONGEST_REMEMBERED:
            check.known[match.groups()] = faults
            self._combinations += 1
        return faults

    def _remember(self, unseen: set[str], found: Mapping[str, tuple[Fault, ...]]) -> None:
        """Know segments without fault again: so many, and none that is long, for partners may send any."""
        room = _REMEMBERED - len(self._right)
        if room > 0:
            right = (one for one in unseen if len(one) <= _LONGEST_REMEMBERED and one not in found)
            self._right.update(islice(right, room))

    def check(self, tag: str) -> SegmentCheck | None:
        """Return the check of a tag, or None where the directory does not have it."""
        if tag not in self._by_tag:
            definition = self._define(tag)
            if definition is None:  # not remembered: partners may send any tag
                return None
            made = self._by_tag[tag] = SegmentCheck(definition, self._codes, self._rules)
            if made.match is not None:
                self._fast[tag] = made.match, made.known
        return self._by_tag[tag]


def _pattern(definition: SegmentDefinition, codes: CodeLists, rules: Rules) -> str:
    """Return the pattern of a faultless segment; its groups are what decides whether the codes are right.

    Optional parts are alternatives with nothing, and repeats possessive: that is what `re` runs fastest.
    """
    pattern = ""
    needed = False
    for element in reversed(definition.elements):
        own = rf"\+{_element_pattern(definition.tag, element, codes, rules)}{pattern}"
        needed = needed or element.mandatory
        pattern = own if needed else f"(?:{own}|)"
    return definition.tag + pattern


def _element_pattern(tag: str, element: ElementDefinition, codes: CodeLists, rules: Rules) -> str:
    seen = codes.coded(tag, element.components)
    pattern = ""
    needed = False
    for index, part in reversed(list(enumerate(element.components))):
        value = _value_pattern(part.format, rules.marks, mandatory=part.mandatory)
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
