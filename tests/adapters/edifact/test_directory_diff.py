"""What changed for a message: over the shipped directories at known places, and over invented definitions."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from adapters.edifact.directories.definitions import (
    ComponentDefinition,
    CompositeDefinition,
    ElementDefinition,
    Format,
    Member,
    SegmentDefinition,
)
from adapters.edifact.directories.dictionary import shipped
from adapters.edifact.directories.diff import CodeChange, ContentChange, MessageDiff, StructureChange, message_diff
from gateway.errors import MappingError

DICTIONARY = shipped()


@dataclass
class Invented:
    """Definitions by directory: what `message_diff` asks for, from plain values."""

    members: dict[str, tuple[Member, ...]]
    segments: dict[tuple[str, str], SegmentDefinition] = field(default_factory=dict)
    composites: dict[tuple[str, str], CompositeDefinition] = field(default_factory=dict)
    codes: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    def message(self, name: str, directory: str) -> tuple[Member, ...] | None:
        return self.members.get(directory) if name == "EXAMPL" else None

    def segment(self, tag: str, directory: str) -> SegmentDefinition | None:
        return self.segments.get((tag, directory))

    def composite(self, ref: str, directory: str) -> CompositeDefinition | None:
        return self.composites.get((ref, directory))

    def code_values(self, number: str, directory: str) -> frozenset[str] | None:
        return self.codes.get((number, directory))

    def diff(self) -> MessageDiff:
        return message_diff(self, "EXAMPL", "OLD", "NEW")


def segment(tag: str, repeat: int = 1, *, mandatory: bool = False) -> Member:
    return Member(tag, mandatory, repeat)


def group(number: int, repeat: int, *members: Member) -> Member:
    return Member(members[0].tag, False, repeat, number, members)


def structure(old: tuple[Member, ...], new: tuple[Member, ...]) -> list[tuple[str, str, str, str]]:
    found = Invented({"OLD": old, "NEW": new}).diff().structure
    return [(one.what, one.place, one.before, one.after) for one in found]


def component(number: str, form: Format, *, mandatory: bool = False) -> ComponentDefinition:
    return ComponentDefinition(number, f"Name of {number}", mandatory, form)


def element(position: int, ref: str, *components: ComponentDefinition, occurrence: int = 1) -> ElementDefinition:
    return ElementDefinition(ref, f"Name of {ref}", position, occurrence, False, components)


SHORT, LONG = Format("an", 1, 3), Format("an", 1, 35)


def test_equal_directories_give_no_change() -> None:
    found = message_diff(DICTIONARY, "CUSCAR", "D03B", "D03B")
    assert found == MessageDiff("CUSCAR", "D03B", "D03B", (), (), ())
    assert not found


def test_segments_and_groups_come_go_and_are_allowed_otherwise() -> None:
    old = (segment("XAA", mandatory=True), segment("XBB", 9), group(1, 5, segment("XCC"), segment("XDD")))
    new = (segment("XAA"), group(1, 9, segment("XCC"), segment("XDD", 3), segment("XEE")), group(2, 1, segment("XFF")))
    assert structure(old, new) == [
        ("changed", "XAA", "segment M 1", "segment C 1"),
        ("removed", "XBB", "segment C 9", ""),
        ("changed", "XCC", "group C 5", "group C 9"),
        ("changed", "XCC/XDD", "segment C 1", "segment C 3"),
        ("added", "XCC/XEE", "", "segment C 1"),
        ("added", "XFF", "", "group C 1"),
    ]


def test_a_segment_that_became_a_group_is_one_change() -> None:
    old = (segment("XAA"), segment("XBB", 9))
    new = (segment("XAA"), group(1, 99, segment("XBB"), segment("XCC")))
    assert structure(old, new) == [("changed", "XBB", "segment C 9", "group C 99")]
    assert structure(new, old) == [("changed", "XBB", "group C 99", "segment C 9")]


def test_a_segment_at_another_place_of_its_group_has_moved() -> None:
    old = (segment("XAA"), segment("XBB"), segment("XCC"), segment("XDD"))
    new = (segment("XAA"), segment("XCC"), segment("XDD"), segment("XBB", 2))
    assert structure(old, new) == [("moved", "XBB", "segment C 1", "segment C 2")]


def test_a_group_that_moved_into_another_is_told_with_its_origin_and_its_own_changes() -> None:
    inner = group(2, 9, segment("XCC"), segment("XDD"))
    old = (group(1, 9, segment("XBB")), inner)
    new = (group(1, 9, segment("XBB"), group(2, 9, segment("XCC"), segment("XEE"))),)
    assert structure(old, new) == [
        ("moved", "XBB/XCC", "group C 9 at XCC", "group C 9"),
        ("removed", "XBB/XCC/XDD", "segment C 1", ""),
        ("added", "XBB/XCC/XEE", "", "segment C 1"),
    ]


def test_groups_with_one_trigger_that_go_and_come_in_several_places_are_not_taken_for_moved() -> None:
    one = group(1, 9, segment("XNN"))
    old = (one, group(2, 1, segment("XAA"), one), group(3, 1, segment("XBB")))
    new = (group(1, 1, segment("XAA")), group(2, 1, segment("XBB"), one))
    assert [change[:2] for change in structure(old, new)] == [
        ("removed", "XNN"),
        ("removed", "XAA/XNN"),
        ("added", "XBB/XNN"),
    ]


def test_elements_components_formats_and_codes_inside_used_segments() -> None:
    old = SegmentDefinition(
        "XAA",
        "Thing",
        (
            element(1, "C901", component("9001", SHORT), component("9002", LONG)),
            element(2, "9010", component("9010", SHORT)),
            element(3, "9020", component("9020", SHORT)),
        ),
    )
    new = SegmentDefinition(
        "XAA",
        "Thing",
        (
            element(1, "C901", component("9001", LONG), component("9003", LONG)),
            element(2, "C901", component("9001", LONG), component("9003", LONG), occurrence=2),
            element(3, "9011", component("9011", SHORT)),
            element(4, "9020", component("9020", LONG)),
            element(5, "9030", component("9030", SHORT)),
        ),
    )
    invented = Invented(
        {"OLD": (segment("XAA"),), "NEW": (segment("XAA"),)},
        {("XAA", "OLD"): old, ("XAA", "NEW"): new},
        {
            ("C901", "OLD"): CompositeDefinition("C901", "Name", old.elements[0].components),
            ("C901", "NEW"): CompositeDefinition("C901", "Name", new.elements[0].components),
        },
        {
            ("9001", "OLD"): frozenset({"1", "A", "3"}),
            ("9001", "NEW"): frozenset({"1", "AB", "22", "4"}),
            ("9020", "NEW"): frozenset({"1"}),
            ("9030", "NEW"): frozenset({"1"}),
        },
    )
    found = invented.diff()
    assert found.contents == (
        ContentChange("changed", "XAA", 1, "C901 C 1", "C901 C 2"),
        ContentChange("replaced", "XAA", 2, "9010 C 1 an..3", "9011 C 1 an..3"),
        ContentChange("changed", "XAA", 3, "9020 C 1 an..3", "9020 C 1 an..35"),
        ContentChange("added", "XAA", 4, "", "9030 C 1 an..3"),
        ContentChange("changed", "C901", 1, "9001 C an..3", "9001 C an..35"),
        ContentChange("replaced", "C901", 2, "9002 C an..35", "9003 C an..35"),
    )
    assert found.codes == (
        CodeChange("9001", "Name of 9001", ("4", "22", "AB"), ("3", "A")),
        CodeChange("9020", "Name of 9020", ("1",), ()),
    )


def test_cuscar_d95b_to_d96a_makes_parties_a_group() -> None:
    found = message_diff(DICTIONARY, "CUSCAR", "D95B", "D96A")
    assert StructureChange("changed", "NAD", "segment C 9", "group C 99") in found.structure


def test_cuscar_d04a_to_d24a_changes_code_values_and_no_structure() -> None:
    found = message_diff(DICTIONARY, "CUSCAR", "D04A", "D24A")
    assert found.structure == ()
    codes = {change.number: change for change in found.codes}
    assert "VGM" in codes["6313"].added
    assert "G" in codes["6313"].removed


def test_the_means_of_transport_is_another_composite_from_d02b() -> None:
    found = message_diff(DICTIONARY, "CUSCAR", "D02A", "D02B")
    assert ContentChange("replaced", "TDT", 4, "C228 C 1", "C001 C 1") in found.contents


def test_govcbr_d09a_to_d09b_moves_what_the_un_had_closed_too_early() -> None:
    found = message_diff(DICTIONARY, "GOVCBR", "D09A", "D09B").structure
    assert StructureChange("moved", "CNI/TDT", "group C 99 at TDT", "group C 99") in found
    assert StructureChange("moved", "CNI/EQD/LOC", "group C 1 at CNI/LOC", "group C 1") in found


@pytest.mark.parametrize("name", DICTIONARY.messages("D24A"))
def test_what_is_added_one_way_is_removed_the_other_way(name: str) -> None:
    first = next(known for known in DICTIONARY.directories() if DICTIONARY.message(name, known) is not None)
    there, back = message_diff(DICTIONARY, name, first, "D24A"), message_diff(DICTIONARY, name, "D24A", first)
    assert {(one.number, one.added, one.removed) for one in there.codes} == {
        (one.number, one.removed, one.added) for one in back.codes
    }
    assert bool(there.structure) == bool(back.structure)
    assert bool(there.contents) == bool(back.contents)


def test_a_message_that_a_directory_does_not_have_is_told() -> None:
    with pytest.raises(MappingError, match="D95B has no message 'VERMAS'"):
        message_diff(DICTIONARY, "VERMAS", "D95B", "D16A")
