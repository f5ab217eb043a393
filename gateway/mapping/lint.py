"""Checks of a compiled map that need all of it at once: what would break the laws, found before a message does.

Each check yields (mark of, text, whether it refuses the map). The laws are those of docs/reference/mapping-language.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from gateway.mapping.rules import CheckedMap, Path, Rule, Test, Value
from gateway.mapping.source import where
from gateway.yaml_source import MarkedText

Remark = tuple[MarkedText, str, bool]


def lint(checked: CheckedMap) -> tuple[list[str], list[str]]:
    """Return faults, which refuse the map, and warnings; both with file, line and column."""
    faults: list[str] = []
    warnings: list[str] = []
    for check in CHECKS:
        for mark, text, refuses in check(checked):
            (faults if refuses else warnings).append(f"{where(mark)}: {text}")
    return list(dict.fromkeys(faults)), list(dict.fromkeys(warnings))


def mandatory_places(checked: CheckedMap) -> Iterator[Remark]:
    """Find places that must be written and that no rule writes: their absence changes what follows them."""
    for rule in checked.rules:
        if rule.is_otherwise:
            continue
        for place in rule.place.children:
            if (
                place.mandatory
                and place.name not in ("UNH", "UNT")
                and all(c.place is not place for c in rule.children)
            ):
                text = f"{place.trail} is mandatory in {checked.grammar.type}, and no rule writes it: "
                text += "add one, or 'otherwise'"
                yield rule.key, text, True


def mandatory_values(checked: CheckedMap) -> Iterator[Remark]:
    """Find mandatory values of a written record that nothing fills."""
    grammar = checked.grammar
    for rule in checked.rules[1:]:
        covered = {locator.key for locator in rule.locators}
        elements = {locator.element for locator in rule.locators}
        needed = grammar.mandatory_elements(rule.place)
        for locator in grammar.locators(rule.place):
            wanted = locator.element in needed or (locator.element and locator.element in elements) or locator.leaf
            if locator.mandatory and wanted and locator.key not in covered and not _starred(rule, locator.key):
                yield (
                    rule.key,
                    f"{locator.text} is mandatory in {rule.place.name}, and this rule does not write it",
                    True,
                )


def _starred(rule: Rule, key: tuple[int, int, tuple[str, ...], str]) -> bool:
    return any(
        locator.count > 1
        and locator.element == key[0]
        and (locator.component or 0) <= key[1] < (locator.component or 0) + locator.count
        for locator in rule.locators
    )


def same_place(checked: CheckedMap) -> Iterator[Remark]:
    """Find rules at one place that cannot be told apart."""
    for rule in checked.rules:
        for place, rules in rule.by_place():
            plain = [one for one in rules if not one.is_otherwise]
            for first, second in combinations(plain, 2):
                if _signature(first.tests) == _signature(second.tests):
                    yield second.key, f"the same place and selector as {first.key} ({where(first.key)})", True
                elif len(first.tests) == len(second.tests) and _overlap(first.tests, second.tests):
                    yield second.key, f"a {place.name} may match this and {first.key} ({where(first.key)}) alike", True


def selectors(checked: CheckedMap) -> Iterator[Remark]:
    """Find selectors that no record can pass: one place tested against values that have nothing in common."""
    for rule in checked.rules:
        for tests in (rule.tests, *(value.tests for value in rule.values)):
            for (first, ones), (second, others) in combinations(tests, 2):
                if first.key == second.key and not set(ones) & set(others):
                    yield rule.key, f"{second.text} is tested twice: no {rule.place.name} can pass", True


def alternatives(checked: CheckedMap) -> Iterator[Remark]:
    """Find alternatives of one value that overlap, or a fallback that is not the last of them."""
    for rule in checked.rules:
        data = [value for value in rule.values if value.is_data]
        for first, second in combinations(data, 2):
            if first.locator.key != second.locator.key:
                continue
            if not first.tests:
                yield first.key, f"a fallback stands last: move it behind {second.key}", True
            elif len(first.tests) == len(second.tests) and _overlap(first.tests, second.tests):
                yield second.key, f"this and {first.key} may both fit", True


def repeats(checked: CheckedMap) -> Iterator[Remark]:
    """Find records that repeat although their rule takes one, and folds and shared lists that cannot work."""
    for rule in checked.rules[1:]:
        if rule.verb == "one" and not rule.tests and rule.place.repeat > 1 and not rule.first_only:
            text = f"{rule.place.trail} may stand {rule.place.repeat} times: write 'each', a selector, or 'first'"
            yield rule.key, text, True
        if rule.verb == "fold":
            data = [value for value in rule.values if value.is_data]
            if len(data) != 1 or data[0].converter != "text" or rule.children:
                yield rule.key, "'fold' joins the lines of one 'text' value, and holds nothing else", True
            elif rule.place.repeat == 1:
                yield rule.key, f"{rule.place.trail} does not repeat: 'fold' has nothing to join", True
        if (
            rule.by
            and not rule.via
            and any(
                other.by and other.prefix == rule.prefix and other.place.id > rule.place.id for other in checked.rules
            )
        ):
            yield rule.key, "'rest' takes what is left: it must stand behind every other use of its list", True
        if rule.by and all(value.path != (rule.by,) for value in rule.values):
            yield rule.key, f"no value of this rule reads the key {rule.by!r}", True


def stand_ins(checked: CheckedMap) -> Iterator[Remark]:
    """Find an `otherwise` that holds data."""
    for rule in checked.rules:
        if rule.is_otherwise and (rule.children or any(value.is_data for value in rule.values)):
            yield rule.key, "'otherwise' writes constants only", True


def one_field_one_place(checked: CheckedMap) -> Iterator[Remark]:
    """Find fields written to two places, and copies of a field that no place carries."""
    carried: dict[tuple[int, Path], tuple[Rule, Value]] = {}
    for rule in checked.rules:
        for value in rule.values:
            if not value.is_data:
                continue
            at = (value.frame, value.path)
            other = carried.setdefault(at, (rule, value))
            if other[1] is not value:
                name = ".".join(value.path)
                text = f"{name} is already carried ({where(other[1].key)}): write ={name} here"
                yield value.key, text, True
    for rule in checked.rules:
        for value in rule.values:
            if value.copy and (value.frame, value.path) not in carried:
                yield value.key, f"this copies {'.'.join(value.path)}, which no rule carries", True


def known_codes(checked: CheckedMap) -> Iterator[Remark]:
    """Find selector values outside the code list of the directory."""
    for rule in checked.rules:
        tests = (*rule.tests, *(test for value in rule.values for test in value.tests))
        for locator, values in tests:
            codes = checked.grammar.codes(locator)
            for value in values if codes else ():
                if value and codes and value not in codes:
                    yield rule.key, f"{value!r} is not in the code list {locator.name} of {checked.grammar.type}", False


def _signature(tests: tuple[Test, ...]) -> frozenset[tuple[object, tuple[str, ...]]]:
    return frozenset((locator.key, values) for locator, values in tests)


def _overlap(first: tuple[Test, ...], second: tuple[Test, ...]) -> bool:
    """Whether one record can pass both."""
    others = {locator.key: values for locator, values in second}
    return all(set(values) & set(others.get(locator.key, values)) for locator, values in first)


CHECKS = (
    mandatory_places,
    mandatory_values,
    same_place,
    selectors,
    alternatives,
    repeats,
    stand_ins,
    one_field_one_place,
    known_codes,
)
