from __future__ import annotations

import json
import re
import types
import typing
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.model import (
    base,
    cargo_report,
    customs_response,
    equipment,
    goods,
    location,
    party,
    transport_document,
    vessel,
)
from gateway.model.base import Coded, Line, Measure, Moment, OptionalPart, Part, Text
from gateway.model.cargo_report import CargoReport
from gateway.model.customs_response import CustomsResponse
from gateway.validation import check, rules
from gateway.validation.identifiers import container_check_digit

FAULTLESS = Path(__file__).with_name("faultless_report.json").read_text("utf-8")

NAMES = {
    name: value
    for module in (
        base,
        location,
        party,
        equipment,
        goods,
        transport_document,
        vessel,
        cargo_report,
        customs_response,
    )
    for name, value in vars(module).items()
}

#: Texts that rules look at closely, beside any text at all.
TELLING = (
    *("PHDU0001013", "PHDU0001029", "PHDU0001035", "PHDU 000101", "9074729", "9074720", "IMO9074729"),
    *("NLRTM", "CNSHA", "QQABC", "NL", "UK", "CT", "CTN", "KGM", "TNE", "LBR", "MTQ", "KG", "1263", "UN1263"),
    *("3", "1.4S", "3.3", "I", "?4"),
    *("container", "full", "empty", "cancel", "export", "rejected", "EXAM0001", "6", "1"),
)
lines = st.sampled_from(TELLING) | st.text(
    st.characters(min_codepoint=33, exclude_characters="\x7f", exclude_categories=["C", "Z"]), min_size=1, max_size=8
)
moments = st.builds(
    "{}{}".format,
    st.dates().map(str),
    st.sampled_from(["", "T00:00", "T23:59", "T12:30:59", "T23:59+14:00", "T00:00:00-12:00", "T08:00Z"]),
)
decimals = st.sampled_from([Decimal("1E+999999"), Decimal("-1E-999999"), Decimal("9" * 60), Decimal(0), Decimal(100)])
integers = st.integers(-1, 5) | st.integers() | st.builds(pow, st.just(10), st.just(4400))  # one that str() refuses
LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    Line: lines,
    Text: lines,
    Moment: moments,
    int: integers,
    Decimal: decimals | st.decimals(allow_nan=False, allow_infinity=False),
}


def value_of(annotation: Any, depth: int) -> st.SearchStrategy[Any]:
    """Return a strategy for a field; absent values and short lists come first."""
    if annotation in LEAVES:
        return LEAVES[annotation]
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        (inner,) = (member for member in typing.get_args(annotation) if member is not types.NoneType)
        return st.none() | value_of(inner, depth)
    if typing.get_origin(annotation) is tuple:
        members = st.lists(value_of(typing.get_args(annotation)[0], depth + 1), max_size=2 if depth < 3 else 1)
        return members.map(lambda found: tuple(member for member in found if member is not None))
    return part_of(annotation, depth)


def part_of(model: type[Part], depth: int = 0) -> st.SearchStrategy[Any]:
    """Return a strategy for valid parts, or None where an optional part would be empty."""
    hints = typing.get_type_hints(model, globalns=NAMES, include_extras=True)
    fields = {name: value_of(hints[name], depth) for name in model.model_fields}
    required = {name: fields.pop(name) for name, field in model.model_fields.items() if field.is_required()}

    def build(values: dict[str, Any]) -> Part | None:
        stated = {name: value for name, value in values.items() if value is not None and value != ()}
        return None if issubclass(model, OptionalPart) and not stated else model.model_validate(stated)

    return st.fixed_dictionaries(required, optional=fields).map(build)


def steps(path: str) -> list[tuple[str, str]]:
    """Return the names of a canonical path, each with its index or an empty text."""
    return re.findall(r"(\w+)(?:\[(\d+)\])?", path)


def field_at(model: Any, path: str) -> Any:
    """Return the type of what a canonical path names; fails unless indexes stand exactly on what repeats."""
    for name, index in steps(path):
        hint = typing.get_type_hints(model, globalns=NAMES, include_extras=True)[name]
        members = [member for member in typing.get_args(hint) if member not in (types.NoneType, Ellipsis)]
        repeats = typing.get_origin(hint) is tuple
        assert repeats or not index
        model = members[0] if index or (members and not repeats and hint not in LEAVES) else hint
    return model


def leaves(path: str, value: Any) -> Iterator[str]:
    """Yield the path of each single value."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(f"{path}.{name}" if path else name, inner)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from leaves(f"{path}[{at}]", inner)
    else:
        yield path


def value_at(document: Part, path: str) -> Any:
    """Return what stands at a canonical path, None where nothing does."""
    at: Any = document
    for name, index in steps(path):
        at = getattr(at, name) if at is not None else None
        at = at[int(index)] if index else at
    return at


@pytest.mark.parametrize("model", [CargoReport, CustomsResponse])
def test_check_never_raises_and_points_at_fields(model: type[Part]) -> None:
    ids = {rule.id for rule in rules() if rule.document is model}

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(part_of(model))
    def holds(document: Part) -> None:
        found = check(document)
        assert found == check(document)
        for finding in found:
            assert finding.code in ids
            assert field_at(model, finding.path)
            assert finding.text
            assert finding.remedy
            assert finding.value or value_at(document, finding.path) in (None, ())

    holds()


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_check_never_raises_on_a_full_report_with_odd_values(data: st.DataObject) -> None:
    document = json.loads(FAULTLESS)
    for path in data.draw(st.lists(st.sampled_from(list(leaves("", document))), max_size=6, unique=True)):
        at, *rest = document, *(int(step) if step.isdigit() else step for step in re.findall(r"\w+", path))
        for step in rest[:-1]:
            at = at[step]
        at[rest[-1]] = data.draw(LEAVES[field_at(CargoReport, path)])
    report = CargoReport.model_validate(document)
    for finding in check(report):
        assert field_at(CargoReport, finding.path)
        assert finding.value or value_at(report, finding.path) in (None, ())


def _written(at: object) -> set[str | None]:
    """Every text by which a finding may quote the value at its path."""
    if isinstance(at, Measure):
        return {str(at.value), at.unit}
    return {at.value} if isinstance(at, Coded) else {"" if at in (None, ()) else str(at)}


def test_every_value_found_stands_at_its_path() -> None:
    report = CargoReport.model_validate({
        "equipment": [{"number": "PHDU0001035", "tare": {"value": "-1", "unit": "KG"}}],
        "consignments": [
            {"totals": {"packages": 3}, "items": [{"packages": {"quantity": 2, "type": {"value": "CTN"}}}]}
        ],
    })  # fmt: skip
    for finding in check(report):
        at = value_at(report, finding.path)
        assert finding.value in _written(at), finding


def test_masses_beyond_all_arithmetic_are_compared_without_an_exception() -> None:
    huge = {"value": "9E+999999", "unit": "TNE"}
    goods = {"packages": {"quantity": 10**4400}, "gross": huge, "net": huge}
    report = CargoReport.model_validate({
        "totals": {"packages": -(10**4400), "gross": huge},
        "consignments": [{"totals": {"gross": huge}, "items": [goods, goods]}],
    })  # fmt: skip
    assert {"PH-1201", "PH-1202", "PH-1206"} <= {finding.code for finding in check(report)}


def manifest(bills: int) -> CargoReport:
    boxes = [f"PHDU{serial:06d}{container_check_digit(f'PHDU{serial:06d}')}" for serial in range(bills)]

    def item(box: str) -> dict[str, Any]:
        return {
            "packages": {"quantity": 10, "type": {"value": "CT"}},
            "description": "CERAMIC TILES",
            "gross": {"value": "1000", "unit": "KGM"},
            "equipment": [{"equipment": box, "packages": 10}],
        }

    def bill(box: str) -> dict[str, Any]:
        document = {"number": f"EXAM{box}"}
        return {"transport_document": document, "totals": {"packages": 20}, "items": [item(box), item(box)]}

    containers = [{"kind": "container", "number": box, "fullness": "full"} for box in boxes]
    return CargoReport.model_validate({"equipment": containers, "consignments": [bill(box) for box in boxes]})


def test_four_times_the_report_takes_no_more_than_four_times_the_steps(
    steps: Callable[[Callable[[], object]], int],
) -> None:
    check(manifest(1))  # what is compiled, or looked up, once
    small, large = (steps(partial(check, manifest(bills))) for bills in (50, 200))
    assert large <= 4.1 * small  # a rule that searches a list per entry would take up to 16 times as many


class Compared(str):
    """A text that counts how often it is compared."""

    __slots__ = ()
    times = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        Compared.times += 1
        return str.__eq__(self, other)


def comparisons(bills: int) -> int:
    """How often the container numbers of a manifest are compared in a check."""
    report = manifest(bills)
    boxes = tuple(one.model_copy(update={"number": Compared(one.number)}) for one in report.equipment)
    Compared.times = 0
    check(report.model_copy(update={"equipment": boxes}))
    return Compared.times


def test_numbers_are_looked_up_and_not_searched_for() -> None:
    assert 0 < comparisons(200) <= 4.1 * comparisons(50)
