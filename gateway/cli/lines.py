"""Line and column of byte offsets, as editors count them, in files of any size and with lines of any length."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field

#: Bytes between two entries of the index: three numbers for each are kept.
BLOCK = 1 << 14
#: The bytes of UTF-8 that continue a character.
_CONTINUING = bytes(range(0x80, 0xC0))
_OTHERS = bytes(set(range(0x100)) - set(_CONTINUING))


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a text file: both count from 1, `column` in characters. A line ends with LF (or CR LF)."""

    line: int
    column: int


def _numbers() -> array[int]:
    return array("Q")


@dataclass(slots=True, eq=False)
class Lines:
    """What is remembered of a stream as it goes by, by block: lines ended, start of the line, bytes that continue."""

    _ended: array[int] = field(default_factory=_numbers)
    _start: array[int] = field(default_factory=_numbers)
    _continuing: array[int] = field(default_factory=_numbers)
    _at: int = 0
    _line: int = 0
    _line_start: int = 0
    _wide: int = 0

    def feed(self, chunk: bytes) -> None:
        """Take note of the next bytes; every chunk but the last is a multiple of `BLOCK` long."""
        for first in range(0, len(chunk), BLOCK):
            block = chunk[first : first + BLOCK]
            self._ended.append(self._line)
            self._start.append(self._line_start)
            self._continuing.append(self._wide)
            self._line += block.count(b"\n")
            last = block.rfind(b"\n")
            if last >= 0:
                self._line_start = self._at + last + 1
            self._wide += _continuing(block)
            self._at += len(block)

    def spot(self, offset: int, read: Callable[[int, int], bytes], *, utf_8: bool) -> Spot:
        """Return line and column of an offset; where a character is several bytes, only in UTF-8."""
        if not self._ended:
            return Spot(1, 1)
        number = min(offset // BLOCK, len(self._ended) - 1)
        before = read(number * BLOCK, offset)
        last = before.rfind(b"\n")
        start = self._start[number] if last < 0 else number * BLOCK + last + 1
        column = offset - start
        if utf_8:
            column -= self._wide_before(offset, read) - self._wide_before(start, read)
        return Spot(self._ended[number] + before.count(b"\n") + 1, column + 1)

    def line_start(self, line: int, read: Callable[[int, int], bytes]) -> int | None:
        """Return the offset at which a line starts (from 1), or None when there is no such line."""
        if line <= 1 or not self._ended:
            return 0 if line == 1 else None
        number = bisect_right(self._ended, line - 2) - 1
        block = read(number * BLOCK, (number + 1) * BLOCK)
        at = -1
        for _ in range(line - 1 - self._ended[number]):
            at = block.find(b"\n", at + 1)
            if at < 0:
                return None
        return number * BLOCK + at + 1

    def _wide_before(self, offset: int, read: Callable[[int, int], bytes]) -> int:
        number = min(offset // BLOCK, len(self._continuing) - 1)
        return self._continuing[number] + _continuing(read(number * BLOCK, offset))


def _continuing(block: bytes) -> int:
    return 0 if block.isascii() else len(block.translate(None, _OTHERS))
