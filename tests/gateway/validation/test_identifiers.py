from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import imo as stdnum_imo
from stdnum import iso6346 as stdnum_iso6346

from gateway.model.identifiers import imo_check_digit, is_imo_number
from gateway.validation.identifiers import container_check_digit, is_container_number, is_un_number, is_unlocode

owners = st.text(string.ascii_uppercase, min_size=3, max_size=3)
serials = st.text(string.digits, min_size=6, max_size=6)


@given(owners, st.sampled_from("UJZR"), serials)
def test_container_check_digit_is_the_one_python_stdnum_accepts(owner: str, category: str, serial: str) -> None:
    front = owner + category + serial
    assert container_check_digit(front) == stdnum_iso6346.calc_check_digit(front)
    assert stdnum_iso6346.is_valid(front + container_check_digit(front))
    assert is_container_number(front + container_check_digit(front))


@given(owners, serials, st.integers(0, 9))
def test_exactly_one_last_digit_is_right(owner: str, serial: str, digit: int) -> None:
    number = f"{owner}U{serial}{digit}"
    assert stdnum_iso6346.is_valid(number) == (container_check_digit(number) == number[-1])


def test_check_digit_of_ten_is_written_as_zero() -> None:
    assert container_check_digit("AAAU000006") == "0"  # 3398 leaves 10 when divided by 11


@given(serials)
def test_imo_check_digit_is_the_one_python_stdnum_accepts(front: str) -> None:
    number = front + imo_check_digit(front)
    assert is_imo_number(number)
    assert stdnum_imo.is_valid(number)
    assert not stdnum_imo.is_valid(front + str((int(number[-1]) + 1) % 10))


@pytest.mark.parametrize(
    "text",
    ["MSCU123456", "MSCU 1234566", "mscu1234566", "MSCX1234566", "MSC11234566", "MSCU123456٦", "MSCU12345666", ""],
)
def test_other_forms_are_no_container_number(text: str) -> None:
    assert not is_container_number(text)


@pytest.mark.parametrize("text", ["IMO9074729", "907472", "90747290", "907472٩", ""])
def test_other_forms_are_no_imo_number(text: str) -> None:
    assert not is_imo_number(text)


@pytest.mark.parametrize(("text", "well_formed"), [
    ("NLRTM", True), ("US9JX", True), ("NLRT1", False), ("NLRT0", False), ("NL RTM", False), ("nlrtm", False),
    ("N2RTM", False), ("NLRT", False), ("NL000396", False),
])  # fmt: skip
def test_unlocode_is_two_letters_and_three_of_letters_and_two_to_nine(text: str, well_formed: bool) -> None:
    assert is_unlocode(text) is well_formed


@pytest.mark.parametrize(("text", "well_formed"), [
    ("1263", True), ("0004", True), ("0000", False), ("UN1263", False), ("126", False), ("12630", False),
])  # fmt: skip
def test_un_number_is_four_digits(text: str, well_formed: bool) -> None:
    assert is_un_number(text) is well_formed
