from __future__ import annotations

from decimal import Decimal

import pytest

from gateway.model.base import Measure
from gateway.validation.figures import KILOGRAMS, agrees, figure, kilograms, measured
from gateway.validation.reference import units


def measure(value: str, unit: str | None = "KGM") -> Measure:
    return Measure(value=Decimal(value), unit=unit)


@pytest.mark.parametrize(("value", "unit", "mass"), [
    ("24.3505", "TNE", "24350.5"), ("10", "LBR", "4.5359237"), ("1", "STN", "907.18474"), ("3", None, "3"),
    ("3", "MTQ", None), ("3", "KG", None),
])  # fmt: skip
def test_masses_are_converted_to_kilograms_exactly(value: str, unit: str | None, mass: str | None) -> None:
    assert kilograms(measure(value, unit)) == (None if mass is None else Decimal(mass))


def test_no_measure_is_no_mass() -> None:
    assert kilograms(None) is None


def test_every_unit_that_is_converted_is_one_of_recommendation_20() -> None:
    assert set(KILOGRAMS) - {None} <= units()


@pytest.mark.parametrize(("declared", "unit", "total", "agreed"), [
    ("24350.5", "KGM", "24350.5", True),
    ("101", "KGM", "100", True),
    ("101.5", "KGM", "100", False),
    ("20020", "KGM", "20000", True),
    ("20021", "KGM", "20000", False),
    ("24.4", "TNE", "24350.5", True),   # to the 100 kg as declared
    ("24.400", "TNE", "24350.5", False),
    ("24", "TNE", "24499", True),
    ("22.0462", "LBR", "10", True),
    ("5", "MTQ", "100", True),          # not a mass: another rule's business
])  # fmt: skip
def test_masses_agree_within_the_tolerance_and_the_precision_declared(
    declared: str, unit: str, total: str, agreed: bool
) -> None:
    assert agrees(measure(declared, unit), Decimal(total)) is agreed


@pytest.mark.parametrize(("number", "written"), [
    (480, "480"), (Decimal("24350.50"), "24350.5"), (Decimal("1E+3"), "1000"), (Decimal("-0.10"), "-0.1"),
    (Decimal("1E+999999"), "1E+999999"), (Decimal(0), "0"),
    (Decimal("Infinity"), "Infinity"),
])  # fmt: skip
def test_numbers_are_written_as_people_write_them(number: int | Decimal, written: str) -> None:
    assert figure(number) == written


def test_a_number_that_python_will_not_write_is_named_instead() -> None:
    assert figure(10**5000) == "an absurdly large number"


def test_a_measure_is_written_with_its_unit_where_it_has_one() -> None:
    assert (measured(measure("1.50", "TNE")), measured(measure("7", None))) == ("1.5 TNE", "7")
