"""Each qualifier that the trade's guides name is one that a map of the message knows (qualifiers.yaml)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
import yaml

from gateway import app
from gateway.mapping.checking import type_of
from gateway.mapping.rules import CheckedMap, Rule, Value

ANY = "any"
WANTED = [
    pytest.param(message, place, str(code), id=f"{message} {place} {code}")
    for message, places in yaml.safe_load(Path(__file__).with_name("qualifiers.yaml").read_text()).items()
    for place, codes in places.items()
    for code in codes
]


@pytest.fixture(scope="module")
def maps() -> dict[str, list[CheckedMap]]:
    """The maps of each message, each for the newest directory that it serves."""
    registry = app.standards().registry
    found: dict[str, list[CheckedMap]] = {}
    for entry in registry.entries():
        if entry.standard == "edifact":
            found.setdefault(entry.message, []).append(registry.compiled(entry, type_of(entry, entry.versions[-1])))
    return found


@pytest.mark.parametrize(("message", "place", "code"), WANTED)
def test_a_qualifier_of_the_guides_is_known(
    maps: dict[str, list[CheckedMap]], message: str, place: str, code: str
) -> None:
    *tags, elements = place.split()
    assert any(
        knows(checked, rule, elements.split("/"), code.split("/"))
        for checked in maps[message]
        for rule in checked.rules
        if stands_at(rule, tags)
    )


def stands_at(rule: Rule, tags: list[str]) -> bool:
    """Whether a rule is for these segments, from the top."""
    found = []
    at: Rule | None = rule
    while at is not None and at.parent is not None:
        found.insert(0, at.place.name)
        at = at.parent
    return len(found) == len(tags) and all(name in tag.split("|") for name, tag in zip(found, tags, strict=True))


def knows(checked: CheckedMap, rule: Rule, elements: list[str], codes: list[str]) -> bool:
    """Whether a rule takes these values at these elements."""
    return all(takes(checked, rule, element, code) for element, code in zip(elements, codes, strict=True))


def takes(checked: CheckedMap, rule: Rule, element: str, code: str) -> bool:
    asked = [values for locator, values in rule.tests if element_of(locator.text) == element]
    if asked:
        return all(code in values for values in asked)
    return any(carries(checked, value, code) for value in rule.values if element_of(value.locator.text) == element)


def carries(checked: CheckedMap, value: Value, code: str) -> bool:
    """Whether a value holds a code: as it is, or by the name that a table gives it."""
    if not value.path:
        return code in value.constant
    return code == ANY or value.converter != "code" or code in known(checked, value.arguments[0])


def known(checked: CheckedMap, table: str) -> Iterator[str]:
    return chain.from_iterable(codes.split("|") for codes in checked.tables[table])


def element_of(locator: str) -> str:
    """Return the element of a locator: 3155 of C076#1.3155; 7273.1 stays what it is."""
    head, _, tail = locator.rstrip("*").partition(".")
    return tail if head.startswith("C") else locator.rstrip("*")
