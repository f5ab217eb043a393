"""Control totals as declared, beside what was counted."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.model.cargo_report import CargoReport
from gateway.model.customs_response import CustomsResponse
from gateway.validation.controls import ControlTotal, control_totals

ITEM = {"packages": {"quantity": 10}, "gross": {"value": "1.2", "unit": "TNE"}}


def report(**totals: Any) -> CargoReport:
    consignment = {"items": [ITEM, ITEM]}
    values = {"totals": totals, "consignments": [consignment], "equipment": [{"number": "BANU1000013"}]}
    return CargoReport.model_validate(values)


def test_every_total_declared_stands_beside_what_was_counted() -> None:
    made = report(packages=21, gross={"value": "2400", "unit": "KGM"}, equipment=2, consignments=1)
    assert control_totals(made) == (
        ControlTotal("consignments", "1", "1"),
        ControlTotal("equipment", "2", "1"),
        ControlTotal("packages", "21", "20"),
        ControlTotal("gross mass", "2400 KGM", "2400 KGM"),
    )


def test_a_total_that_is_not_declared_is_not_counted() -> None:
    assert control_totals(report(packages=20)) == (ControlTotal("packages", "20", "20"),)


@pytest.mark.parametrize("items", [[], [{"packages": {"quantity": 1}}, {}]])
def test_a_silent_line_leaves_the_count_empty(items: list[Any]) -> None:
    made = CargoReport.model_validate({"totals": {"packages": 1}, "consignments": [{"items": items}]})
    assert control_totals(made) == (ControlTotal("packages", "1", ""),)


@pytest.mark.parametrize("document", [CargoReport(), CustomsResponse()])
def test_a_document_without_totals_has_none(document: CargoReport | CustomsResponse) -> None:
    assert control_totals(document) == ()
