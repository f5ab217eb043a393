"""What a profile demands beyond the directory: under each place of a kind, one of another kind."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from adapters.edifact.directories.definitions import SegmentDefinition
from adapters.edifact.profiles.profile import ANY, Overlay, Path, Step
from adapters.edifact.syntax.tokenizer import REPETITION, restore
from gateway.errors import SettingsError
from gateway.model.place import Place
from gateway.yaml_source import nearest

Record = Sequence[str]
#: The segments that stand at each place, by their number from 0.
Occurrences = Mapping[int, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Held:
    """A component of a segment (elements from 1, component from 0) and the values of it that count."""

    elements: tuple[int, ...]
    component: int
    values: frozenset[str]

    def by(self, record: Record) -> bool:
        """Whether a segment has one of the values there, in one occurrence or another of the element."""
        for element in self.elements:
            text = record[element] if element < len(record) else ""
            if REPETITION not in text:
                if self._in(text):
                    return True
            elif any(map(self._in, text.split(REPETITION))):
                return True
        return False

    def _in(self, text: str) -> bool:
        parts = text.split(":", self.component + 1)
        if self.component >= len(parts):
            return False
        value = restore(parts[self.component]).strip()
        return value in self.values or (ANY in self.values and value != "")


@dataclass(frozen=True, slots=True)
class Level:
    """One step of a requirement: a place, the last place inside it, and what a segment there must hold to count."""

    place: Place
    last: int
    held: tuple[Held, ...]

    def met_by(self, record: Record) -> bool:
        """Whether a segment at the place is one of those meant."""
        for held in self.held:  # noqa: SIM110  # a generator costs more than most of what it would look at
            if not held.by(record):
                return False
        return True


@dataclass(frozen=True, slots=True)
class Missing:
    """A demand that is not met: `segment` counts UNH as 1 and is the last one before the gap.

    `under` is the segment that lacks it, counted in the same way.
    """

    segment: int
    under: int


@dataclass(frozen=True, slots=True)
class Requirement:
    """Every instance of the levels but the last holds one of the last.

    `what` says in words what must be there, `under` in what, "" being the message; `source` says who demands it.
    """

    levels: tuple[Level, ...]
    what: str
    under: str
    source: str

    def missing(self, at: Occurrences, places: Sequence[int], records: Sequence[Record]) -> Iterator[Missing]:
        """Yield each instance of a message that lacks what is demanded."""
        around: Sequence[int] = (0,)  # the message itself
        holders: Sequence[int] = around
        for level in self.levels[:-1]:
            here = at.get(level.place.id, ())
            meant = set(holders)
            holders = [one for one in here if _holder(around, one) in meant and level.met_by(records[one])]
            around = here
        level = self.levels[-1]
        content = {_holder(around, one) for one in at.get(level.place.id, ()) if level.met_by(records[one])}
        for one in holders:
            if one not in content:
                yield Missing(self._gap(one, places) + 1, one + 1)

    def _gap(self, at: int, places: Sequence[int]) -> int:
        """Return the segment behind which the missing one belongs: all that may stand before it is passed over."""
        last = self.levels[-1].last
        outer = self.levels[-2] if len(self.levels) > 1 else None
        gap = at
        for number in range(at + 1, len(places)):
            place = places[number]
            if outer is not None and place and not outer.place.id < place <= outer.last:
                break
            if 0 < place <= last:
                gap = number
        return gap


def missing(
    requirements: Iterable[Requirement], places: Sequence[int], records: Sequence[Record]
) -> Iterator[tuple[Requirement, Missing]]:
    """Yield each demand that a placed message does not meet, with where."""
    requirements = tuple(requirements)
    wanted = {level.place.id for one in requirements for level in one.levels}
    at: dict[int, list[int]] = {number: [] for number in wanted}
    for index, number in enumerate(places):
        if number in wanted:
            at[number].append(index)
    for one in requirements:
        for gap in one.missing(at, places, records):
            yield one, gap


def _holder(around: Sequence[int], number: int) -> int:
    """Return the occurrence that a segment stands in: the last one before it (-1: its trigger never came)."""
    found = bisect_right(around, number) - 1
    return around[found] if found >= 0 else -1


def requirement(
    path: Path,
    numbers: Sequence[int],
    overlay: Overlay,
    root: Place,
    define: Callable[[str], SegmentDefinition | None],
) -> Requirement:
    """Return a demand resolved against a message; `numbers` say where its path leads below `root`."""
    levels: list[Level] = []
    place = root
    for step, number in zip(path.steps, numbers, strict=True):
        place = place.children[number]
        levels.append(Level(place, _last(place), conditions(step, path, define)))
    *above, what = [step.words() for step in path.steps]
    return Requirement(tuple(levels), what, above[-1] if above else "", overlay.source)


def conditions(step: Step, path: Path, define: Callable[[str], SegmentDefinition | None]) -> tuple[Held, ...]:
    """Return the conditions of a step against the definition of its segment; raises `SettingsError`."""
    definition = define(step.tag)
    elements = definition.elements if definition is not None else ()
    made: list[Held] = []
    for condition in step.conditions:
        composite, _, number = condition.name.rpartition(".")
        found = [
            (element.ref, element.position, index)
            for element in elements
            for index, part in enumerate(element.components)
            if part.number == number and composite in ("", element.ref)
        ]
        if not found:
            known = [part.number for element in elements for part in element.components]
            near = nearest(number, known)
            raise SettingsError(f"{path.origin}: there is no {condition.name} in {step.tag}{near}")
        if len({(ref, index) for ref, _, index in found}) > 1:
            spellings = " or ".join(dict.fromkeys(f"{ref}.{number}" for ref, _, _ in found))
            raise SettingsError(f"{path.origin}: {number} stands more than once in {step.tag}: write {spellings}")
        made.append(Held(tuple(position for _, position, _ in found), found[0][2], condition.values))
    return tuple(made)


def _last(place: Place) -> int:
    """Return the number of the last place inside a place."""
    while place.children:
        place = place.children[-1]
    return place.id
