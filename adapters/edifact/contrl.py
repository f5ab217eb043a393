"""CONTRL of syntax versions 3 and 4: the acknowledgment we send for an interchange, and what a received one says."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from adapters.edifact.directories.dictionary import SERVICE, SERVICE_4, shipped
from adapters.edifact.faults import CODES, MEANING
from adapters.edifact.syntax.charset import charset
from adapters.edifact.syntax.envelope import (
    GroupHeader,
    MessageHeader,
    ServiceSegments,
    component,
    element,
    message_type,
)
from adapters.edifact.syntax.tokenizer import REPETITION, restore
from adapters.edifact.syntax.versions import SYNTAX_3, syntax
from adapters.edifact.writer import COMPONENT, ELEMENT, encode
from gateway.model.acknowledgment import Acknowledgment, Layer, MessageVerdict, Verdict
from gateway.model.finding import Finding, Kind, Position, Severity
from gateway.model.stages import Envelope, Interchange, Message, MessageType, Party, Written

TYPE = MessageType("edifact", "CONTRL", SERVICE, "UN")
TYPE_4 = MessageType("edifact", "CONTRL", "41", "UN")
#: Limits of the message structure: UCS in one UCM, UCD in one UCS; and of UNT, which counts the segments (0074).
MOST_SEGMENTS, MOST_ELEMENTS, MOST_RECORDS = 999, 99, 999_990

_REJECTED, _ACKNOWLEDGED, _RECEIVED = "4", "7", "8"
_MISSING, _UNSPECIFIED = "13", "18"
#: The elements of UNB, and of UNG, that UCI and UCF repeat: reference, sender, recipient.
_PARTIES = (5, 2, 3)
_SERVICE_SEGMENTS = frozenset(("UNA", "UNB", "UNZ", "UNG", "UNE", "UNH", "UNT"))
_SERVICE_SEGMENTS_4 = _SERVICE_SEGMENTS | {"UNO", "UNP", "USH", "USA", "USC", "USR", "UST", "USD", "USU"}
#: Control characters are left out of what is repeated; what could not be decoded (U+FFFD) is in no character set.
_UNPRINTABLE = {**dict.fromkeys((*range(0x20), *range(0x7F, 0xA0))), 0xFFFD: "?"}
#: 0083 with the values of versions 1 and 2.
_VERDICTS = {
    "1": Verdict.ACCEPTED,
    "2": Verdict.ACCEPTED_WITH_FINDINGS,
    "3": Verdict.ACCEPTED_WITH_FINDINGS,
    "4": Verdict.REJECTED,
    "5": Verdict.REJECTED,
    "6": Verdict.ACCEPTED,
    "7": Verdict.ACCEPTED,
    "8": Verdict.RECEIVED,
}


def acknowledge(
    interchange: Interchange, findings: Sequence[Finding], *, reference: str, now: datetime
) -> bytes | None:
    """Return the CONTRL for an interchange, given every finding on it and its messages as policy sees them.

    Errors reject, nothing else does. `reference` is the 0020 of the CONTRL. None when UNB could not be read, or
    when the interchange holds nothing but CONTRL, which is never acknowledged.

    An interchange of version 4 is answered by CONTRL of version 4, any other by that of version 3 (ADR 0013).
    """
    service = interchange.detail
    subject = _shortened(interchange.envelope)
    if not isinstance(service, ServiceSegments) or not service.unb or not (subject.sender and subject.recipient):
        return None
    if interchange.messages and all(kind.name == TYPE.name for _, kind in interchange.messages):
        return None
    rules = syntax(component(service.unb, 1, 1)) or SYNTAX_3
    form = _Form(rules.answer == "4", bool(service.separators.repetition))
    reported = [finding for finding in findings if finding.severity is Severity.ERROR]
    errors = _Errors(service, reported, packages=form.version_4)
    responses = list(islice(form.responses(service, errors), MOST_RECORDS))
    body = [form.uci(service.unb, errors.interchange, alone=not responses), *responses]
    envelope = Envelope(
        "edifact",
        sender=subject.recipient,
        recipient=subject.sender,
        reference=reference,
        syntax=_syntax(subject.syntax, body, "4" if form.version_4 else "3"),
        prepared=now.strftime("%y%m%d:%H%M"),
        test=subject.test,
    )
    return encode([Written(TYPE_4 if form.version_4 else TYPE, body)], envelope)


def acknowledgments(message: Message) -> Acknowledgment | None:
    """Return what a received CONTRL says, or None when the message is no CONTRL or has no UCI."""
    if message.type.name != TYPE.name:
        return None
    records = message.records
    uci = next((record for record in records if record[0] == "UCI"), None)
    if uci is None:
        return None
    found: list[Finding] = []
    verdicts: list[MessageVerdict] = []
    for record, below in _parts(records):
        if record[0] == "UCM":
            verdicts.append(_message_verdict(record, below))
        else:
            found.extend(_reported(record, ""))
    verdict = _VERDICTS.get(component(uci, 4), Verdict.RECEIVED)
    if verdict is Verdict.ACCEPTED and (found or any(v.verdict is Verdict.REJECTED for v in verdicts)):
        verdict = Verdict.ACCEPTED_WITH_FINDINGS
    return Acknowledgment(
        Layer.SYNTAX,
        verdict,
        component(uci, 1),
        _named(uci, 2),
        _named(uci, 3),
        tuple(found),
        tuple(verdicts),
    )


# out


class _Errors:
    """The errors of an interchange, each at the level that CONTRL reports it.

    Without `packages` the CONTRL cannot name one, and an error of a package is one of the interchange.
    """

    def __init__(self, service: ServiceSegments, findings: Iterable[Finding], *, packages: bool) -> None:
        self.interchange: list[Finding] = []
        self.groups: dict[int, list[Finding]] = {}
        self.messages: dict[int, list[Finding]] = {}
        references: dict[str, int] = {}
        for index, header in enumerate(service.messages):
            references.setdefault(component(header.record, 1), index)
        for finding in findings:
            level = finding.level or ("UCI" if finding.kind is Kind.PARTY else "")
            if level == "UCI":
                self.interchange.append(finding)
            elif level == "UCF":
                self._file(self.groups, _enclosing(service.groups, finding), finding)
            elif level:
                number = _enclosing(service.messages, finding)
                if number is None:
                    number = references.get(finding.position.message)
                if number is not None and not packages and service.messages[number].record[0] == "UNO":
                    number = None
                self._file(self.messages, number, finding)

    def _file(self, numbered: dict[int, list[Finding]], number: int | None, finding: Finding) -> None:
        if number is None:
            self.interchange.append(finding)
        else:
            numbered.setdefault(number, []).append(finding)


def _enclosing(headers: Sequence[GroupHeader | MessageHeader], finding: Finding) -> int | None:
    """Return the number of the group or message whose bytes hold the place of a finding; they are in order."""
    offset = finding.position.offset
    if offset is None:
        return None
    number = bisect_right(headers, offset, key=lambda header: header.start) - 1
    return number if number >= 0 and offset < headers[number].end else None


@dataclass(frozen=True, slots=True)
class _Form:
    """The two forms of the message: version 4 has more codes and service segments, packages and occurrences.

    `repeats` says whether elements of the interchange answered repeat by a separator.
    """

    version_4: bool
    repeats: bool = False

    def responses(self, service: ServiceSegments, errors: _Errors) -> Iterator[str]:
        """Yield UCM, or UCF with its UCM, for whatever is rejected."""
        inside: dict[int, list[int]] = {}
        for number in sorted(errors.messages):
            header = service.messages[number]
            if message_type(header.record).name == TYPE.name:  # a CONTRL is never answered
                continue
            if header.group is None:
                yield from self._ucm(header, errors.messages[number])
            else:
                inside.setdefault(header.group, []).append(number)
        for group in sorted({*inside, *errors.groups}):
            ung = service.groups[group].record
            yield self._response("UCF", (element(ung, at) for at in _PARTIES), errors.groups.get(group, ()))
            for number in inside.get(group, ()):
                yield from self._ucm(service.messages[number], errors.messages[number])

    def uci(self, unb: Sequence[str], errors: Sequence[Finding], *, alone: bool) -> str:
        """Return UCI: the parties as sent, the action, the first error of the interchange itself.

        It is `alone` where nothing below is rejected: only then can it tell of the receipt and no more.
        """
        record = self._response("UCI", (element(unb, at) for at in _PARTIES), errors)
        if alone and not errors and component(unb, 9) == "2":  # 0031 = 2: receipt only is asked for
            return record[: -len(_ACKNOWLEDGED)] + _RECEIVED
        return record

    def _response(self, tag: str, repeated: Iterable[str], errors: Sequence[Finding]) -> str:
        """Return UCI, UCF or UCM: what is repeated as received, the action, and the first error with its place."""
        elements = [self._repeated(tag, at, value) for at, value in enumerate(repeated, 1)]
        elements.append(_REJECTED if errors else _ACKNOWLEDGED)
        own = [finding for finding in errors if finding.level not in ("UCS", "UCD")]
        if own:
            position = own[0].position
            known = _SERVICE_SEGMENTS_4 if self.version_4 else _SERVICE_SEGMENTS
            segment = position.tag if position.tag in known else ""
            elements += [self._code(own[0]), segment, self._place(position) if segment else ""]
        return ELEMENT.join((tag, *elements))

    def _ucm(self, header: MessageHeader, errors: Sequence[Finding]) -> Iterator[str]:
        if header.record[0] == "UNO":
            record = self._response("UCM", ("", ""), errors)
            record += ELEMENT * (6 - record.count(ELEMENT))
            package = (self._repeated("UCM", at, element(header.record, at - 6)) for at in (7, 8))
            yield ELEMENT.join((record, *package))
            return
        yield self._response("UCM", (element(header.record, 1), element(header.record, 2)), errors)
        by_segment: dict[int, list[Finding]] = {}
        for finding in errors:
            if finding.level in ("UCS", "UCD") and finding.position.segment:
                by_segment.setdefault(finding.position.segment, []).append(finding)
        room = MOST_SEGMENTS
        for segment in sorted(by_segment):
            records = list(self._ucs(segment, by_segment[segment]))
            room -= sum(record.startswith("UCS") for record in records)
            if room < 0:
                return
            yield from records

    def _ucs(self, segment: int, errors: Sequence[Finding]) -> Iterator[str]:
        """Yield UCS for each error of the segment itself, UCD for those inside it, and UCS for a gap behind it."""
        inside = [finding for finding in errors if finding.level == "UCD" and finding.position.element]
        own = dict.fromkeys(self._code(finding) for finding in errors if finding not in inside)
        gap = _MISSING in own  # behind the segment, which is not at fault itself
        own.pop(_MISSING, None)
        for code in own:
            yield ELEMENT.join(("UCS", str(segment), code))
        if inside and not own:
            yield ELEMENT.join(("UCS", str(segment)))
        for finding in inside[:MOST_ELEMENTS]:
            yield ELEMENT.join(("UCD", self._code(finding), self._place(finding.position)))
        if gap:
            yield ELEMENT.join(("UCS", str(segment), _MISSING))

    def _repeated(self, tag: str, at: int, value: str) -> str:
        """Return a received element as UCI, UCF or UCM can hold it: what is too long or too many there is cut off."""
        definition = shipped().segment(tag, SERVICE_4 if self.version_4 else SERVICE)
        parts = definition.elements[at - 1].components if definition else ()
        received = value.partition(REPETITION)[0] if self.repeats else value
        values = zip(parts, received.split(":"), strict=False)
        return COMPONENT.join(_printable(restore(text))[: part.format.most].strip() for part, text in values)

    def _code(self, finding: Finding) -> str:
        return finding.code if finding.code in CODES["4" if self.version_4 else "3"] else _UNSPECIFIED

    def _place(self, position: Position) -> str:
        """Return S011: the element, the tag counted as 1, the component, and in version 4 the occurrence."""
        if not position.element:
            return ""
        places = [str(position.element + 1), str(position.component or "")]
        if self.version_4 and position.occurrence:
            places.append(str(position.occurrence))
        return COMPONENT.join(places)


def _printable(text: str) -> str:
    """Return the text without what a CONTRL cannot repeat."""
    return text.translate(_UNPRINTABLE)


def _syntax(declared: str, body: Sequence[str], version: str) -> str:
    """Return the subject's own syntax if the values repeated from it fit, else the smallest that holds them."""
    code, _, own = declared.partition(":")
    text = "".join(body)
    for candidate in (code, "UNOC", "UNOW"):
        used = charset(candidate)
        if used is not None and _fits(text, used.codec, used.allowed):
            return f"{candidate}:{own[:1] if own[:1] in ('1', '2') else version}"
    return f"UNOW:{version}"


def _fits(text: str, codec: str, allowed: bytes) -> bool:
    try:
        encoded = text.encode(codec)
    except UnicodeEncodeError:
        return False
    # behind an escape (UNOX) the bytes of a character may be those of separators
    return b"\x1b" not in encoded and not encoded.translate(None, allowed + b"\x1d\x1f")


def _shortened(envelope: Envelope) -> Envelope:
    """Return the envelope with what the partner sent too long cut to length: a CONTRL must reach them.

    A party of whom nothing can be written is none.
    """

    def cut(party: Party | None) -> Party | None:
        name = "" if party is None else _printable(party.id)[:35].strip()
        return Party(name, _printable(party.qualifier)[:4].strip()) if party is not None and name else None

    return replace(envelope, sender=cut(envelope.sender), recipient=cut(envelope.recipient))


# in


def _parts(records: Sequence[Sequence[str]]) -> Iterator[tuple[Sequence[str], list[Sequence[str]]]]:
    """Yield UCI, UCF and UCM, each with the UCS and UCD below it."""
    current: tuple[Sequence[str], list[Sequence[str]]] | None = None
    for record in records:
        if record[0] in ("UCI", "UCF", "UCM"):
            if current is not None:
                yield current
            current = (record, [])
        elif current is not None and record[0] in ("UCS", "UCD"):
            current[1].append(record)
    if current is not None:
        yield current


def _message_verdict(ucm: Sequence[str], below: Iterable[Sequence[str]]) -> MessageVerdict:
    reference = component(ucm, 1) or component(ucm, 7)  # 0062 of a message, 0800 of a package
    found = list(_reported(ucm, reference))
    segment: int | None = None
    for record in below:
        if record[0] == "UCS":
            segment = _number(component(record, 1))
            code = component(record, 2)
            if code:
                found.append(_said(code, "UCS", Position(reference, segment)))
        else:
            position = _position(record, 2, Position(reference, segment))
            found.append(_said(component(record, 1), "UCD", position))
    verdict = _VERDICTS.get(component(ucm, 3), Verdict.RECEIVED)
    if verdict is Verdict.ACCEPTED and found:
        verdict = Verdict.ACCEPTED_WITH_FINDINGS
    return MessageVerdict(reference, verdict, tuple(found))


def _reported(record: Sequence[str], reference: str) -> Iterator[Finding]:
    """Yield the error that UCI, UCF or UCM itself names."""
    action = 3 if record[0] == "UCM" else 4
    code = component(record, action + 1)
    rejected = component(record, action) in ("4", "5")
    if code or (rejected and record[0] != "UCM"):
        position = Position(reference, tag=component(record, action + 2))
        yield _said(code, record[0], _position(record, action + 3, position))


def _position(record: Sequence[str], at: int, position: Position) -> Position:
    """Return the position with the element and component of S011: the tag is element 1 there, not here."""
    place = _number(component(record, at))
    return replace(
        position,
        element=place - 1 if place else None,
        component=_number(component(record, at, 1)),
        occurrence=_number(component(record, at, 2)),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


_KINDS = {"UCS": Kind.STRUCTURE, "UCD": Kind.ELEMENT}


def _said(code: str, level: str, position: Position) -> Finding:
    code = code or _UNSPECIFIED
    text = f"the recipient says: {MEANING.get(code, 'code ' + code)}"
    return Finding(code, _KINDS.get(level, Kind.ENVELOPE), text, position, level=level)


def _named(record: Sequence[str], at: int) -> str:
    """Return a party as UCI repeats it: identifier and qualifier."""
    if not element(record, at):
        return ""
    return str(Party(component(record, at), component(record, at, 1)))
