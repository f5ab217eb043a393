r"""What a feed says of a sentence in the block before it, `\s:..,c:..,g:..*hh\` (IEC 61162-450), as it is met.

Times come in seconds and in milliseconds, text may be a time, checksums have one digit or two, and many are wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = 4_102_444_800  # seconds to the year 2100
_LEAST_MILLISECONDS = 100_000_000_000
_NUMBER = re.compile(r"\d{1,15}")
_GROUP = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{1,9})")


class Group(NamedTuple):
    """Sentence `number` of `total` that belong together; it says nothing of the parts of a message."""

    number: int
    total: int
    id: int


@dataclass(frozen=True, slots=True)
class TagBlock:
    """A tag block: `station` is `s:`, `time` is `c:` (or `t:` where only that is a time), `group` is `g:`.

    `fields` has all of them as written.

    `sound` says whether its checksum is right. A field that cannot be read is None here and kept in `fields`.
    """

    station: str | None
    time: datetime | None
    group: Group | None
    fields: tuple[tuple[str, str], ...]
    sound: bool


@lru_cache(maxsize=256)
def tag_block(content: bytes) -> TagBlock:
    """Return the tag block of what stands between its backslashes."""
    body, star, stated = content.partition(b"*")
    fields = tuple(_field(one) for one in body.decode("latin-1").split(",") if one)
    by_key = dict(reversed(fields))
    return TagBlock(
        by_key.get("s") or None,
        moment(by_key.get("c", "")) or moment(by_key.get("t", "")),
        _group(by_key.get("g", "")),
        fields,
        bool(star) and _is(stated, checksum(body)),
    )


def checksum(body: bytes) -> int:
    """Return the exclusive or of all bytes."""
    number = int.from_bytes(body)
    width = 1 << (8 * len(body) - 1).bit_length() - 1
    while width >= 8:  # halves are laid over each other until one byte is left; what is above it counts no more
        number ^= number >> width
        width >>= 1
    return number & 0xFF


def moment(text: str) -> datetime | None:
    """Return the time of a count of seconds, milliseconds or nanoseconds since 1970; None where it is none."""
    if not _NUMBER.fullmatch(text):
        return None
    number = int(text)
    if number >= _LEAST_MILLISECONDS:
        number, rest = divmod(number, 1000)
        return _EPOCH + timedelta(seconds=number, milliseconds=rest) if number < _LAST else None
    return _EPOCH + timedelta(seconds=number) if number < _LAST else None


def seconds(text: bytes) -> float | None:
    """Return what `moment` does, in seconds since 1970."""
    if not text.isdigit() or len(text) > 15:
        return None
    number = int(text)
    if number >= _LEAST_MILLISECONDS:
        return number / 1000 if number < 1000 * _LAST else None
    return float(number) if number < _LAST else None


def _field(text: str) -> tuple[str, str]:
    key, _, value = text.partition(":")
    return key, value


def _group(text: str) -> Group | None:
    match = _GROUP.fullmatch(text)
    if match is None:
        return None
    group = Group(int(match[1]), int(match[2]), int(match[3]))
    return group if 1 <= group.number <= group.total else None


def _is(stated: bytes, number: int) -> bool:
    try:
        return 1 <= len(stated) <= 2 and int(stated, 16) == number
    except ValueError:
        return False
