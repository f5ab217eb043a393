"""Where a canonical value stands in the message it was read from, and what a place of a written message holds.

Both sides of a translation keep lineage to the same canonical path, so a fault at a place of the written message leads
back to a place of the message received. Most faults are about something that is not there: then the nearest record
that is there gives the instance, and the two maps say what is missing below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from gateway.mapping.reading import Locate, Reading
from gateway.mapping.rules import CheckedMap, Rule, Value
from gateway.mapping.writing import WrittenReading
from gateway.model.finding import Position
from gateway.model.place import Locator, Place
from gateway.model.stages import Lineage

_INDEX = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a message: a record, a value of it, and whether the value (or the record's child) is there.

    `expected` names what the map wants there when it is absent: "CNI/RFF[1153=BM]/NAD[3035=CN] 3164".
    """

    record: int
    locator: Locator | None
    present: bool
    expected: str = ""


def template(path: str) -> str:
    """Return a path without its indexes: consignments[1].items[0].gross -> consignments[].items[].gross."""
    return _INDEX.sub("[]", path)


class Templates:
    """What a map says about canonical paths, whatever the message: which rule and value carry each."""

    def __init__(self, checked: CheckedMap) -> None:
        self.map = checked
        self.values: dict[str, tuple[Rule, Value]] = {}
        self.parts: dict[str, Rule] = {}
        for rule in checked.rules:
            if rule.prefix:
                end = "[]" if rule.is_each else ""
                self.parts.setdefault(f"{checked.frame_trail(rule.outer)}{'.'.join(rule.prefix)}{end}", rule)
            for value in rule.values:
                if value.path:
                    self.values.setdefault(f"{checked.frame_trail(value.frame)}{'.'.join(value.path)}", (rule, value))

    def find(self, path: str) -> tuple[Rule, Value | None] | None:
        """Return the rule, and the value if the path names one, that carry a canonical path or the nearest above it."""
        name = template(path)
        while name:
            if name in self.values:
                return self.values[name]
            holder = self.parts.get(name) or self.parts.get(f"{name}[]")
            if holder is not None:
                return holder, None
            within = next((found for key, found in self.values.items() if key.startswith(f"{name}.")), None)
            if within is not None:
                return within[0], None
            name = name.removesuffix("[]").rpartition(".")[0] if "." in name else ""
        return None


class Origins:
    """Answers, for one message read with care, where a canonical path came from."""

    def __init__(self, checked: CheckedMap, reading: Reading, locate: Locate) -> None:
        self.map = checked
        self.reading = reading
        self._locate = locate
        self.by_path: dict[str, Lineage] = {}
        for entry in reading.lineage:
            self.by_path.setdefault(entry.path, entry)

    @cached_property
    def _templates(self) -> Templates:
        return Templates(self.map)

    def spot(self, path: str) -> Spot | None:
        """Return where a canonical path is, or would be; None when this map has nothing to do with it."""
        entry = self.by_path.get(path)
        if entry is not None:
            return Spot(entry.record, entry.locator, present=True)
        found = self._templates.find(path)
        if found is None:
            return None
        rule, value = found
        exact = value is not None and template(path) == self._trail(value)
        wanted = f"{rule.trail} {value.locator.text}" if value is not None and exact else rule.trail
        return self._nearest(rule, path, value.locator if value and exact else None, wanted)

    def _trail(self, value: Value) -> str:
        return f"{self.map.frame_trail(value.frame)}{'.'.join(value.path)}"

    def _nearest(self, rule: Rule, path: str, locator: Locator | None, wanted: str) -> Spot:
        here: Rule | None = rule
        while here is not None and here.parent is not None:
            record = self.reading.instances.get((self._prefix(here, path), here.number))
            if record is not None:
                inside = here is rule
                return Spot(record, locator if inside else None, present=inside and locator is None, expected=wanted)
            here = here.parent
        return Spot(0, None, present=False, expected=wanted)

    def _prefix(self, rule: Rule, path: str) -> str:
        """Return the frame entry of a rule on the way to `path`: "consignments[1].items[0]."."""
        depth = self.map.frame_trail(rule.frame).count("[]")
        ends = [match.end() for match in _INDEX.finditer(path)]
        return f"{path[: ends[depth - 1]]}." if 0 < depth <= len(ends) else ""

    def position(self, path: str) -> tuple[Position, Spot] | None:
        """Return the place of a canonical path in the bytes received, and what is meant by it."""
        spot = self.spot(path)
        if spot is None:
            return None
        return self._locate(self.reading.message, spot.record, spot.locator), spot


class Destinations:
    """Answers, for one document written with lineage, what each place of the message holds."""

    def __init__(self, checked: CheckedMap, written: WrittenReading) -> None:
        self.map = checked
        self.written = written
        self.by_place: dict[tuple[int, object], str] = {}
        self.by_path: dict[str, Lineage] = {}
        self.instances: dict[int, str] = {}
        for entry in written.lineage:
            self.by_path.setdefault(entry.path, entry)
            if entry.locator is None:
                self.instances.setdefault(entry.record, entry.path)
            else:
                self.by_place.setdefault((entry.record, entry.locator.key), entry.path)

    def path_at(self, record: int, locator: Locator | None, place: Place | None, above: Sequence[int]) -> str | None:
        """Return the canonical path that a place of the message holds, or would hold.

        Args:
            record: number of the record in the body, or -1 when it was not written.
            locator: the value in it, or None for the record itself.
            place: the record's place in the structure.
            above: numbers of the written records around it, nearest first (its own first, if written).
        """
        if locator is not None and (record, locator.key) in self.by_place:
            return self.by_place[record, locator.key]
        if locator is None and record in self.instances:
            return self.instances[record]
        for rule in self.map.rules:
            if place is None or rule.place is not place:
                continue
            value = next(
                (v for v in rule.values if locator is not None and v.path and v.locator.key == locator.key), None
            )
            if value is not None:
                return f"{self._entry(value.frame, above)}{'.'.join(value.path)}"
            if locator is None and rule.prefix:
                return f"{self._entry(rule.outer, above)}{'.'.join(rule.prefix)}"
        return self._entry_path(above)

    def _entry(self, frame: int, above: Iterable[int]) -> str:
        """Return the path of the frame's entry that the records around a place belong to."""
        wanted = self.map.frame_trail(frame)
        if not wanted:
            return ""
        for record in above:
            path = self.instances.get(record)
            if path is not None and template(path) == wanted.removesuffix("."):
                return f"{path}."
        return wanted

    def _entry_path(self, above: Iterable[int]) -> str | None:
        return next((self.instances[record] for record in above if record in self.instances), None)
