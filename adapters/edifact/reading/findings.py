"""The findings on one message, kind by kind, each at its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

from adapters.edifact import faults
from adapters.edifact.checks.elements import Fault as ElementFault
from adapters.edifact.checks.placement import ANTI_COLLISION, SECURITY, place
from adapters.edifact.checks.placement import Fault as StructureFault
from adapters.edifact.checks.repertoire import strange
from adapters.edifact.checks.specification import Specification
from adapters.edifact.profiles.requirements import missing
from adapters.edifact.reading.context import Context
from adapters.edifact.reading.report import MOST_FINDINGS, kind_in_header
from adapters.edifact.syntax.envelope import MOST_KEPT, component, miscounted
from adapters.edifact.syntax.origin import Origin
from adapters.edifact.syntax.scanner import MOST_BYTES, MOST_IN_SEGMENT, MOST_SEGMENTS, Piece
from adapters.edifact.syntax.tokenizer import Tokens
from gateway.model.finding import Finding, Kind, Position, Severity
from gateway.model.stages import MessageType

#: Segments of a message that are reported at its own level, UCM, rather than by number.
_HEADERS = frozenset(("UNH", "UNT"))
_FORM = partial(Finding, kind=Kind.FORM, severity=Severity.WARNING, level="UCM")
_WRAPPING = partial(Finding, kind=Kind.WRAPPING, severity=Severity.WARNING, level="UCM")
#: The values of 0081, in the order in which a message of three sections is parted.
_SECTIONS = ("D", "S")
#: Messages that share their segments and are taken for each other.
_CONFUSED = {"BAPLIE": "MOVINS", "MOVINS": "BAPLIE"}


def _sign(fault: StructureFault) -> tuple[str, int, str]:
    return fault.code, fault.segment, fault.place.trail if fault.place is not None else ""


def _place_of(fault: ElementFault) -> tuple[str, int, int | None, int | None]:
    return fault.code, fault.element, fault.component, fault.occurrence


class Findings:
    """The findings of one message of a type and reference, kind by kind."""

    def __init__(
        self,
        kind: MessageType,
        reference: str,
        records: Sequence[list[str]],
        segments: list[str],
        known: Specification,
        origin: Origin,
    ) -> None:
        self.reference = reference
        self.origin = origin
        self.closed = records[-1][0] == "UNT"
        self._kind = kind
        self._records = records
        self._segments = segments
        self._known = known

    def limited(self, *kinds: Iterator[Finding] | tuple[()]) -> tuple[Finding, ...]:
        """Return the findings in the order of their places, so many at most: any bytes may come."""
        every = (finding for found in kinds for finding in found)
        found = list(islice(every, MOST_FINDINGS))
        found.sort(key=lambda finding: finding.position.offset or 0)
        if next(every, None) is not None:
            text = f"there are more than {MOST_FINDINGS} findings in this message; the others are not listed"
            position = Position(self.reference, offset=self.origin.base)
            found.append(Finding(faults.MORE, Kind.SYNTAX, text, position, level="UCM"))
        return tuple(found)

    def _at(
        self,
        segment: int,
        element: int | None = None,
        component: int | None = None,
        name: str = "",
        occurrence: int | None = None,
    ) -> Position:
        tag = self._records[segment - 1][0]
        return self.origin.position(self.reference, segment, tag, element, component, name, occurrence)

    def _header(self, code: str, kind: Kind, element: int | None, text: str, value: str = "") -> Finding:
        """Return a finding on UNH or UNT: the latter where a control count or reference does not agree."""
        trailing = kind in (Kind.COUNT, Kind.REFERENCE) and code != "26"
        position = self._at(len(self._records) if trailing else 1, element)
        return Finding(code, kind, text, position, value=value, level="UCM")

    def form(self, tokens: Tokens, piece: Piece) -> Iterator[Finding]:
        """Yield what was put right to read the message at all."""
        whole = Position(self.reference, offset=self.origin.base)
        if tokens.wrapped:
            text = f"line breaks inside segments were removed; such segments: {tokens.wrapped}"
            yield _WRAPPING(faults.WRAPPED, text=text, position=whole)
        if tokens.spaced and not piece.octets:
            yield _WRAPPING(faults.SPACED, text="spaces between segments were passed over", position=whole)
        if tokens.empty:
            yield _FORM(faults.EMPTY_SEGMENT, text=f"empty segments were passed over: {tokens.empty}", position=whole)
        if self.closed and piece.complete and not self.origin.raw.endswith(self.origin.separators.end):
            yield _FORM(faults.UNTERMINATED, text="the last segment has no terminator", position=whole)
        if self.closed and not piece.complete and not piece.cut:
            yield _FORM(faults.UNTERMINATED, text="the last segment has no terminator", position=whole)

    def duplicate(self) -> Iterator[Finding]:
        """Yield that the reference was used before in the interchange (0085 = 26)."""
        text = f"message reference {self.reference!r} is used twice"
        yield self._header("26", Kind.REFERENCE, 1, text, self.reference)

    def unknown(self) -> Iterator[Finding]:
        """Yield the warning that there is no structure to check the message against."""
        text = f"no structure of {self._kind.name} in directory {self._kind.version or '(none)'}: read, not checked"
        yield Finding(
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
        raw, define = self.origin.visible or self.origin.raw, self._known.segment
        for one in strange(raw, self._segments, context.charset, context.separators, define):
            level = "UCM" if self._records[one.segment - 1][0] in _HEADERS else "UCD" if one.element else "UCS"
            position = self._at(one.segment, one.element, one.component, one.name, one.occurrence)
            yield Finding("21", Kind.CHARSET, one.text, position, value=one.value, level=level)

    def structure(self, found: Sequence[StructureFault], passed: frozenset[str]) -> Iterator[Finding]:
        """Yield the findings on segments missing, misplaced or repeated too often."""
        plain = self._known.plain.structure if found and self._known.overlays else None
        by_directory = (
            {_sign(one) for one in place(plain, self._segments, closed=self.closed, passed=passed).faults}
            if plain is not None
            else {_sign(one) for one in found}
        )
        for fault in found:
            tag = self._records[fault.segment - 1][0]
            position = self._at(fault.segment)
            code, text, value = fault.code, f"{tag} is not supported here", tag
            if fault.place is not None:
                called = fault.place.name
                if fault.place.group is not None:
                    called = f"segment group {fault.place.group} ({called})"
                text = f"{called} occurs more than {fault.place.repeat} times"
                if fault.code == "13":
                    text = f"{called} is missing after segment {fault.segment} ({tag})"
                    value = ""
                    position = self._behind(fault.segment)
            elif fault.code == "34":
                text = f"explicit nesting {tag!r} is not agreed"
                code = fault.code if self._known.rules.syntax.answer == "3" else "16"  # 34 ended with version 3
            elif self._known.segment(tag) is None:
                text = f"{tag!r} is no segment of {self._kind.name} {self._kind.version}"
            kind = Kind.STRUCTURE
            if _sign(fault) not in by_directory:
                kind, text = Kind.PROFILE, f"{text}, by {self._known.source}"
            yield Finding(code, kind, text, position, value=value, level="UCS")
        if found:
            yield from self._confused(len(found))

    def _behind(self, segment: int) -> Position:
        """Return the place of what is missing behind a segment, which is the last one processed (0096)."""
        tag = self._records[segment - 1][0]
        return Position(self.reference, segment, tag, offset=self.origin.after(segment))

    def _confused(self, faults_as_named: int) -> Iterator[Finding]:
        """Yield a remark where the segments are those of the message that this one is taken for."""
        other = _CONFUSED.get(self._kind.name, "")
        members = self._known.dictionary.message(other, self._known.directory) if other else None
        if members is None:
            return
        meant = self._known.of(other).structure
        segments = ["UNH", *self._segments[1:]]
        if meant is not None and len(place(meant, segments, closed=self.closed).faults) < faults_as_named:
            text = f"the segments are those of a {other}, the message is named {self._kind.name}"
            at, named = self._at(1, 2), self._kind.name
            yield Finding(faults.MISNAMED, Kind.DIRECTORY, text, at, Severity.WARNING, value=named, level="UCM")

    def sections(self, places: Sequence[int]) -> Iterator[Finding]:
        """Yield the findings on UNS: D parts header and detail, S detail and summary (0081)."""
        marks = [at for at, segment in enumerate(self._segments) if segment.startswith("UNS")]
        structure = self._known.structure
        if not marks or structure is None:
            return
        parting = [one.id for one in structure.places if one.name == "UNS"]
        due = dict(zip(parting, _SECTIONS, strict=True)) if len(parting) == len(_SECTIONS) else {}
        for at in marks:
            value = component(self._records[at], 1)
            expected = due.get(places[at], value)
            if not value or (value == expected and value in _SECTIONS):
                continue
            code, kind, text = "12", Kind.CODE_LIST, f"UNS has {value!r}: 0081 is D or S"
            if value in _SECTIONS:
                code, kind, text = "14", Kind.STRUCTURE, f"UNS has {value!r} where {expected} is due"
            yield Finding(code, kind, text, self._at(at + 1, 1, None, "0081"), value=value, level="UCD")

    def outside(self, places: Sequence[int], context: Context) -> Iterator[Finding]:
        """Yield the findings on segments round a message or group: security is not processed, UGH needs its UGT."""
        if 0 not in places:
            return
        free = [at for at, place in enumerate(places) if not place and self._segments[at][:2] in ("US", "UG")]
        secured = [at for at in free if self._records[at][0] in SECURITY]
        if secured:
            tags = ", ".join(dict.fromkeys(self._records[at][0] for at in secured))
            text = f"security segments ({tags}) are recognised and kept, but not processed"
            yield Finding(
                context.syntax.unsupported, Kind.UNSUPPORTED, text, self._at(secured[0] + 1), value=tags, level="UCM"
            )
        open_: list[int] = []
        for at in (at for at in free if self._records[at][0] in ANTI_COLLISION and context.syntax.answer == "4"):
            yield from self._anti_collision(at, open_)
        for at in open_:
            text = f"UGT is missing: the UGH of segment {at + 1} has no end"
            yield Finding("13", Kind.STRUCTURE, text, self._behind(len(self._records) - self.closed), level="UCS")

    def _anti_collision(self, at: int, open_: list[int]) -> Iterator[Finding]:
        """Take a UGH or UGT as read, and yield what is wrong with the pair (0087 is equal in both)."""
        record = self._records[at]
        if record[0] == "UGH":
            open_.append(at)
        elif not open_:
            yield Finding("15", Kind.STRUCTURE, "UGT ends no UGH", self._at(at + 1), value="UGT", level="UCS")
        else:
            header = component(self._records[open_.pop()], 1)
            stated = component(record, 1)
            if stated != header:
                text = f"UGT has reference {stated!r}, UGH has {header!r}"
                yield Finding("28", Kind.REFERENCE, text, self._at(at + 1, 1, None, "0087"), value=stated, level="UCD")

    def elements(self) -> Iterator[Finding]:
        """Yield the findings on elements, components and codes, in the order they stand."""
        found = self._known.checks.faults(self._segments)
        if not found:
            return
        profiled = self._beyond(found) if self._known.overlays else {}
        for number, segment in enumerate(self._segments, 1):
            for fault in profiled.get(segment) or found.get(segment, ()):
                yield self._element(number, fault)

    def _beyond(self, found: Mapping[str, Sequence[ElementFault]]) -> Mapping[str, Sequence[ElementFault]]:
        """Return the faults of each segment, those that the directory alone lets pass being of the profile."""
        source = self._known.source
        plain = self._known.plain.checks.faults(list(found))
        told: dict[str, Sequence[ElementFault]] = {}
        for segment, faults_ in found.items():
            by_directory = {_place_of(one) for one in plain.get(segment, ())}
            told[segment] = [
                replace(one, kind=Kind.PROFILE, text=f"{one.text}, by {source}")
                if one.kind is Kind.ELEMENT and _place_of(one) not in by_directory
                else one
                for one in faults_
            ]
        return told

    def _element(self, segment: int, fault: ElementFault) -> Finding:
        tag = self._records[segment - 1][0]
        level = "UCM" if tag in _HEADERS else "UCD"
        position = self._at(segment, fault.element, fault.component, fault.name, fault.occurrence)
        kind = kind_in_header(fault) if level == "UCM" else fault.kind
        return Finding(fault.code, kind, fault.text, position, fault.severity, value=fault.value, level=level)

    def demands(self, places: Sequence[int]) -> Iterator[Finding]:
        """Yield what the profiles over the directory miss (0085 = 13)."""
        if not self._known.requirements:
            return
        for demand, gap in missing(self._known.requirements, places, self._records):
            under = f" in {demand.under} (segment {gap.under})" if demand.under else ""
            text = f"{demand.what} is missing{under}, by {demand.source}"
            after = self._records[gap.segment - 1][0]
            remedy = f"add {demand.what} after segment {gap.segment} ({after})"
            yield Finding("13", Kind.PROFILE, text, self._behind(gap.segment), remedy=remedy, level="UCS")

    def trailer(self, piece: Piece) -> Iterator[Finding]:
        """Yield the findings on UNT: missing, its count, its reference (ISO 9735, UNT)."""
        if piece.cut:
            most = f"{MOST_BYTES} bytes, {MOST_SEGMENTS} segments, {MOST_IN_SEGMENT} bytes in a segment"
            text = f"the message is longer than is read of one: {most}"
            yield Finding(faults.TOO_LONG, Kind.SYNTAX, text, self._at(1), level="UCM")
            return
        if not self.closed:
            last = self.origin.base + len(self.origin.raw) - 1
            position = Position(self.reference, len(self._records), "UNT", offset=last)
            yield Finding("13", Kind.ENVELOPE, "UNT is missing: the message has no trailer", position, level="UCM")
            return
        unt = self._records[-1]
        count, stated = component(unt, 1), component(unt, 2)
        if miscounted(count, len(self._records)):
            text = f"UNT counts {count} segments, {len(self._records)} arrived"
            yield self._header("29", Kind.COUNT, 1, text, count)
        if stated and self.reference and stated[:MOST_KEPT] != self.reference:
            text = f"UNT has reference {stated!r}, UNH has {self.reference!r}"
            yield self._header("28", Kind.REFERENCE, 2, text, stated)
