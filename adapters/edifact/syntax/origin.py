"""Where the values of a message stand in the bytes received: computed when asked, from the raw message."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from adapters.edifact.syntax.charset import UNDECLARED, Charset
from adapters.edifact.syntax.separators import Separators
from adapters.edifact.syntax.tokenizer import pieces, tokenize
from gateway.model.finding import Position


@dataclass(slots=True, eq=False)
class Origin:
    """The raw bytes of a message, the offset of the first of them in the arrival, and how to read them.

    `visible` is what to read in their place, byte for byte, where some of them are no segments.
    """

    raw: bytes
    base: int
    separators: Separators
    charset: Charset = UNDECLARED
    visible: bytes = b""
    _spans: list[tuple[int, int]] | None = field(default=None, repr=False)
    #: Of each separator, the bytes last divided by it and where it stands there: a segment may have many findings.
    _divided: dict[str, tuple[int, int, array[int]]] = field(default_factory=dict, repr=False)

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Start and end of each segment in `raw`, terminator excluded; as many as the tokenizer gives."""
        if self._spans is None:
            self._spans = _spans(self.visible or self.raw, self.separators, self.charset)
        return self._spans

    def position(
        self,
        reference: str,
        segment: int,
        tag: str,
        element: int | None = None,
        component: int | None = None,
        name: str = "",
        occurrence: int | None = None,
    ) -> Position:
        """Return the position of a segment (1 = UNH), element (1 = after the tag), occurrence or component (from 1).

        A value that is not there gets the offset where it would be: the end of its element or segment.
        """
        offset = self.base + self._offset(segment, element, occurrence, component)
        return Position(reference, segment, tag, element, component, occurrence, name=name, offset=offset)

    def after(self, segment: int) -> int:
        """Return the offset just behind a segment and its terminator: where a missing one would be."""
        if not 1 <= segment <= len(self.spans):
            return self.base + (len(self.raw) if segment > 0 else 0)
        return self.base + min(self.spans[segment - 1][1] + 1, len(self.raw))

    def _offset(self, segment: int, element: int | None, occurrence: int | None, component: int | None) -> int:
        if not 1 <= segment <= len(self.spans):
            return len(self.raw)
        start, end = self.spans[segment - 1]
        if not element:
            return start
        inside = self._part(self.separators.element, element + 1, start, end)
        if self.separators.repetition:
            inside = self._part(self.separators.repetition, occurrence or 1, *inside)
        if component:
            inside = self._part(self.separators.component, component, *inside)
        return inside[0]

    def _part(self, separator: str, number: int, start: int, end: int) -> tuple[int, int]:
        """Return the bounds of a part, from 1, of what a separator divides; where there is none, the end."""
        held = self._divided.get(separator)
        if held is None or held[:2] != (start, end):
            mark = separator.encode("latin-1")
            every = _marks(self.separators).finditer(self.raw, start, end)
            held = start, end, array("Q", (one.start() for one in every if one[0] == mark))
            self._divided[separator] = held
        marks = held[2]
        if number - 1 > len(marks):
            return end, end
        first = start if number < 2 else marks[number - 2] + 1
        return first, marks[number - 1] if number - 1 < len(marks) else end


@lru_cache(256)
def _marks(separators: Separators) -> re.Pattern[bytes]:
    """Matches each separator inside a segment, and past it each released character."""
    parts = re.escape((separators.element + separators.component + separators.repetition).encode("latin-1"))
    released = re.escape(separators.mark) + rb"." + b"|" if separators.mark else b""
    return re.compile(released + b"[" + parts + b"]", re.DOTALL)


def _spans(raw: bytes, separators: Separators, charset: Charset) -> list[tuple[int, int]]:
    parts = pieces(raw.decode("latin-1"), separators.terminator, separators.release)
    contents = [part.lstrip("\r\n ") for part in parts]
    ends = accumulate([len(part) + 1 for part in parts])
    return [
        (end - 1 - len(content), end - 1)
        for content, end in zip(contents, ends, strict=True)
        if content and (content[0] != separators.release or _kept(content, separators, charset))
    ]


def _kept(content: str, separators: Separators, charset: Charset) -> bool:
    """Whether the tokenizer keeps a segment that begins with a release character: it may be white space alone."""
    return bool("".join(tokenize(content.encode("latin-1"), separators, charset).segments))
