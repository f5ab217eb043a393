"""A stream of bytes to messages and interchanges, with the checks of the envelope (guide: ISO 9735, annex B).

Each message is yielded as it ends, each interchange behind its messages. Nothing a partner sends raises an
exception: what is wrong is in the findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from adapters.edifact import directory as directories
from adapters.edifact import faults
from adapters.edifact.charset import UNDECLARED, charset
from adapters.edifact.elements import checks
from adapters.edifact.envelope import (
    GroupHeader,
    MessageHeader,
    ServiceSegments,
    component,
    envelope,
    message_type,
)
from adapters.edifact.message import Context, decode
from adapters.edifact.origin import Origin
from adapters.edifact.scanner import Piece, Scanner, Start
from adapters.edifact.tokenizer import tokenize
from gateway.model.finding import Finding, Kind, Position, Severity
from gateway.model.stages import Envelope, Interchange, Message, MessageType

_VERSIONS = frozenset("1234X")
_LATER_SYNTAX = frozenset("4X")
_DATE = 4
_ENDS = frozenset(("", "UNA", "UNB", "UNZ"))
#: Bytes of a message that hold its first segment.
_HEAD = 2000


def read(chunks: Iterable[bytes]) -> Iterator[Message | Interchange]:
    """Yield each message of a stream as it ends, and each interchange after its messages.

    Always yields at least one interchange, holds one message at most, and never raises for the bytes given.
    """
    scanner = Scanner(chunks)
    start = scanner.start()
    if start is None or not start.found:
        yield Interchange(Envelope("edifact"), (_nothing(start),), (), ServiceSegments())
        return
    while start is not None:
        reader = _InterchangeReader(scanner, start)
        yield from reader.messages()
        start = reader.following
        yield reader.interchange()


def validate(content: bytes) -> tuple[Finding, ...]:
    """Return every finding on the bytes given, in the order the messages and interchanges end."""
    return tuple(finding for part in read((content,)) for finding in part.findings)


def recognises(head: bytes) -> bool:
    """Whether the bytes hold the start of an interchange or of a message."""
    start = Scanner((head,)).start()
    return start is not None and start.found


def read_envelope(content: bytes) -> Envelope:
    """Return the envelope of the first interchange, with the types of its messages; bodies are passed over."""
    scanner = Scanner((content,))
    start = scanner.start()
    if start is None or not start.found:
        return Envelope("edifact")
    reader = _InterchangeReader(scanner, start)
    return reader.envelope()


def _nothing(start: Start | None) -> Finding:
    text = "there is no interchange: neither UNB nor UNH was found"
    sample = "" if start is None else start.sample[:40].decode("latin-1")
    return Finding("13", Kind.ENVELOPE, text, Position(tag="UNB", offset=0), value=sample, level="UCI")


class _InterchangeReader:
    """One interchange, read segment by segment; what it met so far decides what may follow."""

    def __init__(self, scanner: Scanner, start: Start) -> None:
        self._scanner = scanner
        self._start = start
        self._context = Context(start.separators)
        self._findings: list[Finding] = []
        self._unb: tuple[str, ...] = ()
        self._later_syntax = False
        self._groups: list[GroupHeader] = []
        self._headers: list[MessageHeader] = []
        self._types: list[tuple[str, MessageType]] = []
        self._references: set[str] = set()
        self._group: tuple[Sequence[str], int] | None = None
        self._group_types: list[MessageType] = []
        self._bare = 0
        self._mixed = False
        self._end = start.offset
        #: Where the next interchange starts, once this one has ended.
        self.following: Start | None = None

    def messages(self) -> Iterator[Message]:
        """Yield the messages up to the end of the interchange."""
        self._opening()
        while True:
            tag = self._scanner.tag(self._context.separators)
            if tag == "UNH":
                yield self._message()
            elif tag == "UNZ":
                self._unz()
                break
            elif tag in _ENDS:
                self._unclosed()
                break
            else:
                _SEGMENTS.get(tag, _InterchangeReader._stray)(self)
        self._empties()
        self._end = self._scanner.offset
        self.following = self._scanner.start()
        if self.following is not None and not self.following.found:
            self._leading(self.following)
            self.following = None

    def interchange(self) -> Interchange:
        """Return the interchange with its findings."""
        return Interchange(
            self._envelope([kind for _, kind in self._types]),
            tuple(self._findings),
            tuple(self._types),
            ServiceSegments(self._unb, self._context.separators, tuple(self._groups), tuple(self._headers)),
        )

    def envelope(self) -> Envelope:
        """Return the envelope, and the types of the messages up to the end of the interchange."""
        self._opening()
        types: list[MessageType] = []
        while (tag := self._scanner.tag(self._context.separators)) not in _ENDS:
            if tag == "UNH":
                piece = self._scanner.message(self._context.separators)
                types.append(message_type(self._record(Piece(piece.offset, piece.raw[:_HEAD]))))
            else:
                self._scanner.segment(self._context.separators)
        if tag == "UNZ":
            self._scanner.segment(self._context.separators)
        self._end = self._scanner.offset
        return self._envelope(types)

    def _envelope(self, types: Sequence[MessageType]) -> Envelope:
        return replace(envelope(self._unb, types), span=(self._start.offset, self._end))

    # opening

    def _opening(self) -> None:
        start = self._start
        if start.skipped:
            self._leading(start)
        if not start.una_valid:
            text = f"UNA has characters that cannot be service characters: {start.una[3:].decode('latin-1')!r}"
            self._report("20", Kind.SYNTAX, text, Position(tag="UNA", offset=start.offset))
        if self._scanner.tag(start.separators) != "UNB":
            text = "UNB is missing: the message stands alone"
            self._report("13", Kind.ENVELOPE, text, Position(tag="UNB", offset=start.offset))
            return
        piece = self._scanner.segment(start.separators)
        declared = component(self._record(piece), 1)
        used = charset(declared)
        self._context = Context(start.separators, used or UNDECLARED)
        self._unb = tuple(self._record(piece))
        version = component(self._unb, 1, 1)
        self._later_syntax = version in _LATER_SYNTAX
        if declared and used is None:
            text = f"character set {declared!r} is not supported"
            self._report("2", Kind.ENVELOPE, text, self._at(piece, "UNB", 1, 1, "0001"), declared)
        if version and version not in _VERSIONS:
            text = f"syntax version {version!r} is not supported"
            self._report("2", Kind.ENVELOPE, text, self._at(piece, "UNB", 1, 2, "0002"), version)
        if self._later_syntax:
            text = "syntax version 4 is read by the rules of version 3: repetitions are not parted"
            position = self._at(piece, "UNB", 1, 2, "0002")
            self._remark(faults.SYNTAX_4, text, position)
        self._elements("UNB", piece, "UCI")

    def _leading(self, start: Start) -> None:
        sample = start.sample[:40].decode("latin-1")
        text = f"{start.skipped} bytes belong to no interchange and were passed over"
        position = Position(offset=start.offset - start.skipped if start.found else start.offset)
        if b"UNA" in start.sample:
            una = Position(tag="UNA", offset=position.offset)
            self._report("20", Kind.SYNTAX, "UNA is not nine characters long", una)
        self._remark(faults.LEADING_BYTES, text, position, sample)

    # body

    def _message(self) -> Message:
        piece = self._scanner.message(self._context.separators)
        head = self._record(Piece(piece.offset, piece.raw[:_HEAD]))
        reference = component(head, 1)
        message = decode(piece, self._context, duplicate=reference in self._references)
        if reference:
            self._references.add(reference)
        number = None
        if self._group is None:
            self._bare += 1
        else:
            number = len(self._groups)
            self._group_types.append(message.type)
        if self._bare and (self._group or self._groups):
            self._mix(piece.offset)
        self._headers.append(
            MessageHeader(tuple(message.records[0]), piece.offset, piece.offset + len(piece.raw), number)
        )
        self._types.append((message.reference, message.type))
        return message

    def _ung(self) -> None:
        piece = self._scanner.segment(self._context.separators)
        if self._group is not None:
            self._close_group(piece.offset)
            self._missing("UNE", "UCF", piece.offset - 1)
        self._group = (self._record(piece), piece.offset)
        self._group_types = []
        self._elements("UNG", piece, "UCF")
        if self._bare:
            self._mix(piece.offset)

    def _une(self) -> None:
        if self._group is None:
            self._stray()
            return
        piece = self._scanner.segment(self._context.separators)
        ung, _ = self._group
        une = self._record(piece)
        count = len(self._group_types)
        self._elements("UNE", piece, "UCF")
        self._count(piece, "UNE", une, f"{count} messages", (count,), "UCF")
        self._same_reference(piece, "UNE", component(une, 2), "UNG", component(ung, 5), "UCF")
        self._close_group(piece.offset + len(piece.raw))

    def _close_group(self, end: int) -> None:
        """Take the group as read up to there, and check what it held."""
        if self._group is None:
            return
        ung, start = self._group
        self._groups.append(GroupHeader(tuple(ung), start, end))
        position = Position(tag="UNG", offset=start)
        if not self._group_types:
            self._report("32", Kind.ENVELOPE, "the group holds no message", position, level="UCF")
        names = dict.fromkeys(kind.name for kind in self._group_types)
        if len(names) > 1 and not self._later_syntax:
            text = f"the group holds several message types: {', '.join(names)}"
            self._report("31", Kind.ENVELOPE, text, position, level="UCF")
        self._group = None

    def _stray(self) -> None:
        """Report a segment outside any message; those side by side are one finding."""
        first = None
        while self._scanner.tag(self._context.separators) not in _ENVELOPE_TAGS:
            piece = self._scanner.segment(self._context.separators)
            first = first or piece
        if first is None:
            first = self._scanner.segment(self._context.separators)
        record = self._record(Piece(first.offset, first.raw[:200]))
        tag = record[0] if record else ""
        text = f"{tag[:20]!r} stands outside any message"
        self._report("33", Kind.ENVELOPE, text, Position(tag=tag[:3], offset=first.offset), tag[:20])

    # closing

    def _unz(self) -> None:
        piece = self._scanner.segment(self._context.separators)
        tokens = tokenize(piece.raw, self._context.separators, self._context.charset)
        if self._group is not None:
            self._close_group(piece.offset)
            self._missing("UNE", "UCF", piece.offset - 1)
        if not piece.complete and tokens.dangling:
            self._missing("UNZ", "UCI", piece.offset)
            return
        if not piece.complete:
            position = Position(tag="UNZ", offset=piece.offset)
            self._remark(faults.UNTERMINATED, "the last segment has no terminator", position)
        unz = self._record(piece)
        self._elements("UNZ", piece, "UCI")
        counted = len(self._groups) + self._bare
        held = f"{len(self._groups)} groups" if self._groups else f"{self._bare} messages"
        self._count(piece, "UNZ", unz, held, (counted,), "UCI")
        if self._unb:
            self._same_reference(piece, "UNZ", component(unz, 2), "UNB", component(self._unb, 5), "UCI")
        if not (self._groups or self._bare):
            position = Position(tag="UNB", offset=self._start.offset)
            self._report("32", Kind.ENVELOPE, "the interchange holds no message", position)

    def _unclosed(self) -> None:
        offset = self._scanner.offset
        if self._group is not None:
            self._close_group(offset)
            self._missing("UNE", "UCF", offset - 1)
        if self._unb:
            self._missing("UNZ", "UCI", offset)

    # findings

    def _record(self, piece: Piece) -> list[str]:
        segments = tokenize(piece.raw, self._context.separators, self._context.charset).segments
        return segments[0].split("+") if segments else [""]

    def _at(
        self, piece: Piece, tag: str, element: int | None = None, component: int | None = None, name: str = ""
    ) -> Position:
        """Return a place in a service segment; only segments of a message are numbered."""
        origin = Origin(piece.raw, piece.offset, self._context.separators, self._context.charset)
        return replace(origin.position("", 1, tag, element, component, name), segment=None)

    def _report(  # the fields of a finding
        self, code: str, kind: Kind, text: str, position: Position, value: str = "", level: str = "UCI"
    ) -> None:
        self._findings.append(Finding(code, kind, text, position, value=value, level=level))

    def _remark(self, code: str, text: str, position: Position, value: str = "") -> None:
        """Report what is tolerated."""
        self._findings.append(Finding(code, Kind.FORM, text, position, Severity.WARNING, value=value, level="UCI"))

    def _missing(self, tag: str, level: str, offset: int) -> None:
        self._report("13", Kind.ENVELOPE, f"{tag} is missing", Position(tag=tag, offset=offset), level=level)

    def _mix(self, offset: int) -> None:
        if not self._mixed:
            self._mixed = True
            text = "groups and messages without a group stand in one interchange"
            self._report("30", Kind.ENVELOPE, text, Position(offset=offset))

    def _elements(self, tag: str, piece: Piece, level: str) -> None:
        """Report what is wrong inside a service segment, by the lengths of version 3."""
        segments = tokenize(piece.raw, self._context.separators, self._context.charset).segments
        for fault in checks(directories.SERVICE, ".,").faults(segments[:1]).get(segments[0] if segments else "", ()):
            if fault.code == "39" and (self._later_syntax or (fault.element == _DATE and len(fault.value) == 8)):
                continue
            position = self._at(piece, tag, fault.element, fault.component, fault.name)
            self._report(fault.code, Kind.ENVELOPE, fault.text, position, fault.value, level)

    def _count(
        self, piece: Piece, tag: str, record: Sequence[str], held: str, counted: Sequence[int], level: str
    ) -> None:
        stated = component(record, 1)
        if stated.isdecimal() and int(stated[-18:]) not in counted:
            position = self._at(piece, tag, 1)
            self._report("29", Kind.COUNT, f"{tag} counts {stated}, {held} arrived", position, stated, level)

    def _same_reference(self, piece: Piece, tag: str, stated: str, header: str, given: str, level: str) -> None:
        if stated and stated != given:
            position = self._at(piece, tag, 2)
            text = f"{tag} has reference {stated!r}, {header} has {given!r}"
            self._report("28", Kind.ENVELOPE, text, position, stated, level)

    def _empties(self) -> None:
        if self._scanner.empty:
            text = f"empty segments between service segments were passed over: {self._scanner.empty}"
            position = Position(offset=self._start.offset)
            self._remark(faults.EMPTY_SEGMENT, text, position)
            self._scanner.empty = 0


_SEGMENTS = {"UNG": _InterchangeReader._ung, "UNE": _InterchangeReader._une}  # noqa: SLF001  # its own dispatch table
_ENVELOPE_TAGS = frozenset(("", "UNA", "UNB", "UNG", "UNH", "UNE", "UNZ"))
