"""Reading in columns is reading line by line: observations, counts, samples and open parts, for every input."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import pytest
from ais_feeds import Careful, arrival
from ais_lines import ALDER, BIRCH, CORPUS, at, position, static, tagged, with_checksum
from ais_strategies import messages as any_messages
from ais_strategies import payloads
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.ais import Bits, Message, Receiver, encode, message
from adapters.ais.armour import armour
from adapters.ais.assembly import Held
from adapters.ais.feed import NmeaFeed
from adapters.ais.observations import FIXES, PARTICULARS

X, Y = static(ALDER, sequence=3), static(BIRCH, sequence=3)
ENDS = st.sampled_from([b"\n", b"\r\n"])


def same(batches: Sequence[bytes], times: Sequence[float]) -> NmeaFeed:
    """Assert that both ways say the same of every batch, and return the feed."""
    feed, careful = NmeaFeed("pier"), Careful()
    for content, when in zip(batches, times, strict=True):
        batch = arrival(content, at(when))
        assert feed.observe(batch) == careful.observe(batch)
        assert feed.rejects == careful.rejects
        assert feed.samples() == careful.samples
        assert kept(feed._of("")) == kept(careful.receiver)
    return feed


def kept(receiver: Receiver) -> list[Held]:
    """Return what is kept, without what is of no more use once a message is whole."""
    held = receiver.assembly.held()
    return [one._replace(content=one.content.rpartition(b"\\")[2], sent_at=None) for one in held]


@st.composite
def sentences(draw: st.DrawFn) -> list[bytes]:
    """Return the sentences of a message of any type: well-formed, cut, too long, or any bits."""
    made = draw(any_messages() | payloads())
    if isinstance(made, Message):
        wanted = made.layout.type in FIXES | PARTICULARS
        if made.surplus.length == 0 and None not in made.raws and (wanted or draw(st.booleans())):
            try:
                return list(encode(made, sequence=draw(st.integers(0, 9)), channel=draw(st.sampled_from("AB"))))
            except ValueError:
                return []
        return []
    payload, fill = armour(made)
    return [with_checksum(f"AIVDM,1,1,,A,{payload.decode()},{fill}")]


WHOLE = sentences()
TWO = st.sampled_from([[*X], [*Y], [X[0]], [X[1]], [Y[1]], [X[1], X[0]], [X[0], Y[1]], [X[0], X[0], X[1]]])
ODD = st.sampled_from(
    [
        [b""],
        [b"# comment"],
        [b"text"],
        [b"\r"],
        [b" " + position()],
        [position() + position()],
        [b"1550303566167726840 " + position()],
        [position() + b",r003669946,1325394060"],
        [position()[:-1] + b"x"],
        [position().replace(b"*", b"*0")],
        [position()[:-2] + b"00"],
        [with_checksum("AIVDM,1,1,,A,,0")],
        [with_checksum("AIVDM,1,2,,A,13u?,0")],
        [with_checksum("AIVDM,2,1,3,A,53u?,2"), with_checksum("AIVDM,2,2,3,A,000,2")],
        [with_checksum("AIVDM,2,1,3,A,B3u?,0"), with_checksum("AIVDM,2,2,3,A,000,2")],
        [with_checksum("AIVDM,1,1,,\xe9,13u?,0")],
    ]
)
TAGS = st.sampled_from(
    [
        "",
        "s:east",
        "s:west,c:1793610000",
        "n:7,s:west,c:1793610001",
        "s:a:b,c:0793610000",
        "s:west,c:9793610000",
        "s:west,c:1793610000,s:east,g:1-1-9",
        "c:1793610000500",
        "s:east,t:1793610001",
        "s:east,c:99999999999",
        "n:1,s:,c:x",
        "g:1-2-7,s:east",
        "g:2-2-7",
        "g:1-2-8",
        "g:x",
    ]
)


@st.composite
def batch(draw: st.DrawFn) -> bytes:
    lines: list[bytes] = []
    for group in draw(st.lists(WHOLE | TWO | ODD, max_size=8)):
        tag = draw(st.just("") | TAGS)
        lines += [tagged(tag, line) if tag else line for line in group]
    end = draw(ENDS)
    return end.join(lines) + draw(st.sampled_from([b"", end]))


@settings(max_examples=50)
@given(st.lists(st.tuples(batch(), st.floats(0, 2)), max_size=4))
@example([(X[0] + b"\n" + X[1] + b"\n" + Y[0] + b"\n" + Y[1], 0.0), (X[1], 1.0)])
@example([(X[0], 0.0), (b"\n", 2.0), (b"\n", 2.0)])
def test_batches_of_any_lines_say_what_the_lines_say(batches: list[tuple[bytes, float]]) -> None:
    same([content for content, _ in batches], list(accumulate(pause for _, pause in batches)))


@given(any_messages())
def test_every_value_of_every_field_is_read_alike(one: Message) -> None:
    if one.layout.type not in FIXES | PARTICULARS or None in one.raws:
        return
    same([b"\n".join(encode(one))], [0])


@pytest.mark.parametrize("raw", [0, 1, 2, -1, -2, 108_000_000, -108_000_000, 108_000_001, -108_000_001, 108_600_000])
@pytest.mark.parametrize("lat", [0, 1, -1, 54_000_000, -54_000_000, 54_000_001, -54_000_001, 54_600_000])
def test_positions_at_the_edges_are_read_alike(raw: int, lat: int) -> None:
    base = message("1", mmsi=211000001)
    index = base.layout.index
    raws = list(base.raws)
    raws[index["lon"]], raws[index["lat"]] = raw, lat
    same([encode(Message(base.layout, tuple(raws)))[0]], [0])


@given(st.integers(96, 176), st.sampled_from([1, 5, 9, 18, 19, 24, 27]), st.integers(0, 1), st.integers(0, 1 << 170))
def test_every_length_is_judged_alike(length: int, number: int, part: int, rest: int) -> None:
    head = Bits(number, 6).followed_by(Bits(211000001, 32)).followed_by(Bits(part, 2))
    payload, fill = armour(head.followed_by(Bits(rest & (1 << length - 40) - 1, length - 40)))
    same([with_checksum(f"AIVDM,1,1,,A,{payload.decode()},{fill}")], [0])


@given(st.integers(415, 440), st.integers(305, 330), st.integers(0, 1 << 440))
def test_every_length_of_two_parts_is_judged_alike(length: int, other: int, rest: int) -> None:
    lines = []
    for number, bits in ((5, length), (19, other)):
        body = Bits(number, 6).followed_by(Bits(211000001, 32))
        payload, fill = armour(body.followed_by(Bits(rest & (1 << bits - 38) - 1, bits - 38)))
        lines.append(with_checksum(f"AIVDM,2,1,{number % 9},A,{payload[:50].decode()},0"))
        lines.append(with_checksum(f"AIVDM,2,2,{number % 9},A,{payload[50:].decode()},{fill}"))
    same([b"\n".join(lines)], [0])


def test_a_batch_longer_than_a_chunk_is_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [*X, position(), *Y, position(mmsi=244000002), b"text", *X] * 20
    for size in (1, 100, 1000):
        monkeypatch.setattr("adapters.ais.rows._CHUNK", size)
        same([b"\n".join(lines), b"\r\n".join(lines)], [0, 10])


def heard(batches: Sequence[bytes], times: Sequence[float]) -> None:
    """Assert that a receiver hears the same in lines that come together as in one line after the other."""
    together, alone = Receiver("pier"), Receiver("pier")
    for content, when in zip(batches, times, strict=True):
        one = list(together.receive(content, at(when)))
        lines = [line.removesuffix(b"\r") for line in content.removesuffix(b"\n").split(b"\n")]
        other = [found for line in lines for found in alone.receive_line(line, at(when))]
        assert [(found, found.heard) for found in one if isinstance(found, Message)] == [
            (found, found.heard) for found in other if isinstance(found, Message)
        ]
        assert together.counts == alone.counts


@settings(max_examples=50)
@given(st.lists(st.tuples(batch(), st.floats(0, 2)), max_size=4))
def test_lines_that_come_together_are_heard_as_they_are_alone(batches: list[tuple[bytes, float]]) -> None:
    heard([content for content, _ in batches], list(accumulate(pause for _, pause in batches)))


FILES = [
    path
    for folder in ("gfw", "libais", "pyais")
    for path in sorted((CORPUS / folder).glob("*"))
    if path.suffix != ".json"
]


@pytest.mark.skipif(not FILES, reason="the corpus is not beside the repository")
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_recorded_lines_are_read_alike(size: int) -> None:
    for path in FILES:
        lines = path.read_bytes().split(b"\n")
        batches = [b"\n".join(lines[start : start + size]) for start in range(0, len(lines), size)]
        same(batches, [number * 0.2 for number in range(len(batches))])
        heard(batches, [number * 0.2 for number in range(len(batches))])
