from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.transports.nmea_lines import LineCutter, address_of


def test_lines_split_across_packets_are_joined() -> None:
    cutter = LineCutter()
    found = [cutter.feed(data) for data in (b"!AIV", b"DM,1\r", b"\n!AIVDM,2\r\n!AI", b"VDM,3")]
    assert found == [[], [], [b"!AIVDM,1", b"!AIVDM,2"], []]
    assert cutter.end() == [b"!AIVDM,3"]
    assert cutter.end() == []


def test_a_line_too_long_is_left_out_and_counted_once() -> None:
    cutter = LineCutter(longest=10)
    found = cutter.feed(b"a\n" + b"x" * 8)
    for _ in range(100):
        found += cutter.feed(b"x" * 8)
    found += cutter.feed(b"x\nb\n" + b"y" * 11 + b"\nc\n")
    assert found == [b"a", b"b", b"c"]
    assert cutter.overlong == 2


def test_a_line_without_end_takes_no_memory() -> None:
    cutter = LineCutter()
    for _ in range(1000):
        assert cutter.feed(b"x" * 65_536) == []
        assert len(cutter._rest) <= 4096
    assert cutter.overlong == 1


@given(st.lists(st.binary(max_size=12)), st.integers(1, 20))
def test_however_a_stream_is_cut_the_lines_are_the_same(pieces: list[bytes], longest: int) -> None:
    whole, parts = LineCutter(longest), LineCutter(longest)
    expected = whole.feed(b"".join(pieces)) + whole.end()
    found = [line for piece in pieces for line in parts.feed(piece)] + parts.end()
    assert found == expected
    assert parts.overlong == whole.overlong


@pytest.mark.parametrize(
    "text", ["", "station:4001", "udp://station:4001", "tcp://station", "tcp://:1", "tcp://a:x", "tcp://a:1/x"]
)
def test_what_is_no_address_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="is no address: write tcp://HOST:PORT"):
        address_of("tcp")(text)


def test_an_address_may_be_of_ipv6() -> None:
    assert address_of("udp")("udp://[::1]:10110") == ("::1", 10110)
