"""Where a value stands in the bytes received."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adapters.edifact.syntax.origin import Origin
from adapters.edifact.syntax.separators import DEFAULT, LEVEL_B, Separators
from adapters.edifact.syntax.tokenizer import tokenize

RAW = b"UNH+1+CUSCAR:D:95B:UN'\r\nBGM+85+O?'N?+1:X+9'\r\nUNT+3+1'"


def offset(segment: int, element: int | None = None, component: int | None = None) -> int:
    return Origin(RAW, 1000, DEFAULT).position("1", segment, "", element, component).offset - 1000


def test_offsets_point_at_the_first_byte_of_the_value() -> None:
    assert RAW[offset(2) :].startswith(b"BGM")
    assert RAW[offset(2, 1) :].startswith(b"85")
    assert RAW[offset(2, 2) :].startswith(b"O?'N")
    assert RAW[offset(2, 2, 2) :].startswith(b"X+9")
    assert RAW[offset(2, 3) :].startswith(b"9'")
    assert RAW[offset(1, 2, 3) :].startswith(b"95B")


def test_an_absent_value_gets_the_place_where_it_would_be() -> None:
    assert RAW[offset(2, 2, 3) :].startswith(b"+9")
    assert RAW[offset(2, 7) :].startswith(b"'\r\nUNT")
    assert RAW[offset(1, 3, 2) :].startswith(b"'\r\nBGM")


def test_a_segment_that_is_not_there_gets_the_end_of_the_message() -> None:
    assert offset(9) == len(RAW)
    assert Origin(RAW, 0, DEFAULT).after(0) == 0
    assert Origin(RAW, 0, DEFAULT).after(9) == len(RAW)


@given(
    st.text("A?'+ \n\r\x1c", max_size=40),
    st.sampled_from([DEFAULT, LEVEL_B, Separators("|", "+", "A", "?"), Separators(release="")]),
)
def test_there_is_a_span_for_every_segment_the_tokenizer_gives(text: str, separators: Separators) -> None:
    raw = text.encode()
    assert len(Origin(raw, 0, separators).spans) == len(tokenize(raw, separators).segments)
