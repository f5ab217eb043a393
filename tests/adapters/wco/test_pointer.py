from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.wco.adapter import WcoAdapter
from adapters.wco.intermediate import end, start
from adapters.wco.pointer import Path, pointer_for, resolve_pointer
from adapters.wco.profile import built_in
from adapters.wco.schema import Schema, compiled
from gateway.model.place import Locator, Place
from gateway.model.stages import MessageType
from gateway.model.statement import PointerStep
from gateway.plugin import Target

SCHEMAS = tuple(compiled(built_in(), kind) for kind in built_in().messages)
REPORT = MessageType("wco", "cargo-report", "1")
BODY = (
    start("Declaration") + start("FunctionCode") + "9" + end("FunctionCode"),
    *(start("Submitter"), end("Submitter")),
    *(start("Consignment"), start("ConsignmentItem") + end("ConsignmentItem"), end("Consignment")),
    *(start("Consignment"), start("Carrier"), end("Carrier")),
    *(start("ConsignmentItem"), end("ConsignmentItem"), start("ConsignmentItem"), start("Commodity"), end("Commodity")),
    *(end("ConsignmentItem"), end("Consignment"), end("Declaration")),
)


def step(section: str | None = None, sequence: int | None = None, tag: str | None = None) -> PointerStep:
    return PointerStep(section=section, sequence=sequence, tag=tag)


def path_of(place: Place, number: int) -> Path:
    steps: list[tuple[str, int]] = []
    here: Place | None = place
    while here is not None and here.parent is not None:
        steps.append((here.name, number if here.repeat > 1 else 1))
        here = here.parent
    return tuple(reversed(steps))


def test_every_leaf_of_both_schemas_round_trips() -> None:
    for schema in SCHEMAS:
        for place in schema.places[1:]:
            for locator in (None, *(leaf.locator for leaf in schema.leaves[place.id])):
                path = path_of(place, 3)
                pointer = pointer_for(schema, path, locator)
                pointed = resolve_pointer(schema, pointer)
                assert pointed is not None
                assert (pointed.path, pointed.place, pointed.locator, pointed.complete) == (path, place, locator, True)


@settings(deadline=None)
@given(st.sampled_from(SCHEMAS), st.data())
def test_pointer_with_any_numbers_round_trips(schema: Schema, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(schema.places[1:]))
    path = tuple((name, data.draw(st.integers(1, 99999)) if n > 1 else 1) for name, n in path_of(place, 2))
    pointed = resolve_pointer(schema, pointer_for(schema, path))
    assert pointed is not None
    assert pointed.path == path


def test_pointer_reads_as_an_xpath() -> None:
    pointer = (step("42A"), step("28A", 2), step("29A", 1), step("23A", tag="137"))
    pointed = resolve_pointer(SCHEMAS[0], pointer)
    assert pointed is not None
    assert pointed.xpath == "/Declaration/Consignment[2]/ConsignmentItem[1]/Commodity/Description"
    assert pointer_for(SCHEMAS[0], pointed.path, pointed.locator) == pointer


def test_missing_sequence_means_the_first_and_a_tag_may_stand_alone() -> None:
    pointed = resolve_pointer(SCHEMAS[0], (step("42A"), step("28A"), step(tag="131")))
    assert pointed is not None
    assert pointed.xpath == "/Declaration/Consignment[1]/TotalGrossMassMeasure"


@pytest.mark.parametrize(
    ("pointer", "xpath"),
    [
        ((step("42A"), step("67A", 1), step("68A", 1)), "/Declaration"),
        ((step("42A"), step("28A", 2, tag="999")), "/Declaration/Consignment[2]"),
    ],
)
def test_pointer_beyond_the_schema_goes_as_far_as_it_can(pointer: tuple[PointerStep, ...], xpath: str) -> None:
    pointed = resolve_pointer(SCHEMAS[0], pointer)
    assert pointed is not None
    assert (pointed.xpath, pointed.locator, pointed.complete) == (xpath, None, False)


def test_pointer_into_another_message_resolves_to_nothing(adapter: WcoAdapter) -> None:
    assert resolve_pointer(SCHEMAS[0], (step("07B"), step("53A", 1))) is None
    assert resolve_pointer(SCHEMAS[0], ()) is None
    assert adapter.pointed_at(REPORT, BODY, (step("07B"),)) == Target(-1, None, None, ())


def test_path_outside_the_message_has_no_pointer() -> None:
    assert pointer_for(SCHEMAS[0], (("Declaration", 1), ("Walrus", 1))) == ()
    assert pointer_for(SCHEMAS[0], (("Declaration", 1),), Locator("Walrus", "Walrus", leaf=("Walrus",))) == ()


def test_written_body_is_outlined_with_the_path_of_every_record(adapter: WcoAdapter) -> None:
    assert adapter.xpaths(REPORT, BODY) == (
        "/Declaration",
        *("/Declaration/Submitter", "/Declaration/Submitter"),
        *(
            "/Declaration/Consignment[1]",
            "/Declaration/Consignment[1]/ConsignmentItem[1]",
            "/Declaration/Consignment[1]",
        ),
        *("/Declaration/Consignment[2]", "/Declaration/Consignment[2]/Carrier", "/Declaration/Consignment[2]/Carrier"),
        *("/Declaration/Consignment[2]/ConsignmentItem[1]", "/Declaration/Consignment[2]/ConsignmentItem[1]"),
        "/Declaration/Consignment[2]/ConsignmentItem[2]",
        "/Declaration/Consignment[2]/ConsignmentItem[2]/Commodity",
        "/Declaration/Consignment[2]/ConsignmentItem[2]/Commodity",
        *("/Declaration/Consignment[2]/ConsignmentItem[2]", "/Declaration/Consignment[2]", "/Declaration"),
    )


def test_pointer_finds_the_record_and_those_around_it(adapter: WcoAdapter) -> None:
    target = adapter.pointed_at(REPORT, BODY, (step("42A"), step("28A", 2), step("29A", 2), step("23A", tag="137")))
    assert target is not None
    assert (target.record, target.above) == (12, (12, 11, 6, 0))
    assert target.locator is not None
    assert target.locator.text == "Description"


def test_pointer_to_what_was_not_written_has_its_place_and_the_records_above(adapter: WcoAdapter) -> None:
    target = adapter.pointed_at(REPORT, BODY, (step("42A"), step("28A", 2), step("27A", tag="R014")))
    assert target is not None
    assert (target.record, target.above) == (-1, (6, 0))
    assert target.place is not None
    assert target.place.trail == "Declaration/Consignment/Consignee"
