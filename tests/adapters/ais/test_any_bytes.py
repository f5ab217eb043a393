"""Any bytes give messages or rejects, never an exception, in bounded memory and time."""

from __future__ import annotations

import tracemalloc

import pytest
from ais_lines import ALDER, at, position, static, tagged, with_checksum
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.ais import Message, Receiver, Reject

PIECES = st.sampled_from(
    [
        *static(ALDER, sequence=3),
        position(),
        tagged("s:pier,c:1599239526,g:1-2-7", position()),
        b"\\g:1-2-7",
        b"\\",
        b"!AIVDM,2,1,3,A,",
        b"!",
        b"$",
        b"*00",
        b",0*",
        b"\r\n",
        b"1550303566167726840 ",
        b",r003669946,1325394060",
    ]
)
LINES = st.lists(PIECES | st.binary(max_size=20), max_size=8).map(b"".join)


@given(st.lists(LINES, max_size=10), st.lists(st.floats(-1e6, 1e6), min_size=10, max_size=10))
@example([b"\\" * 50], [0.0] * 10)
@example([b"\\!\\$!\\"], [0.0] * 10)
def test_any_line_at_any_time_is_read_or_rejected(lines: list[bytes], times: list[float]) -> None:
    receiver = Receiver("feed", most=2)
    found = [one for line, when in zip(lines, times, strict=False) for one in receiver.receive_line(line, at(when))]
    found += receiver.close()
    for one in found:
        if isinstance(one, Message):
            one.values()
    assert sum(receiver.counts.values()) == sum(isinstance(one, Reject) for one in found)


@given(st.text("0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVW`abcdefghijklmnopqrstuvw", max_size=200), st.integers(0, 5))
def test_any_payload_is_read_or_rejected(payload: str, fill: int) -> None:
    (found,) = Receiver("feed").receive_line(with_checksum(f"AIVDM,1,1,,A,{payload},{fill}"), at(0))
    assert isinstance(found, Message | Reject)


def test_open_parts_of_ever_new_groups_and_stations_take_bounded_memory() -> None:
    receiver = Receiver("feed", most=100)
    part = static(ALDER, sequence=3)[0]

    def feed(start: int, count: int) -> None:
        for number in range(start, start + count):
            list(receiver.receive_line(tagged(f"g:1-2-{number},s:station{number}", part), at(0)))

    feed(0, 1000)
    tracemalloc.start()
    feed(1000, 1000)
    first, _ = tracemalloc.get_traced_memory()
    feed(2000, 4000)
    second, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert second < first + 100_000


HOSTILE = [b"\\", b"!", b"\\a", b"\\a!", b"!AIVDM,", b",", b"'", b" ", b"$", b"\\s:a*00\\!AIVDM,1,1,,A,", b",0*00"]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_line_of_any_length_is_taken_apart_once(piece: bytes) -> None:
    line = piece * (200_000 // len(piece))
    found = list(Receiver("feed").receive_line(line, at(0)))
    assert b"".join(one.content for one in found if isinstance(one, Reject)) == line.strip()
