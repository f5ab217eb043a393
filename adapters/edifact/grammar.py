"""A message structure as the mapping compiler sees it: names resolved, and the source that reads and writes values.

A record is a list of element texts, the tag first; components are joined by ":", and released service characters
stand as private-use characters (see `tokenizer`). On writing, elements are joined by GS (0x1D) and components
by US (0x1F): `writer` turns them into service characters, a whole message at a time.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adapters.edifact.directories.dictionary import Dictionary
from adapters.edifact.directories.structure import Structure
from adapters.edifact.syntax.tokenizer import restore
from gateway.errors import MappingError
from gateway.model.place import Locator, Place
from gateway.model.stages import MessageType

_KEY = re.compile(
    r"(?:(?P<composite>[CSE]\d{3})(?:#(?P<nth>\d+))?\.)?(?P<number>\d{4})(?:\.(?P<occurrence>\d+))?(?P<star>\*)?"
)
_ELEMENT, _COMPONENT = "\\x1d", "\\x1f"
_SERVICE_TAGS = frozenset(("UNH", "UNT"))

Covered = dict[int, set[int] | None]
"""Element index to the components covered, or None for the whole element."""


class EdifactGrammar:
    """One message of one directory; implements `gateway.plugin.Grammar`."""

    joiner = "\x1f"
    multiline = False

    def __init__(
        self,
        structure: Structure,
        type: MessageType,  # noqa: A002  # the field's own word
        dictionary: Dictionary,
    ) -> None:
        self.type = type
        self.root: Place = structure.root
        self.places: Sequence[Place] = structure.places
        self.names: Mapping[str, Any] = {"E0": [""], "U": restore}
        self._dictionary = dictionary
        self._directory = structure.directory
        self._locators: dict[str, tuple[Locator, ...]] = {}

    # names

    def is_value(self, key: str) -> bool:
        """Whether a rule key names a data element rather than a segment."""
        return _KEY.fullmatch(key) is not None

    def child(self, place: Place, name: str) -> Place:
        """Return the segment `name` directly under a place.

        Where it stands twice it is `name#group`, group 0 for none; where none of them opens a group (UNS), `name#1`
        is the first of them.
        """
        tag, _, number = name.partition("#")
        named = [c for c in place.children if c.name == tag]
        numbers = self._numbers(named)
        found = [c for c, own in zip(named, numbers, strict=True) if not number or own == number]
        if not found:
            known = [c.name for c in place.children if c.name not in _SERVICE_TAGS]
            raise MappingError(f"there is no {name} under {place.trail} in {self.type}{_nearest(tag, known)}")
        if len(found) > 1:
            spellings = " or ".join(f"{tag}#{own}" for own in numbers)
            raise MappingError(f"{name} stands twice under {place.trail}: write {spellings}")
        return found[0]

    @staticmethod
    def _numbers(named: Sequence[Place]) -> list[str]:
        """Return what tells places of one name apart."""
        if len(named) > 1 and all(place.group is None for place in named):
            return [str(at) for at in range(1, len(named) + 1)]
        return [str(place.group or 0) for place in named]

    def locators(self, place: Place) -> Sequence[Locator]:
        """Return every component and stand-alone element of a segment, in order."""
        if place.name not in self._locators:
            self._locators[place.name] = tuple(self._all(place.name))
        return self._locators[place.name]

    def _all(self, tag: str) -> Iterable[Locator]:
        segment = self._dictionary.segment(tag, self._directory)
        for element in segment.elements if segment else ():
            nth = element.ref if element.composite else ""
            for index, part in enumerate(element.components):
                yield Locator(
                    text=f"{nth}.{part.number}" if nth else part.number,
                    name=part.number,
                    element=element.position,
                    component=index if element.composite else None,
                    format=str(part.format),
                    mandatory=part.mandatory,
                )

    def title(self, place: Place, locator: Locator | None = None) -> str:
        """Return the directory's name of a segment, or of an element or component of it; "" where it has none."""
        segment = self._dictionary.segment(place.name, self._directory)
        if segment is None or locator is None:
            return segment.name if segment is not None else ""
        element = next((e for e in segment.elements if e.position == locator.element), None)
        if element is None or locator.component is None:
            return element.name if element is not None else ""
        return element.components[locator.component].name

    def description(self, place: Place, locator: Locator | None = None) -> str:
        """Return the UN's words on the message (the root), a segment, a composite or a data element."""
        texts = self._dictionary.texts(self._directory)
        if place is self.root:
            return texts.message(self.type.name)
        if locator is None:
            return texts.segment(place.name)
        composite = locator.component is None and "." in locator.text
        return texts.value(locator.text.partition(".")[0] if composite else locator.name)

    def code_name(self, locator: Locator, code: str) -> str:
        """Return the UN's name of a code value."""
        return self._dictionary.texts(self._directory).code(locator.name, code)

    def codes(self, locator: Locator) -> frozenset[str] | None:
        """Return the code values of a data element in this directory, or None where UNCL lists none."""
        return self._dictionary.code_values(locator.name, self._directory)

    def mandatory_elements(self, place: Place) -> frozenset[int]:
        """Return the positions of the elements that a segment must have."""
        segment = self._dictionary.segment(place.name, self._directory)
        return frozenset(e.position for e in segment.elements if e.mandatory) if segment else frozenset()

    def value(self, place: Place, text: str, near: Locator | None = None) -> Locator:
        """Resolve `1004`, `C213#1.7224`, `4440*` or `3036.2` in a segment, near another value first."""
        match = _KEY.fullmatch(text)
        if match is None:
            raise MappingError(f"{text!r} is no data element: write 1004, C213#1.7224, 4440* or 3036.2")
        everything = self.locators(place)
        found = [
            one
            for one in everything
            if one.name == match["number"] and (not match["composite"] or one.text.startswith(match["composite"]))
        ]
        if not found:
            known = list(dict.fromkeys(one.name for one in everything))
            raise MappingError(f"there is no {text} in {place.name} of {self.type}{_nearest(match['number'], known)}")
        if near is not None and near.component is not None and not match["composite"]:
            found = [one for one in found if one.element == near.element] or found
        found = self._one_element(place, text, match, found)
        return self._one_component(place, text, match, found)

    @staticmethod
    def _one_element(place: Place, text: str, match: re.Match[str], found: list[Locator]) -> list[Locator]:
        elements = sorted({one.element for one in found})
        if match["nth"]:
            if int(match["nth"]) > len(elements):
                raise MappingError(f"{place.name} has only {len(elements)} {match['composite']}")
            return [one for one in found if one.element == elements[int(match["nth"]) - 1]]
        if len(elements) > 1:
            spelling = found[0].text if "." in found[0].text else f"{found[0].text}"
            composite, _, number = spelling.rpartition(".")
            raise MappingError(
                f"{text} stands in {len(elements)} elements of {place.name}: write {composite}#1.{number} "
                f"or the composite it belongs to ({', '.join(dict.fromkeys(one.text for one in found))})"
            )
        return found

    @staticmethod
    def _one_component(place: Place, text: str, match: re.Match[str], found: list[Locator]) -> Locator:
        first = found[0]
        if match["star"]:
            return _respelled(first, text, first.component, len(found))
        if match["occurrence"]:
            if int(match["occurrence"]) > len(found):
                raise MappingError(f"{match['number']} stands only {len(found)} times in {place.name}")
            return _respelled(found[int(match["occurrence"]) - 1], text)
        if len(found) > 1:
            raise MappingError(f"{text} repeats in {place.name}: write {text}* for all or {text}.1 for the first")
        return _respelled(first, text)

    # source for reading

    def head(self, place: Place) -> Sequence[str]:  # noqa: ARG002  # same for every segment
        """Return the lines every handler starts with."""
        return ("n = len(s)",)

    def bind(self, locator: Locator, bound: set[str]) -> tuple[Sequence[str], str]:
        """Return what must run first, and the expression for a value's raw text."""
        element = locator.element
        if locator.component is None:
            name = f"e{element}"
            lines = _once(
                bound,
                name,
                f"{name} = s[{element}] if n > {element} else ''",
                f"if ':' in {name}: {name} = {name}.partition(':')[0]",
            )
            return lines, name
        parts = f"c{element}"
        lines = [*_once(bound, parts, f"{parts} = s[{element}].split(':') if n > {element} else E0")]
        at = locator.component
        if locator.count > 1:
            return lines, f"{parts}[{at}:{at + locator.count}]"
        if at == 0:
            return lines, f"{parts}[0]"
        name = f"v{element}_{at}"
        lines += _once(bound, name, f"{name} = {parts}[{at}] if len({parts}) > {at} else ''")
        return lines, name

    def identity(self, place: Place) -> str | None:  # noqa: ARG002  # same for every segment
        """Return the segment's elements as a tuple."""
        return "tuple(s)"

    def clean(self, expression: str) -> str:
        """Return the expression of the text meant: released characters back, outer white space off."""
        return f"({expression} if {expression}.isascii() else U({expression})).strip()"

    def clean_line(self, expression: str) -> str:
        """Return the expression of one line of a text: white space is kept, for it may be part of the text."""
        return f"({expression} if {expression}.isascii() else U({expression}))"

    def uncovered(self, place: Place, locators: Iterable[Locator], bound: set[str]) -> tuple[Sequence[str], str]:  # noqa: ARG002
        """Return a length-and-gap test: true when a segment holds data outside `locators`."""
        covered = _covered(locators)
        last = max(covered, default=0)
        lines: list[str] = []
        terms = [f"n > {last + 1}"]
        for element in range(1, last + 1):
            components = covered.get(element, set())
            if components is None:
                terms.append(f"(n > {element} and ':' in s[{element}])")
                continue
            if not components:
                terms.append(f"(n > {element} and s[{element}])")
                continue
            parts = f"c{element}"
            lines += _once(bound, parts, f"{parts} = s[{element}].split(':') if n > {element} else E0")
            highest = max(components)
            terms.append(f"len({parts}) > {highest + 1}")
            gaps = (at for at in range(highest) if at not in components)
            terms += [f"(len({parts}) > {at} and {parts}[{at}])" for at in gaps]
        return lines, " or ".join(terms)

    def leftovers(self, place: Place, record: Any, locators: Iterable[Locator]) -> Sequence[tuple[Locator, str]]:
        """Return every value of a segment that none of `locators` covers."""
        covered = _covered(locators)
        known = {(one.element, one.component or 0): one for one in self.locators(place)}
        found = []
        for element in range(1, len(record)):
            inside = covered.get(element, set())
            if inside is None:  # a stand-alone element: components behind it are not part of its value
                inside = {0}
            for at, text in enumerate(record[element].split(":")):
                if text.strip() and at not in inside:
                    place_of = known.get((element, at)) or Locator(f"{element}.{at + 1}", "", element, at)
                    found.append((place_of, restore(text)))
        return found

    # source for writing

    def record(self, place: Place, fields: Mapping[Locator, str]) -> str:
        """Return an f-string expression of the segment, given a text expression for each value."""
        elements: dict[int, dict[int, str]] = {}
        for locator, expression in fields.items():
            at = 0 if locator.component is None else locator.component
            elements.setdefault(locator.element, {})[at] = expression
        text = place.name
        for element in range(1, max(elements, default=0) + 1):
            components = elements.get(element, {})
            text += _ELEMENT + _COMPONENT.join(
                _inserted(components.get(at)) for at in range(max(components, default=-1) + 1)
            )
        return f'f"{text}"'

    def tail(self, place: Place) -> str | None:  # noqa: ARG002  # a segment ends with its terminator
        """Return None: a segment is complete when it is written."""
        return None


def _respelled(locator: Locator, text: str, component: int | None = -1, count: int = 1) -> Locator:
    at = locator.component if component == -1 else component
    return Locator(text, locator.name, locator.element, at, count, format=locator.format, mandatory=locator.mandatory)


def _covered(locators: Iterable[Locator]) -> Covered:
    covered: Covered = {}
    for one in locators:
        inside = covered.setdefault(one.element, set())
        if one.component is None:
            covered[one.element] = None
        elif inside is not None:
            inside.update(range(one.component, one.component + one.count))
    return covered


def _once(bound: set[str], name: str, *lines: str) -> Sequence[str]:
    if name in bound:
        return ()
    bound.add(name)
    return lines


def _inserted(expression: str | None) -> str:
    """Return an expression's place in an f-string; a literal goes in as itself."""
    if expression is None:
        return ""
    if expression[0] == "'" and expression[-1] == "'" and expression.count("'") == 2:
        return expression[1:-1]
    return f"{{{expression}}}"


def _nearest(name: str, known: Sequence[str]) -> str:
    """Return the likeliest of the known names for messages to people."""
    close = difflib.get_close_matches(name, known, 1, 0.3)
    return f"; did you mean {close[0]}? (known: {', '.join(known)})" if close else f"; known: {', '.join(known)}"
