"""What a reader does with data that is wrong in itself, and what it shares between messages."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manifests import CUSCAR_D95B
from workbench import CUSCAR, adapter, edifact, message_of, messages, read, reader, writer

from gateway.errors import EncodeError
from gateway.model.base import Part
from gateway.model.cargo_report import CargoReport
from gateway.model.customs_response import CustomsResponse
from gateway.model.stages import MessageType

D95B = CUSCAR[0]
GOVCBR = MessageType("edifact", "GOVCBR", "D15A")


def changed(old: str, new: str) -> Any:
    assert old in CUSCAR_D95B
    return read(message_of(CUSCAR_D95B.replace(old, new, 1), D95B))


def report(mapped: Any) -> CargoReport:
    assert isinstance(mapped.document, CargoReport)
    return mapped.document


def test_a_control_character_is_reported_at_its_value_and_the_rest_is_read() -> None:
    mapped = changed("CONSIGNEE THREE", "CONSIGNEE\x07THREE")
    (finding,) = mapped.findings
    assert (finding.code, finding.path) == ("PH-2003", "consignments[1].consignee.name")
    assert (finding.position.tag, finding.position.element) == ("NAD", 4)
    consignee = report(mapped).consignments[1].consignee
    assert consignee is not None
    assert consignee.name is None
    assert consignee.id is not None


def test_a_value_that_cannot_be_converted_is_left_out_and_the_rest_of_its_segment_is_kept() -> None:
    mapped = changed("GID+1+40:CT", "GID+1+FORTY:CT")
    (finding,) = mapped.findings
    assert (finding.code, finding.value) == ("PH-2003", "FORTY")
    assert finding.path == "consignments[0].items[0].packages.quantity"
    packages = report(mapped).consignments[0].items[0].packages
    assert packages is not None
    assert packages.quantity is None
    assert packages.type is not None


def test_a_part_whose_only_value_cannot_be_read_is_absent() -> None:
    mapped = changed("CNT+11:2'\nNAD+CN", "CNT+11:TWO'\nNAD+CN")
    assert [finding.code for finding in mapped.findings] == ["PH-2003"]
    assert report(mapped).consignments[0].houses[0].totals is None


@pytest.mark.parametrize("qualifier", ["NI", "N1"])
def test_every_value_of_a_selector_is_read_and_the_first_is_written(qualifier: str) -> None:
    mapped = changed("NAD+NI+NOT1", f"NAD+{qualifier}+NOT1")
    assert mapped.findings == ()
    body = writer(D95B).write(report(mapped)).body
    assert sum(record.startswith("NAD\x1dNI\x1d") for record in body) == 1


def test_equal_records_of_different_messages_make_one_shared_part() -> None:
    first, second = (report(read(message_of(CUSCAR_D95B, D95B))) for _ in range(2))
    assert first == second
    assert first.consignments[0].loading is second.consignments[0].loading


def test_what_is_shared_never_leaks_from_one_message_into_another() -> None:
    plain = report(read(message_of(CUSCAR_D95B, D95B)))
    for port in ("NLRTM", "BEANR", "DEHAM"):
        other = report(changed("LOC+9+DEHAM", f"LOC+9+{port}"))
        assert other.voyage is not None
        assert other.voyage.loading is not None
        assert other.voyage.loading.unlocode == port
    assert report(read(message_of(CUSCAR_D95B, D95B))) == plain


def test_what_later_segments_add_to_a_shared_part_stays_in_their_own_message() -> None:
    ship = "BGM+185+1+9'\nRFF+AFB:7'\nTDT+11+++++++9074729:146'\n"
    tail = "UNS+D'\nHYN+3'\nUNS+S'"
    plain = read(message_of(ship + tail, GOVCBR))
    measured = read(message_of(f"{ship}MEA+AAE+AAM+TNE:48220'\n{tail}", GOVCBR))
    assert measured.document != plain.document
    assert read(message_of(ship + tail, GOVCBR)) == plain


@settings(max_examples=60)
@given(st.binary(max_size=60), st.integers(0, len(CUSCAR_D95B) - 1))
def test_no_bytes_in_a_message_raise(noise: bytes, at: int) -> None:
    raw = edifact(CUSCAR_D95B, D95B)
    start = raw.index(b"BGM") + at % (len(raw) // 2)
    for message in messages("edifact", raw[:start] + noise + raw[start:]):
        if message.known and reader(D95B).map.grammar.type.name == message.type.name == "CUSCAR":
            mapped = read(message)
            careful = reader(message.type).explain(message, adapter(message.type).position).mapped
            assert mapped == careful


def test_a_document_of_another_kind_is_not_written() -> None:
    document: Part = CustomsResponse(verdict="accepted")
    with pytest.raises(EncodeError, match="writes a CargoReport, not a CustomsResponse"):
        writer(D95B).write(document)
