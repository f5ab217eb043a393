"""Interchanges as a flat stream of segments, and back: for those who want the data and no gateway.

    for segment in parse(content):          every segment in the order received, service segments included
        segment.tag, segment[1], segment[2, 1]
    write(segments)                         the same data, written canonically
    write(segments, exact=True)             what was not changed as it was received, the rest canonically

Nothing is judged here: `adapters.edifact.validate` says what is wrong with an interchange.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from adapters.edifact.syntax.charset import UNDECLARED, Charset, charset
from adapters.edifact.syntax.origin import Origin
from adapters.edifact.syntax.scanner import Piece, Scanner, chunks
from adapters.edifact.syntax.separators import DEFAULT, UNA_LENGTH, Separators, from_una
from adapters.edifact.syntax.tokenizer import REPETITION, restore, tokenize
from adapters.edifact.syntax.versions import SYNTAX_3, Syntax, syntax
from gateway.errors import EncodeError
from gateway.model.conventions import AS_DECLARED, Conventions

T = TypeVar("T")
Occurrence = tuple[str, ...]
"""The components of one occurrence of an element; a stand-alone element has one."""

_OPENING = frozenset(("UNB", "UIB"))
_STARTS = _OPENING | {"UNA"}
_LINE_BREAK = re.compile("[\r\n]")
_NOISE = b"\r\n "


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment: its elements, of each its occurrences, of each its components, as texts without release characters.

    `elements[0]` is the first after the tag. An absent element, or occurrence, is empty; nothing empty stands at an
    end, and no value has spaces at its end. `nesting` holds explicit indicators behind the tag (version 1
    to 3). `payload` are the octets behind a UNO or USD. UNA is a segment whose one value are its six characters.

    `raw` are the bytes received, from the end of the segment before; a changed copy has none. `received` are the same,
    and a changed copy keeps them: the line breaks around it are written again.
    """

    tag: str
    elements: tuple[tuple[Occurrence, ...], ...] = ()
    nesting: tuple[str, ...] = ()
    payload: bytes = b""
    received: bytes = field(default=b"", repr=False, compare=False, kw_only=True)
    raw: bytes = field(default=b"", init=False, repr=False, compare=False)

    def __getitem__(self, place: int | tuple[int, int] | tuple[int, int, int]) -> str:
        """Return the value of an element, of its nth component, or of that of its nth occurrence; each counts from 1.

        "" where there is none.
        """
        element, component, occurrence = place if isinstance(place, tuple) and len(place) == 3 else (*_pair(place), 1)
        try:
            return self.elements[element - 1][occurrence - 1][component - 1]
        except IndexError:
            return ""


def _pair(place: int | tuple[int, ...]) -> tuple[int, int]:
    return (place, 1) if isinstance(place, int) else (place[0], place[1])


def segment(tag: str, *elements: str | Iterable[str]) -> Segment:
    """Return a segment of texts and composites: `segment("LOC", "9", ("NLRTM", "139", "6"))`."""
    return Segment(tag, _normal(((one,) if isinstance(one, str) else tuple(one),) for one in elements))


def parse(source: bytes | Iterable[bytes], conventions: Conventions = AS_DECLARED) -> Iterator[Segment]:
    """Yield every segment of a file or stream in order; one message is held at most.

    Never raises for the bytes given. Bytes that belong to no segment are in the `raw` of the one they stand before, or
    of the last one; where there is no segment at all, they are that of one without a tag.
    """
    scanner = Scanner(chunks(source), keep=True)
    held: Segment | None = None
    for found in _segments(scanner, conventions):
        if held is not None:
            yield held
        held = found
    rest = scanner.kept()
    if held is not None:
        yield _with_raw(held, held.raw + rest)
    elif rest:
        yield _with_raw(Segment(""), rest)


def _segments(scanner: Scanner, conventions: Conventions) -> Iterator[Segment]:
    while (start := scanner.start()) is not None and start.found:
        reading = _Reading(start.separators.under(SYNTAX_3, conventions), charset(conventions.charset) or UNDECLARED)
        if start.una:
            yield _with_raw(Segment("UNA", (((start.una[3:].decode("latin-1"),),),)), scanner.kept())
        opened = False
        while (tag := scanner.tag(reading.separators)) and not (opened and tag in _STARTS):
            opened = True
            if tag == "UNH":
                yield from _of_message(scanner.message(reading.separators), reading, scanner.kept())
                continue
            piece = scanner.segment(reading.separators)
            found = reading.segment(piece)
            if tag in _OPENING:
                reading = _declared(found, start.separators, conventions)
                found = reading.segment(piece)
            if found.tag in ("UNO", "USD"):
                found = Segment(found.tag, found.elements, found.nesting, scanner.octets(_octets(found)))
            yield _with_raw(found, scanner.kept())
            if tag in ("UNZ", "UIZ"):
                break


def write(
    segments: Iterable[Segment],
    conventions: Conventions = AS_DECLARED,
    *,
    exact: bool = False,
    newline: str = "",
) -> bytes:
    """Return the bytes of segments; raises `EncodeError` where the syntax they declare cannot express them.

    `exact` gives back what was received of each segment that was not changed, and of a changed copy the line breaks
    around it. `newline` follows each other terminator. See `written` for a stream.
    """
    return b"".join(written(segments, conventions, exact=exact, newline=newline))


def written(
    segments: Iterable[Segment],
    conventions: Conventions = AS_DECLARED,
    *,
    exact: bool = False,
    newline: str = "",
) -> Iterator[bytes]:
    """Yield the bytes of each segment in turn, as `write` puts them together."""
    una: Separators | None = None
    reading = _Reading(DEFAULT.under(SYNTAX_3, conventions), charset(conventions.charset) or UNDECLARED)
    for one in segments:
        if one.tag == "UNA":
            una = from_una(b"UNA" + one[1].encode("latin-1", "replace").ljust(6))
            if una is None and not (exact and one.raw):
                raise EncodeError(f"UNA {one[1]!r} holds characters that cannot be service characters")
        elif one.tag in _OPENING:
            reading = _declared(one, una or DEFAULT, conventions)
            una = None
        if exact and one.raw:
            yield one.raw
        elif exact and one.tag and one.received:
            before, after = reading.line_breaks(one)
            yield before + reading.bytes_of(one, "") + after
        elif one.tag:
            yield reading.bytes_of(one, newline)


@dataclass(frozen=True, slots=True)
class _Reading:
    """How the segments of one interchange are read and written."""

    separators: Separators
    charset: Charset

    def segment(self, piece: Piece) -> Segment:
        """Return the one segment of a piece."""
        texts = tokenize(piece.raw, self.separators, self.charset).segments
        return self.of(texts[0]) if texts else Segment("")

    def of(self, text: str) -> Segment:
        """Return a segment as the tokenizer gives it."""
        tag, *elements = text.split("+")
        name, *nesting = tag.split(":")
        parting = bool(self.separators.repetition)
        return Segment(
            restore(name),
            _normal(
                [
                    [
                        [restore(value) for value in one.split(":")]
                        for one in (text.split(REPETITION) if parting else (text,))
                    ]
                    for text in elements
                ]
            ),
            tuple(map(restore, nesting)),
        )

    def line_breaks(self, one: Segment) -> tuple[bytes, bytes]:
        """Return the white space that a segment was received with, before its tag and behind its end."""
        text = one.received.lstrip(_NOISE)
        before = one.received[: len(one.received) - len(text)]
        if one.payload:
            return before, b""
        if one.tag == "UNA":
            return before, text[max(len(text.rstrip(_NOISE)), UNA_LENGTH) :]
        after = text[len(text.rstrip(_NOISE)) :]
        return before, after[after.find(self.separators.end) + 1 :]

    def bytes_of(self, one: Segment, newline: str) -> bytes:
        """Return a segment as bytes, its payload behind it."""
        used = self.separators
        if one.tag == "UNA":
            return f"UNA{one[1]:6}{newline}".encode("latin-1")
        released = _released(used)
        parts = [used.component.join((one.tag, *one.nesting))]
        for element in one.elements:
            occurrences = (used.component.join([released(value) for value in occurrence]) for occurrence in element)
            if len(element) > 1 and not used.repetition:
                raise EncodeError(f"{one.tag} repeats an element, and nothing parts its occurrences in this syntax")
            parts.append(used.repetition.join(occurrences))
        text = used.element.join(parts) + used.terminator + ("" if one.payload else newline)
        if _LINE_BREAK.search(text.removesuffix(newline).removesuffix(used.terminator)):
            raise EncodeError(f"{one.tag} holds a line break, which is no data in EDIFACT")
        try:
            return text.encode(self.charset.codec) + one.payload
        except UnicodeEncodeError as error:
            strange = text[error.start]
            raise EncodeError(
                f"{strange!r} is not in the character set {self.charset.code}: segment {one.tag}"
            ) from None


@lru_cache(256)
def _released(separators: Separators) -> Callable[[str], str]:
    """Return what puts a release character before each service character of a value."""
    used = separators
    services = re.compile(
        f"[{re.escape(used.component + used.element + used.terminator + used.release + used.repetition)}]"
    )

    def replace(match: re.Match[str]) -> str:
        if not used.release:
            raise EncodeError(f"{match[0]!r} separates in this syntax, and nothing can release it")
        return used.release + match[0]

    return lambda value: services.sub(replace, value) if services.search(value) else value


def _declared(opening: Segment, separators: Separators, conventions: Conventions) -> _Reading:
    """Return how to go on behind UNB, by the syntax it declares and what is agreed."""
    rules: Syntax = syntax(opening[1, 2]) or SYNTAX_3
    used = charset(conventions.charset or opening[1, 1]) or UNDECLARED
    return _Reading(separators.under(rules, conventions), used)


def _of_message(piece: Piece, reading: _Reading, kept: bytes) -> Iterator[Segment]:
    """Yield the segments of a message, each with its bytes from the end of the one before; `kept` ends with them.

    Of a message longer than is read of one, only UNH is a segment, whose `raw` is all of it.
    """
    if piece.cut:
        yield _with_raw(reading.segment(piece), kept)
        return
    texts = tokenize(piece.visible, reading.separators, reading.charset).segments
    origin = Origin(piece.raw, 0, reading.separators, reading.charset, piece.visible if piece.octets else b"")
    ends = [end + 1 for _, end in origin.spans]
    before = len(kept) - len(piece.raw)
    # octets follow the segment whose end is the first at or behind their start
    payloads = {min(bisect_left(ends, start), len(ends) - 1): piece.raw[start:end] for start, end in piece.octets}
    begin = -before
    for number, text in enumerate(texts):
        end = len(piece.raw) if number == len(texts) - 1 else ends[number]
        payload = payloads.get(number, b"")
        end += len(payload)
        found = reading.of(text)
        if payload:
            found = Segment(found.tag, found.elements, found.nesting, payload)
        yield _with_raw(found, kept[before + begin : before + end])
        begin = end


def _octets(one: Segment) -> int:
    """Return how many octets follow UNO (0810) or USD (0556)."""
    stated = one[4] if one.tag == "UNO" else one[1]
    return int(stated) if stated.isdecimal() and len(stated) <= 18 else 0


def _with_raw(one: Segment, raw: bytes) -> Segment:
    object.__setattr__(one, "raw", raw)
    object.__setattr__(one, "received", raw)
    return one


def _normal(elements: Iterable[Iterable[Iterable[str]]]) -> tuple[tuple[Occurrence, ...], ...]:
    """Return elements without anything empty at an end, which says the same."""
    return _cut([_cut([_cut(list(components)) for components in occurrences]) for occurrences in elements])


def _cut(items: list[T]) -> tuple[T, ...]:
    while items and not items[-1]:
        items.pop()
    return tuple(items)
