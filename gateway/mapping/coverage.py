"""What a map carries and what it does not: places and values of the message, fields of the canonical document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gateway.mapping.fields import Shape, fields
from gateway.mapping.lineage import Templates
from gateway.mapping.rules import CheckedMap, Rule
from gateway.model.base import Part
from gateway.model.place import Locator, Place

#: Places that the adapter reads and writes by itself (ISO 9735).
SERVICE_PLACES = frozenset(("UNH", "UNT"))
#: Repeats of one value in a record that are told apart; the members of a JSON list have one locator.
_MOST_REPEATS = 99


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


@dataclass(frozen=True, slots=True)
class Account:
    """What becomes of every value that a message structure has, by number.

    `read` are those that some rule reads: `carried` become a field or go with one (its unit, format, code list),
    `compared` are selectors, constants and running numbers, told when they are otherwise. The rest of `values` is
    `reported` where it stands in a message. `silent` names what is read and nothing of this: there must be none.
    """

    values: int
    read: int
    carried: int
    compared: int
    silent: tuple[str, ...]

    @property
    def reported(self) -> int:
        """How many values no rule reads."""
        return self.values - self.read


def account(checked: CheckedMap) -> Account:
    """Return what becomes of every value of a message that a checked map is for."""
    places = [place for place in checked.grammar.places[1:] if place.name not in SERVICE_PLACES]
    known = [(place, locator) for place in places for locator in checked.grammar.locators(place)]
    read = {(rule.place.id, key) for rule in checked.rules[1:] for key in covered_keys(rule.locators)}
    carried = {(rule.place.id, key) for rule in checked.rules[1:] for key in covered_keys(_carrying(rule))}
    compared = {(rule.place.id, key) for rule in checked.rules[1:] for key in covered_keys(_comparing(rule))}
    found = [(place, locator) for place, locator in known if (place.id, locator.key) in read]
    kept = [one for one in found if (one[0].id, one[1].key) in carried]
    told = [one for one in found if (one[0].id, one[1].key) in compared - carried]
    silent = [one for one in found if (one[0].id, one[1].key) not in carried | compared]
    return Account(
        values=len(known),
        read=len(found),
        carried=len(kept),
        compared=len(told),
        silent=tuple(f"{place.trail} {locator.text}" for place, locator in silent),
    )


def _carrying(rule: Rule) -> Iterator[Locator]:
    """Yield the values that become a field, and what goes with them."""
    for value in rule.values:
        if value.path:
            yield value.locator
            yield from value.companions


def _comparing(rule: Rule) -> Iterator[Locator]:
    """Yield the values that are compared with what the map says."""
    yield from (locator for locator, _ in rule.tests)
    for value in rule.values:
        yield from (locator for locator, _ in value.tests)
        if value.constant or value.counter:
            yield value.locator


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
    covered = {key for rule in rules for key in covered_keys(rule.locators)}
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


def covered_keys(locators: Iterable[Locator]) -> Iterator[tuple[int, int, tuple[str, ...], str]]:
    """Yield the key of every value that locators mean, those of a starred one one by one."""
    for locator in locators:
        for offset in range(min(locator.count, _MOST_REPEATS)):
            yield _shifted(locator, offset)


def _shifted(locator: Locator, offset: int) -> tuple[int, int, tuple[str, ...], str]:
    element, component, leaf, attribute = locator.key
    return (element, component + offset, leaf, attribute)


def unwritten(maps: Sequence[Coverage]) -> tuple[str, ...]:
    """Return the fields of one document that none of its maps writes, a part without any as one: `agent.*`."""
    written = {path for one in maps for path in one.fields_carried}
    names: dict[str, None] = {}
    for path in maps[0].fields_left:
        if path in written:
            continue
        whole = next((part for part in _parts(path) if not _under(part, written)), "")
        names[f"{whole}.*" if whole else path] = None
    return tuple(names)


def _parts(path: str) -> Iterator[str]:
    """Yield the parts around a field, outermost first."""
    steps = path.split(".")
    for depth in range(1, len(steps)):
        yield ".".join(steps[:depth])


def _under(part: str, fields: Iterable[str]) -> bool:
    return any(field.startswith(f"{part}.") for field in fields)
