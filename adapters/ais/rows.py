r"""The lines of a batch at a time: what `sentence` and `tagblock` read of each, for the shapes that nearly all have.

A row is a line `\tag block\!AIVDM,total,number,sequence,channel,payload,fill*hh`, tag block or none, whose checksum is
right. Every other line is for `sentence`. Checksums are checked in columns: the n-th bytes of all sentences are one
number, and numbers are laid over each other.
"""

from __future__ import annotations

import re
from binascii import a2b_hex
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from adapters.ais.tagblock import checksum, seconds

_LINE = re.compile(
    rb"(?:(?:\\([^\\\n]{0,512})\\)?!"
    rb"([A-Z]{2}VD[MO],[1-9],[1-9],[0-9]?,[^,\n]?,([0-W`-w]{1,256}),[0-5])"
    rb"\*([0-9A-Fa-f]{2})\r?|([^\n]*))\n"
)
#: The character of no fill bits.
ZERO = ord("0")
_tuple = tuple.__new__  # what a NamedTuple does, and nothing around it
_FIELD = re.compile(rb"(?<![^,])([sctg]):([^,]*)")
_USUAL = re.compile(rb"(?:n:[^,*]*,)?s:([^,*]+),c:([0-3][0-9]{9})(?:\*.*)?", re.DOTALL)
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
    short = _wrong([row for row in found if len(row[1]) <= _SHORT])
    long = _wrong([row for row in found if len(row[1]) > _SHORT])
    if short or long:
        lines = chunk.split(b"\n")
        wrong = {*short, *long}
        for number, row in enumerate(found):
            if row in wrong:
                found[number] = (b"", b"", b"", b"", lines[number])
    return found


def _wrong(some: Sequence[Row]) -> list[Row]:
    """Return those of some rows whose checksum is wrong."""
    width = max([len(row[1]) for row in some], default=0)
    padded = b"".join([row[1].ljust(width, b"\0") for row in some])
    folded = 0
    for column in range(width):
        folded ^= int.from_bytes(padded[column::width])
    are = folded.to_bytes(len(some))
    stated = a2b_hex(b"".join([row[3] or b"00" for row in some]))
    if are == stated:
        return []
    return [row for row, one, other in zip(some, are, stated, strict=True) if one != other]


class Head(NamedTuple):
    """What stands before a payload; `second` is what stands before that of the second part, where this is the first."""

    single: bool
    second: bytes
    talker: str
    own_ship: bool
    sequence: str
    channel: str


@lru_cache(maxsize=1024)
def head_of(content: bytes) -> Head:
    """Return the head of a row, given from its talker to the comma before its payload."""
    formatter, total, number, sequence, channel, _ = content.split(b",")
    second = b",".join((formatter, b"2", b"2", sequence, channel, b""))
    return Head(
        (total, number) == (b"1", b"1"),
        second if (total, number) == (b"2", b"1") else b"",
        formatter[:2].decode("ascii"),
        formatter.endswith(b"O"),
        sequence.decode("ascii"),
        channel.decode("latin-1"),
    )


class Told(NamedTuple):
    """What a tag block says of where and when a sentence was heard, and whether it is of a group."""

    station: str | None
    at: float | None
    grouped: bool


NOTHING_TOLD = Told(None, None, grouped=False)


@lru_cache(maxsize=1024)
def told_by(tag: bytes) -> Told:
    """Return what `tagblock` finds in a tag block, but for its group and checksum."""
    usual = _USUAL.fullmatch(tag)
    if usual is not None:
        station, time = usual.groups()
        return _tuple(Told, (station.decode("latin-1"), float(time), False))
    first = dict(reversed(_FIELD.findall(tag.partition(b"*")[0])))
    at = seconds(first.get(b"c", b""))
    if at is None and b"t" in first:
        at = seconds(first[b"t"])
    return Told(first.get(b"s", b"").decode("latin-1") or None, at, b"g" in first)


class Part(NamedTuple):
    """What is kept of a part once its message is whole: enough to know it again."""

    body: bytes  # the sentence between ! and *
    payload: bytes
    fill: int
    sent_at: datetime | None = None

    @property
    def content(self) -> bytes:
        """The sentence, without what stood around it."""
        return b"!%b*%02X" % (self.body, checksum(self.body))


class Pair(NamedTuple):
    """A row and the next that are the parts of one message, as far as they themselves say; `fill` is a character."""

    head: Head
    parts: tuple[Part, Part]
    payload: bytes
    fill: int
    station: str | None
    at: float | None
    tags: tuple[bytes, ...]


def pair_of(found: Sequence[Row], number: int) -> Pair | None:
    """Return the pair that a row begins; None where it does, or may be, otherwise."""
    tag, body, payload, _, _ = found[number]
    if not body or b"g:" in tag or number + 1 == len(found):
        return None
    head = head_of(body[: -len(payload) - 2])
    tag2, body2, payload2, _, _ = found[number + 1]
    if not head.second or body2[: -len(payload2) - 2] != head.second or body[-1] != ZERO:
        return None
    told, told2 = (told_by(tag), told_by(tag2)) if tag or tag2 else (NOTHING_TOLD, NOTHING_TOLD)
    if told.grouped or told2.grouped or told.station != told2.station:
        return None
    parts = _tuple(Part, (body, payload, 0, None)), _tuple(Part, (body2, payload2, body2[-1] - ZERO, None))
    at = told.at if told.at is not None else told2.at
    return _tuple(
        Pair, (head, parts, payload + payload2, body2[-1], told.station, at, (tag, tag2) if tag or tag2 else ())
    )
