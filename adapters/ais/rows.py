r"""The lines of a batch at a time: what `sentence` and `tagblock` read of each, for the shapes that nearly all have.

A row is a line `\tag block\!AIVDM,total,number,sequence,channel,payload,fill*hh`, tag block or none, whose checksum is
right. Every other line is for `sentence`. Checksums are checked in columns: the n-th bytes of all sentences are one
number, and numbers are laid over each other.
"""

from __future__ import annotations

import re
from binascii import a2b_hex
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from adapters.ais.tagblock import seconds

_LINE = re.compile(
    rb"(?:(?:\\([^\\\n]{0,512})\\)?!"
    rb"([A-Z]{2}VD[MO],[1-9],[1-9],[0-9]?,[^,\n]?,([0-W`-w]{1,256}),[0-5])"
    rb"\*([0-9A-Fa-f]{2})\r?|([^\n]*))\n"
)
#: So many bytes of a batch are looked at together, to the end of a line.
_CHUNK = 65_536

#: Sentences are laid over each other with those of about their length: of one part, and of more.
_SHORT = 48

#: tag block, sentence from its talker to its fill bits, payload in it, checksum; or a line of another shape.
Row = tuple[bytes, bytes, bytes, bytes, bytes]


def chunks(content: bytes) -> Iterator[bytes]:
    """Yield the lines of a batch, many together, each with a line feed at its end."""
    start = 0
    while start < len(content):
        stop = content.find(b"\n", start + _CHUNK) + 1
        yield content[start:stop] if stop else content[start:] + b"\n" * (not content.endswith(b"\n"))
        start = stop or len(content)


def rows(chunk: bytes) -> list[Row]:
    """Return a row for each line, in order; one that is no row has everything empty but its last member."""
    found: list[Row] = _LINE.findall(chunk)
    short = [number for number, row in enumerate(found) if len(row[1]) <= _SHORT]
    long = [number for number, row in enumerate(found) if len(row[1]) > _SHORT]
    wrong = [*_wrong(found, short), *_wrong(found, long)]
    if wrong:
        lines = chunk.split(b"\n")
        for number in wrong:
            found[number] = (b"", b"", b"", b"", lines[number])
    return found


def _wrong(found: Sequence[Row], numbers: Sequence[int]) -> list[int]:
    """Return those of some rows whose checksum is wrong."""
    width = max([len(found[number][1]) for number in numbers], default=0)
    padded = b"".join([found[number][1].ljust(width, b"\0") for number in numbers])
    folded = 0
    for column in range(width):
        folded ^= int.from_bytes(padded[column::width])
    are = folded.to_bytes(len(numbers))
    stated = a2b_hex(b"".join([found[number][3] or b"00" for number in numbers]))
    if are == stated:
        return []
    return [number for number, one, other in zip(numbers, are, stated, strict=True) if one != other]


class Head(NamedTuple):
    """What stands before the payload of the first part of two, and what before that of the second."""

    second: bytes
    talker: str
    sequence: str
    channel: str


@lru_cache(maxsize=4096)
def head_of(content: bytes) -> Head | None:
    """Return the head of a row, if it is the first part of two, given from its talker to its payload."""
    sentence, total, number, sequence, channel, _ = content.split(b",")
    if (total, number) != (b"2", b"1"):
        return None
    return Head(
        b",".join((sentence, b"2", b"2", sequence, channel, b"")),
        sentence[:2].decode("ascii"),
        sequence.decode("ascii"),
        channel.decode("latin-1"),
    )


class Told(NamedTuple):
    """What a tag block says of where and when a sentence was heard, and whether it is of a group."""

    station: str | None
    at: float | None
    grouped: bool


NOTHING_TOLD = Told(None, None, grouped=False)


@lru_cache(maxsize=4096)
def told_by(tag: bytes) -> Told:
    """Return what `tagblock` finds in a tag block, but for its group and checksum."""
    first: dict[bytes, bytes] = {}
    for one in tag.partition(b"*")[0].split(b","):
        key, _, value = one.partition(b":")
        first.setdefault(key, value)
    at = seconds(first.get(b"c", b""))
    if at is None:
        at = seconds(first.get(b"t", b""))
    return Told(first.get(b"s", b"").decode("latin-1") or None, at, b"g" in first)
