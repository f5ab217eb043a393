from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gateway.model.base import Part
from gateway.model.cargo_report import CargoReport
from gateway.model.customs_response import CustomsResponse
from gateway.model.finding import Kind, Position, Severity
from gateway.model.policy import Policy
from gateway.validation import check, rules

Changes = Mapping[str, Any]


def kg(value: str) -> dict[str, str]:
    return {"value": value, "unit": "KGM"}


def item(packages: int, gross: str, stowed: str) -> dict[str, Any]:
    return {
        "packages": {"quantity": packages, "type": {"value": "CT"}},
        "description": "CERAMIC TILES",
        "gross": kg(gross),
        "equipment": [{"equipment": stowed, "packages": packages}],
    }


PAGES = Path(__file__).resolve().parents[3] / "docs" / "rules"

#: A report without a fault: bill A with two items in two containers, bill B with two houses in the second.
REPORT: dict[str, Any] = json.loads(Path(__file__).with_name("faultless_report.json").read_text("utf-8"))

RESPONSE: dict[str, Any] = {
    "verdict": "rejected",
    "subject": {"reference": "PH-TEST-1"},
    "faults": [{"code": {"value": "CDS10001"}, "text": "Unknown port"}],
}

B0, B1 = "consignments[0]", "consignments[1]"
I00, I01 = f"{B0}.items[0]", f"{B0}.items[1]"
H0, H1 = f"{B1}.houses[0]", f"{B1}.houses[1]"
DG = f"{I00}.dangerous_goods"
FLAMMABLE = {"imdg_class": "3", "un_number": "1263", "flashpoint": {"value": "23", "unit": "CEL"}}
OWN_GOODS = {f"{B1}.items": [item(180, "2500", "PHDU0001029")]}

#: rule, changes that break it, the path it is found at, the value found, a part of the text
FAILING: tuple[tuple[str, Changes, str, str, str], ...] = (
    ("PH-1001", {"equipment[2].number": "PHDU 000103-4"}, "equipment[2].number", "PHDU 000103-4", "ABCU1234567"),
    ("PH-1001", {"equipment[2].number": "PHDU000103"}, "equipment[2].number", "PHDU000103", "PHDU000103"),
    ("PH-1002", {"equipment[2].number": "PHDU0001035"}, "equipment[2].number", "PHDU0001035",
     "check digit 5, its other characters give 4"),
    ("PH-1002", {"equipment[2]": {"number": "PHDU0001035", "fullness": "empty"}}, "equipment[2].number",
     "PHDU0001035", "give 4"),
    ("PH-1003", {"voyage.vessel.imo": "IMO9074729"}, "voyage.vessel.imo", "IMO9074729", "seven digits"),
    ("PH-1004", {"voyage.vessel.imo": "9074728"}, "voyage.vessel.imo", "9074728",
     "check digit 8, its first six digits give 9"),
    ("PH-1005", {"voyage.arrival.unlocode": "NLRT"}, "voyage.arrival.unlocode", "NLRT", "two letters and three"),
    ("PH-1005", {f"{B0}.loading.unlocode": "QQRTM"}, f"{B0}.loading.unlocode", "QQRTM", "no country"),
    ("PH-1006", {f"{B1}.discharge.unlocode": "NLZZZ"}, f"{B1}.discharge.unlocode", "NLZZZ", "2023-1"),
    ("PH-1006", {"voyage.next_port": {"unlocode": "CNSHA"}}, "voyage.next_port.unlocode", "CNSHA",
     "not known as a port"),
    ("PH-1006", {f"{H0}.loading": {"unlocode": "NLZZZ"}}, f"{H0}.loading.unlocode", "NLZZZ", "not known"),
    ("PH-1007", {"office": {"unlocode": "NL000396"}}, "office.unlocode", "NL000396", "NL000396"),
    ("PH-1007", {f"{B0}.delivery": {"unlocode": "QQABC"}}, f"{B0}.delivery.unlocode", "QQABC", "no country"),
    ("PH-1008", {"voyage.vessel.flag": "PAN"}, "voyage.vessel.flag", "PAN", "ISO 3166"),
    ("PH-1008", {f"{B0}.consignee.address.country": "UK"}, f"{B0}.consignee.address.country", "UK", "ISO 3166"),
    ("PH-1009", {f"{I00}.packages.type": {"value": "CTN"}}, f"{I00}.packages.type", "CTN", "Recommendation 21"),
    ("PH-1010", {f"{I00}.gross": {"value": "1", "unit": "KG"}, f"{B0}.totals": None, "totals.gross": None},
     f"{I00}.gross", "KG", "Recommendation 20"),
    ("PH-1010", {f"{I00}.volume": {"value": "1", "unit": "M3"}}, f"{I00}.volume", "M3", "M3"),
    ("PH-1010", {"equipment[0].temperatures": [{"value": {"value": "-18", "unit": "C"}}]},
     "equipment[0].temperatures[0].value", "C", "'C'"),
    ("PH-1010", {DG: [FLAMMABLE | {"flashpoint": {"value": "23", "unit": "°C"}}]},
     f"{DG}[0].flashpoint", "°C", "°C"),
    ("PH-1011", {f"{B0}.totals.gross": {"value": "9", "unit": "MTQ"}}, f"{B0}.totals.gross", "MTQ", "mass"),
    ("PH-1011", {"equipment[2].tare": {"value": "9", "unit": "MTR"}}, "equipment[2].tare", "MTR", "mass"),
    ("PH-1101", {"voyage.etd": "2025-03-17"}, "voyage.etd", "2025-03-17",
     "after the estimated arrival 2025-03-16T08:00"),
    ("PH-1101", {"voyage.etd": "2025-03-16T11:00"}, "voyage.etd", "2025-03-16T11:00", "after"),
    ("PH-1102", {"voyage.atd": "2025-03-13", "voyage.ata": "2025-03-12"}, "voyage.atd", "2025-03-13",
     "after the arrival 2025-03-12"),
    ("PH-1103", {"voyage.etd": "2024-03-16"}, "voyage.eta", "2025-03-16T08:00", "lasts 365 days"),
    ("PH-1104", {"voyage.ata": "2025-02-02", "voyage.etd": "2025-02-01"}, "voyage.ata", "2025-02-02", "42 days off"),
    ("PH-1104", {"voyage.atd": "2025-01-12"}, "voyage.atd", "2025-01-12", "39 days off"),
    ("PH-1105", {"voyage.ata": "2025-03-16T08:00"}, "voyage.ata", "2025-03-16T08:00",
     "issued earlier, 2025-03-14T09:00"),
    ("PH-1106", {"issued_at": "2025-03-18"}, "voyage.eta", "2025-03-16T08:00", "issued, 2025-03-18"),
    ("PH-1107", {"issued_at": "2024-03-14T09:00"}, "issued_at", "2024-03-14T09:00", "366 days"),
    ("PH-1201", {"totals.packages": 650}, "totals.packages", "650", "declared 650 packages, the items add up to 660"),
    ("PH-1202", {"totals.gross.value": "11.6"}, "totals.gross", "11.6",
     "declared 11.6 TNE gross, the items add up to 11500 KGM"),
    ("PH-1203", {"totals.equipment": 4}, "totals.equipment", "4", "declared 4 units of equipment, the report lists 3"),
    ("PH-1203", {"totals": {"equipment": 1}, "equipment": None, f"{I00}.equipment": None, f"{I01}.equipment": None,
                 "consignments[1]": None}, "totals.equipment", "1", "lists 0"),
    ("PH-1204", {"totals.consignments": 3}, "totals.consignments", "3",
     "declared 3 consignments, the report has 2 with 2 houses"),
    ("PH-1205", {f"{B0}.totals.packages": 470}, f"{B0}.totals.packages", "470",
     "bill EXAM0001 declared 470 packages, the items add up to 480"),
    ("PH-1205", {f"{B1}.totals.packages": 360}, f"{B1}.totals.packages", "360", "add up to 180"),
    ("PH-1206", {f"{B0}.totals.gross.value": "9010"}, f"{B0}.totals.gross", "9010",
     "9010 KGM gross, the items add up to 9000 KGM"),
    ("PH-1206", {f"{B0}.totals.gross": {"value": "9000", "unit": "LBR"}}, f"{B0}.totals.gross", "9000", "9000 LBR"),
    ("PH-1207", {f"{B0}.totals.equipment": 1}, f"{B0}.totals.equipment", "1",
     "declared 1 unit of equipment, its items are stowed in 2"),
    ("PH-1208", {f"{H0}.totals.packages": 99}, f"{H0}.totals.packages", "99", "house bill HOUSE1 declared 99"),
    ("PH-1209", {f"{H0}.totals.gross.value": "900"}, f"{H0}.totals.gross", "900", "house bill HOUSE1 declared 900 KGM"),
    ("PH-1210", {f"{H0}.totals.equipment": 2}, f"{H0}.totals.equipment", "2", "bill HOUSE1 declared 2"),
    ("PH-1211", {f"{I00}.equipment[1].packages": 90}, f"{I00}.packages.quantity", "400",
     "declared 400 packages, those stowed in equipment add up to 390"),
    ("PH-1212", {"equipment[2].tare": kg("-1")}, "equipment[2].tare", "-1", "-1 KGM is below zero"),
    ("PH-1212", {"totals.pieces": -3}, "totals.pieces", "-3", "below zero"),
    ("PH-1212", {f"{I00}.volume": {"value": "-0.5", "unit": "MTQ"}}, f"{I00}.volume", "-0.5", "below zero"),
    ("PH-1212", {f"{I00}.equipment": [{"equipment": "PHDU0001013", "packages": 401},
                                      {"equipment": "PHDU0001029", "packages": -1}]},
     f"{I00}.equipment[1].packages", "-1", "below zero"),
    ("PH-1213", {f"{I01}.net": kg("1500.5")}, f"{I01}.net", "1500.5", "1500.5 KGM exceeds the gross mass 1500 KGM"),
    ("PH-1213", {"equipment[1].net": {"value": "9", "unit": "TNE"}}, "equipment[1].net", "9", "9 TNE exceeds"),
    ("PH-1301", {f"{I00}.equipment[0].equipment": "PHDU0001040", "equipment[0]": {"number": "PHDU0001013"}},
     f"{I00}.equipment[0].equipment", "PHDU0001040", "PHDU0001040, which is not among the 3 units"),
    ("PH-1302", {f"{I01}.equipment[0].equipment": None}, f"{I01}.equipment[0].equipment", "", "80 packages stowed"),
    ("PH-1302", {f"{I01}.equipment": [{}]}, f"{I01}.equipment[0].equipment", "", "goods stowed"),
    ("PH-1303", {"equipment[2].fullness": "full", "equipment[2].tare": kg("2200")}, "equipment[2].number",
     "PHDU0001034",
     "declared full, but nothing among 4 goods items"),
    ("PH-1304", {"equipment[2].number": "PHDU0001013", "equipment[2].fullness": "full",
     "equipment[2].tare": kg("2200")},
     "equipment[2].number", "PHDU0001013", "already as unit 1"),
    ("PH-1305", {f"{B1}.transport_document.number": "EXAM0001"}, f"{B1}.transport_document.number", "EXAM0001",
     "bill EXAM0001 occurs twice: it is already consignment 1"),
    ("PH-1306", {f"{H1}.transport_document.number": "HOUSE1"}, f"{H1}.transport_document.number", "HOUSE1",
     "already house 1"),
    ("PH-1307", {"equipment[0].fullness": "empty"}, "equipment[0].fullness", "empty",
     "PHDU0001013 is declared empty, but the goods of 1 item are stowed in it, the first is consignments[0].items[0]"),
    ("PH-1401", {DG: [{"un_number": "1263"}]}, f"{DG}[0].imdg_class", "", "1263"),
    ("PH-1402", {DG: [FLAMMABLE, {"imdg_class": "9"}]}, f"{DG}[1].un_number", "", "class 9"),
    ("PH-1403", {DG: [FLAMMABLE | {"un_number": "UN1263"}]}, f"{DG}[0].un_number", "UN1263", "four digits"),
    ("PH-1404", {DG: [FLAMMABLE | {"imdg_class": "3.3"}]}, f"{DG}[0].imdg_class", "3.3", "IMDG"),
    ("PH-1404", {DG: [{"imdg_class": "1.4Z", "un_number": "0012"}]}, f"{DG}[0].imdg_class", "1.4Z", "IMDG"),
    ("PH-1405", {DG: [{"imdg_class": "3", "un_number": "1263"}]}, f"{DG}[0].flashpoint", "", "UN 1263"),
    ("PH-1406", {DG: [FLAMMABLE | {"packing_group": "?4"}]}, f"{DG}[0].packing_group", "4", "none of I, II and III"),
    ("PH-1501", {"reference": None}, "reference", "", "number"),
    ("PH-1502", {"issued_at": None}, "issued_at", "", "issued"),
    ("PH-1503", {"sender": None}, "sender", "", "sender"),
    ("PH-1504", {"voyage.number": None}, "voyage.number", "", "voyage number"),
    ("PH-1505", {"voyage.vessel.imo": None}, "voyage.vessel.imo", "", "the ship EXAMPLE STAR has neither"),
    ("PH-1505", {"voyage.vessel": None, "voyage.mode": None}, "voyage.vessel.imo", "", "the report's ship"),
    ("PH-1506", {"voyage.eta": None}, "voyage.eta", "", "arrival time"),
    ("PH-1507", {f"{H0}.transport_document": None}, f"{H0}.transport_document.number", "", "bill number"),
    ("PH-1507", {f"{B0}.transport_document": {"type": "master"}}, f"{B0}.transport_document.number", "", "bill number"),
    ("PH-1508", {f"{B0}.loading": None}, f"{B0}.loading", "", "bill EXAM0001 has no port of loading"),
    ("PH-1508", {f"{B1}.loading": None, f"{H0}.loading": {"unlocode": "SGSIN"}}, f"{H1}.loading", "", "HOUSE2"),
    ("PH-1509", {f"{B0}.discharge": None}, f"{B0}.discharge", "", "no port of discharge"),
    ("PH-1510", {f"{B1}.notify": None}, f"{B1}.consignee", "", "bill EXAM0002 has neither"),
    ("PH-1511", {f"{B0}.items": None, "equipment[0].fullness": "empty"}, f"{B0}.items", "", "no goods items"),
    ("PH-1511", {f"{H1}.items": None}, f"{H1}.items", "", "bill HOUSE2 has no goods items"),
    ("PH-1512", {f"{I00}.packages.quantity": None}, f"{I00}.packages.quantity", "", "how many packages"),
    ("PH-1513", {f"{I00}.description": None}, f"{I00}.description", "", "description"),
    ("PH-1514", {f"{I00}.gross": None}, f"{I00}.gross", "", "gross mass"),
    ("PH-1515", {"equipment[2].number": None}, "equipment[2].number", "", "without a number"),
    ("PH-1516", {"equipment[2].fullness": None}, "equipment[2].fullness", "", "PHDU0001034 is declared neither"),
    ("PH-1517", {"equipment[1].gross": None, "equipment[1].net": None}, "equipment[1].gross", "", "without a mass"),
    ("PH-1518", {"consignments": None, "equipment": None, "totals": None}, "consignments", "", "neither"),
    ("PH-1601", {"verdict": None, "faults": None}, "verdict", "", "neither a verdict"),
    ("PH-1602", {"subject": None}, "subject.reference", "", "registration"),
    ("PH-1602", {"subject": {"version": "2"}}, "subject.reference", "", "registration"),
    ("PH-1603", {"faults": [{"bill": "EXAM0001"}]}, "faults[0].code", "", "neither code nor text"),
    ("PH-1604", {"faults": None}, "faults", "", "rejects"),
)  # fmt: skip

#: rule, changes under which it holds although something near it is unusual
PASSING: tuple[tuple[str, Changes], ...] = (
    ("PH-1001", {"equipment[2]": {"kind": "trailer", "number": "NL-12-AB", "fullness": "empty"}}),
    ("PH-1001", {"equipment[2]": {"number": "10000325", "number_list": "109", "fullness": "empty"}}),
    ("PH-1001", {"equipment[2].number": "PHDU0001035"}),
    ("PH-1002", {"equipment[2].number": "PHDU000103"}),
    ("PH-1003", {"voyage.vessel.imo": None, "voyage.vessel.call_sign": "PHXX"}),
    ("PH-1004", {"voyage.vessel.imo": "IMO9074728"}),
    ("PH-1005", {"voyage.arrival": {"code": {"value": "0901", "list": "77"}}}),
    ("PH-1005", {"voyage.arrival.unlocode": "NLZZZ"}),
    ("PH-1006", {"voyage.arrival.unlocode": "QQZZZ"}),
    ("PH-1006", {f"{B0}.destination": {"unlocode": "NLUTC"}}),
    ("PH-1007", {"office": {"code": {"value": "NL000396"}}, f"{B0}.storage": {"unlocode": "XZ999"}}),
    ("PH-1008", {f"{B0}.consignee.address.country": "XI"}),
    ("PH-1009", {f"{I00}.packages": {"quantity": 400, "type": {"value": "CTN", "list": "ZZZ"}}}),
    ("PH-1009", {f"{I00}.packages": {"quantity": 400, "type": {"value": "CTN", "agency": "95"}}}),
    ("PH-1010", {f"{I00}.gross": {"value": "7500"}}),
    ("PH-1011", {f"{I00}.gross": {"value": "1", "unit": "KG"}}),
    ("PH-1101", {"voyage.etd": "2025-03-16"}),
    ("PH-1101", {"voyage.etd": "2025-03-16T10:00"}),
    ("PH-1102", {"voyage.atd": "2025-03-13T10:00+09:00", "voyage.ata": "2025-03-13T09:00-03:00"}),
    ("PH-1103", {"voyage.etd": "2024-11-30"}),
    ("PH-1104", {"voyage.ata": "2025-02-15"}),
    ("PH-1105", {"voyage.ata": "2025-03-15T10:00"}),
    ("PH-1106", {"issued_at": "2025-03-17"}),
    ("PH-1106", {"issued_at": "2025-03-20", "voyage.ata": "2025-03-17"}),
    ("PH-1107", {"issued_at": "2024-06-14"}),
    ("PH-1201", {f"{I00}.packages.quantity": None}),
    ("PH-1201", {"totals.packages": None}),
    ("PH-1201", OWN_GOODS),
    ("PH-1201", OWN_GOODS | {"totals.packages": 840}),
    ("PH-1202", {"totals.gross.value": "11.51"}),
    ("PH-1202", {f"{I00}.gross.unit": "XYZ"}),
    ("PH-1203", {"totals.equipment": None}),
    ("PH-1204", {"totals.consignments": 4}),
    ("PH-1205", {f"{B0}.items": None}),
    ("PH-1205", OWN_GOODS),
    ("PH-1205", OWN_GOODS | {f"{B1}.totals.packages": 360}),
    ("PH-1206", {f"{B0}.totals.gross.value": "9009"}),
    ("PH-1206", {f"{B0}.totals.gross": {"value": "19841.6", "unit": "LBR"}}),
    ("PH-1207", {f"{I00}.equipment": None, f"{I01}.equipment": None}),
    ("PH-1208", {f"{H0}.totals.packages": None}),
    ("PH-1209", {f"{H0}.items[0].gross": None}),
    ("PH-1210", {f"{H0}.items[0].equipment": None}),
    ("PH-1211", {f"{I00}.equipment[1].packages": None}),
    ("PH-1212", {f"{I00}.packages.quantity": 0, f"{I00}.gross.value": "0"}),
    ("PH-1213", {f"{I01}.net": {"value": "1500", "unit": "XYZ"}, "equipment[0].net": {"value": "9", "unit": "TNE"}}),
    ("PH-1301", {f"{I01}.equipment[0].equipment": None}),
    ("PH-1302", {f"{I01}.equipment[0].equipment": "PHDU0001040"}),
    ("PH-1303", {"equipment[2].fullness": "full", f"{I01}.equipment[0].equipment": "PHDU0001034"}),
    ("PH-1304", {"equipment[1].number": None, "equipment[2].number": None}),
    ("PH-1305", {f"{B0}.transport_document": None, f"{B1}.transport_document": None}),
    ("PH-1305", {f"{H0}.transport_document.number": "EXAM0001"}),
    ("PH-1306", {f"{B0}.houses": [{"transport_document": {"number": "HOUSE1"}}]}),
    ("PH-1307", {"equipment[0].fullness": None}),
    ("PH-1401", {DG: [FLAMMABLE]}),
    ("PH-1402", {DG: [{"page": "3.2"}]}),
    ("PH-1403", {DG: [FLAMMABLE | {"un_number": "0004"}]}),
    ("PH-1404", {DG: [{"imdg_class": "1.4S", "un_number": "0012"}, {"imdg_class": "6.1", "un_number": "2810"}]}),
    ("PH-1405", {DG: [{"imdg_class": "8", "un_number": "1789"}]}),
    ("PH-1406", {DG: [FLAMMABLE | {"packing_group": "II"}, FLAMMABLE]}),
    ("PH-1501", {"reference": "ANOTHER"}),
    ("PH-1502", {"issued_at": None, "intent": "cancel"}),
    ("PH-1503", {"sender": None, "agent": {"name": "EXAMPLE AGENT"}}),
    ("PH-1503", {"sender": None, "reporting_carrier": {"name": "EXAMPLE LINE"}}),
    ("PH-1504", {"voyage": None, "intent": "delete"}),
    ("PH-1505", {"voyage.vessel": None, "voyage.mode": "3"}),
    ("PH-1505", {"voyage.vessel.imo": None, "voyage.vessel.call_sign": "PHXX"}),
    ("PH-1506", {"voyage.eta": None, "voyage.ata": "2025-03-13"}),
    ("PH-1506", {"voyage.eta": None, "procedure": "export"}),
    ("PH-1506", {"voyage.eta": None, "voyage.scheduled_arrival": "2025-03-13"}),
    ("PH-1506", {"voyage.eta": None, "eta": "2025-03-13"}),
    ("PH-1507", {f"{B1}.transport_document": None}),
    ("PH-1508", {f"{B0}.loading": None, "voyage.loading": {"unlocode": "SGSIN"}}),
    ("PH-1509", {f"{B1}.discharge": None, **{f"{house}.discharge": {"unlocode": "NLRTM"} for house in (H0, H1)}}),
    ("PH-1510", {f"{B0}.consignee": None, f"{B0}.notify": {"name": "TO ORDER"}}),
    ("PH-1511", {f"{B0}.items": None, "intent": "cancel"}),
    ("PH-1512", {f"{I00}.packages.quantity": 0}),
    ("PH-1513", {f"{I00}.description": "TILES"}),
    ("PH-1514", {f"{I00}.gross.value": "0"}),
    ("PH-1515", {"equipment": None}),
    ("PH-1516", {"equipment[2].fullness": "?6"}),
    ("PH-1517", {"equipment[1].gross": None}),
    ("PH-1518", {"consignments": None}),
    ("PH-1518", {"consignments": None, "equipment": None, "intent": "cancel"}),
    ("PH-1601", {"verdict": "?99"}),
    ("PH-1601", {"verdict": None}),  # its faults speak for themselves
    ("PH-1601", {"verdict": None, "statuses": [{"code": {"value": "15"}}]}),
    ("PH-1602", {"subject": {"registration": "25NL00000000000001"}}),
    ("PH-1602", {"subject": None, "previous_reference": "TEST-1"}),
    ("PH-1603", {"faults": [{"text": "Unknown port"}, {"code": {"value": "12"}}]}),
    ("PH-1604", {"faults": None, "text": "Sent to the wrong office"}),
    ("PH-1604", {"faults": None, "verdict": "accepted"}),
)


def changed(document: dict[str, Any], changes: Changes) -> dict[str, Any]:
    """Return a copy with the value at each canonical path replaced, or taken out for None."""
    result = copy.deepcopy(document)
    for path, value in changes.items():
        *steps, last = (int(step) if step.isdigit() else step for step in re.findall(r"\w+", path))
        at: Any = result
        for step in steps:
            at = at[step]
        if value is None:
            del at[last]
        else:
            at[last] = value
    return result


def built(rule: str, changes: Changes) -> Part:
    kind, base = (CustomsResponse, RESPONSE) if rule >= "PH-1600" else (CargoReport, REPORT)
    return kind.model_validate(changed(base, changes))


def named(case: tuple[Any, ...]) -> str:
    return f"{case[0]}-{'-'.join(case[1])}"


@pytest.mark.parametrize("document", [CargoReport.model_validate(REPORT), CustomsResponse.model_validate(RESPONSE)])
def test_a_faultless_document_has_no_findings(document: Part) -> None:
    assert check(document) == ()


@pytest.mark.parametrize(("rule", "changes", "path", "value", "text"), FAILING, ids=map(named, FAILING))
def test_a_breach_is_found_at_its_path(rule: str, changes: Changes, path: str, value: str, text: str) -> None:
    found = [finding for finding in check(built(rule, changes)) if finding.code == rule]
    assert [(finding.path, finding.value) for finding in found] == [(path, value)]
    finding, expected = found[0], next(row for row in rules() if row.id == rule)
    assert text in finding.text
    assert (finding.kind, finding.severity, finding.position) == (Kind.RULE, expected.severity, Position())
    assert finding.remedy.endswith(".")


@pytest.mark.parametrize(("rule", "changes"), PASSING, ids=map(named, PASSING))
def test_what_only_looks_like_a_breach_is_not_found(rule: str, changes: Changes) -> None:
    assert [finding for finding in check(built(rule, changes)) if finding.code == rule] == []


@pytest.mark.parametrize("rule", [rule.id for rule in rules()])
def test_the_page_of_a_rule_quotes_the_finding_of_its_first_case(rule: str) -> None:
    changes = next(case[1] for case in FAILING if case[0] == rule)
    (finding,) = (finding for finding in check(built(rule, changes)) if finding.code == rule)
    page = (PAGES / f"{rule}.md").read_text("utf-8")
    assert f"> {finding.text}\n>\n> at `{finding.path}`" in page
    assert f", value `{finding.value}`\n" in page or not finding.value


def test_every_rule_has_a_failing_and_a_passing_case() -> None:
    ids = {rule.id for rule in rules()}
    assert {case[0] for case in FAILING} == ids
    assert {case[0] for case in PASSING} == ids


def test_rule_ids_are_unique_and_in_order() -> None:
    ids = [rule.id for rule in rules()]
    assert ids == sorted(set(ids))
    assert all(re.fullmatch(r"PH-\d{4}", name) for name in ids)


def test_rules_are_silent_on_a_report_that_only_withdraws_another() -> None:
    assert check(CargoReport(reference="PH-TEST-2", intent="cancel", previous_reference="PH-TEST-1")) == ()


def test_an_empty_report_lacks_what_is_mandatory_in_practice() -> None:
    found = [finding.code for finding in check(CargoReport())]
    assert found == ["PH-1501", "PH-1502", "PH-1503", "PH-1504", "PH-1505", "PH-1506", "PH-1518"]


def test_an_unusual_unit_is_answered_with_the_code_that_is_meant() -> None:
    (finding,) = check(built("PH-1010", {f"{I00}.volume": {"value": "1", "unit": "cbm"}}))
    assert finding.remedy == "Write MTQ."


def test_a_kind_of_document_without_rules_has_no_findings() -> None:
    class Unruled(Part):
        pass

    assert check(Unruled()) == ()


def test_an_agreement_switches_a_rule_by_its_id() -> None:
    found = check(built("PH-1006", {"voyage.arrival.unlocode": "NLZZZ"}))
    judged = Policy(codes={"PH-1006": Severity.ERROR}).judge_all(found)
    assert [(finding.code, finding.severity) for finding in judged] == [("PH-1006", Severity.ERROR)]
