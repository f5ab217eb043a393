"""What a map carries and what it does not: places and values of the message, fields of the canonical document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.mapping.fields import Shape, fields
from gateway.mapping.lineage import Templates
from gateway.mapping.rules import CheckedMap, Rule
from gateway.model.base import Part
from gateway.model.place import Locator, Place

#: Places that the adapter reads and writes by itself (ISO 9735).
SERVICE_PLACES = frozenset(("UNH", "UNT"))


@dataclass(frozen=True, slots=True)
class PlaceCoverage:
    """One place: the selectors that a map has rules for, and the values they carry and leave.

    A place without rules has neither, and `values` counts what it could hold.
    """

    trail: str
    title: str
    mandatory: bool
    repeat: int
    rules: tuple[str, ...]
    values: int
    carried: int
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """What one map does with one message structure. Field paths have no indexes: `consignments[].items[].gross`."""

    map: str
    type: str
    document: str
    places: tuple[PlaceCoverage, ...]
    fields_carried: tuple[str, ...]
    fields_left: tuple[str, ...]

    @property
    def places_carried(self) -> int:
        """How many places have a rule."""
        return sum(bool(place.rules) for place in self.places)

    @property
    def values_carried(self) -> int:
        """How many values of those places a rule carries."""
        return sum(place.carried for place in self.places)

    @property
    def values(self) -> int:
        """How many values there are in places that have a rule."""
        return sum(place.values for place in self.places if place.rules)


def coverage(checked: CheckedMap) -> Coverage:
    """Return what a checked map carries of its message and of its document."""
    carried = Templates(checked).values
    every = tuple(field_paths(checked.document))
    return Coverage(
        map=checked.name,
        type=str(checked.grammar.type),
        document=checked.document.__name__,
        places=tuple(
            _place(checked, place) for place in checked.grammar.places[1:] if place.name not in SERVICE_PLACES
        ),
        fields_carried=tuple(path for path in every if path in carried),
        fields_left=tuple(path for path in every if path not in carried),
    )


def field_paths(document: type[Part], prefix: str = "") -> Iterator[str]:
    """Yield the path of every single value of a document, in order: `voyage.number`, `equipment[].number`."""
    for name, shape in fields(document).items():
        if shape.part is None:
            yield f"{prefix}{name}"
        else:
            yield from field_paths(shape.part, f"{prefix}{name}{'[]' if shape.shape is Shape.LIST else ''}.")


def _place(checked: CheckedMap, place: Place) -> PlaceCoverage:
    grammar = checked.grammar
    rules = [rule for rule in checked.rules[1:] if rule.place is place]
    locators = grammar.locators(place)
    covered = {key for rule in rules for key in covered_keys(rule)}
    left = [locator for locator in locators if locator.key not in covered]
    return PlaceCoverage(
        trail=place.trail,
        title=grammar.title(place),
        mandatory=place.mandatory,
        repeat=place.repeat,
        rules=tuple(rule.trail for rule in rules),
        values=len(locators),
        carried=len(locators) - len(left) if rules else 0,
        left=tuple(dict.fromkeys(locator.text for locator in left)) if rules else (),
    )


def covered_keys(rule: Rule) -> Iterator[tuple[int, int, tuple[str, ...], str]]:
    """Yield the key of every value that a rule reads or writes, those of a starred locator one by one."""
    for locator in rule.locators:
        for offset in range(locator.count):
            yield _shifted(locator, offset)


def _shifted(locator: Locator, offset: int) -> tuple[int, int, tuple[str, ...], str]:
    element, component, leaf, attribute = locator.key
    return (element, component + offset, leaf, attribute)
