from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model.cargo_report import CargoReport
from gateway.model.customs_response import CustomsResponse
from gateway.pipeline.canonical import differences, from_json, to_values

REPORT = CargoReport.model_validate(
    {"reference": "A", "equipment": [{"number": "X", "tare": {"value": "2250.50", "unit": "KGM"}}]}
)
PLAIN = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


def test_what_was_written_reads_as_the_same_document() -> None:
    assert [reading.document for reading in from_json(json.dumps(to_values(REPORT)))] == [REPORT]


def test_several_documents_stand_in_lines_or_in_a_list() -> None:
    one = json.dumps(to_values(REPORT))
    for text in (f"{one}\n{one}\n", f"[{one},{one}]", f"\ufeff{one}{one}"):
        assert [reading.document for reading in from_json(text)] == [REPORT, REPORT]


def test_a_bare_document_is_recognised_by_its_fields() -> None:
    (reading,) = from_json('{"verdict": "accepted"}')
    assert reading.document == CustomsResponse(verdict="accepted")


def test_a_bare_document_of_several_classes_is_not_guessed() -> None:
    (reading,) = from_json('{"type": "785"}')
    assert reading.document is None
    assert "several classes" in reading.findings[0].text


def test_a_wrong_field_is_a_finding_at_its_path() -> None:
    (reading,) = from_json('{"CargoReport": {"equipment": [{"number": ""}]}}')
    assert reading.document is None
    assert [finding.path for finding in reading.findings] == ["equipment[0].number"]


def test_broken_json_is_a_finding_with_line_and_offset() -> None:
    (reading,) = from_json('{"CargoReport":\n {"reference": }}')
    position = reading.findings[0].position
    assert (position.line, position.offset) == (2, 31)


@pytest.mark.parametrize("text", ["", " \n", "[]", "3", '"x"', "[" * 100_000, '{"CargoReport": 3}', "\x00", "nul"])
def test_no_text_raises(text: str) -> None:
    readings = list(from_json(text))
    assert readings[0].document is None
    assert readings[0].findings


@given(PLAIN)
def test_nothing_differs_from_itself(value: object) -> None:
    assert list(differences(value, value)) == []


def test_differences_name_path_and_both_sides() -> None:
    before, after = {"a": [{"b": 1}, 2], "c": "x"}, {"a": [{"b": 3}], "d": "y"}
    assert list(differences(before, after)) == [
        ("a[0].b", 1, 3),
        ("a[1]", 2, None),
        ("c", "x", None),
        ("d", None, "y"),
    ]
