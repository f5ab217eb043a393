"""Every converter is an inverse pair; what it cannot convert it refuses in words for people."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from strategies import MOMENTS, line

from gateway.mapping.converters import (
    decimal,
    read_coded,
    read_codes,
    read_integer,
    read_lines,
    read_measure,
    read_moment,
    read_scaled,
    write_decimal,
    write_lines,
    write_moment,
    write_scaled,
    write_timestamp,
    written_codes,
)
from gateway.model.base import Moment

MOMENT = TypeAdapter(Moment)

#: Digits as received, DE 2379, the moment, and (where it differs) what is written for it.
DATES = [
    ("20250314", "102", "2025-03-14", None),
    ("250314", "101", "2025-03-14", ("20250314", "102")),
    ("202503141205", "203", "2025-03-14T12:05", None),
    ("2503141205", "201", "2025-03-14T12:05", ("202503141205", "203")),
    ("20250314120530", "204", "2025-03-14T12:05:30", None),
    ("250314120530", "202", "2025-03-14T12:05:30", ("20250314120530", "204")),
    ("202503141205+02", "303", "2025-03-14T12:05+02:00", None),
    ("202503141205+0230", "303", "2025-03-14T12:05+02:30", None),
    ("202503141205-05:00", "303", "2025-03-14T12:05-05:00", ("202503141205-05", "303")),
    ("202503141205Z", "303", "2025-03-14T12:05Z", None),
    ("2503141205+02", "301", "2025-03-14T12:05+02:00", ("202503141205+02", "303")),
    ("20250314120530+02", "304", "2025-03-14T12:05:30+02:00", None),
    ("20250314120530Z", "304", "2025-03-14T12:05:30Z", None),
    ("20240229", "102", "2024-02-29", None),
]


@pytest.mark.parametrize(("digits", "form", "moment", "written"), DATES)
def test_a_date_reads_as_the_moment_it_states_and_is_written_back(
    digits: str, form: str, moment: str, written: tuple[str, str] | None
) -> None:
    assert read_moment(digits, form) == moment
    assert MOMENT.validate_python(moment) == moment
    assert write_moment(moment, "") == (written or (digits, form))


@given(MOMENTS)
def test_every_moment_is_read_back_as_it_was_written(moment: str) -> None:
    assert read_moment(*write_moment(moment, "")) == moment


@given(MOMENTS, st.sampled_from(["101", "201"]))
def test_a_preferred_short_year_never_changes_the_moment(moment: str, preferred: str) -> None:
    assert read_moment(*write_moment(moment, preferred)) == moment


def test_a_short_year_is_written_where_it_is_preferred_and_fits() -> None:
    assert write_moment("2025-03-14T12:05", "201") == ("2503141205", "201")
    assert write_moment("2025-03-14", "201") == ("20250314", "102")
    assert write_moment("2025-03-14", "101") == ("250314", "101")
    assert write_moment("1999-12-31T12:05", "201") == ("199912311205", "203")


@pytest.mark.parametrize(
    ("digits", "form", "words"),
    [
        ("20250230", "102", "there is no such date"),
        ("20251301", "102", "there is no such date"),
        ("202503142460", "203", "there is no such date"),
        ("202503141205+25", "303", "there is no such date"),
        ("2025031", "102", "this is no date in format 102"),
        ("2025-03-14", "102", "this is no date in format 102"),
        ("202503141205", "102", "this is no date in format 102"),
        ("20250314", "203", "this is no date in format 203"),
        ("\u0662\u0660\u0662\u0665\u0660\u0663\u0661\u0664", "102", "this is no date in format 102"),
        ("20250314", "", "the date format '' is not one of 102, 203, 204, 303, 304"),
        ("20250314", "999", "the date format '999' is not one of"),
        ("", "102", "this is no date in format 102"),
        ("00000101", "102", "there is no such date"),
    ],
)
def test_what_is_no_date_is_refused_in_words(digits: str, form: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        read_moment(digits, form)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15))
def test_every_number_is_read_back_as_it_was_written(number: Decimal) -> None:
    written = write_decimal(number)
    assert "E" not in written
    assert decimal(written) == number


@pytest.mark.parametrize(
    ("raw", "number"),
    [("12,5", "12.5"), ("12.5", "12.5"), ("-3", "-3"), ("007", "7"), (",5", "0.5"), (".5", "0.5"), ("12.", "12")],
)
def test_comma_and_point_are_decimal_marks(raw: str, number: str) -> None:
    assert decimal(raw) == Decimal(number)


@pytest.mark.parametrize("raw", ["", "-", ".", "1E5", "1 000", "1,000.5", "12a", "+5", "--5", "\u0661", "NaN"])
def test_what_is_no_number_is_refused_in_words(raw: str) -> None:
    with pytest.raises(ValueError, match="this is not a number"):
        decimal(raw)


@given(st.integers(-(10**17), 10**17))
def test_every_whole_number_is_read_back_as_it_was_written(number: int) -> None:
    assert read_integer(str(number)) == number


@pytest.mark.parametrize("raw", ["", "1.0", "1,5", "one", "\u0661", "1 2", "+1"])
def test_what_is_no_whole_number_is_refused_in_words(raw: str) -> None:
    with pytest.raises(ValueError, match="this is not a whole number"):
        read_integer(raw)


@given(st.decimals(0, 10**9, places=3), st.sampled_from(["", "KGM", "TNE"]))
def test_a_measure_keeps_number_and_unit(number: Decimal, unit: str) -> None:
    measure = read_measure(write_decimal(number), unit)
    assert (measure.value, measure.unit or "") == (number, unit)


def test_a_coded_value_keeps_list_and_agency_and_leaves_out_what_is_absent() -> None:
    assert read_coded("22G1", "102", "5").model_dump() == {"value": "22G1", "list": "102", "agency": "5"}
    assert read_coded("22G1", "", "").model_dump() == {"value": "22G1", "list": None, "agency": None}


@given(st.lists(line(20), min_size=1, max_size=6).map("\n".join), st.integers(1, 30))
def test_lines_that_can_be_joined_again_give_the_text_back(text: str, width: int) -> None:
    lines = write_lines(text, width)
    assert all(len(one) <= width for one in lines)
    full = any(len(part) % width == 0 for part in text.split("\n")[:-1])
    cut_at_a_space = any(one != one.strip() for one in lines)
    if not full and not cut_at_a_space:
        assert read_lines(lines, width) == text


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["ABCDE", "FG"], "ABCDEFG"),
        (["ABC", "DE"], "ABC\nDE"),
        (["ABCDE", "", "FG"], "ABCDE\nFG"),
        (["", "", "AB"], "AB"),
        (["ABCDE", "FGHIJ"], "ABCDEFGHIJ"),
        ([], ""),
        (["", ""], ""),
    ],
)
def test_a_line_of_full_width_runs_on_and_any_other_ends_its_paragraph(lines: list[str], text: str) -> None:
    assert read_lines(lines, 5) == text


def test_a_table_reads_synonyms_and_writes_the_first() -> None:
    table = {"9|09": "submit", "1": "cancel"}
    assert read_codes(table) == {"9": "submit", "09": "submit", "1": "cancel"}
    assert written_codes(table) == {"submit": "9", "cancel": "1"}


@given(st.dictionaries(st.text("0123456789", min_size=1, max_size=3), st.text("abc", min_size=1), max_size=8))
def test_every_name_of_a_one_to_one_table_is_read_back(table: dict[str, str]) -> None:
    one_to_one = {code: name for name, code in {name: code for code, name in table.items()}.items()}
    codes = written_codes(one_to_one)
    assert all(read_codes(one_to_one)[codes[name]] == name for name in codes)


@given(st.integers(-(10**12), 10**12), st.sampled_from([10, 100, 1000]))
def test_a_whole_number_of_a_part_is_read_back_as_it_was_written(raw: int, factor: int) -> None:
    assert write_scaled(read_scaled(str(raw), factor), factor) == str(raw)


@pytest.mark.parametrize(
    ("number", "factor", "raw"), [("11.4", 100, "1140"), ("11.405", 100, ""), ("0", 10, "0"), ("-0.5", 10, "-5")]
)
def test_a_number_finer_than_a_part_is_not_written(number: str, factor: int, raw: str) -> None:
    assert write_scaled(Decimal(number), factor) == raw


@pytest.mark.parametrize(
    ("moment", "raw"),
    [
        ("2026-11-28T06:00:00Z", "2026-11-28T06:00:00Z"),
        ("2026-11-28T06:00:00+02:00", "2026-11-28T06:00:00+02:00"),
        ("2026-11-28T06:00Z", ""),
        ("2026-11-28T06:00:00", ""),
        ("2026-11-28", ""),
    ],
)
def test_a_timestamp_is_never_completed(moment: str, raw: str) -> None:
    assert write_timestamp(moment) == raw
