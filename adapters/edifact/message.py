"""One message: its bytes to a placed stream of records, and every finding on it (UNH to UNT)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from adapters.edifact import directory as directories
from adapters.edifact import faults
from adapters.edifact.charset import UNDECLARED, Charset
from adapters.edifact.elements import Fault as ElementFault
from adapters.edifact.elements import checks
from adapters.edifact.envelope import component, message_type
from adapters.edifact.origin import Origin
from adapters.edifact.placement import Fault as StructureFault
from adapters.edifact.placement import place
from adapters.edifact.scanner import Piece
from adapters.edifact.separators import Separators
from adapters.edifact.structure import Structure, structure
from adapters.edifact.tokenizer import Tokens, restore, tokenize
from gateway.model.finding import Finding, Kind, Position, Severity
from gateway.model.stages import Message, MessageType

#: Segments of a message that are reported at its own level, UCM, rather than by number.
_HEADERS = frozenset(("UNH", "UNT"))
_FORM = partial(Finding, kind=Kind.FORM, severity=Severity.WARNING)


@dataclass(frozen=True, slots=True)
class Context:
    """What an interchange says about its messages: service characters, and the character set it declares."""

    separators: Separators
    charset: Charset = UNDECLARED


def decode(piece: Piece, context: Context, *, duplicate: bool = False) -> Message:
    """Return a message with its findings; `duplicate` when its 0062 was used in the interchange before."""
    tokens = tokenize(piece.raw, context.separators, context.charset)
    segments = tokens.segments
    records = [segment.split("+") for segment in segments]
    origin = Origin(piece.raw, piece.offset, context.separators, context.charset)
    kind = message_type(records[0])
    reference = component(records[0], 1)
    closed = records[-1][0] == "UNT"
    known = structure_of(kind)
    work = _Work(reference, kind, origin, records, segments, closed)
    found = [*work.form(tokens, closed=closed), *work.charset(context)]
    if duplicate:
        found.append(work.header("26", "UNH", 1, f"message reference {reference!r} is used twice", reference))
    if known is None:
        places: Sequence[int] = [0] * len(records)
        if kind.name:
            found.append(work.unknown())
    else:
        placement = place(known, records, closed=closed)
        places = placement.places
        found.extend(work.structure(placement.faults))
    found.extend(work.elements("" if known is None else known.directory))
    found.extend(work.trailer())
    found.sort(key=lambda finding: finding.position.offset or 0)
    return Message(kind, reference, places, records, tuple(found), known is not None, origin)


def structure_of(kind: MessageType) -> Structure | None:
    """Return the structure of a message type; CONTRL of any directory has that of syntax version 3."""
    found = structure(kind.name, kind.version)
    if found is None and kind.name == "CONTRL" and kind.version[:1] in ("D", "3"):
        return structure("CONTRL", directories.SERVICE)
    return found


class _Work:
    """The findings of one message, kind by kind."""

    def __init__(
        self,
        reference: str,
        kind: MessageType,
        origin: Origin,
        records: list[list[str]],
        segments: list[str],
        closed: bool,
    ) -> None:
        self._reference = reference
        self._kind = kind
        self._origin = origin
        self._records = records
        self._segments = segments
        self._closed = closed

    def _at(self, segment: int, element: int | None = None, component: int | None = None, name: str = "") -> Position:
        tag = self._records[segment - 1][0]
        return self._origin.position(self._reference, segment, tag, element, component, name)

    def header(self, code: str, tag: str, element: int | None, text: str, value: str = "") -> Finding:
        """Return a finding on UNH or UNT."""
        position = self._at(1 if tag == "UNH" else len(self._records), element)
        kind = Kind.COUNT if code == "29" else Kind.ENVELOPE
        return Finding(code, kind, text, position, value=value, level="UCM")

    def form(self, tokens: Tokens, *, closed: bool) -> Iterator[Finding]:
        """Yield what was put right to read the message at all."""
        whole = Position(self._reference, offset=self._origin.base)
        if tokens.wrapped:
            text = f"line breaks inside segments were removed; such segments: {tokens.wrapped}"
            yield _FORM(faults.WRAPPED, text=text, position=whole)
        if tokens.empty:
            yield _FORM(faults.EMPTY_SEGMENT, text=f"empty segments were passed over: {tokens.empty}", position=whole)
        if closed and not self._origin.raw.endswith(self._origin.separators.end):
            yield _FORM(faults.UNTERMINATED, text="the last segment has no terminator", position=whole)

    def unknown(self) -> Finding:
        """Return the warning that there is no structure to check the message against."""
        text = f"no structure of {self._kind.name} in directory {self._kind.version or '(none)'}: read, not checked"
        return Finding(
            faults.UNKNOWN_MESSAGE,
            Kind.DIRECTORY,
            text,
            self._at(1, 2),
            Severity.WARNING,
            value=str(self._kind),
            level="UCM",
        )

    def charset(self, context: Context) -> Iterator[Finding]:
        """Yield a finding for each value with a character that the declared set does not hold (0085 = 21)."""
        used = context.charset
        strange = used.intruders(self._origin.raw, context.separators.all_bytes)
        characters = {bytes([byte]).decode(used.codec, "replace") for byte in set(strange)}
        if used.codec != "latin-1":
            characters.add("\ufffd")
        if not characters or (not strange and self._origin.raw.isascii()):
            return
        pattern = re.compile(f"[{re.escape(''.join(sorted(characters)))}]")
        for number, segment in enumerate(self._segments, 1):
            if pattern.search(segment):
                yield from self._strange(number, pattern, used)

    def _strange(self, segment: int, pattern: re.Pattern[str], used: Charset) -> Iterator[Finding]:
        record = self._records[segment - 1]
        definition = directories.segment(record[0], self._kind.version)
        for element, text in enumerate(record):
            for index, value in enumerate(text.split(":")):
                if not pattern.search(value):
                    continue
                found = "".join(dict.fromkeys(pattern.findall(value)))
                outside = f"{found!r} is not" if len(found) == 1 else f"none of {found!r} is"
                why = f"{outside} in the character set {used.code}"
                position, level = self._at(segment), "UCS"
                if element:
                    composite = ":" in text
                    name = ""
                    if definition and element <= len(definition.elements):
                        defined = definition.elements[element - 1]
                        composite = defined.composite
                        name = defined.components[index].number if index < len(defined.components) else ""
                    position, level = self._at(segment, element, index + 1 if composite else None, name), "UCD"
                if record[0] in _HEADERS:
                    level = "UCM"
                yield Finding("21", Kind.CHARSET, why, position, value=restore(value), level=level)

    def structure(self, found: Sequence[StructureFault]) -> Iterator[Finding]:
        """Yield the findings on segments missing, misplaced or repeated too often."""
        for fault in found:
            tag = self._records[fault.segment - 1][0]
            position = self._at(fault.segment)
            text = f"{tag} is not supported here"
            value = tag
            if fault.place is not None:
                called = fault.place.name
                if fault.place.group is not None:
                    called = f"segment group {fault.place.group} ({called})"
                text = f"{called} occurs more than {fault.place.repeat} times"
                if fault.code == "13":
                    text = f"{called} is missing after segment {fault.segment} ({tag})"
                    value = ""
                    position = Position(self._reference, fault.segment, tag, offset=self._origin.after(fault.segment))
            elif fault.code == "34":
                text = f"explicit nesting {tag!r} is not agreed"
            elif directories.segment(tag, self._kind.version) is None:
                text = f"{tag!r} is no segment of {self._kind.name} {self._kind.version}"
            yield Finding(fault.code, Kind.STRUCTURE, text, position, value=value, level="UCS")

    def elements(self, directory: str) -> Iterator[Finding]:
        """Yield the findings on elements, components and codes, in the order they stand."""
        found = checks(directory, self._origin.separators.decimal).faults(self._segments)
        if not found:
            return
        for number in [number for number, segment in enumerate(self._segments, 1) if segment in found]:
            for fault in found[self._segments[number - 1]]:
                yield self._element(number, fault)

    def _element(self, segment: int, fault: ElementFault) -> Finding:
        tag = self._records[segment - 1][0]
        level = "UCM" if tag in _HEADERS else "UCD"
        position = self._at(segment, fault.element, fault.component, fault.name)
        kind = Kind.ENVELOPE if level == "UCM" else fault.kind
        return Finding(fault.code, kind, fault.text, position, fault.severity, value=fault.value, level=level)

    def trailer(self) -> Iterator[Finding]:
        """Yield the findings on UNT: missing, its count, its reference (ISO 9735, UNT)."""
        if not self._closed:
            last = self._origin.base + len(self._origin.raw) - 1
            position = Position(self._reference, len(self._records), "UNT", offset=last)
            yield Finding("13", Kind.ENVELOPE, "UNT is missing: the message has no trailer", position, level="UCM")
            return
        unt = self._records[-1]
        count, reference = component(unt, 1), component(unt, 2)
        if count.isdecimal() and int(count[-18:]) != len(self._records):
            text = f"UNT counts {count} segments, {len(self._records)} arrived"
            yield self.header("29", "UNT", 1, text, count)
        if reference and reference != self._reference:
            text = f"UNT has reference {reference!r}, UNH has {self._reference!r}"
            yield self.header("28", "UNT", 2, text, reference)
