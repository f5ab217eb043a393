"""Bytes to segments: release runs, any separators, white space, line breaks, character sets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.edifact.syntax.charset import charset
from adapters.edifact.syntax.separators import DEFAULT, LEVEL_B, Separators, from_una, from_unb
from adapters.edifact.syntax.tokenizer import RELEASED, restore, tokenize


def slow_tokens(text: str) -> list[str]:
    """Read character by character: the definition that the fast passes must agree with."""
    segments, current, characters = [], "", iter(text)
    for character in characters:
        if character == "?":
            released = next(characters, "")
            current += RELEASED.get(released, released)
        elif character == "'":
            segments.append(current)
            current = ""
        else:
            current += character
    return [segment for segment in (*segments, current) if segment]


@given(st.text("A?'+:", max_size=40))
def test_the_passes_agree_with_reading_character_by_character(text: str) -> None:
    assert tokenize(text.encode()).segments == slow_tokens(text)


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        (b"FTX+AAA+++O?'NEILL'", "FTX+AAA+++O'NEILL"),
        (b"ATT+1400+??????'", "ATT+1400+???"),
        (b"A+x???'y'", "A+x?'y"),
        (b"A+B??'", "A+B?"),
        (b"A+?A'", "A+A"),
        (b"A+1?+1=2?:'", "A+1+1=2:"),
    ],
)
def test_the_parity_of_a_release_run_decides(raw: bytes, meant: str) -> None:
    (segment,) = tokenize(raw).segments
    assert restore(segment) == meant


def test_released_separators_do_not_split() -> None:
    (segment,) = tokenize(b"NAD+CN+++SMITH ?+ SONS:A?:B'").segments
    elements = segment.split("+")
    assert [restore(c) for c in elements[4].split(":")] == ["SMITH + SONS", "A:B"]


def test_a_release_at_the_end_is_reported() -> None:
    assert tokenize(b"UNZ+1+REF?").dangling
    assert not tokenize(b"UNZ+1+REF??").dangling


def test_other_separators_are_translated_and_data_keeps_its_characters() -> None:
    other = Separators("|", "^", '"', "\\")
    first, second = tokenize(b'FTX^A+A|b\\|c\\^d:e?\\\\"UNT^3"', other).segments
    assert [restore(value) for value in first.split("+")[1].split(":")] == ["A+A", "b|c^d:e?\\"]
    assert second == "UNT+3"


def test_level_b_separators_have_no_release() -> None:
    segments = tokenize(b"FTX\x1dWHAT?\x1fO'NEILL\x1cUNT\x1d2\x1c", LEVEL_B).segments
    assert [restore(value) for value in segments[0].split("+")[1].split(":")] == ["WHAT?", "O'NEILL"]


def test_spaces_at_the_end_of_a_value_are_insignificant_and_those_before_it_are_data() -> None:
    assert tokenize(b"A + b : c ' B+d'").segments == ["A+ b: c", "B+d"]
    assert tokenize(b"A+   'B'").segments == ["A+", "B"]


def test_white_space_beside_a_released_separator_is_data() -> None:
    assert restore(tokenize(b"A+b ?+ c'").segments[0]) == "A+b + c"
    assert tokenize(b"A+b??+ c'").segments == ["A+b\ue000+ c"]


def test_line_breaks_after_a_terminator_are_noise_and_inside_a_segment_are_counted() -> None:
    clean = tokenize(b"A+1'\r\nB+2'\n C+3'\r\n")
    assert (clean.segments, clean.wrapped) == (["A+1", "B+2", "C+3"], 0)
    wrapped = tokenize(b"A+1'BG\r\nM+2'C+3'")
    assert (wrapped.segments, wrapped.wrapped) == (["A+1", "BGM+2", "C+3"], 1)


def test_empty_segments_are_counted() -> None:
    tokens = tokenize(b"A''B' 'C'")
    assert (tokens.segments, tokens.empty) == (["A", "B", "C"], 2)


@pytest.mark.parametrize(
    ("code", "raw", "meant"),
    [
        ("UNOC", b"A+\xfc'", "A+ü"),
        ("UNOD", b"A+\xb3'", "A+ł"),
        ("UNOE", b"A+\xb6'", "A+Ж"),
        ("UNOF", b"A+\xd9'", "A+Ω"),
        ("UNOW", "A+船'".encode(), "A+船"),
        ("UNOY", "A+é'".encode(), "A+é"),
    ],
)
def test_the_declared_character_set_decides_what_a_byte_means(code: str, raw: bytes, meant: str) -> None:
    assert tokenize(raw, DEFAULT, charset(code)).segments == [meant]


def test_a_private_use_character_of_the_sender_is_no_released_one() -> None:
    assert tokenize("A+\ue001'".encode(), DEFAULT, charset("UNOW")).segments == ["A+\ufffd"]


@pytest.mark.parametrize(
    ("una", "separators"),
    [
        (b"UNA:+.? '", Separators(decimal=".")),
        (b"UNA:+,? '", Separators(decimal=",")),
        (b"UNA:+.  '", Separators(release="", decimal=".")),
        (b"UNA:+.?*'", Separators(repetition="*", decimal=".")),
        (b'UNA|^.\\ "', Separators("|", "^", '"', "\\", "", ".")),
        (b"UNA:A.? '", None),
        (b"UNA::.? '", None),
        (b"UNA +.? '", None),
    ],
)
def test_una_gives_the_separators_or_none(una: bytes, separators: Separators | None) -> None:
    assert from_una(una) == separators


def test_without_una_the_byte_after_the_tag_decides() -> None:
    assert from_unb(b"UNB+UNOA:2+") == DEFAULT
    assert from_unb(b"UNB\x1dUNOB\x1f2") == LEVEL_B
    assert from_unb(b"UNB*UNOA>2*") == Separators(">", "*")


@pytest.mark.parametrize(
    "junk",
    [
        b"?" * 500_000,
        b"?'" * 250_000,
        b"'" * 1_000_000,
        b" " * 1_000_000,
        b"A" + b" " * 1_000_000 + b"+",
        b"+ " * 500_000,
        b"A+" + b"x" * 10_000_000 + b"'",
        b"? " * 250_000,
        b" \r\n" * 300_000,
        bytes(range(256)) * 2_000,
    ],
)
def test_hostile_input_is_read_in_full_and_not_searched_again_and_again(junk: bytes) -> None:
    for separators in (DEFAULT, LEVEL_B, Separators("|", "^", '"', "\\")):
        # A pass that went back for every byte would take hours: the suite's own limit on a test ends it.
        assert sum(map(len, tokenize(junk, separators).segments)) <= len(junk)
