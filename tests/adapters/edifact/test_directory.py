"""The directories as published: their number, their contents at the places where they changed."""

from __future__ import annotations

import pytest

from adapters.edifact.directories.definitions import representation
from adapters.edifact.directories.dictionary import shipped

DICTIONARY = shipped()


def test_there_are_58_directories_from_d95b_to_d24a() -> None:
    names = DICTIONARY.directories()
    assert (len(names), names[0], names[-1]) == (58, "D95B", "D24A")


def test_there_are_47_messages_and_contrl() -> None:
    assert len(DICTIONARY.messages()) == 48
    assert "CONTRL" in DICTIONARY.messages()
    assert (len(DICTIONARY.messages("D95B")), len(DICTIONARY.messages("D24A"))) == (36, 47)
    assert DICTIONARY.messages("D3") == ("CONTRL",)


def test_bgm_1004_enters_a_composite_in_d96b() -> None:
    before, after = DICTIONARY.segment("BGM", "D96A"), DICTIONARY.segment("BGM", "D96B")
    assert before is not None
    assert after is not None
    assert [before.elements[1].ref, after.elements[1].ref] == ["1004", "C106"]
    assert not before.elements[1].composite
    assert after.elements[1].composite


def test_tdt_names_the_means_in_another_composite_from_d02b() -> None:
    refs = {name: DICTIONARY.segment("TDT", name).elements[3].ref for name in ("D02A", "D02B")}
    assert refs == {"D02A": "C228", "D02B": "C001"}
    assert DICTIONARY.segment("TDT", "D02B").dependencies == (("D5", (4, 3)),)


def test_a_repeating_element_takes_consecutive_positions() -> None:
    att = DICTIONARY.segment("ATT", "D99B")
    places = [(e.ref, e.position, e.occurrence) for e in att.elements if e.ref == "C956"]
    assert places == [("C956", 3 + n, 1 + n) for n in range(5)]


@pytest.mark.parametrize(
    ("text", "kind", "least", "most"),
    [("an..35", "an", 1, 35), ("n3", "n", 3, 3), ("a1", "a", 1, 1), ("n..6", "n", 1, 6)],
)
def test_a_format_is_read_from_its_spelling(text: str, kind: str, least: int, most: int) -> None:
    found = representation(text)
    assert (found.kind, found.least, found.most, str(found)) == (kind, least, most, text)


def test_service_segments_are_in_every_directory() -> None:
    for name in ("D95B", "D24A", "D3", "D93A"):
        unh = DICTIONARY.segment("UNH", name)
        assert [e.ref for e in unh.elements] == ["0062", "S009", "0068", "S010"]


def test_contrl_stands_in_the_service_directory_alone() -> None:
    assert [member.tag for member in DICTIONARY.message("CONTRL", "D3")] == ["UNH", "UCI", "UCM", "UCF", "UNT"]
    assert DICTIONARY.message("CONTRL", "D95B") is None


def test_unknown_names_give_none() -> None:
    assert DICTIONARY.message("CUSCAR", "D93A") is None
    assert DICTIONARY.message("STOWPL", "D95B") is None
    assert DICTIONARY.segment("ABC", "D95B") is None
    assert DICTIONARY.composite("C999", "D95B") is None
    assert DICTIONARY.element("9999", "D95B") is None
    assert DICTIONARY.codes("9999") is None
    assert DICTIONARY.code_values("2005", "D93A") is None
    assert DICTIONARY.code("6313", "NOPE") is None


def test_a_code_knows_the_directories_it_is_in() -> None:
    vgm = DICTIONARY.code("6313", "VGM")
    assert (vgm.first, vgm.last) == ("D15B", "D24A")
    assert "VGM" not in DICTIONARY.code_values("6313", "D15A")
    assert "VGM" in DICTIONARY.code_values("6313", "D15B")


def test_every_definition_of_every_directory_resolves() -> None:
    tags = DICTIONARY._layers[0].facts["segments"]
    for name in DICTIONARY.directories():
        for tag in tags:
            segment = DICTIONARY.segment(tag, name)
            positions = [] if segment is None else [e.position for e in segment.elements]
            assert positions == list(range(1, len(positions) + 1))
            assert segment is None or all(e.components for e in segment.elements)
