"""What one work item produces: steps 3 to 9 of the one-way path, from a stored arrival to one result to commit.

Pure but for the journal it asks. Everything is derived from the arrival (its id, its bytes, its time of receipt), so
that a step done again after a crash produces the same ids, references and bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.model.acknowledgment import Verdict
from gateway.model.base import Part
from gateway.model.customs_response import CustomsResponse
from gateway.model.finding import Finding, Kind, Position, Severity
from gateway.model.journal import Claim, DocumentRecord, FilingChange, ProcessingResult, Reference, Subject, Use
from gateway.model.occasion import Occasion
from gateway.model.stages import Arrival, Envelope, Interchange
from gateway.pipeline import repeats, standing
from gateway.pipeline.answers import Answers, filed_keys
from gateway.pipeline.deadlines import Deadlines
from gateway.pipeline.gathering import Gatherer
from gateway.pipeline.outputs import Outputs, acknowledgment_id, interchange_reference
from gateway.pipeline.references import keys
from gateway.pipeline.refusal import refusal
from gateway.pipeline.repeats import Repeats
from gateway.pipeline.result import Result
from gateway.pipeline.standards import Read, Standards, not_recognised
from gateway.pipeline.syntax import SyntaxAnswers
from gateway.plugin import Adapter, Journal
from gateway.routing import Agreement, Refusal, plan, plan_replies, select_agreement

_CONTRL = "contrl"  # the key of `acknowledge` in an agreement
#: Element and component of UNB that a refusal (0085) is about: recipient 0010, sender 0004, test indicator 0035.
_IN_UNB = {"7": (3, 1), "23": (2, 1), "25": (11, None)}
_CONTRL_TYPE = "CONTRL"


@dataclass(frozen=True, slots=True)
class Understood:
    """One interchange of an arrival, with its own messages."""

    end: Interchange
    reads: tuple[Read, ...]
    covered: bool = True  # by the agreement of the arrival
    first: Use | None = None  # the earlier interchange whose reference this one repeats

    @property
    def refused(self) -> bool:
        """Whether the interchange as a whole is rejected, and so every message in it."""
        return any(finding.severity is Severity.ERROR for finding in self.end.findings)

    @property
    def faulty(self) -> bool:
        """Whether anything of it is rejected."""
        return self.refused or any(read.rejected for read in self.reads)


@dataclass(frozen=True, slots=True)
class Kept:
    """A message as kept, with its document if there is one; `refused`: its whole interchange is rejected.

    `number` is its interchange in the arrival, from 1.
    """

    record: DocumentRecord
    read: Read
    document: Part | None
    refused: bool
    number: int

    @property
    def told(self) -> bool:
        """Whether the syntax acknowledgment has already told the sender of the rejection."""
        return self.refused or any(one.level and one.severity is Severity.ERROR for one in self.read.findings)


@dataclass(frozen=True, slots=True)
class Processor:
    """Turns arrivals into results by a site's agreements."""

    outputs: Outputs
    agreements: Sequence[Agreement]
    journal: Journal
    on_step: Callable[[str], None] = lambda _step: None

    @property
    def standards(self) -> Standards:
        """The adapters and maps."""
        return self.outputs.standards

    def claim(self, arrival: Arrival) -> Claim:
        """Return the key by which an arrival is recognised when it comes again, by the terms of its agreement."""
        adapter = self.standards.recognise(arrival.content)
        envelope = adapter.envelope(arrival.content) if adapter else Envelope("")
        agreement = self._agreement(envelope, arrival) if adapter else None
        return repeats.intake(arrival, adapter, envelope, agreement if isinstance(agreement, Agreement) else None)

    def agreement(self, arrival: Arrival) -> str:
        """Return the id of the agreement that an arrival falls under, "" where it is none."""
        adapter = self.standards.recognise(arrival.content)
        found = self._agreement(adapter.envelope(arrival.content), arrival) if adapter else None
        return found.id if isinstance(found, Agreement) else ""

    def process(self, arrival: Arrival, now: datetime) -> ProcessingResult | None:
        """Identify, decode, read, check, acknowledge, route and write one arrival.

        None when it repeats what is not processed yet: then it has to wait.
        """
        result = Result(arrival, now)
        adapter = self.standards.recognise(arrival.content)
        if adapter is None:
            result.find([not_recognised(arrival.content)])
            result.tell("identify", "dead letter: the bytes are of no known standard")
            return result.done("not recognised")
        envelope = adapter.envelope(arrival.content)
        agreement = self._agreement(envelope, arrival)
        if isinstance(agreement, Refusal):
            return _refused(result, envelope, agreement)
        result.agreement = agreement.id
        result.tell("identify", f"agreement {agreement.id}: {_named(envelope)}")
        self.on_step("identify")
        parts = self._understand(adapter, arrival, agreement)
        self.on_step("check")
        return self._conclude(result, adapter, agreement, parts)

    def _agreement(self, envelope: Envelope, arrival: Arrival) -> Agreement | Refusal:
        types = [type_ for type_ in envelope.types if type_.name != _CONTRL_TYPE]
        principal = arrival.attributes.get("principal", "")
        return select_agreement(envelope, types, self.agreements, principal=principal)

    def _understand(self, adapter: Adapter, arrival: Arrival, agreement: Agreement) -> list[Understood]:
        """Return every interchange of an arrival with its own messages, and what of it has come before."""
        parts: list[Understood] = []
        reads: list[Read] = []
        for item in self.standards.read(adapter, [arrival.content], agreement.policy, agreement.conventions):
            if isinstance(item, Interchange):
                part = Understood(item, tuple(reads))
                parts.append(self._covered(part, arrival, agreement) if parts else part)
                reads = []
            else:
                reads.append(_with_document(adapter, item))
        return self._told_apart(adapter, arrival, agreement, parts)

    def _told_apart(
        self, adapter: Adapter, arrival: Arrival, agreement: Agreement, parts: list[Understood]
    ) -> list[Understood]:
        """Return the interchanges of an arrival, those and the messages marked that repeat a used reference."""
        book = Repeats(self.journal)
        uses = book.interchanges(arrival, agreement, [p.end.envelope if p.covered else Envelope("") for p in parts])
        told = [
            part if repeats.own(use, arrival, number) else replace(part, first=use)
            for number, (part, use) in enumerate(zip(parts, uses, strict=True), 1)
        ]
        if not agreement.duplicates.messages:
            return told
        new = [
            (number, part.end.envelope, read)
            for number, part in enumerate(told, 1)
            if part.first is None and not part.refused
            for read in part.reads
            if adapter.acknowledgments(read.message) is None
        ]
        used = {
            id(read) for (_, _, read), came in zip(new, book.messages(arrival, agreement, new), strict=True) if came
        }
        return [
            replace(part, reads=tuple(repeats.refused(adapter, r) if id(r) in used else r for r in part.reads))
            for part in told
        ]

    def _covered(self, part: Understood, arrival: Arrival, agreement: Agreement) -> Understood:
        """Return a further interchange of an arrival, refused unless it falls under the same agreement."""
        end = part.end
        found = self._agreement(end.envelope, arrival)
        if isinstance(found, Agreement):
            if found.id == agreement.id:
                return part
            reason = f"falls under agreement {found.id}, what came before it under {agreement.id}"
            found = Refusal("17", f"{reason}: send it by itself")
        refused = _refusal_finding(end.envelope, found)
        refused = replace(refused, position=replace(refused.position, offset=None))
        return replace(part, end=replace(end, findings=(*end.findings, refused)), covered=False)

    def _conclude(
        self, result: Result, adapter: Adapter, agreement: Agreement, parts: list[Understood]
    ) -> ProcessingResult | None:
        """Keep what was understood, acknowledge it, and send on what is accepted."""
        kept: list[Kept] = []
        before = 0
        for number, part in enumerate(parts, 1):
            if part.first is not None:
                if not self._repeat(result, adapter, agreement, part, number):
                    return None
            else:
                result.find(part.end.findings)
                kept += self._keep(result, adapter, agreement, part, before, number)
                self._acknowledge(result, adapter, agreement, part, number)
            before += len(part.reads)
        self.on_step("acknowledge")
        watching = Deadlines(self.outputs, self.agreements, self.journal)
        for one in kept:
            if one.document is not None:
                watching.watch(result, agreement, one.record, one.document)
            if one.record.accepted and one.document is not None:
                self._send_on(result, agreement, one.record, one.document)
            elif not one.told:
                self._tell_why(result, agreement, one)
        self.on_step("write")
        return result.done(_state(result.arrival, parts, accepted=any(one.record.accepted for one in kept)))

    def _repeat(self, result: Result, adapter: Adapter, agreement: Agreement, part: Understood, number: int) -> bool:
        """Answer an interchange whose reference was used before; False while the first has no answer to repeat."""
        first, reference, arrival = part.first, part.end.envelope.reference, result.arrival
        if first is None:
            return True
        if not repeats.same_bytes(first, arrival, part.end.envelope):
            finding = repeats.used_before(reference)
            result.find([finding])
            result.tell("acknowledge", f"refused: {finding.text}")
            endpoint = agreement.acknowledge.get(_CONTRL)
            if endpoint is not None:
                self.outputs.contrl(result, adapter, endpoint, part.end, [finding], number)
            return True
        if first.arrival == arrival.id:
            text = f"interchange {reference} stands twice in this arrival: it is answered once, and processed once"
        else:
            again = Repeats(self.journal).acknowledged(
                f"{arrival.id}.a{number}.", first, arrival.id, arrival.received_at
            )
            if again is None:
                return False
            result.deliveries += again
            text = f"interchange {reference} came before in {first.arrival}: its acknowledgment is sent again"
        result.tell("acknowledge", text)
        return True

    def _keep(
        self, result: Result, adapter: Adapter, agreement: Agreement, part: Understood, before: int, number: int
    ) -> Iterator[Kept]:
        """Keep every message of an interchange; yield those that are no acknowledgments."""
        answers = SyntaxAnswers(self.outputs, self.journal)
        for position, read in enumerate(part.reads, before):
            acknowledgment = adapter.acknowledgments(read.message)
            if acknowledgment is not None:
                result.find(read.findings)
                answers.take(result, agreement.sender.partner, acknowledgment)
                continue
            record = _record(result, agreement, position, read, self.journal, rejected=part.refused or read.rejected)
            yield Kept(record, read, read.document, part.refused, number)

    def _acknowledge(
        self, result: Result, adapter: Adapter, agreement: Agreement, part: Understood, number: int
    ) -> None:
        endpoint = agreement.acknowledge.get(_CONTRL)
        if endpoint is None:
            return
        of_messages = (finding for read in part.reads for finding in read.findings if finding.level)
        self.outputs.contrl(result, adapter, endpoint, part.end, (*part.end.findings, *of_messages), number)

    def _send_on(self, result: Result, agreement: Agreement, record: DocumentRecord, document: Part) -> None:
        """Route an accepted document: an answer to whoever filed, anything else by the agreement's routes."""
        if isinstance(document, CustomsResponse):
            answers = Answers(self.outputs, self.agreements, self.journal)
            answers.response(result, agreement.sender.partner, record, document)
        else:
            occasion = Occasion(result.arrival.received_at, document, filed_keys(document, record.filing))
            planned = plan(agreement, occasion, Verdict.ACCEPTED)
            if not planned:
                _stranded(result, agreement, record)
            self.outputs.write(result, agreement, planned, record, document)

    def _tell_why(self, result: Result, agreement: Agreement, kept: Kept) -> None:
        """Answer a message whose syntax is right and whose content is refused, as customs would; never an answer.

        It goes after the CONTRL of its interchange, if there is one: a sender knows nothing of either before.
        """
        record, read = kept.record, kept.read
        type_ = read.message.type
        if type_.name in ("", _CONTRL_TYPE) or self.standards.is_answer(type_):
            return
        at = result.arrival.received_at
        response = refusal(read, interchange_reference(f"{record.id}.refusal"), at)
        planned = plan_replies(agreement, Occasion(at, response, keys(response)), Verdict.REJECTED)
        contrl = acknowledgment_id(result.arrival.id, kept.number)
        after = contrl if any(one.id == contrl for one in result.deliveries) else ""
        self.outputs.write(result, agreement, planned, record, response, sender=agreement.recipient, after=after)

    def warn(self, subject: str, now: datetime) -> ProcessingResult:
        """Tell of a deadline that comes or has passed, where its filing is not accepted."""
        return Deadlines(self.outputs, self.agreements, self.journal).warn(subject, now)

    def gather(self, subject: str, now: datetime) -> ProcessingResult:
        """Send what was gathered for a time of a route; raises `SettingsError` when there is no such route any more."""
        return Gatherer(self.outputs, self.agreements, self.journal).gather(subject, now)

    def replay(self, repeat_id: str, first: str, number: int, now: datetime) -> ProcessingResult | None:
        """Send the acknowledgments of the first arrival again, byte for byte; None when there are none yet."""
        return Repeats(self.journal).replay(repeat_id, first, number, now)


def _state(arrival: Arrival, parts: Sequence[Understood], *, accepted: bool) -> str:
    """Return in a word what became of an arrival."""
    conflicts = [p for p in parts if p.first and not repeats.same_bytes(p.first, arrival, p.end.envelope)]
    if all(part.first is not None for part in parts):
        return "conflict" if conflicts else "duplicate"
    if conflicts or any(part.faulty for part in parts if part.first is None):
        return "partly accepted" if accepted else "rejected"
    return "accepted"


def _refused(result: Result, envelope: Envelope, refusal_: Refusal) -> ProcessingResult:
    """Keep an arrival that no agreement covers, with the reason."""
    result.find([_refusal_finding(envelope, refusal_)])
    result.tell("identify", f"dead letter, no agreement: {refusal_.reason}")
    return result.done("no agreement")


def _refusal_finding(envelope: Envelope, refusal_: Refusal) -> Finding:
    element, component = _IN_UNB.get(refusal_.code, (None, None))
    unb = Position(tag="UNB", element=element, component=component, offset=0)
    return Finding(
        refusal_.code,
        Kind.PARTY,
        refusal_.reason,
        unb if envelope.standard == "edifact" else Position(offset=0),
        value=_named(envelope),
        remedy="ask the operator for an agreement, or correct sender, recipient, test flag or message type",
        level="UCI",
    )


def _with_document(adapter: Adapter, read: Read) -> Read:
    """Return a message as read, rejected where nothing came of it and nothing says why."""
    if read.document is not None or read.rejected or adapter.acknowledgments(read.message) is not None:
        return read
    text = f"{read.message.type} gives no document: no map reads it"
    remedy = "add a map for it, or take it out of the agreement"
    where = adapter.position(read.message, 0)
    finding = Finding("PH-4003", Kind.PARTY, text, where, value=str(read.message.type), remedy=remedy)
    return replace(read, findings=(*read.findings, finding))


def _stranded(result: Result, agreement: Agreement, record: DocumentRecord) -> None:
    """Say that an accepted document goes nowhere."""
    text = f"agreement {agreement.id} has no route for an accepted {record.name}"
    remedy = "add a route to the agreement, and replay the arrival"
    finding = Finding("PH-4002", Kind.PARTY, text, severity=Severity.WARNING, value=record.name, remedy=remedy)
    result.find([finding], record.id)
    result.tell("route", f"dead letter, no route: {text}", document=record.id, filing=record.filing)


def _record(
    result: Result, agreement: Agreement, position: int, read: Read, journal: Journal, *, rejected: bool
) -> DocumentRecord:
    """Keep one message: its document, findings, business keys and the filing it belongs to."""
    message, document = read.message, read.document
    found = keys(document) if document is not None else ()
    lrn = next((value for kind, value in found if kind == "lrn"), "")
    files = document is not None and not isinstance(document, CustomsResponse) and lrn
    record = DocumentRecord(
        id=f"{result.arrival.id}.{position + 1}",
        arrival=result.arrival.id,
        position=position,
        type=f"{message.type.standard} {message.type}",
        name=type(document).__name__ if document is not None else "",
        json=document.model_dump_json(exclude_defaults=True) if document is not None else "",
        accepted=not rejected and document is not None,
        agreement=agreement.id,
        filing=f"{agreement.sender.partner}/{lrn}" if files else "",
        reference=message.reference,
    )
    if record.filing:
        known = (*journal.filed(record.filing), *(one for one in result.documents if one.filing == record.filing))
        record = replace(record, version=standing.version_of(record, known))
    result.documents.append(record)
    result.find(read.findings, record.id)
    result.references += [Reference(kind, value, Subject.DOCUMENT, record.id) for kind, value in found]
    verdict = "accepted" if record.accepted else "rejected"
    errors = sum(finding.severity is Severity.ERROR for finding in read.findings)
    text = f"message {message.reference} ({message.type}) {verdict}: {errors} errors, "
    text += f"{len(read.findings) - errors} remarks"
    result.tell("check", text, document=record.id, filing=record.filing)
    if record.filing:
        said = standing.filed(record, result.arrival.received_at, getattr(document, "intent", None) or "")
        result.filings.append(FilingChange(record.filing, agreement.sender.partner, lrn, said, agreement=agreement.id))
    return record


def _named(envelope: Envelope) -> str:
    types = ", ".join(map(str, envelope.types)) or "no readable message"
    reference, sender, recipient = (part or "?" for part in (envelope.reference, envelope.sender, envelope.recipient))
    return f"interchange {reference} from {sender} to {recipient}: {types}"
