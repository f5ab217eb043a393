r"""A line of a feed to the AIS sentences on it (IEC 61162-1, VDM and VDO), with what feeds hang on them.

`\tag block\!AIVDM,total,number,sequence,channel,payload,fill*hh,suffix`, several on a line, a log's time in front.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from adapters.ais.reasons import Reason, Reject
from adapters.ais.tagblock import TagBlock, checksum, moment, tag_block

_SENTENCE = re.compile(
    rb"(?:\\([^\\]{0,512})\\)?!"
    rb"(([A-Z]{2})VD([MO]),([1-9]),([1-9]),([0-9]?),([^,]?),([0-W`-w]{0,256}),([0-5]))"
    rb"\*([0-9A-Fa-f]{2})(,[^\\!$]{0,256})?['\"\s]{0,16}"
)
_ANY = re.compile(rb"(?:\\[^\\]*\\)?!..VD[MO],", re.DOTALL)
_NO_CHECKSUM = re.compile(rb"(?:\\[^\\]*\\)?![^*]*")
#: Where a sentence begins: at its tag block, or at its own first character where no tag block ends before it.
_START = re.compile(rb"\\[^\\!$]*\\[!$]|[!$]")
_LOGGED = re.compile(rb"\s*(\d{9,19})\s*")
#: What the receivers of a coast guard say behind the checksum: who heard it, and when.
_STATION = re.compile(rb",([rb][0-9A-Za-z_]+)")
_HEARD_AT = re.compile(rb",(\d{9,10})(?=[,\s'\"]|$)")


class Sentence(NamedTuple):
    """One sentence whose checksum is right; `fill` bits at the end of its payload are none of the message."""

    content: bytes
    talker: str
    own_ship: bool
    total: int
    number: int
    sequence: str
    channel: str
    payload: bytes
    fill: int
    station: str | None
    sent_at: datetime | None
    tag_block: TagBlock | None


def sentences(line: bytes) -> Iterable[Sentence | Reject]:
    """Return the sentences on a line in their order, and a reject for each piece of it that is none."""
    found = _SENTENCE.fullmatch(line)
    return (_sentence(found, line, None),) if found is not None else _pieces(line)


def sentence(head: str, payload: bytes, fill: int) -> bytes:
    """Return a sentence, given from its talker to the comma before its payload."""
    body = head.encode("ascii") + payload + b",%d" % fill
    return b"!%b*%02X" % (body, checksum(body))


def _pieces(line: bytes) -> Iterator[Sentence | Reject]:
    """Yield what is on a line that is not one sentence alone."""
    line = line.strip(b"\r\n\t \0")
    if not line:
        return
    if line.startswith(b"#"):
        yield Reject(Reason.COMMENT, line)
        return
    starts = [match.start() for match in _START.finditer(line)]
    before = line[: starts[0]] if starts else line
    logged = _LOGGED.fullmatch(before) if starts else None
    if before and logged is None:
        yield Reject(Reason.TEXT, before)
    logged_at = None if logged is None else _logged_at(logged[1])
    for start, end in pairwise((*starts, len(line))):
        yield _piece(line[start:end], logged_at)


def _piece(piece: bytes, logged_at: datetime | None) -> Sentence | Reject:
    found = _SENTENCE.fullmatch(piece)
    if found is not None:
        return _sentence(found, piece, logged_at)
    if _ANY.match(piece) is None:
        return Reject(Reason.OTHER, piece)
    return Reject(Reason.CHECKSUM_MISSING if _NO_CHECKSUM.fullmatch(piece) else Reason.MALFORMED, piece)


def _sentence(found: re.Match[bytes], content: bytes, logged_at: datetime | None) -> Sentence | Reject:
    tag, body, talker, formatter, total, number, sequence, channel, payload, fill, stated, suffix = found.groups()
    if checksum(body) != int(stated, 16):
        return Reject(Reason.CHECKSUM_WRONG, content)
    if number > total:
        return Reject(Reason.MALFORMED, content)
    if not payload:
        return Reject(Reason.EMPTY, content)
    block = None if tag is None else tag_block(tag)
    station = None if block is None else block.station
    sent_at = logged_at if block is None or block.time is None else block.time
    if suffix is not None:
        heard_by, heard_at = _STATION.search(suffix), _HEARD_AT.search(suffix)
        station = station or (heard_by and heard_by[1].decode("ascii")) or None
        sent_at = sent_at or (moment(heard_at[1].decode("ascii")) if heard_at else None)
    return Sentence(
        content,
        talker.decode("ascii"),
        formatter == b"O",
        int(total),
        int(number),
        sequence.decode("ascii"),
        channel.decode("latin-1"),
        payload,
        int(fill),
        station,
        sent_at,
        block,
    )


def _logged_at(digits: bytes) -> datetime | None:
    """Return the time of a log's prefix: nanoseconds, microseconds, milliseconds or seconds by its length."""
    return moment(digits[:13].decode("ascii")) if len(digits) >= 13 else moment(digits.decode("ascii"))
