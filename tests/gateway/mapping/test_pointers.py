"""A fault that customs reports at a place of our XML comes back at the sender's own segment, element and component."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

import pytest
from complete import at, complete, means
from manifests import CUSCAR_D95B
from workbench import CUSCAR, WCO, adapter, checked, content, message_of, messages, read, reader, type_id, writer

from adapters.edifact.syntax.tokenizer import restore
from adapters.wco.adapter import WcoAdapter
from adapters.wco.outline import Element, outline
from gateway.mapping.lineage import Destinations, Origins, Templates, template
from gateway.mapping.writing import WrittenReading
from gateway.model.base import Part
from gateway.model.cargo_report import CargoReport
from gateway.model.customs_response import CustomsResponse, Fault
from gateway.model.place import Locator
from gateway.model.stages import Message, MessageType
from gateway.model.statement import PointerStep
from gateway.pipeline.pointers import Translation

REPORT = WCO[0]
Path = tuple[tuple[str, int], ...]
Pointer = tuple[PointerStep, ...]


@dataclass(frozen=True)
class Case:
    """A manifest received, the report written from it, and what translates between the two."""

    message: Message
    document: Part
    written: WrittenReading
    translation: Translation

    @cached_property
    def outline(self) -> tuple[Element | None, ...]:
        return outline(self.written.written.body, frozenset())

    def classes(self, record: int) -> Path:
        """The class names, each with its number among its namesakes, down to a record of the report."""
        here = self.outline[record]
        path: list[tuple[str, int]] = []
        while here is not None:
            path.insert(0, (here.name, here.number))
            here = here.parent
        return tuple(path)

    def answered(self, pointer: Pointer) -> Fault:
        """The fault as the sender gets it, when customs points there."""
        response = CustomsResponse(verdict="rejected", faults=(Fault(text="not accepted", pointer=pointer),))
        (fault,) = self.translation.response(response).faults
        return fault

    def text_at(self, fault: Fault) -> str:
        """What stands at the segment, element and component that a fault names."""
        assert fault.place is not None
        assert fault.place.segment is not None
        assert fault.place.item is not None
        record = self.message.records[int(fault.place.segment) - 1]
        assert record[0] == fault.place.tag
        element = record[int(fault.place.item) - 1]
        return restore(element.split(":")[(fault.place.sub_item or 1) - 1])


def case_of(message: Message) -> Case:
    type_ = message.type
    reading = reader(type_).explain(message, adapter(type_).position)
    document = reading.mapped.document
    assert isinstance(document, CargoReport)
    written = writer(REPORT).explain(document)
    origins = Origins(checked(type_), reading, adapter(type_).position)
    translation = Translation(wco(), Destinations(checked(REPORT), written), origins, document)
    return Case(message, document, written, translation)


@cache
def full(type_: MessageType, turn: int) -> Case:
    (message,) = messages("edifact", content(writer(type_).write(complete(checked(type_), turn, checked(REPORT)))))
    return case_of(message)


@cache
def manifest(left_out: str = "") -> Case:
    """The manifest without the lines that match."""
    lines = [line for line in CUSCAR_D95B.strip().splitlines() if not (left_out and re.match(left_out, line))]
    return case_of(message_of("\n".join(lines), CUSCAR[0]))


def wco() -> WcoAdapter:
    found = adapter(REPORT)
    assert isinstance(found, WcoAdapter)
    return found


def pointer(path: Path, locator: Locator | None = None) -> Pointer:
    found = wco().pointer_for(REPORT, path, locator)
    assert found, (path, locator)
    return found


def place(path: Path) -> Locator:
    """The value `Name` or `ID` of the class at the end of a path."""
    grammar = checked(REPORT).grammar
    here = grammar.root
    for name, _ in path:
        here = grammar.child(here, name)
    return next(one for one in grammar.locators(here) if one.text in ("Name", "ID"))


def values_written(case: Case) -> Iterator[tuple[str, int, Locator]]:
    """Every value in the report that the manifest gave, but attributes: no WCO pointer names one."""
    origins = case.translation.origins
    for entry in case.written.lineage:
        if entry.locator is not None and not entry.locator.attribute and entry.path in origins.by_path:
            yield entry.path, entry.record, entry.locator


@pytest.mark.parametrize("type_", [CUSCAR[0], CUSCAR[3]], ids=type_id)
def test_a_fault_at_any_value_of_the_report_comes_back_at_the_element_it_was_read_from(type_: MessageType) -> None:
    map_ = checked(type_)
    templates = Templates(map_).values
    tried: set[str] = set()
    ways: set[object] = set()
    for turn in (0, 1, 2):  # all values, then those that the ship and the location codes have elsewhere in turn
        case = full(type_, turn)
        for path, record, locator in values_written(case):
            origin = case.translation.origins.by_path[path]
            way = template(path), case.message.places[origin.record], origin.locator, locator
            if turn and way in ways:
                continue
            ways.add(way)
            fault = case.answered(pointer(case.classes(record), locator))
            _, value = templates[template(path)]
            assert means(case.text_at(fault), at(case.document, path), value, map_), (path, fault.place)
            assert (fault.text, fault.pointer) == ("not accepted", ())
            tried.add(template(path))
    carried_by_both = templates.keys() & Templates(checked(REPORT)).values.keys()
    assert carried_by_both - tried == {"equipment[].number_list"}  # an attribute
    assert len(tried) > 300


@pytest.mark.parametrize("type_", [CUSCAR[0], CUSCAR[3]], ids=type_id)
def test_a_fault_at_any_entry_of_a_list_comes_back_at_its_segment(type_: MessageType) -> None:
    case = full(type_, 0)
    origins = case.translation.origins
    entries = [entry for entry in case.written.lineage if entry.locator is None]
    for entry in entries:
        fault = case.answered(pointer(case.classes(entry.record)))
        assert fault.place is not None
        assert fault.place.segment == str(origins.by_path[entry.path].record + 1), entry.path
    assert len(entries) > 50


@pytest.mark.parametrize(
    ("left_out", "class_", "expected"),
    [
        (r"NAD\+CN\+CNS3", "Consignee", "NAD[3035=CN]"),
        ("", "Consignor", "NAD[3035=CZ]"),
        ("", "NotifyParty", "NAD[3035=NI|N1]"),
        ("", "Carrier", "NAD[3035=CA]"),
        ("", "FreightForwarder", "NAD[3035=FW]"),
        (r"LOC\+9\+BEANR", "LoadingLocation", "LOC[3227=9]"),
        (r"LOC\+11\+SGSIN:139:6'", "UnloadingLocation", "LOC[3227=11]"),
        ("", "Destination", "LOC[3227=8]"),
        ("", "GoodsReceiptPlace", "LOC[3227=88]"),
        ("", "EntryOffice", "LOC[3227=22]"),
    ],
)
def test_a_fault_at_a_class_that_is_missing_comes_back_at_the_bill_with_what_is_expected(
    left_out: str, class_: str, expected: str
) -> None:
    case = manifest(left_out)
    missing = (("Declaration", 1), ("Consignment", 2), (class_, 1))
    for locator in (None, place(missing)):
        fault = case.answered(pointer(missing, locator))
        assert fault.place is not None
        assert fault.place.tag == "RFF"
        record = case.message.records[int(fault.place.segment or 0) - 1]
        assert record[1] == "MB:BILL0002"
        assert fault.bill == "BILL0002"
        assert f"missing: CNI/RFF[1153=BM|MB|AAM]/{expected}" in (fault.text or "")


def test_a_fault_at_a_value_missing_from_a_class_comes_back_at_its_element() -> None:
    case = manifest()
    path = (("Declaration", 1), ("Consignment", 2), ("Consignee", 1), ("Address", 1))
    here = checked(REPORT).grammar.root
    for name, _ in path:
        here = checked(REPORT).grammar.child(here, name)
    fault = case.answered(pointer(path, checked(REPORT).grammar.value(here, "CityName")))
    assert fault.place is not None
    record = case.message.records[int(fault.place.segment or 0) - 1]
    assert record == ["NAD", "CN", "CNS3:ZZZ:11", "", "CONSIGNEE THREE"]
    assert (fault.place.tag, fault.place.item, fault.place.sub_item) == ("NAD", "7", None)
    assert (fault.text or "").endswith("missing: CNI/RFF[1153=BM|MB|AAM]/NAD[3035=CN] 3164")


def test_a_fault_at_equipment_under_a_bill_comes_back_at_the_container_of_the_manifest() -> None:
    case = manifest()
    path = (("Declaration", 1), ("Consignment", 1), ("TransportEquipment", 1))
    fault = case.answered(pointer(path, place(path)))
    assert case.text_at(fault) == "PHDU0001034"
    assert fault.place is not None
    assert fault.place.tag == "EQD"


def test_a_fault_at_a_house_bill_comes_back_at_the_house_bill() -> None:
    case = manifest()
    path = (("Declaration", 1), ("Consignment", 1), ("HouseConsignment", 2))
    fault = case.answered(pointer(path))
    assert fault.place is not None
    assert case.message.records[int(fault.place.segment or 0) - 1] == ["RFF", "HWB:HOUSE0002"]


def test_a_pointer_that_leads_nowhere_stays_as_it_is() -> None:
    steps = (PointerStep(section="07B"), PointerStep(section="53A", sequence=1))
    fault = manifest().answered(steps)
    assert fault.pointer == steps
    assert fault.place is None


def test_what_the_manifest_gave_is_read_from_the_report_again() -> None:
    case = manifest()
    (message,) = messages("wco", content(case.written.written))
    again = read(message).document
    assert isinstance(again, CargoReport)
    assert again.consignments == case.document.consignments  # type: ignore[attr-defined]
