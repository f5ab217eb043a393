"""What two documents say of the same cargo: each difference once, at its path, and nothing where they agree."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.model.cargo_report import CargoReport
from gateway.model.customs_response import CustomsResponse
from gateway.model.equipment_report import EquipmentReport
from gateway.model.finding import Severity
from gateway.model.stowage_plan import StowagePlan, slot
from gateway.relations import compare

ONE, TWO, THREE = "EXSU3001172", "EXSU3002348", "EXSU3003513"
HAMBURG, SINGAPORE = {"unlocode": "DEHAM"}, {"unlocode": "SGSIN"}


def kilograms(value: int) -> dict[str, Any]:
    return {"value": value, "unit": "KGM"}


def manifest(*bills: tuple[str, dict[str, Any]], gross: int = 20000) -> CargoReport:
    """A manifest with a container for each bill, which discharges it at a port."""
    return CargoReport.model_validate(
        {
            "equipment": [{"number": number, "gross": kilograms(gross)} for number, _ in bills],
            "consignments": [
                {"discharge": port, "items": [{"equipment": [{"equipment": number}]}]} for number, port in bills
            ],
        }
    )


def plan(*units: dict[str, Any]) -> StowagePlan:
    return StowagePlan.model_validate({"equipment": units})


def landed(*numbers: str, operation: str = "discharge_report") -> EquipmentReport:
    return EquipmentReport.model_validate(
        {
            "operation": operation,
            "voyage": {"discharge": HAMBURG},
            "equipment": [{"number": number} for number in numbers],
        }
    )


def told(one: Any, other: Any) -> list[tuple[str, str, str]]:
    found = compare(one, other)
    assert found is not None
    return [(finding.code, finding.path, finding.value) for finding in found]


def test_a_plan_and_a_manifest_that_agree_differ_in_nothing() -> None:
    assert told(plan({"number": ONE, "discharge": HAMBURG, "gross": kilograms(20000)}), manifest((ONE, HAMBURG))) == []


def test_what_is_stowed_for_a_port_of_the_manifest_and_not_on_it_is_told() -> None:
    found = told(plan({"number": ONE, "discharge": HAMBURG}, {"number": TWO}), manifest((ONE, HAMBURG)))
    assert found == [("PH-1701", "equipment[1].number", TWO)]


def test_what_is_stowed_for_another_port_is_nobodys_difference() -> None:
    assert told(plan({"number": ONE}, {"number": TWO, "discharge": SINGAPORE}), manifest((ONE, HAMBURG))) == []


def test_what_is_on_the_manifest_and_in_no_cell_is_told() -> None:
    found = told(plan({"number": ONE}), manifest((ONE, HAMBURG), (TWO, HAMBURG)))
    assert found == [("PH-1702", "equipment[1].number", TWO)]


def test_equipment_of_an_instruction_is_stowed_too() -> None:
    instructed = StowagePlan.model_validate({"instructions": [{"operation": "load", "equipment": [{"number": ONE}]}]})
    assert told(instructed, manifest((ONE, HAMBURG))) == []


@pytest.mark.parametrize(("weight", "apart"), [(20500, False), (21000, False), (21200, True), (19000, False)])
def test_weights_are_apart_beyond_a_twentieth_and_half_a_ton(weight: int, *, apart: bool) -> None:
    found = told(plan({"number": ONE, "verified_gross": kilograms(weight)}), manifest((ONE, HAMBURG)))
    assert found == ([("PH-1703", "equipment[0].verified_gross", str(weight))] if apart else [])


def test_weights_in_other_units_are_compared_in_kilograms() -> None:
    unit = {"number": ONE, "gross": {"value": 20, "unit": "TNE"}}
    assert told(plan(unit), manifest((ONE, HAMBURG))) == []


def test_a_weight_of_no_known_unit_is_not_compared() -> None:
    unit = {"number": ONE, "gross": {"value": 1, "unit": "ZZZ"}}
    assert told(plan(unit), manifest((ONE, HAMBURG))) == []


def test_shortlanded_is_what_is_manifested_for_the_port_and_was_not_discharged() -> None:
    found = told(landed(ONE), manifest((ONE, HAMBURG), (TWO, HAMBURG), (THREE, SINGAPORE)))
    assert found == [("PH-1704", "equipment[1].number", TWO)]


def test_overlanded_is_what_was_discharged_unannounced_or_for_another_port() -> None:
    found = told(landed(ONE, TWO, THREE), manifest((ONE, HAMBURG), (TWO, SINGAPORE)))
    assert found == [("PH-1705", "equipment[1].number", TWO), ("PH-1705", "equipment[2].number", THREE)]


def test_a_loading_report_is_not_compared_with_what_arrives() -> None:
    assert told(landed(ONE, operation="loading_report"), manifest((TWO, HAMBURG))) == []


def test_the_order_of_the_two_does_not_matter() -> None:
    one, other = plan({"number": TWO}), manifest((ONE, HAMBURG))
    assert told(one, other) == told(other, one)


def test_two_documents_that_tell_of_nothing_common_are_not_compared() -> None:
    assert compare(CustomsResponse(), manifest()) is None


def test_a_difference_has_the_severity_and_remedy_of_its_comparison() -> None:
    found = compare(plan({"number": ONE, "gross": kilograms(9000)}), manifest((ONE, HAMBURG)))
    assert found is not None
    assert [(one.severity, bool(one.remedy)) for one in found] == [(Severity.WARNING, True)]


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ({"value": "0010182", "agency": "5"}, (1, 1, 82)),
        ({"value": "100204"}, (10, 2, 4)),
        ({"value": "DECK3", "agency": "5"}, None),
        ({"value": "0010182", "agency": "ZZZ"}, None),
    ],
)
def test_a_cell_in_iso_format_has_bay_row_and_tier(cell: dict[str, str], numbers: tuple[int, ...] | None) -> None:
    unit = plan({"cell": cell}).equipment[0]
    found = slot(unit.cell)
    assert (found and (found.bay, found.row, found.tier)) == numbers
