"""The files that commands read: in chunks for decoding, and again at one place to show what a finding means."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from gateway.errors import SettingsError
from gateway.model.finding import Position

_CHUNK = 1 << 20
_HEAD = 1 << 16
#: Bytes looked at on either side of a place, and columns shown.
_AROUND, _COLUMNS = 600, 96
_LINE = 400
_UNA_LENGTH = 9
_CONTROLS = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of the text as received, and where in it something is meant: `column` from 0, `width` columns."""

    text: str
    column: int | None = None
    width: int = 1

    @property
    def caret(self) -> str:
        """The line to print below the text."""
        return "" if self.column is None else " " * self.column + "^" * self.width


@dataclass(eq=False)
class Content:
    """A file, or what came on standard input. `name` is what people are told."""

    name: str
    path: Path | None = None
    data: bytes = field(default=b"", repr=False)

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes in order, a MiB at a time."""
        if self.path is None:
            yield self.data
            return
        with self.path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk

    def window(self, start: int, stop: int) -> bytes:
        """Return the bytes from `start` to `stop`."""
        start = max(start, 0)
        if self.path is None:
            return self.data[start:stop]
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read(max(stop - start, 0))

    @cached_property
    def head(self) -> bytes:
        """The first bytes: enough to recognise a standard and to read an envelope."""
        return self.window(0, _HEAD)

    @cached_property
    def whole(self) -> bytes:
        """Every byte."""
        return b"".join(self.chunks())

    @cached_property
    def is_canonical(self) -> bool:
        """Whether this looks like canonical JSON."""
        return self.head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")

    @cached_property
    def _lines(self) -> list[bytes]:
        return self.whole.splitlines()

    def excerpt(self, position: Position, value: str = "") -> Excerpt | None:
        """Return the segment or line that a position is in; None when it names no place in the bytes."""
        if position.line is not None:
            return self._line(position.line, value)
        if position.offset is not None:
            marked = value or (position.tag if position.element is None else "")
            return self._segment(position.offset, marked)
        return None

    def _line(self, number: int, value: str) -> Excerpt | None:
        if not 1 <= number <= len(self._lines):
            return None
        text = _shown(self._lines[number - 1].strip())
        if len(text) > _LINE:  # a whole document on one line: which of its values is meant cannot be told from it
            return None
        column = text.find(value) if value else -1
        return _clipped(text, None if column < 0 else column, len(value))

    def _segment(self, offset: int, value: str) -> Excerpt | None:
        first = max(offset - _AROUND, 0)
        window = self.window(first, offset + _AROUND)
        terminator, release = _service_characters(self.head)
        at = offset - first
        start, end = _bounds(window, at, terminator, release)
        while start < at and window[start : start + 1] in (b"\r", b"\n", b" "):
            start += 1
        before, after = _shown(window[start:at]), _shown(window[at:end])
        if not before and not after:
            return None
        return _clipped(before + after, len(before), max(len(value.partition("\n")[0]), 1))


def open_content(name: str) -> Content:
    """Return the file of that name, or standard input for "-"; raises `SettingsError` when it cannot be read."""
    if name == "-":
        return Content("standard input", data=sys.stdin.buffer.read())
    path = Path(name)
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise SettingsError(f"{name}: cannot be read: {error.strerror}") from error
    return Content(name, path)


def _service_characters(head: bytes) -> tuple[bytes, bytes]:
    """Return terminator and release character of the first interchange (ISO 9735-1, UNA; level B has others)."""
    at = head.find(b"UNA")
    if 0 <= at <= head.find(b"UNB") and len(head) >= at + _UNA_LENGTH:
        return head[at + 8 : at + 9], head[at + 6 : at + 7].strip(b" ")
    return (b"\x1c", b"") if b"UNB\x1d" in head else (b"'", b"?")


def _bounds(window: bytes, at: int, terminator: bytes, release: bytes) -> tuple[int, int]:
    """Return start and end of the segment around a place in a window, its terminator included."""
    start = _find_back(window, at, terminator, release) + 1
    end = at
    while end < len(window) and not (window[end : end + 1] == terminator and not _released(window, end, release)):
        end += 1
    return start, min(end + 1, len(window))


def _find_back(window: bytes, at: int, terminator: bytes, release: bytes) -> int:
    found = window.rfind(terminator, 0, at)
    while found >= 0 and _released(window, found, release):
        found = window.rfind(terminator, 0, found)
    return found


def _released(window: bytes, at: int, release: bytes) -> bool:
    count = 0
    while release and at - count > 0 and window[at - count - 1 : at - count] == release:
        count += 1
    return count % 2 == 1


def _shown(content: bytes) -> str:
    """Return bytes as one line for people: control characters as their pictures."""
    return content.decode("utf-8", "replace").translate(_CONTROLS)


def _clipped(text: str, column: int | None, width: int) -> Excerpt:
    """Return at most a line's worth of the text around a column."""
    start = 0 if column is None else max(0, column - _COLUMNS // 2)
    cut = text[start : start + _COLUMNS]
    lead = "…" if start else ""
    cut = lead + cut + ("…" if start + _COLUMNS < len(text) else "")
    if column is None:
        return Excerpt(cut)
    at = column - start + len(lead)
    return Excerpt(cut, at, max(1, min(width, len(cut) - at)))
