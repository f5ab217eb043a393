"""Line and column of byte offsets, against counting from the start of the file."""

from __future__ import annotations

import random

import pytest

from gateway.cli.lines import BLOCK, Lines, Spot

TEXTS = {
    "short lines": "UNH+1'\r\nBGM+85'\n" * 4000,
    "one line": "NAD+CN+++É株'" * 9000,
    "lines of every length": "\n".join("x" * length + "é" * (length % 7) for length in range(500)),
    "breaks at the ends of blocks": ("y" * (BLOCK - 1) + "\n") * 5,
    "nothing": "",
}


def fed(content: bytes) -> Lines:
    lines = Lines()
    for start in range(0, len(content), 4 * BLOCK):
        lines.feed(content[start : start + 4 * BLOCK])
    return lines


@pytest.mark.parametrize("name", TEXTS)
def test_line_and_column_are_those_counted_from_the_start(name: str) -> None:
    content = TEXTS[name].encode()
    lines = fed(content)
    chance = random.Random(5)
    for _ in range(300):
        offset = chance.randint(0, len(content))
        while offset < len(content) and 0x80 <= content[offset] < 0xC0:
            offset += 1
        before = content[:offset].decode().split("\n")
        spot = lines.spot(offset, lambda start, stop: content[start:stop], utf_8=True)
        assert spot == Spot(len(before), len(before[-1]) + 1)


def test_in_other_character_sets_a_column_is_a_byte() -> None:
    content = "ÄÖÜ+'".encode("latin-1")
    spot = fed(content).spot(3, lambda start, stop: content[start:stop], utf_8=False)
    assert spot == Spot(1, 4)


@pytest.mark.parametrize("name", TEXTS)
def test_the_start_of_a_line_is_found_by_its_number(name: str) -> None:
    content = TEXTS[name].encode()
    lines = fed(content)
    every = content.split(b"\n")
    for number in {1, 2, 3, len(every) // 2, len(every) - 1, len(every)} - {0, -1}:
        wanted = len(b"\n".join(every[: number - 1])) + (number > 1)
        expected = wanted if number <= len(every) else None
        assert lines.line_start(number, lambda start, stop: content[start:stop]) == expected
    assert lines.line_start(len(every) + 1, lambda start, stop: content[start:stop]) is None


def test_what_is_remembered_of_a_file_is_a_thousandth_of_it() -> None:
    lines = fed(b"UNH+1'\n" * 300_000)
    assert len(lines._ended) * 24 < 2_100_000 / 500
