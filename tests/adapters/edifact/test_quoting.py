"""The segment that a finding is about, found again in the bytes."""

from __future__ import annotations

import pytest

from adapters.edifact.adapter import EdifactAdapter
from adapters.edifact.reading import reader
from gateway.model.finding import Finding
from gateway.model.stages import Interchange, Message

HEAD = b"UNA:+.? '\nUNB+UNOC:3+A:ZZ+B:ZZ+250314:1230+R1'\nUNH+1+CUSCAR:D:95B:UN'\n"
TAIL = b"UNT+4+1'\nUNZ+1+R1'\n"


def quoted(content: bytes) -> list[tuple[Finding, bytes, bytes]]:
    """Return each finding with its segment, and in it what is meant."""
    adapter = EdifactAdapter()
    found = []
    for item in reader.read((content,)):
        assert isinstance(item, Message | Interchange)
        for finding in item.findings:
            quote = adapter.quote(finding, item, lambda start, stop: content[max(start, 0) : stop])
            assert quote is not None
            assert quote.start <= quote.first <= quote.last <= quote.stop
            found.append((finding, content[quote.start : quote.stop], content[quote.first : quote.last]))
    return found


def of(code: str, content: bytes) -> tuple[bytes, bytes]:
    return next((segment, meant) for finding, segment, meant in quoted(content) if finding.code == code)


def test_an_element_reaches_to_its_separator_released_ones_included() -> None:
    content = HEAD + b"BGM+85+" + b"A?+B?'C??" * 6 + b"+9'\nDTM+137:20250314:102'\n" + TAIL
    assert of("39", content)[1] == b"A?+B?'C??" * 6


def test_a_component_reaches_to_its_separator() -> None:
    content = HEAD + b"BGM+85+M+9'\nDTM+1377:20250314:102'\n" + TAIL
    assert of("39", content) == (b"DTM+1377:20250314:102'", b"1377")


def test_an_absent_value_is_empty_at_its_place() -> None:
    assert of("13", HEAD + b"BGM+85+M+9'\nDTM+:20250314:102'\n" + TAIL) == (b"DTM+:20250314:102'", b"")


def test_a_missing_segment_is_behind_the_one_before_it() -> None:
    assert of("13", HEAD + b"DTM+137:20250314:102'\n" + TAIL) == (b"UNH+1+CUSCAR:D:95B:UN'", b"")


def test_a_missing_trailer_is_behind_a_segment_without_terminator() -> None:
    assert of("13", HEAD + b"BGM+85+M+9'\nDTM+137:2025031") == (b"DTM+137:2025031", b"")


def test_a_missing_header_is_before_the_message() -> None:
    assert of("13", HEAD.partition(b"\n")[0] + HEAD[HEAD.index(b"UNH") :] + b"BGM+85+M+9'\n" + TAIL)[1] == b""


def test_a_tag_with_line_breaks_inside_and_noise_before_it_is_found() -> None:
    segment, meant = of("15", HEAD + b"BGM+85+M+9'\r\n  XYZ+1'\nDTM+137:20250314:102'\n" + TAIL)
    assert (segment, meant) == (b"XYZ+1'", b"XYZ")


@pytest.mark.parametrize("size", [1_000, 5_000, 100_000])
def test_of_a_huge_segment_only_the_surroundings_are_quoted(size: int) -> None:
    content = HEAD + b"FTX+AAA+++" + b"A" * size + b"'\n" + TAIL
    segment, meant = of("39", content)
    assert len(segment) < 5_000
    assert set(meant) == {ord("A")}


def test_the_codec_is_that_of_the_interchange() -> None:
    content = HEAD.replace(b"UNOC", b"UNOE") + b"BGM+8555+M+9'\n" + TAIL
    [message] = [item for item in reader.read((content,)) if isinstance(item, Message)]
    quote = EdifactAdapter().quote(message.findings[0], message, lambda start, stop: content[max(start, 0) : stop])
    assert quote is not None
    assert quote.codec == "iso8859-5"
