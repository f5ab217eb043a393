"""The fast pattern of a segment agrees with the exact look at it."""

from __future__ import annotations

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from adapters.edifact.checks.elements import Checks, Rules
from adapters.edifact.checks.specification import Specification
from adapters.edifact.directories.dictionary import shipped
from adapters.edifact.syntax.versions import SYNTAX_3
from gateway.model.finding import Kind

DICTIONARY = shipped()


@cache
def checks(directory: str, marks: str = ".,") -> Checks:
    return Specification(DICTIONARY, "", directory, Rules(SYNTAX_3, marks)).checks


TAGS = ("BGM", "DTM", "EQD", "NAD", "TDT", "MEA", "DGS", "GID", "LOC", "UNH", "ATT", "GEI", "TMP", "QTY")
VALUES = st.sampled_from(["", "", "1", "9", "137", "KGM", "1.5", "-3", ".5", "1,5", "ZZZZ", "X" * 36, "\ue001", "023"])
ELEMENTS = st.lists(st.lists(VALUES, min_size=1, max_size=6).map(":".join), max_size=11)


@given(st.sampled_from(TAGS), ELEMENTS, st.sampled_from(["D95B", "D03B", "D16A"]), st.sampled_from([".", ",", ".,"]))
def test_what_the_pattern_passes_has_no_fault_but_in_its_codes(
    tag: str, elements: list[str], name: str, marks: str
) -> None:
    if DICTIONARY.segment(tag, name) is None:
        return
    segment = "+".join((tag, *elements))
    check = checks(name, marks).check(tag)
    faults = check.exact(segment)
    if check.match is not None and check.match(segment):
        assert all(fault.kind is Kind.CODE_LIST for fault in faults)
    elif elements and all(element.strip(":") == element for element in elements):
        assert faults


@given(st.lists(st.tuples(st.sampled_from(TAGS), ELEMENTS).map(lambda s: "+".join((s[0], *s[1]))), max_size=6))
def test_remembered_segments_have_the_faults_of_a_first_look(segments: list[str]) -> None:
    seen = checks("D95B", ".")
    for segment in segments:
        check = seen.check(segment[:3])
        expected = check.exact(segment) if check else ()
        for _ in range(2):
            assert seen.faults([segment]).get(segment, ()) == expected


def test_trailing_separators_are_allowed_before_version_4() -> None:
    for segment in ("BGM+85+M+9+", "BGM+85++", "DTM+137:20250314:", "TDT+20+:", "NAD+MS++:::"):
        found = checks("D95B").faults([segment]).get(segment, ())
        assert all(fault.kind is Kind.CODE_LIST for fault in found)
    assert checks("D95B").faults(["BGM+85++++"]) == {}


def test_a_stand_in_counts_as_one_character() -> None:
    text = "FTX+AAA+++" + "\ue003" * 70
    assert checks("D95B").faults([text]) == {}
    assert [fault.code for fault in checks("D95B").faults([text + "X"])[text + "X"]] == ["39"]


def test_an_unknown_directory_checks_service_segments_alone() -> None:
    found = checks("").faults(["UNH+1", "BGM+" + "X" * 99])
    assert list(found) == ["UNH+1"]
