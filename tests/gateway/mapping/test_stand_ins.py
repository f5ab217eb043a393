"""What stands in for a mandatory segment comes with its parent, and never brings that into the message."""

from __future__ import annotations

from workbench import read, received, writer

from gateway.model.stages import MessageType
from gateway.model.stowage_plan import StowagePlan

BAPLIE = MessageType("edifact", "BAPLIE", "D95B")


def segments(document: StowagePlan) -> list[str]:
    return ["+".join(record) for record in received(writer(BAPLIE).write(document)).records[1:-1]]


def plan(**voyage: object) -> StowagePlan:
    values = {"reference": "BA1", "equipment": [{"cell": {"value": "0010182", "agency": "5"}}]}
    return StowagePlan.model_validate(values | ({"voyage": voyage} if voyage else {}))


def test_a_segment_stands_in_below_a_parent_that_has_something_to_say() -> None:
    document = plan(number="042E", departure={"unlocode": "NLRTM"})
    written = segments(document)
    assert written[1:4] == ["TDT+20+042E", "LOC+5+NLRTM:139:6", "DTM+132"]
    assert read(received(writer(BAPLIE).write(document))).document == document


def test_nothing_stands_in_below_a_parent_that_has_nothing_to_say() -> None:
    written = segments(plan())
    assert [line for line in written if line.startswith(("TDT", "DTM"))] == []


def test_a_segment_that_is_there_needs_no_stand_in() -> None:
    written = segments(plan(number="042E", eta="2026-11-29T18:00"))
    assert [line for line in written if line.startswith("DTM")] == ["DTM+132:2611291800:201"]
