"""What places are called and where rules stand, from the directory of the message."""

from __future__ import annotations

import pytest

from adapters.edifact.clauses import clause, names
from adapters.edifact.directories.dictionary import shipped
from gateway.model.finding import Finding, Kind, Position
from gateway.model.stages import MessageType
from gateway.plugin import Names

DICTIONARY = shipped()
CUSCAR = MessageType("edifact", "CUSCAR", "D95B")
NOTHING = MessageType("edifact", "")


def test_a_component_is_called_by_segment_composite_and_component() -> None:
    found = names(DICTIONARY, CUSCAR, Position(tag="NAD", element=2, component=1))
    assert found == Names("NAD Name and address", "C082 Party identification details", "3039 Party id. identification")


def test_a_stand_alone_element_has_no_component() -> None:
    assert names(DICTIONARY, CUSCAR, Position(tag="BGM", element=3)) == Names(
        "BGM Beginning of message", "1225 Message function, coded"
    )


@pytest.mark.parametrize("element", [99, 0])
def test_an_element_beyond_the_last_leaves_the_segment(element: int) -> None:
    assert names(DICTIONARY, CUSCAR, Position(tag="BGM", element=element)) == Names("BGM Beginning of message")


def test_a_segment_of_no_directory_is_its_tag() -> None:
    assert names(DICTIONARY, CUSCAR, Position(tag="XYZ", element=1)) == Names("XYZ")


@pytest.mark.parametrize(
    ("finding", "source"),
    [
        (Finding("29", Kind.COUNT, "", Position(tag="UNT", element=1), level="UCM"), "ISO 9735, UNT 0074 n..6"),
        (Finding("28", Kind.ENVELOPE, "", Position(tag="UNZ", element=2), level="UCI"), "ISO 9735, UNZ 0020 an..14"),
        (Finding("13", Kind.ENVELOPE, "", Position(tag="UNZ"), level="UCI"), "ISO 9735, UNZ"),
        (Finding("13", Kind.STRUCTURE, "", Position(tag="UNH"), level="UCS"), "directory D.95B, structure of CUSCAR"),
        (
            Finding("39", Kind.ELEMENT, "", Position(tag="NAD", element=2, component=2), level="UCD"),
            "directory D.95B, NAD C082.1131 an..3",
        ),
        (
            Finding("12", Kind.CODE_LIST, "", Position(tag="BGM", element=3), level="UCD"),
            "directory D.95B, BGM 1225 an..3, code list",
        ),
        (
            Finding("39", Kind.PROFILE, "", Position(tag="NAD", element=2, component=2), level="UCD"),
            "profile over directory D.95B, NAD C082.1131",
        ),
        (
            Finding("13", Kind.PROFILE, "", Position(tag="NAD"), level="UCS"),
            "profile over directory D.95B, structure of CUSCAR",
        ),
        (Finding("21", Kind.CHARSET, "", Position(tag="BGM")), "ISO 9735, character sets, UNB 0001"),
        (Finding("23", Kind.PARTY, ""), "agreement between the partners"),
    ],
)
def test_a_source_names_the_standard_or_the_directory_and_the_place(finding: Finding, source: str) -> None:
    found = clause(DICTIONARY, CUSCAR, finding)
    assert found is not None
    assert found.source == source


def test_outside_messages_the_service_segments_are_known() -> None:
    assert names(DICTIONARY, NOTHING, Position(tag="UNZ", element=1)).record == "UNZ Interchange trailer"


def test_a_code_of_another_has_no_clause() -> None:
    assert clause(DICTIONARY, CUSCAR, Finding("PH-1002", Kind.RULE, "")) is None
