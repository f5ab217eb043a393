"""A stream of bytes to messages and interchanges, with the checks of the envelope (guide: ISO 9735, annex B).

Each message is yielded as it ends, each interchange behind its messages. Nothing a partner sends raises an
exception: what is wrong is in the findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from adapters.edifact import faults
from adapters.edifact.checks.placement import SECURITY
from adapters.edifact.checks.specification import Library, built_in_library
from adapters.edifact.reading import unprocessed
from adapters.edifact.reading.context import Context
from adapters.edifact.reading.message import decode
from adapters.edifact.reading.report import Report
from adapters.edifact.reading.taken import Taken
from adapters.edifact.syntax.charset import UNDECLARED, Charset, charset
from adapters.edifact.syntax.envelope import (
    GroupHeader,
    ServiceSegments,
    component,
    envelope,
    kept,
    message_type,
    reference,
)
from adapters.edifact.syntax.scanner import Piece, Scanner, Start, chunks
from adapters.edifact.syntax.tokenizer import tokenize
from adapters.edifact.syntax.versions import SYNTAX_3, SYNTAX_4, Syntax, syntax
from gateway.model.conventions import AS_DECLARED, Conventions
from gateway.model.finding import Finding, Kind, Position
from gateway.model.stages import Envelope, Interchange, Message, MessageType

_ENDS = frozenset(("", "UNA", "UNB", "UNZ", "UIB"))
_ENVELOPE_TAGS = _ENDS | {"UNG", "UNH", "UNE", "UNO"}
#: Bytes of a message that hold its first segment.
_HEAD = 2000
#: Messages and packages, and groups, of an interchange that are taken down: UNZ counts no more (0036, n..6).
MOST_COUNTED = 999_999


def read(
    source: bytes | Iterable[bytes], conventions: Conventions = AS_DECLARED, library: Library | None = None
) -> Iterator[Message | Interchange]:
    """Yield each message of a stream as it ends, and each interchange after its messages.

    `source` is a whole file, an open one, or the chunks of a stream. Always yields at least one interchange, holds one
    message at most, and never raises for the bytes given: what is wrong is in the findings.
    """
    scanner = Scanner(chunks(source))
    start = scanner.start()
    if start is None or not start.found:
        yield Interchange(Envelope("edifact"), (_nothing(start),), (), ServiceSegments())
        return
    while start is not None:
        reader = _InterchangeReader(scanner, start, conventions, library or built_in_library())
        yield from reader.messages()
        start = reader.following
        yield reader.interchange()


def validate(
    source: bytes | Iterable[bytes], conventions: Conventions = AS_DECLARED, library: Library | None = None
) -> tuple[Finding, ...]:
    """Return every finding on the bytes given, in the order the messages and interchanges end."""
    return tuple(finding for part in read(source, conventions, library) for finding in part.findings)


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
    return _InterchangeReader(scanner, start, AS_DECLARED, built_in_library()).envelope()


def _nothing(start: Start | None) -> Finding:
    text = "there is no interchange: neither UNB nor UNH was found"
    sample = "" if start is None else start.sample[:40].decode("latin-1")
    return Finding("13", Kind.ENVELOPE, text, Position(tag="UNB", offset=0), value=sample, level="UCI")


class _InterchangeReader:
    """One interchange, read segment by segment; what it met so far decides what may follow."""

    def __init__(self, scanner: Scanner, start: Start, conventions: Conventions, library: Library) -> None:
        self._scanner = scanner
        self._start = start
        separators = start.separators.under(SYNTAX_3, conventions)
        self._report = Report(Context(library, separators, _agreed_charset(conventions), SYNTAX_3, conventions))
        self._unb: tuple[str, ...] = ()
        self._groups: list[GroupHeader] = []
        self._taken = Taken()
        self._references: set[str] = set()
        self._group: tuple[Sequence[str], int] | None = None
        #: Messages and packages of the group that is open, and the types of the messages.
        self._held = 0
        self._group_types: dict[MessageType, None] = {}
        self._bare = 0
        self._grouped = 0
        self._mixed = self._beyond = False
        self._end = start.offset
        #: Where the next interchange starts, once this one has ended.
        self.following: Start | None = None

    @property
    def _context(self) -> Context:
        return self._report.context

    def messages(self) -> Iterator[Message]:
        """Yield the messages up to the end of the interchange."""
        if self._scanner.tag(self._start.separators) == "UIB":
            self._interactive()
        else:
            self._opening()
            yield from self._body()
        self._transport_noise()
        self._end = self._scanner.offset
        self.following = self._scanner.start()
        if self.following is not None and not self.following.found:
            self._leading(self.following)
            self.following = None

    def _body(self) -> Iterator[Message]:
        while True:
            tag = self._scanner.tag(self._context.separators)
            if tag == "UNH":
                yield self._message()
            elif tag == "UNZ":
                self._unz()
                return
            elif tag in _ENDS:
                self._unclosed()
                return
            else:
                self._between(tag)

    def interchange(self) -> Interchange:
        """Return the interchange with its findings."""
        return Interchange(
            self._envelope([kind for _, kind in self._taken.messages]),
            tuple(self._report.findings),
            self._taken.messages,
            ServiceSegments(self._unb, self._context.separators, tuple(self._groups), self._taken),
        )

    def envelope(self) -> Envelope:
        """Return the envelope, and the types of the messages up to the end of the interchange."""
        self._opening()
        types: list[MessageType] = []
        while (tag := self._scanner.tag(self._context.separators)) not in _ENDS:
            if tag == "UNH":
                piece = self._scanner.message(self._context.separators)
                types.append(message_type(self._report.record(Piece(piece.offset, piece.raw[:_HEAD]))))
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
            self._report.error("20", Kind.SYNTAX, text, Position(tag="UNA", offset=start.offset))
        if self._scanner.tag(start.separators) != "UNB":
            text = "UNB is missing: the message stands alone"
            self._report.error("13", Kind.ENVELOPE, text, Position(tag="UNB", offset=start.offset))
            return
        piece = self._scanner.segment(start.separators)
        stated = self._report.record(piece)
        version = component(stated, 1, 1)
        rules = syntax(version)
        self._declare(piece, component(stated, 1), SYNTAX_3 if rules is None else rules)
        self._unb = tuple(self._report.record(piece))  # again, now that it is known how it is to be read
        if version and rules is None:
            text = f"syntax version {version!r} is not supported"
            self._report.error("2", Kind.ENVELOPE, text, self._report.at(piece, "UNB", 1, 2, "0002"), version)
        if not start.una and not (start.separators.usual or start.separators.level_b):
            found = start.separators.element + start.separators.component + start.separators.terminator
            text = f"without UNA, these are no service characters of level A or B: {found!r}"
            self._report.error("22", Kind.SYNTAX, text, self._report.at(piece, "UNB"), found)
        self._report.elements("UNB", piece, "UCI")
        self._report.preparation(piece, "UNB", self._unb, "UCI")

    def _declare(self, piece: Piece, declared: str, rules: Syntax) -> None:
        """Go on by the syntax version and character set that UNB declares, or those agreed in their place."""
        conventions = self._context.conventions
        used = charset(conventions.charset or declared)
        separators = self._start.separators.under(rules, conventions)
        self._report.context = Context(self._context.library, separators, used or UNDECLARED, rules, conventions)
        if declared and used is None:
            text = f"character set {declared!r} is not supported"
            code = "46" if rules.answer == "4" else "2"
            self._report.error(code, Kind.ENVELOPE, text, self._report.at(piece, "UNB", 1, 1, "0001"), declared)

    def _leading(self, start: Start) -> None:
        sample = start.sample[:40].decode("latin-1")
        text = f"{start.skipped} bytes belong to no interchange and were passed over"
        position = Position(offset=start.offset - start.skipped if start.found else start.offset)
        if b"UNA" in start.sample:
            una = Position(tag="UNA", offset=position.offset)
            self._report.error("20", Kind.SYNTAX, "UNA is not nine characters long", una)
        self._report.remark(faults.LEADING_BYTES, text, position, sample, Kind.PREFIX)

    def _interactive(self) -> None:
        """Pass over an interactive interchange."""
        context = self._context
        separators = self._start.separators.under(SYNTAX_4, context.conventions)
        self._report.context = Context(context.library, separators, UNDECLARED, SYNTAX_4, context.conventions)
        unprocessed.interactive(self._scanner, self._report, _ENDS)

    # body

    def _message(self) -> Message:
        piece = self._scanner.message(self._context.separators)
        head = self._report.record(Piece(piece.offset, piece.raw[:_HEAD]))
        stated = reference(head)
        message = decode(piece, self._context, duplicate=stated in self._references)
        if stated and len(self._references) < MOST_COUNTED:
            self._references.add(stated)
        self._count_in(message.type, head, piece.offset)
        return message

    def _between(self, tag: str) -> None:
        """Take what may stand between messages, or does not belong there."""
        if tag == "UNG":
            self._ung()
        elif tag == "UNE" and self._group is not None:
            self._une(self._group[0])
        elif tag == "UNO":
            self._package()
        elif tag in SECURITY:
            unprocessed.security(self._scanner, self._report, "UCI" if self._group is None else "UCF")
        else:
            self._stray()

    def _package(self) -> None:
        """Pass over a package; before version 4 nothing counts it, and no UCM can name it."""
        known = self._context.syntax.answer == "4"
        level = "UCM" if known else "UCI" if self._group is None else "UCF"
        uno, start = unprocessed.package(self._scanner, self._report, _ENVELOPE_TAGS, level)
        if known:
            self._count_in(None, uno, start)

    def _count_in(self, kind: MessageType | None, header: Sequence[str], start: int) -> None:
        """Take a message, or a package, which has no type, as read: up to here, in its group or in none."""
        number = None
        if self._group is None:
            self._bare += 1
        else:
            number = len(self._groups)
            self._held += 1
            if kind is not None:
                self._group_types[kind] = None
        if self._bare and (self._group or self._groups):
            self._mix(start)
        if len(self._taken) < MOST_COUNTED and len(self._groups) < MOST_COUNTED:
            self._taken.add(header, kind, (start, self._scanner.offset), number)
        else:
            self._uncounted(start)

    def _uncounted(self, start: int) -> None:
        """Report once that the interchange holds more than is taken down."""
        if not self._beyond:
            self._beyond = True
            text = f"the interchange holds more than {MOST_COUNTED} messages or groups; the others are not taken down"
            self._report.error(faults.MORE, Kind.SYNTAX, text, Position(offset=start))

    def _ung(self) -> None:
        piece = self._scanner.segment(self._context.separators)
        if self._group is not None:
            self._close_group(piece.offset)
            self._report.missing("UNE", "UCF", piece.offset - 1)
        self._group = (self._report.record(piece), piece.offset)
        self._held, self._group_types = 0, {}
        self._report.elements("UNG", piece, "UCF")
        self._report.preparation(piece, "UNG", self._group[0], "UCF")
        if self._bare:
            self._mix(piece.offset)

    def _une(self, ung: Sequence[str]) -> None:
        piece = self._scanner.segment(self._context.separators)
        une = self._report.record(piece)
        self._report.elements("UNE", piece, "UCF")
        self._report.count(piece, "UNE", une, "message", self._held, "UCF")
        self._report.same_reference(piece, "UNE", component(une, 2), "UNG", component(ung, 5), "UCF")
        self._close_group(self._scanner.offset)

    def _close_group(self, end: int) -> None:
        """Take the group as read up to there, and check what it held."""
        if self._group is None:
            return
        ung, start = self._group
        self._grouped += 1
        if len(self._groups) < MOST_COUNTED:
            self._groups.append(GroupHeader(kept(ung, 5), start, end))
        else:
            self._uncounted(start)
        position = Position(tag="UNG", offset=start)
        if not self._held:
            self._report.error("32", Kind.ENVELOPE, "the group holds no message", position, level="UCF")
        names = dict.fromkeys(kind.name for kind in self._group_types)
        if len(names) > 1 and self._context.syntax.answer == "3":
            text = f"the group holds several message types: {', '.join(names)}"
            self._report.error("31", Kind.ENVELOPE, text, position, level="UCF")
        self._group = None

    def _stray(self) -> None:
        """Report a segment outside any message; those side by side are one finding."""
        first = None
        while self._scanner.tag(self._context.separators) not in _ENVELOPE_TAGS:
            piece = self._scanner.segment(self._context.separators)
            first = first or piece
        if first is None:
            first = self._scanner.segment(self._context.separators)
        record = self._report.record(Piece(first.offset, first.raw[:200]))
        tag = record[0] if record else ""
        text = f"{tag[:20]!r} stands outside any message"
        self._report.error("33", Kind.ENVELOPE, text, Position(tag=tag[:3], offset=first.offset), tag[:20])

    # closing

    def _unz(self) -> None:
        piece = self._scanner.segment(self._context.separators)
        tokens = tokenize(piece.raw, self._context.separators, self._context.charset)
        if self._group is not None:
            self._close_group(piece.offset)
            self._report.missing("UNE", "UCF", piece.offset - 1)
        released = tokens.dangling or piece.raw.rstrip(b"\r\n ").endswith(self._context.separators.end)
        if not piece.complete and released:  # its end is data, so there is none
            self._report.missing("UNZ", "UCI", piece.offset)
            return
        if not piece.complete:
            position = Position(tag="UNZ", offset=piece.offset)
            self._report.remark(faults.UNTERMINATED, "the last segment has no terminator", position)
        unz = self._report.record(piece)
        self._report.elements("UNZ", piece, "UCI")
        counted = self._grouped + self._bare
        self._report.count(piece, "UNZ", unz, "group" if self._grouped else "message", counted, "UCI")
        if self._unb:
            self._report.same_reference(piece, "UNZ", component(unz, 2), "UNB", component(self._unb, 5), "UCI")
        if not (self._groups or self._bare):
            position = Position(tag="UNB", offset=self._start.offset)
            self._report.error("32", Kind.ENVELOPE, "the interchange holds no message", position)

    def _unclosed(self) -> None:
        offset = self._scanner.offset
        if self._group is not None:
            self._close_group(offset)
            self._report.missing("UNE", "UCF", offset - 1)
        if self._unb:
            self._report.missing("UNZ", "UCI", offset)

    def _mix(self, offset: int) -> None:
        if not self._mixed:
            self._mixed = True
            text = "groups and messages without a group stand in one interchange"
            self._report.error("30", Kind.ENVELOPE, text, Position(offset=offset))

    def _transport_noise(self) -> None:
        """Report what was put right between service segments and inside them."""
        position = Position(offset=self._start.offset)
        if self._scanner.empty:
            text = f"empty segments between service segments were passed over: {self._scanner.empty}"
            self._report.remark(faults.EMPTY_SEGMENT, text, position)
            self._scanner.empty = 0
        if self._scanner.spaced:
            text = "spaces between service segments were passed over"
            self._report.remark(faults.SPACED, text, position, kind=Kind.WRAPPING)
            self._scanner.spaced = False
        if self._report.wrapped:
            text = f"line breaks inside service segments were removed; such segments: {self._report.wrapped}"
            first = Position(offset=self._report.wrapped_at)
            self._report.remark(faults.WRAPPED, text, first, kind=Kind.WRAPPING)


def _agreed_charset(conventions: Conventions) -> Charset:
    """Return the character set agreed on, or, until UNB declares one, every byte as it is."""
    return charset(conventions.charset) or UNDECLARED
