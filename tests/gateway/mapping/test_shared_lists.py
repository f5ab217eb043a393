"""A list that the document has once and a message shows at several places, by the keys that refer to it."""

from __future__ import annotations

from typing import Any

from workbench import WCO, adapter, canonical, checked, reader, received, writer

from gateway.model.cargo_report import CargoReport
from gateway.model.stages import Mapped, Message

REPORT = WCO[0]
FULL, EMPTY, OTHER = {"number": "PHDU0001034", "supplier": "1"}, {"number": "PHDU0001050"}, {"number": "PHDU0001071"}


def report(equipment: list[dict[str, Any]], *bills: list[str]) -> CargoReport:
    """A report of that equipment, and of bills whose items are stowed in it."""
    consignments = [{"items": [{"equipment": [{"equipment": number} for number in bill]}]} for bill in bills]
    head = {"intent": "submit", "reference": "1", "type": "85"}
    return CargoReport.model_validate({**head, "equipment": equipment, "consignments": consignments})


def written(document: CargoReport) -> list[str]:
    """The tags of the body in order, equipment with its number."""
    body = writer(REPORT).write(document).body
    names = [record[1 : record.index("\x03")] + record.partition("ID\x03")[2][:11] for record in body]
    return [name for name in names if name.startswith(("TransportEquipment", "Consignment", "/Consignment"))]


def read_again(document: CargoReport) -> Mapped:
    message = received(writer(REPORT).write(document))
    return reader(REPORT).read(message, adapter(REPORT).position)


def test_an_entry_is_written_under_each_bill_that_refers_to_it_and_read_once() -> None:
    document = report([FULL, OTHER], ["PHDU0001034"], ["PHDU0001071", "PHDU0001034"])
    under_bills = writer(REPORT).explain(document).lineage
    assert [entry.path for entry in under_bills if entry.path == "equipment[0]"] == ["equipment[0]", "equipment[0]"]
    again = read_again(document)
    assert again.findings == ()
    assert canonical(checked(REPORT), again.document) == canonical(checked(REPORT), document)


def test_entries_that_no_bill_refers_to_are_written_behind_the_bills() -> None:
    document = report([EMPTY, FULL], ["PHDU0001034"])
    assert written(document)[-1] == "TransportEquipmentPHDU0001050"
    assert writer(REPORT).write(document).losses == ()
    assert canonical(checked(REPORT), read_again(document).document) == canonical(checked(REPORT), document)


def test_entries_without_a_key_are_all_kept() -> None:
    document = report([{"supplier": "1"}, {"supplier": "2"}, FULL])
    assert read_again(document).document == document


def test_an_entry_whose_key_stands_twice_is_reported_when_writing() -> None:
    document = report([FULL, {**FULL, "supplier": "2"}], ["PHDU0001034"])
    (loss,) = writer(REPORT).write(document).losses
    assert (loss.path, loss.value) == ("equipment[1]", "PHDU0001034")
    assert loss.why == "its number stands in the list twice: the first is written"
    again = read_again(document).document
    assert isinstance(again, CargoReport)
    assert again.equipment == document.equipment[:1]


def test_an_entry_described_again_and_otherwise_is_reported_where_it_stands() -> None:
    document = report([FULL], ["PHDU0001034"], ["PHDU0001034"])
    message = received(writer(REPORT).write(document))
    second = [n for n, element in enumerate(message.records) if element.tag.endswith("TransportEquipment")][-1]
    changed = next(child for child in message.records[second] if child.tag.endswith("SupplierPartyTypeCode"))
    changed.text = "2"
    mapped = reader(REPORT).read(message, adapter(REPORT).position)
    (finding,) = mapped.findings
    assert (finding.code, finding.path) == ("PH-2004", "equipment[0]")
    assert finding.position.xpath == "/Declaration/Consignment[2]/TransportEquipment[1]"
    assert mapped.document == document


def test_a_reference_to_nothing_is_kept_as_it_is() -> None:
    document = report([FULL], ["PHDU0001099"])
    assert canonical(checked(REPORT), read_again(document).document) == canonical(checked(REPORT), document)


def test_lineage_names_the_entry_by_its_own_index_wherever_it_is_written() -> None:
    document = report([EMPTY, OTHER, FULL], ["PHDU0001034"])
    lineage = writer(REPORT).explain(document).lineage
    entries = [entry.path for entry in lineage if entry.locator is None and entry.path.startswith("equipment")]
    assert entries == ["equipment[2]", "equipment[0]", "equipment[1]"]
    message: Message = received(writer(REPORT).write(document))
    reading = reader(REPORT).explain(message, adapter(REPORT).position)
    first = next(entry for entry in reading.lineage if entry.path == "equipment[0]")
    assert message.records[first.record].tag.endswith("TransportEquipment")
