"""Where the values of a message stand in the bytes received: computed when asked, from the raw message."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from adapters.edifact.charset import UNDECLARED, Charset
from adapters.edifact.separators import Separators
from adapters.edifact.tokenizer import pieces, tokenize
from gateway.model.finding import Position


@dataclass(slots=True, eq=False)
class Origin:
    """The raw bytes of a message, the offset of the first of them in the arrival, and how to read them."""

    raw: bytes
    base: int
    separators: Separators
    charset: Charset = UNDECLARED
    _spans: list[tuple[int, int]] | None = field(default=None, repr=False)

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Start and end of each segment in `raw`, terminator excluded; as many as the tokenizer gives."""
        if self._spans is None:
            self._spans = _spans(self.raw, self.separators, self.charset)
        return self._spans

    def position(
        self,
        reference: str,
        segment: int,
        tag: str,
        element: int | None = None,
        component: int | None = None,
        name: str = "",
    ) -> Position:
        """Return the position of a segment (1 = UNH), element (1 = after the tag) or component (from 1).

        A value that is not there gets the offset where it would be: the end of its element or segment.
        """
        offset = self.base + self._offset(segment, element, component)
        return Position(reference, segment, tag, element, component, name=name, offset=offset)

    def after(self, segment: int) -> int:
        """Return the offset just behind a segment and its terminator: where a missing one would be."""
        if not 1 <= segment <= len(self.spans):
            return self.base + (len(self.raw) if segment > 0 else 0)
        return self.base + min(self.spans[segment - 1][1] + 1, len(self.raw))

    def _offset(self, segment: int, element: int | None, component: int | None) -> int:
        if not 1 <= segment <= len(self.spans):
            return len(self.raw)
        start, end = self.spans[segment - 1]
        if not element:
            return start
        marks = list(_marks(self.separators).finditer(self.raw, start, end))
        elements = [mark.start() for mark in marks if mark[0] == self.separators.element.encode("latin-1")]
        if element > len(elements):
            return end
        first = elements[element - 1] + 1
        last = elements[element] if element < len(elements) else end
        if component is None or component <= 1:
            return first
        inner = [mark.start() for mark in marks if first <= mark.start() < last and len(mark[0]) == 1]
        return inner[component - 2] + 1 if component - 2 < len(inner) else last


@lru_cache(256)
def _marks(separators: Separators) -> re.Pattern[bytes]:
    """Matches an element or component separator, and past it each released character."""
    parts = re.escape((separators.element + separators.component).encode("latin-1"))
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
