"""What a profile demands beyond the directory: under each place of a kind, one of another kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from adapters.edifact.definitions import SegmentDefinition
from adapters.edifact.profile import Overlay, Path, Step
from adapters.edifact.structure import Structure
from adapters.edifact.tokenizer import restore
from gateway.errors import SettingsError
from gateway.model.place import Place
from gateway.yaml_source import nearest

Record = Sequence[str]


@dataclass(frozen=True, slots=True)
class Condition:
    """A component of a segment (element from 1, component from 0) and the values of it that count."""

    element: int
    component: int
    values: frozenset[str]

    def holds(self, record: Record) -> bool:
        """Whether a segment has one of the values there."""
        parts = record[self.element].split(":") if self.element < len(record) else ()
        return self.component < len(parts) and restore(parts[self.component]).strip() in self.values


@dataclass(frozen=True, slots=True)
class Level:
    """One step of a requirement: a place, and what a segment there must hold to count."""

    place: Place
    conditions: tuple[Condition, ...]

    def met_by(self, place: int, record: Record) -> bool:
        """Whether a placed segment is one of those meant."""
        return place == self.place.id and all(condition.holds(record) for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class Missing:
    """A demand that is not met: `segment` counts UNH as 1 and is the last one before the gap."""

    segment: int
    requirement: Requirement


@dataclass(frozen=True, slots=True)
class Requirement:
    """Every instance of the levels but the last holds one of the last. `text` spells it, `profile` demands it."""

    levels: tuple[Level, ...]
    text: str
    profile: str

    def missing(self, places: Sequence[int], records: Sequence[Record]) -> Iterator[Missing]:
        """Yield each place of a message where the demand is not met."""
        yield from self._below(0, range(len(places)), places, records, 0)

    def _below(
        self, depth: int, scope: range, places: Sequence[int], records: Sequence[Record], above: int
    ) -> Iterator[Missing]:
        level = self.levels[depth]
        found = [at for at in scope if level.met_by(places[at], records[at])]
        if depth == len(self.levels) - 1:
            if not found:
                before = [at for at in scope if places[at] <= level.place.id]
                yield Missing((before[-1] if before else above) + 1, self)
            return
        for at in found:
            yield from self._below(depth + 1, _inside(at, level.place, scope, places), places, records, at)


def _inside(at: int, place: Place, scope: range, places: Sequence[int]) -> range:
    """Return the segments below one occurrence of a place: up to the next of a place that is not in it."""
    last = place.id
    below = place
    while below.children:
        below = below.children[-1]
        last = below.id
    end = at + 1
    while end < scope.stop and (not places[end] or place.id < places[end] <= last):
        end += 1
    return range(at + 1, end)


def requirement(
    path: Path, overlay: Overlay, structure: Structure, define: Callable[[str], SegmentDefinition | None]
) -> Requirement:
    """Return a demand resolved against a message; raises `SettingsError` where the message has no such place."""
    place = structure.root
    levels: list[Level] = []
    for step in path:
        place = _child(place, step, overlay)
        conditions = tuple(_condition(step, number, values, overlay, define) for number, values in step.conditions)
        levels.append(Level(place, conditions))
    return Requirement(tuple(levels), "/".join(map(str, path)), overlay.profile)


def _child(place: Place, step: Step, overlay: Overlay) -> Place:
    found = [one for one in place.children if one.name == step.tag and step.group in (None, one.group or 0)]
    if len(found) == 1:
        return found[0]
    if found:
        spellings = " or ".join(f"{step.tag}#{one.group or 0}" for one in found)
        raise SettingsError(f"{overlay.origin}: {step.tag} stands twice under {place.trail}: write {spellings}")
    known = [one.name for one in place.children]
    where = f"{overlay.message} has no {step} under {place.trail}"
    raise SettingsError(f"{overlay.origin}: {where}{nearest(step.tag, known)}")


def _condition(
    step: Step,
    number: str,
    values: frozenset[str],
    overlay: Overlay,
    define: Callable[[str], SegmentDefinition | None],
) -> Condition:
    definition = define(step.tag)
    for element in definition.elements if definition is not None else ():
        for index, part in enumerate(element.components):
            if part.number == number:
                return Condition(element.position, index, values)
    known = [part.number for element in definition.elements for part in element.components] if definition else []
    raise SettingsError(f"{overlay.origin}: there is no {number} in {step.tag}{nearest(number, known)}")
