"""What a message has no place for stands in its text, and only that."""

from __future__ import annotations

import pytest
from desk import standards

from gateway.model.base import Coded
from gateway.model.customs_response import CustomsResponse, Fault, SegmentPointer
from gateway.model.stages import Envelope, MessageType, Party
from gateway.pipeline.wording import worded

PLACE = SegmentPointer(section="detail", segment="53", tag="NAD", item="7", sub_item=2)
FAULT = Fault(code=Coded(value="EX120"), text="NO CITY", place=PLACE, bill="BANU1", equipment="BANU1000013")
WHOLE = CustomsResponse(verdict="rejected", reference="R1", previous_reference="LRN1", faults=(FAULT,))
ENVELOPE = Envelope("edifact", Party("A"), Party("B"), "1", "UNOC:3", "261102:1200")


def written(response: CustomsResponse, name: str, directory: str) -> tuple[CustomsResponse, str]:
    """The response as worded for a message, and the message."""
    wanted = MessageType("edifact", name, directory, "UN")
    said = worded(response, standards().write(response, wanted, ENVELOPE).losses)
    output = standards().write(said, wanted, ENVELOPE)
    assert [loss.path for loss in output.losses] == []
    return said, output.content.decode()


def test_cusres_has_a_place_for_everything_and_its_text_stays_as_it_is() -> None:
    said, text = written(WHOLE, "CUSRES", "D96B")
    assert said is WHOLE
    assert "FTX+AAO+++NO CITY'" in text


@pytest.mark.parametrize(
    ("directory", "lines", "references"),
    [
        (
            "D96A",
            "at segment 53 NAD, element 7, component 2:equipment BANU1000013:NO CITY",
            ["RFF+ACW:LRN1", "RFF+BM:BANU1"],
        ),
        (
            "D07B",
            "at segment 53 NAD, element 7, component 2:NO CITY",
            ["RFF+ACW:LRN1", "RFF+BM:BANU1", "RFF+AAQ:BANU1000013"],
        ),
    ],
)
def test_aperak_says_in_text_what_it_has_no_segment_for(directory: str, lines: str, references: list[str]) -> None:
    _, text = written(WHOLE, "APERAK", directory)
    assert f"FTX+AAO+++{lines}'" in text
    assert [line for line in text.replace("\r\n", "").split("'") if line.startswith("RFF")] == references


def test_a_fault_without_a_text_gets_its_place_as_text() -> None:
    fault = FAULT.model_copy(update={"text": None, "place": SegmentPointer(segment="9"), "equipment": None})
    said, _ = written(WHOLE.model_copy(update={"faults": (FAULT, fault)}), "APERAK", "D96A")
    assert [one.text for one in said.faults][1] == "at segment 9"


def test_a_loss_elsewhere_changes_no_text() -> None:
    response = WHOLE.model_copy(update={"faults": (), "text": "X" * 5000})
    wanted = MessageType("edifact", "APERAK", "D96A", "UN")
    losses = standards().write(response, wanted, ENVELOPE).losses
    assert losses
    assert worded(response, losses) is response
