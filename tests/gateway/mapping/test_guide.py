from __future__ import annotations

import re

import pytest

from gateway import app
from gateway.mapping.checking import compile_entry
from gateway.mapping.guide import Guide, guide, markdown

REGISTRY = app.standards().registry
NAMES = [entry.head.name for entry in REGISTRY.entries()]


def made(name: str) -> Guide:
    entry = REGISTRY.named(name)
    return guide(compile_entry(REGISTRY, entry, entry.versions[0]), entry.head.about)


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_of_a_map_is_in_its_guide(name: str) -> None:
    entry = REGISTRY.named(name)
    checked = compile_entry(REGISTRY, entry, entry.versions[0])
    assert sorted(place.trail for place in made(name).places) == sorted(rule.trail for rule in checked.rules[1:])
    fields = {value.field for place in made(name).places for value in place.values if value.field}
    carried = {
        f"{checked.frame_trail(value.frame)}{'.'.join(value.path)}"
        for rule in checked.rules
        for value in rule.values
        if value.path
    }
    assert fields == carried


def test_a_value_says_format_usage_field_and_codes() -> None:
    bgm = next(place for place in made("edifact/cuscar/d95b").places if place.trail == "BGM")
    intent = next(value for value in bgm.values if value.field == "intent")
    assert (intent.locator, intent.usage, intent.format) == ("1225", "C", "an..3")
    assert ("9", "submit") in intent.codes


def test_selectors_and_companions_are_told() -> None:
    date = next(place for place in made("edifact/cuscar/d95b").places if place.trail == "DTM[2005=137]")
    assert [(value.locator, value.usage, value.meaning) for value in date.values] == [
        ("2005", "M", "always 137"),
        ("2380", "C", "a time with its format qualifier (2379, formatCode)"),
        ("2379", "C", "format of the time"),
    ]


@pytest.mark.parametrize("name", NAMES)
def test_tables_of_the_markdown_have_six_columns(name: str) -> None:
    lines = [line for line in markdown(made(name)).splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {7}
