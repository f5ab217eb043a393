"""Every value leads back to the very bytes it was read from, and every absent one to the nearest segment."""

from __future__ import annotations

import re
from functools import cache

import pytest
from complete import at, complete, leaves, means
from manifests import CUSCAR_D95B
from workbench import (
    CUSCAR,
    CUSRES,
    EDIFACT,
    WCO,
    adapter,
    checked,
    content,
    message_of,
    messages,
    reader,
    type_id,
    writer,
)

from gateway.mapping.lineage import Destinations, Origins, Spot, Templates, template
from gateway.model.stages import Lineage, Message, MessageType

PIECE = re.compile(rb"(?:\?.|[^+:'?])*", re.DOTALL)
TURNS = (0, 1, 2)


def wrapped(raw: bytes) -> bytes:
    """The same interchange on lines of about 80 bytes, however its segments fall; a release keeps what it releases."""
    return b"\r\n".join(re.findall(rb"(?:\?.|[^?]){1,80}", raw.replace(b"\r\n", b""), re.DOTALL))


def piece(raw: bytes, offset: int) -> str:
    """The data at an offset, up to the next service character, release characters and line breaks undone."""
    found = PIECE.match(raw, offset)
    assert found is not None
    text = found[0].replace(b"\r\n", b"").decode("latin-1")
    return re.sub(r"\?(.)", r"\1", text)


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("type_", [*CUSCAR[:1], *CUSCAR[3:4], *CUSRES[:1], *CUSRES[2:]], ids=type_id)
@pytest.mark.parametrize("form", [bytes, wrapped], ids=["lines", "wrapped"])
def test_the_bytes_at_a_values_offset_are_that_value(type_: MessageType, turn: int, form: type[bytes]) -> None:
    map_ = checked(type_)
    raw = form(content(writer(type_).write(complete(map_, turn))))
    (message,) = messages("edifact", raw)
    reading = reader(type_).explain(message, adapter(type_).position)
    document = reading.mapped.document
    templates = Templates(map_)
    assert document is not None
    for entry in reading.lineage:
        position = adapter(type_).position(message, entry.record, entry.locator)
        assert position.offset is not None
        found = piece(raw, position.offset)
        if entry.locator is None:
            assert found == position.tag == message.records[entry.record][0]
            continue
        _, value = templates.values[template(entry.path)]
        assert means(found, at(document, entry.path), value, map_), (entry.path, found)
        assert position.name == entry.locator.name
        assert position.element == entry.locator.element


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("type_", [*EDIFACT, *WCO], ids=type_id)
def test_every_value_and_every_list_entry_has_its_lineage(type_: MessageType, turn: int) -> None:
    document = complete(checked(type_), turn)
    written = writer(type_).explain(document)
    assert written.written.losses == ()
    places = {entry.path for entry in written.lineage}
    assert set(leaves(document)) <= places
    (message,) = messages(type_.standard, content(written.written))
    reading = reader(type_).explain(message, adapter(type_).position)
    assert reading.mapped.findings == ()
    assert reading.mapped.document is not None
    assert set(leaves(reading.mapped.document)) <= {entry.path for entry in reading.lineage}


@cache
def manifest(left_out: str = "") -> tuple[Message, Origins]:
    """The manifest without the lines that match, and where its values came from."""
    type_ = CUSCAR[0]
    lines = [line for line in CUSCAR_D95B.strip().splitlines() if not (left_out and re.match(left_out, line))]
    message = message_of("\n".join(lines), type_)
    reading = reader(type_).explain(message, adapter(type_).position)
    return message, Origins(checked(type_), reading, adapter(type_).position)


def said(message: Message, spot: Spot) -> str:
    return "+".join(message.records[spot.record])


def test_a_value_that_is_there_is_found_itself() -> None:
    message, origins = manifest()
    spot = origins.spot("consignments[0].consignee.address.city")
    assert spot is not None
    assert spot.present
    assert said(message, spot).startswith("NAD+CN+++CONSIGNEE TWO LTD")
    found = origins.position("consignments[0].consignee.address.city")
    assert found is not None
    position = found[0]
    assert (position.tag, position.element, position.component, position.name) == ("NAD", 6, None, "3164")


def test_a_value_absent_from_a_segment_that_is_there_is_found_in_it() -> None:
    message, origins = manifest()
    spot = origins.spot("consignments[1].consignee.address.city")
    assert spot is not None
    assert not spot.present
    assert said(message, spot) == "NAD+CN+CNS3:ZZZ:11++CONSIGNEE THREE"
    assert spot.locator is not None
    assert spot.locator.name == "3164"
    assert spot.expected == "CNI/RFF[1153=BM|MB|AAM]/NAD[3035=CN] 3164"
    found = origins.position("consignments[1].consignee.address.city")
    assert found is not None
    assert (found[0].tag, found[0].element, found[0].segment) == ("NAD", 6, spot.record + 1)


def test_a_value_whose_segment_is_absent_is_found_at_the_segment_it_would_stand_under() -> None:
    message, origins = manifest(r"NAD\+CN\+CNS3")
    spot = origins.spot("consignments[1].consignee.address.city")
    assert spot is not None
    assert not spot.present
    assert spot.locator is None
    assert said(message, spot) == "RFF+MB:BILL0002"
    assert spot.expected == "CNI/RFF[1153=BM|MB|AAM]/NAD[3035=CN] 3164"


def test_an_absent_part_is_found_at_the_segment_it_would_stand_under() -> None:
    message, origins = manifest(r"NAD\+CN\+CNS3")
    spot = origins.spot("consignments[1].consignee")
    assert spot is not None
    assert not spot.present
    assert said(message, spot) == "RFF+MB:BILL0002"
    assert spot.expected == "CNI/RFF[1153=BM|MB|AAM]/NAD[3035=CN]"


def test_a_part_that_is_there_is_its_segment() -> None:
    message, origins = manifest()
    spot = origins.spot("consignments[1].consignee")
    assert spot is not None
    assert spot.present
    assert said(message, spot).startswith("NAD+CN+CNS3")


def test_an_entry_of_a_list_is_its_segment() -> None:
    message, origins = manifest()
    spots = [origins.spot(f"consignments[0].items[{index}]") for index in range(2)]
    assert [said(message, spot) for spot in spots if spot] == ["GID+1+40:CT:64:6:CARTONS", "GID+2+2:PK"]


def test_the_entries_of_one_list_are_never_taken_for_those_of_another() -> None:
    message, origins = manifest()
    house = origins.spot("consignments[0].houses[0].consignee.address.country")
    assert house is not None
    assert said(message, house) == "NAD+CN+++HOUSE CONSIGNEE+BACK LANE 1+SINGAPORE"
    without = origins.spot("consignments[0].houses[1].consignee.address.country")
    assert without is not None
    assert said(message, without) == "RFF+HWB:HOUSE0002"


def test_a_field_that_the_map_does_not_carry_leads_to_the_nearest_part_above() -> None:
    message, origins = manifest()
    spot = origins.spot("consignments[1].items[0].equipment[0].seal")
    assert spot is not None
    assert not spot.present
    assert said(message, spot) == "GID+1+2:PK"
    assert origins.spot("nothing_of_this_document") is None


def test_an_absent_field_of_the_head_leads_to_the_start_of_the_message() -> None:
    _, origins = manifest(r"RFF\+AFB")
    spot = origins.spot("manifest_number")
    assert spot is not None
    assert (spot.record, spot.present, spot.expected) == (0, False, "RFF[1153=AFB|AAZ] 1154")


def test_a_path_has_a_position_where_the_map_knows_it_and_else_none() -> None:
    _, origins = manifest()
    found = {path: origins.position(path) for path in ("reference", "voyage.number", "nothing_of_this_document")}
    places = {path: (one[0].segment, one[0].tag, one[0].element) for path, one in found.items() if one is not None}
    assert places == {"reference": (2, "BGM", 2), "voyage.number": (11, "TDT", 2)}


@pytest.mark.parametrize("type_", [CUSCAR[0], CUSRES[0], *WCO], ids=type_id)
def test_every_place_written_is_known_to_hold_its_value(type_: MessageType) -> None:
    written = writer(type_).explain(complete(checked(type_)))
    destinations = Destinations(checked(type_), written)
    first: dict[tuple[int, object], Lineage] = {}
    for entry in written.lineage:
        first.setdefault((entry.record, entry.locator.key if entry.locator else None), entry)
    for (record, _), entry in first.items():
        assert destinations.path_at(record, entry.locator, None, (record,)) == entry.path


def test_a_place_that_was_not_written_means_the_field_it_would_hold() -> None:
    type_ = WCO[0]
    map_ = checked(type_)
    bill = {"items": [{"sequence": 1}]}
    report = map_.document.model_validate({"consignments": [bill, bill]})
    written = writer(type_).explain(report)
    destinations = Destinations(map_, written)
    consignment = next(r.place for r in map_.rules if r.trail == "Declaration/Consignment")
    consignee = next(place for place in consignment.children if place.name == "Consignee")
    name = map_.grammar.value(consignee, "Name")
    around = tuple(e.record for e in written.lineage if e.path == "consignments[1]")
    assert destinations.path_at(-1, name, consignee, around) == "consignments[1].consignee.name"
    assert destinations.path_at(-1, None, consignee, around) == "consignments[1].consignee"
    assert destinations.path_at(-1, None, None, around) == "consignments[1]"
    assert destinations.path_at(-1, None, None, ()) is None
