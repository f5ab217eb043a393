"""The findings on what stands round messages: service segments, and bytes that belong to nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from adapters.edifact import faults
from adapters.edifact.checks.elements import Fault
from adapters.edifact.checks.repertoire import strange
from adapters.edifact.reading.context import Context
from adapters.edifact.syntax.envelope import component, first_occurrences, miscounted
from adapters.edifact.syntax.origin import Origin
from adapters.edifact.syntax.scanner import MOST_IN_SEGMENT, Piece
from adapters.edifact.syntax.tokenizer import tokenize
from gateway.model.finding import Finding, Kind, Position, Severity
from gateway.model.stages import MessageType

#: Findings kept of one message, and of what stands round the messages; beyond them it is told that there are more.
MOST_FINDINGS = 10_000
#: What a service segment is checked as: there is no such message.
_NO_MESSAGE = MessageType("edifact", "")


def kind_in_header(fault: Fault) -> Kind:
    """Return the kind of a fault inside a service segment: of the envelope where it lacks or exceeds its elements."""
    return Kind.ENVELOPE if fault.kind is Kind.ELEMENT and fault.code in ("13", "16") else fault.kind


class Report:
    """The findings on one interchange, in the order they are met; `context` is how its bytes are read."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.findings: list[Finding] = []
        #: Segments with line breaks inside, and where the first of them is.
        self.wrapped = 0
        self.wrapped_at = 0

    def record(self, piece: Piece) -> list[str]:
        """Return the elements of a service segment, the tag first, each without further occurrences."""
        segments = tokenize(piece.raw, self.context.separators, self.context.charset).segments
        record = segments[0].split("+") if segments else [""]
        return first_occurrences(record) if self.context.separators.repetition else record

    def at(
        self,
        piece: Piece,
        tag: str,
        element: int | None = None,
        component: int | None = None,
        name: str = "",
        occurrence: int | None = None,
    ) -> Position:
        """Return a place in a service segment; only segments of a message are numbered."""
        origin = Origin(piece.raw, piece.offset, self.context.separators, self.context.charset)
        return replace(origin.position("", 1, tag, element, component, name, occurrence), segment=None)

    def error(  # the fields of a finding
        self, code: str, kind: Kind, text: str, position: Position, value: str = "", level: str = "UCI"
    ) -> None:
        """Report what is wrong."""
        self._add(Finding(code, kind, text, position, value=value, level=level))

    def remark(self, code: str, text: str, position: Position, value: str = "", kind: Kind = Kind.FORM) -> None:
        """Report what is tolerated."""
        self._add(Finding(code, kind, text, position, Severity.WARNING, value=value, level="UCI"))

    def _add(self, finding: Finding) -> None:
        """Take down a finding, so many at most, and in place of the next that there are more."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(finding)
        elif len(self.findings) == MOST_FINDINGS:
            text = f"there are more than {MOST_FINDINGS} findings in this interchange; the others are not listed"
            self.findings.append(Finding(faults.MORE, Kind.SYNTAX, text, finding.position, level="UCI"))

    def missing(self, tag: str, level: str, offset: int) -> None:
        """Report a service segment that is not where it is due (0085 = 13)."""
        self.error("13", Kind.ENVELOPE, f"{tag} is missing", Position(tag=tag, offset=offset), level=level)

    def elements(self, tag: str, piece: Piece, level: str) -> None:
        """Report what is wrong inside a service segment: its elements, and the characters in them.

        As long as findings are taken down.
        """
        if len(self.findings) > MOST_FINDINGS:
            return
        if piece.cut:
            text = f"{tag} is longer than {MOST_IN_SEGMENT} bytes, which is the most that is read of one segment"
            self.error(faults.TOO_LONG, Kind.SYNTAX, text, self.at(piece, tag), level=level)
        tokens = tokenize(piece.raw, self.context.separators, self.context.charset)
        segments = tokens.segments[:1]
        if tokens.wrapped:
            self.wrapped_at = self.wrapped_at if self.wrapped else piece.offset
            self.wrapped += 1
        known = self.context.library.specification(_NO_MESSAGE, self.context.rules)
        for one in strange(piece.raw, segments, self.context.charset, self.context.separators, known.segment):
            position = self.at(piece, tag, one.element, one.component, one.name, one.occurrence)
            self.error("21", Kind.CHARSET, one.text, position, one.value, level)
        for fault in known.checks.faults(segments).get(segments[0] if segments else "", ()):
            position = self.at(piece, tag, fault.element, fault.component, fault.name, fault.occurrence)
            kind = kind_in_header(fault)
            self.error(fault.code, kind, fault.text, position, fault.value, level)

    def preparation(self, piece: Piece, tag: str, record: Sequence[str], level: str) -> None:
        """Report a date of UNB or UNG S004 that is neither of version 3 (6 digits) nor of version 4 (8)."""
        stated = component(record, 4)
        if stated.isdecimal() and len(stated) == 7:
            code, why = ("40", "short") if self.context.syntax.service == "4" else ("39", "long")
            text = f"0017 has 7 digits, which is too {why}: it has 6, and 8 in version 4"
            self.error(code, Kind.ELEMENT, text, self.at(piece, tag, 4, 1, "0017"), stated, level)

    def count(self, piece: Piece, tag: str, record: Sequence[str], what: str, counted: int, level: str) -> None:
        """Report a control count that is not that of what arrived (0085 = 29)."""
        stated = component(record, 1)
        if miscounted(stated, counted):
            position = self.at(piece, tag, 1)
            arrived = f"{counted} {what}{'' if counted == 1 else 's'} arrived"
            self.error("29", Kind.COUNT, f"{tag} counts {stated}, {arrived}", position, stated, level)

    def same_reference(self, piece: Piece, tag: str, stated: str, header: str, given: str, level: str) -> None:
        """Report a trailer whose reference is not that of its header (0085 = 28); one that is missing is no other."""
        if stated and given and stated != given:
            position = self.at(piece, tag, 2)
            text = f"{tag} has reference {stated!r}, {header} has {given!r}"
            self.error("28", Kind.REFERENCE, text, position, stated, level)
