from __future__ import annotations

import pytest

from gateway.model.bill_of_lading import BillOfLading
from gateway.model.cargo_report import CargoReport
from gateway.model.stowage_plan import StowagePlan
from gateway.relations import dangerous_goods
from gateway.relations.manifest_from_bills import manifest_from_bills

ONE, TWO = "EXSU3003513", "EXSU3003529"
GOODS = [{"un_number": "1263", "imdg_class": "3"}]


def bill(number: str, voyage: str = "042E", container: str = ONE) -> BillOfLading:
    return BillOfLading.model_validate(
        {
            "reference": f"M-{number}",
            "transport_document": {"number": number},
            "voyage": {"number": voyage, "vessel": {"imo": "9999993"}},
            "discharge": {"unlocode": "NLRTM"},
            "consignee": {"name": "EXAMPLE IMPORTS"},
            "items": [{"sequence": 1, "description": "PAINT", "dangerous_goods": GOODS}],
            "equipment": [{"number": container, "kind": "container"}],
        }
    )


def test_a_manifest_has_a_consignment_for_each_bill_and_each_container_once() -> None:
    report, findings = manifest_from_bills([bill("B1"), bill("B2"), bill("B3", container=TWO)])
    assert findings == ()
    assert [one.transport_document.number for one in report.consignments if one.transport_document] == [
        "B1",
        "B2",
        "B3",
    ]
    assert [unit.number for unit in report.equipment] == [ONE, TWO]
    assert report.voyage == bill("B1").voyage
    assert report.consignments[0].items == bill("B1").items


def test_bills_of_another_voyage_and_bills_that_come_twice_are_told() -> None:
    _, findings = manifest_from_bills([bill("B1"), bill("B2", voyage="043E"), bill("B1")])
    assert [(one.code, one.path) for one in findings] == [
        ("PH-5101", "consignments[1]"),
        ("PH-5102", "consignments[2].transport_document.number"),
    ]


def test_no_bill_makes_no_manifest() -> None:
    with pytest.raises(ValueError, match="a bill at least"):
        manifest_from_bills([])


def test_the_dangerous_goods_of_a_manifest_are_reported_bill_by_bill() -> None:
    report, _ = manifest_from_bills([bill("B1")])
    plain = CargoReport.model_validate({"consignments": [{"items": [{"sequence": 1}]}]})
    made = dangerous_goods.from_manifest(
        report.model_copy(update={"consignments": (*report.consignments, *plain.consignments)})
    )
    (consignment,) = made.consignments
    assert (consignment.bill, [item.description for item in consignment.items]) == ("B1", ["PAINT"])
    assert made.voyage == report.voyage


def test_what_a_manifest_says_of_an_item_is_said_of_its_only_dangerous_goods() -> None:
    said = {"technical_name": "EXAMPLE RED", "hazard_information": "KEEP COOL"}
    both = [*GOODS, {"un_number": "1993", "technical_name": "OWN NAME"}]
    items = [{"dangerous_goods": GOODS, **said}, {"dangerous_goods": both, **said}]
    made = dangerous_goods.from_manifest(CargoReport.model_validate({"consignments": [{"items": items}]}))
    (consignment,) = made.consignments
    told = [(item.goods.technical_name, item.goods.information) for item in consignment.items if item.goods]
    assert told == [("EXAMPLE RED", "KEEP COOL"), (None, None), ("OWN NAME", None)]


def test_the_dangerous_goods_of_a_plan_are_reported_with_their_cells() -> None:
    plan = StowagePlan.model_validate(
        {
            "equipment": [{"number": ONE}, {"number": TWO, "cell": {"value": "0010182"}, "dangerous_goods": GOODS}],
            "instructions": [{"equipment": [{"number": ONE, "dangerous_goods": GOODS}]}],
        }
    )
    made = dangerous_goods.from_plan(plan)
    stowed = [where for one in made.consignments for item in one.items for where in item.stowed]
    assert [(where.equipment, where.cell.value if where.cell else "") for where in stowed] == [
        (TWO, "0010182"),
        (ONE, ""),
    ]
