"""Documents with a value at every place a map knows, each value different, and what a raw text must be to mean one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from gateway.mapping.converters import read_codes
from gateway.mapping.fields import Shape
from gateway.mapping.lineage import Templates
from gateway.mapping.rules import CheckedMap, Rule, Value
from gateway.model.base import Coded, Measure, Part

KEYS = ("PHDU0001034", "PHDU0001050")
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_STEP = re.compile(r"(\w+)|\[(\d+)\]")
_FORMAT = re.compile(r"(an|a|n)(\.\.)?(\d+)")


class Complete:
    """Builds the plain values of one document; `turn` chooses among the alternatives of a place.

    With `other`, every value fits what that map has for the same field too.
    """

    def __init__(self, checked: CheckedMap, turn: int, other: CheckedMap | None = None) -> None:
        self.map = checked
        self.turn = turn
        self.others = Templates(other).values if other else {}
        self.numbers = count(1)
        self.places: dict[int, dict[Any, list[Value]]] = {}
        self.lists: dict[int, dict[tuple[str, ...], Rule]] = {}
        for rule in checked.rules:
            for value in rule.values:
                if value.is_data:
                    here = self.places.setdefault(value.frame, {})
                    here.setdefault((rule.number, value.locator.key), []).append(value)
            if rule.is_each:
                self.lists.setdefault(rule.outer, {})[rule.prefix] = rule

    def frame(self, number: int, index: int = 0) -> dict[str, Any]:
        """The document, or one entry of a list, complete."""
        made: dict[str, Any] = {}
        for alternatives in self.places.get(number, {}).values():
            value = alternatives[(self.turn + index) % len(alternatives)]
            _put(made, value.path, self.value(value, index))
        for path, rule in self.lists.get(number, {}).items():
            _put(made, path, [self.frame(rule.frame, at) for at in range(2)])
        return made

    def value(self, value: Value, index: int) -> Any:
        """A value that no other place has, as far as the format leaves room for that."""
        number = next(self.numbers)
        if value.converter == "ref" or self._is_key(value):
            return KEYS[index % len(KEYS)]
        match value.converter:
            case "int":
                return number
            case "code":
                names = list(self.map.tables[value.arguments[0]].values())
                own = self._own(value)
                names = [self._names(value)[code] for code in own if code in self._names(value)] if own else names
                return names[(number + index) % len(names)]
            case "moment":
                day = (date(2025, 1, 1) + timedelta(number)).isoformat()
                return [day, f"{day}T08:15", f"{day}T08:15:30", f"{day}T08:15+02:00"][number % 4]
            case "measure":
                return {"value": Decimal(number % 900), **({"unit": "KGM"} if value.companions else {})}
            case "coded":
                code = {"value": self.text(value, number)}
                return {**code, **dict(zip(("list", "agency"), ["ZZZ", "11"][: len(value.companions)], strict=False))}
            case "text" if value.locator.count > 1:
                return f"{number} FIRST: O'NEIL + S\xd6HNE?\n{number} SECOND"
            case _:
                return self.text(value, number)

    def text(self, value: Value, number: int) -> str:
        kind, fixed, width = self.narrowest(value)
        if kind == "n":
            return str(number).zfill(width if fixed else 1)[-width:]
        short = _base36(number)
        if fixed:
            return short.zfill(width)[-width:].replace("0", "A")
        return f"{short}?:\xe9'+" if width >= 8 else short[-width:]

    def narrowest(self, value: Value) -> tuple[str, bool, int]:
        """The kind (an, a, n), whether the length is fixed, and the length that both maps admit."""
        path = f"{self.map.frame_trail(value.frame)}{'.'.join(value.path)}"
        _, other = self.others.get(path, (None, value))
        formats = [_FORMAT.fullmatch(one.locator.format) for one in (value, other)]
        known = [(match[1], not match[2], int(match[3])) for match in formats if match]
        return min(known, key=lambda one: (one[0] != "n", one[2]), default=("an", False, 35))

    def _is_key(self, value: Value) -> bool:
        return self.map.frames[value.frame].path == ("equipment",) and value.path == ("number",)

    def _own(self, value: Value) -> tuple[str, ...]:
        rule = next(rule for rule in self.map.rules if value in rule.values)
        return next((values for locator, values in rule.tests if locator.key == value.locator.key), ())

    def _names(self, value: Value) -> dict[str, str]:
        return read_codes(self.map.tables[value.arguments[0]])


def complete(checked: CheckedMap, turn: int = 0, other: CheckedMap | None = None) -> Any:
    """A canonical document with every field that the map carries."""
    return checked.document.model_validate(Complete(checked, turn, other).frame(0))


def at(document: Part, path: str) -> Any:
    """The value at a canonical path: at(report, "consignments[1].items[0].gross")."""
    here: Any = document
    for name, index in _STEP.findall(path):
        here = getattr(here, name) if name else here[int(index)]
    return here


def leaves(part: Any, path: str = "") -> Iterator[str]:
    """The paths of all single values of a document; coded values and measures are single."""
    for name, value in part:
        here = f"{path}{name}"
        if isinstance(value, tuple):
            for number, entry in enumerate(value):
                yield from leaves(entry, f"{here}[{number}].")
        elif isinstance(value, Part) and not isinstance(value, Coded | Measure):
            yield from leaves(value, f"{here}.")
        elif value is not None:
            yield here


def means(raw: str, held: Any, value: Value, checked: CheckedMap) -> bool:
    """Whether a raw text is what a canonical value was read from."""
    if value.converter == "code":
        return bool(read_codes(checked.tables[value.arguments[0]]).get(raw) == held)
    if value.converter == "moment":
        return re.sub(r"\D", "", held).startswith(re.sub(r"\D", "", raw)) and len(raw) >= 8
    if isinstance(held, Measure):
        return Decimal(raw) == held.value
    if isinstance(held, Coded):
        return raw == held.value
    if value.shape is not None and value.shape.shape is Shape.INTEGER:
        return int(raw) == held
    return raw == held or (value.converter == "text" and bool(raw) and str(held).startswith(raw))


def _put(document: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for name in path[:-1]:
        document = document.setdefault(name, {})
    document[path[-1]] = value


def _base36(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text
