from __future__ import annotations

import pytest

from gateway.model.stages import MessageType, Party
from gateway.routing import Side, TypeRange, directory_order, parse_type


def cuscar(version: str, association: str = "") -> MessageType:
    return MessageType("edifact", "CUSCAR", version, "UN", association)


def test_directories_sort_in_time_across_the_century() -> None:
    versions = ["S93A", "D95A", "D95B", "D99B", "D00A", "D03B", "D24A"]
    shuffled = [versions[at] for at in (4, 2, 6, 0, 5, 3, 1)]
    assert sorted(shuffled, key=directory_order) == versions


@pytest.mark.parametrize(
    ("text", "taken", "refused"),
    [
        ("CUSCAR", ["D95B", "D24A", "1"], []),
        ("CUSCAR D95B", ["D95B"], ["D95A", "D96A"]),
        ("edifact CUSCAR D95B..D03B", ["D95B", "D99A", "D00A", "D03B"], ["D95A", "D03C", "D24A", "1", ""]),
    ],
)
def test_a_range_takes_the_versions_within_it(text: str, taken: list[str], refused: list[str]) -> None:
    accepted = TypeRange.parse(text)
    assert all(accepted.takes(cuscar(version)) for version in taken)
    assert not any(accepted.takes(cuscar(version)) for version in refused)
    assert not accepted.takes(MessageType("edifact", "BAPLIE", "D95B"))


def test_an_association_code_counts_only_where_it_is_asked_for() -> None:
    assert TypeRange.parse("CUSCAR D95B").takes(cuscar("D95B", "SMDG20"))
    assert not TypeRange.parse("CUSCAR D95B SMDG20").takes(cuscar("D95B"))


def test_other_standards_are_named_first() -> None:
    accepted = TypeRange.parse("wco response")
    assert accepted.takes(MessageType("wco", "response", "1", "", "pierhead"))
    assert not accepted.takes(MessageType("edifact", "response"))
    assert parse_type("wco cargo-report 1 pierhead") == MessageType("wco", "cargo-report", "1", "", "pierhead")
    assert parse_type("CUSRES D96B") == MessageType("edifact", "CUSRES", "D96B", "UN")


@pytest.mark.parametrize("text", ["CUSCAR", "CUSCAR D95B", "CUSCAR D95B..D24A", "edifact CUSRES D96B X"])
def test_a_range_prints_as_it_is_read(text: str) -> None:
    assert TypeRange.parse(str(TypeRange.parse(text))) == TypeRange.parse(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no message type"),
        ("cuscar D95B", "six capital letters"),
        ("CUSCAR 95B", "write it like D95B"),
        ("CUSCAR D24A..D95B", "write D95B..D24A"),
        ("CUSCAR D95B..", "is no UN directory"),
        ("wco", "is no message type"),
        ("edifact CUSCAR D95B X Y", "is no message type"),
    ],
)
def test_a_wrong_type_is_refused_with_the_fix(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        TypeRange.parse(text)


@pytest.mark.parametrize(("text", "said"), [("CUSRES", "needs a directory"), ("CUSRES D95B..D96B", "one version")])
def test_what_is_written_has_one_version(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_type(text)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("CUSCAR D95B..D99A", "CUSCAR D99A..D24A", True),
        ("CUSCAR D95B..D98B", "CUSCAR D99A..D24A", False),
        ("CUSCAR", "CUSCAR D95B", True),
        ("CUSCAR D95B A", "CUSCAR D95B B", False),
        ("CUSCAR D95B", "BAPLIE D95B", False),
        ("wco response 1", "wco response 1", True),
        ("wco response 1", "wco response 2", False),
    ],
)
def test_ranges_overlap_when_a_message_would_be_of_both(one: str, other: str, *, expected: bool) -> None:
    assert TypeRange.parse(one).overlaps(TypeRange.parse(other)) is expected
    assert TypeRange.parse(other).overlaps(TypeRange.parse(one)) is expected


def test_a_side_is_named_by_identifier_and_qualifier_unless_any_will_do() -> None:
    side = Side("acme", (Party("ACME", "ZZ"), Party("LINE", "*"), Party("BARE")))
    named = [Party("ACME", "ZZ"), Party("LINE", "14"), Party("LINE"), Party("BARE")]
    assert all(side.is_named(party) for party in named)
    assert not any(side.is_named(party) for party in [Party("ACME"), Party("ACME", "14"), Party("BARE", "ZZ")])
