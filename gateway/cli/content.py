"""The files that commands read: in chunks for decoding, and again at one place to show what a finding means."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from rich.cells import cell_len

from gateway.cli.lines import BLOCK, Lines, Spot
from gateway.errors import SettingsError
from gateway.plugin import Quote

#: A multiple of what the lines are counted by.
_CHUNK = 64 * BLOCK
_HEAD = 1 << 16
#: Bytes of a line that are looked at, and columns shown where nothing says otherwise.
_LINE, _COLUMNS = 400, 96
_CONTROLS = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
_UNPRINTABLE = "\ufffd"


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


@dataclass(frozen=True, slots=True)
class Passage:
    """A record or line as received, in three parts: what is meant is in the middle, empty where it is missing."""

    before: str
    meant: str
    after: str

    @property
    def text(self) -> str:
        """The whole."""
        return self.before + self.meant + self.after

    def excerpt(self, columns: int = _COLUMNS) -> Excerpt:
        """Return at most so many columns for people to read, and a caret below what is meant."""
        before, meant, after = shown(self.before), shown(self.meant), shown(self.after)
        room = max(columns - 2, 8)
        if cell_len(before + meant + after) > columns:
            meant = _cut(meant, room * 2 // 3)
            kept = _cut_front(before, max((room - cell_len(meant)) * 2 // 3, room - cell_len(meant + after)))
            before = kept if kept == before else f"…{kept}"
            kept = _cut(after, room - cell_len(before.removeprefix("…") + meant))
            after = kept if kept == after else f"{kept}…"
        return Excerpt(before + meant + after, cell_len(before), max(cell_len(meant), 1))


@dataclass(eq=False)
class Content:
    """A file, or what came on standard input. `name` is what people are told."""

    name: str
    path: Path | None = None
    data: bytes = field(default=b"", repr=False)
    size: int = 0
    _lines: Lines = field(default_factory=Lines, repr=False)

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes in order, a MiB at a time."""
        self._lines, self.size = Lines(), 0
        for chunk in self._chunks():
            self._lines.feed(chunk)
            self.size += len(chunk)
            yield chunk

    def _chunks(self) -> Iterator[bytes]:
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
        """Whether this looks like canonical JSON: JSON that is no CloudEvent."""
        is_json = self.head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")
        return is_json and b'"specversion"' not in self.head

    def spot(self, offset: int, codec: str) -> Spot:
        """Return line and column of an offset that has been read before."""
        return self._lines.spot(offset, self.window, utf_8=codec == "utf-8")

    def passage(self, quote: Quote) -> Passage:
        """Return the text of a quote."""
        parts = ((quote.start, quote.first), (quote.first, quote.last), (quote.last, quote.stop))
        return Passage(*(self.window(*part).decode(quote.codec, "replace") for part in parts))

    @cached_property
    def _codec(self) -> str:
        """How lines are read, where no standard says it: UTF-8 if the first bytes are, else every byte as it is."""
        try:
            self.head.decode("utf-8")
        except UnicodeDecodeError as error:
            return "utf-8" if error.start > len(self.head) - 4 else "latin-1"
        return "utf-8"

    def line(self, number: int, value: str) -> Quote | None:
        """Return a line (from 1), and in it the value that is meant, if it can be told apart.

        The quote is empty where nobody could read the line: a whole document on one, or text of two bytes a character.
        """
        start = self._lines.line_start(number, self.window)
        if start is None:
            return None
        text = self.window(start, start + _LINE).partition(b"\n")[0]
        if len(text) == _LINE or b"\0" in text:
            return Quote(start, start, start, start, self._codec)
        wanted = value.encode(self._codec, "replace")
        indent, end = len(text) - len(text.lstrip()), len(text.rstrip())
        first = text.find(wanted) if wanted and text.count(wanted) == 1 else -1
        first, last = (indent, end) if first < 0 else (first, first + len(wanted))
        return Quote(start + indent, start + end, start + first, start + last, self._codec)


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


def shown(text: str) -> str:
    """Return a partner's text as one line that does nothing to a terminal: control characters as their pictures."""
    text = text.translate(_CONTROLS)
    return text if text.isprintable() else "".join(one if one.isprintable() else _UNPRINTABLE for one in text)


def _cut(text: str, columns: int) -> str:
    """Return the first characters of a text, as many as the columns hold."""
    if len(text) > columns:
        text = text[: max(columns, 0)]
    while cell_len(text) > columns:
        text = text[:-1]
    return text


def _cut_front(text: str, columns: int) -> str:
    """Return the last characters of a text, as many as the columns hold."""
    return _cut(text[::-1], columns)[::-1]
