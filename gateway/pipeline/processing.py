"""What one work item produces: steps 3 to 9 of the one-way path, from a stored arrival to one result to commit.

Pure but for the journal it asks. Everything is derived from the arrival (its id, its bytes, its time of receipt), so
that a step done again after a crash produces the same ids, references and bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from gateway.errors import EncodeError, MappingError
from gateway.mapping.lineage import Destinations
from gateway.model.acknowledgment import Acknowledgment, Layer, Verdict
from gateway.model.base import Part
from gateway.model.customs_response import CustomsResponse
from gateway.model.documents import DOCUMENTS
from gateway.model.finding import Finding, Kind, Position, Severity
from gateway.model.journal import (
    AcknowledgmentRecord,
    ArrivalOutcome,
    DocumentRecord,
    Event,
    Expectation,
    FilingChange,
    FindingRecord,
    NewWork,
    ProcessingResult,
    Reference,
    Subject,
)
from gateway.model.stages import Arrival, Delivery, Envelope, Interchange, Message, Party
from gateway.pipeline.pointers import Translation
from gateway.pipeline.refusal import refusal
from gateway.pipeline.references import keys
from gateway.pipeline.standards import Output, Read, Standards, loss_finding, not_recognised
from gateway.plugin import Adapter, Journal
from gateway.routing import Agreement, Planned, Refusal, Side, plan, plan_replies, select_agreement

_REFERENCE_LENGTH = 14  # UNB 0020, an..14

#: What customs' verdict makes of a filing.
_STATES = {"accepted": "registered", "rejected": "rejected by customs", "response": "answered"}

#: Statuses (7365) that set or lift the hold latch: 7 detained, 4 released.
_HOLDS = {"7": True, "4": False}


def interchange_reference(seed: str) -> str:
    """Return an interchange control reference (UNB 0020, an..14), the same for the same seed."""
    return hashlib.sha256(seed.encode()).hexdigest()[:_REFERENCE_LENGTH].upper()


@dataclass(slots=True)
class _Result:
    """A `ProcessingResult` under construction for one arrival."""

    arrival: Arrival
    agreement: str = ""
    documents: list[DocumentRecord] = field(default_factory=list)
    findings: list[FindingRecord] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    acknowledgments: list[AcknowledgmentRecord] = field(default_factory=list)
    expectations: list[Expectation] = field(default_factory=list)
    filings: list[FilingChange] = field(default_factory=list)
    work: list[NewWork] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def tell(self, now: datetime, step: str, text: str, *, document: str = "", filing: str = "") -> None:
        self.events.append(Event(now, step, text, arrival=self.arrival.id, document=document, filing=filing))

    def find(self, findings: Sequence[Finding], document: str = "") -> None:
        self.findings += [FindingRecord(self.arrival.id, finding, document) for finding in findings]

    def done(self, state: str) -> ProcessingResult:
        return ProcessingResult(
            ArrivalOutcome(self.arrival.id, state, self.agreement),
            tuple(self.documents),
            tuple(self.findings),
            tuple(self.references),
            tuple(self.deliveries),
            tuple(self.acknowledgments),
            tuple(self.expectations),
            tuple(self.filings),
            tuple(self.work),
            tuple(self.events),
        )


@dataclass(frozen=True, slots=True)
class Processor:
    """Turns arrivals into results by a site's agreements.

    `own` is the gateway's own identity in envelopes, used where an agreement names no other; `partners` says whose
    each endpoint is.
    """

    standards: Standards
    agreements: Sequence[Agreement]
    journal: Journal
    own: Party
    partners: Mapping[str, Side]
    on_step: Callable[[str], None] = lambda _step: None

    def envelope(self, content: bytes) -> Envelope:
        """Return the envelope of bytes of any standard; an empty one when none is recognised."""
        adapter = self.standards.recognise(content)
        return adapter.envelope(content) if adapter else Envelope("")

    def dedupe_key(self, arrival: Arrival) -> str:
        """Return the key by which an arrival is recognised when it comes again: its envelope's, else its digest."""
        return self.envelope(arrival.content).dedupe_key or f"sha256|{arrival.sha256}"

    # an arrival

    def process(self, arrival: Arrival, now: datetime) -> ProcessingResult:
        """Identify, decode, read, check, acknowledge, route and write one arrival."""
        result = _Result(arrival)
        adapter = self.standards.recognise(arrival.content)
        if adapter is None:
            result.find([not_recognised(arrival.content)])
            result.tell(now, "identify", "dead letter: the bytes are of no known standard")
            return result.done("not recognised")
        envelope = adapter.envelope(arrival.content)
        agreement = self._agreement(envelope, arrival)
        if isinstance(agreement, Refusal):
            return self._refused(result, envelope, agreement, now)
        result.agreement = agreement.id
        self.on_step("identify")
        result.tell(now, "identify", f"agreement {agreement.id}: {_named(envelope)}")
        reads, ends = self._decode(adapter, arrival, agreement)
        self.on_step("check")
        return self._answered(result, adapter, agreement, reads, ends, now)

    def _agreement(self, envelope: Envelope, arrival: Arrival) -> Agreement | Refusal:
        types = [type_ for type_ in envelope.types if type_.name != "CONTRL"]
        principal = arrival.attributes.get("principal", "")
        return select_agreement(envelope, types, self.agreements, principal=principal)

    def _refused(self, result: _Result, envelope: Envelope, refusal: Refusal, now: datetime) -> ProcessingResult:
        where = Position(tag="UNB" if envelope.standard == "edifact" else "", offset=0)
        remedy = "ask the operator for an agreement, or correct sender, recipient, test flag or message type"
        result.find([Finding(refusal.code, Kind.PARTY, refusal.reason, where, value=_named(envelope), remedy=remedy, level="UCI")])
        result.tell(now, "identify", f"dead letter, no agreement: {refusal.reason}")
        return result.done("no agreement")

    def _decode(
        self, adapter: Adapter, arrival: Arrival, agreement: Agreement
    ) -> tuple[list[Read], list[Interchange]]:
        reads: list[Read] = []
        ends: list[Interchange] = []
        for item in self.standards.read(adapter, [arrival.content], agreement.policy):
            (ends if isinstance(item, Interchange) else reads).append(item)  # type: ignore[arg-type]
        return reads, ends

    def _answered(
        self,
        result: _Result,
        adapter: Adapter,
        agreement: Agreement,
        reads: list[Read],
        ends: list[Interchange],
        now: datetime,
    ) -> ProcessingResult:
        outside = tuple(finding for end in ends for finding in end.findings)
        refused = any(finding.severity is Severity.ERROR for finding in outside)
        result.find(outside)
        accepted: list[tuple[DocumentRecord, Part]] = []
        refusals: list[tuple[DocumentRecord, CustomsResponse]] = []
        for position, read in enumerate(reads):
            acknowledgment = adapter.acknowledgments(read.message)
            if acknowledgment is not None:
                result.find(read.findings)
                self._matched(result, acknowledgment, now)
                continue
            record = self._document(result, agreement, position, read, rejected=refused or read.rejected, now=now)
            if record.accepted and read.document is not None:
                accepted.append((record, read.document))
            elif not refused and read.document is not None:
                refusals.append((record, refusal(read)))
        self._acknowledge(result, adapter, agreement, reads, ends, now)
        self.on_step("acknowledge")
        for record, document in accepted:
            if isinstance(document, CustomsResponse):
                self._reply(result, agreement.sender.partner, record, document, now)
            else:
                planned = plan(agreement, [record.name], [Verdict.ACCEPTED], result.arrival.received_at)
                self._write(result, agreement, planned, record, document, now)
        for record, response in refusals:
            planned = plan_replies(agreement, [CustomsResponse.__name__], [Verdict.REJECTED], result.arrival.received_at)
            self._write(result, agreement, planned, record, response, now, reply=True)
        self.on_step("write")
        rejected = refused or any(read.rejected for read in reads)
        state = "rejected" if refused or (rejected and not accepted) else "partly accepted" if rejected else "accepted"
        return result.done(state)

    def _document(
        self, result: _Result, agreement: Agreement, position: int, read: Read, *, rejected: bool, now: datetime
    ) -> DocumentRecord:
        """Keep one message: its document, findings, business keys and the filing it belongs to."""
        message, document = read.message, read.document
        name = type(document).__name__ if document is not None else ""
        found = keys(document) if document is not None else ()
        lrn = next((value for kind, value in found if kind == "lrn"), "")
        is_filing = document is not None and not isinstance(document, CustomsResponse) and lrn
        filing = f"{agreement.sender.partner}/{lrn}" if is_filing else ""
        record = DocumentRecord(
            id=f"{result.arrival.id}.{position + 1}",
            arrival=result.arrival.id,
            position=position,
            type=f"{message.type.standard} {message.type}",
            name=name,
            json=document.model_dump_json(exclude_defaults=True) if document is not None else "",
            accepted=not rejected and document is not None,
            agreement=agreement.id,
            filing=filing,
            reference=message.reference,
        )
        result.documents.append(record)
        result.find(read.findings, record.id)
        result.references += [Reference(kind, value, Subject.DOCUMENT, record.id) for kind, value in found]
        verdict = "accepted" if record.accepted else "rejected"
        errors = sum(finding.severity is Severity.ERROR for finding in read.findings)
        remarks = len(read.findings) - errors
        text = f"message {message.reference} ({message.type}) {verdict}: {errors} errors, {remarks} remarks"
        result.tell(now, "check", text, document=record.id, filing=filing)
        if filing:
            state = "accepted" if record.accepted else "rejected by the gateway"
            change = FilingChange(filing, agreement.sender.partner, lrn, result.arrival.received_at, agreement=agreement.id, state=state)
            result.filings.append(change)
        return record

    # acknowledgments

    def _acknowledge(
        self,
        result: _Result,
        adapter: Adapter,
        agreement: Agreement,
        reads: list[Read],
        ends: list[Interchange],
        now: datetime,
    ) -> None:
        endpoint = agreement.acknowledge.get("contrl")
        if endpoint is None:
            return
        by_message = tuple(finding for read in reads for finding in read.findings if finding.level)
        for number, end in enumerate(ends):
            findings = (*end.findings, *by_message)
            self._contrl(result, adapter, agreement.id, endpoint, end, findings, f"{result.arrival.id}.a{number + 1}", now)

    def _contrl(
        self,
        result: _Result,
        adapter: Adapter,
        agreement: str,
        endpoint: str,
        end: Interchange,
        findings: Sequence[Finding],
        id_: str,
        now: datetime,
    ) -> None:
        reference = interchange_reference(id_)
        content = adapter.acknowledge(end, findings, reference=reference, now=result.arrival.received_at)
        if content is None:
            return
        subject = end.envelope.reference
        result.deliveries.append(
            Delivery(
                id=id_,
                key=id_,
                agreement=agreement,
                endpoint=endpoint,
                content=content,
                content_type=adapter.content_type,
                kind="acknowledgment",
                due_at=result.arrival.received_at,
                arrival=result.arrival.id,
                name=f"{reference}.edi",
                description=f"CONTRL for interchange {subject}",
                references=(("interchange", reference),),
            )
        )
        result.tell(now, "acknowledge", f"CONTRL {reference} for interchange {subject} goes to {endpoint}")

    def _matched(self, result: _Result, acknowledgment: Acknowledgment, now: datetime) -> None:
        """Record what a counterparty's acknowledgment says of a delivery of ours."""
        hits = self.journal.find("interchange", acknowledgment.subject)
        delivery = next((hit.id for hit in hits if hit.subject is Subject.DELIVERY), "")
        result.acknowledgments.append(
            AcknowledgmentRecord(
                acknowledgment.layer, acknowledgment.verdict, acknowledgment.subject, now, result.arrival.id, delivery
            )
        )
        result.find(acknowledgment.findings)
        of = f"delivery {delivery}" if delivery else "nothing we sent"
        text = f"{acknowledgment.layer} acknowledgment of {acknowledgment.subject}: {acknowledgment.verdict} ({of})"
        result.events.append(Event(now, "settle", text, arrival=result.arrival.id, delivery=delivery))

    # outputs

    def _write(
        self,
        result: _Result,
        agreement: Agreement,
        planned: Sequence[Planned],
        record: DocumentRecord,
        document: Part,
        now: datetime,
        *,
        reply: bool = False,
    ) -> None:
        """Write the planned outputs: forwarded under our own name, a reply under the name of who was addressed."""
        for number, one in enumerate(planned):
            id_ = f"{record.id}.{number + 1}"
            envelope = Envelope(
                standard=one.type.standard,
                sender=self._party(agreement.recipient) if reply else self.own,
                recipient=self._party(self.partners.get(one.endpoint, agreement.sender)),
                reference=interchange_reference(id_),
                syntax="UNOC:3" if one.type.standard == "edifact" else "",
                prepared=f"{result.arrival.received_at:%y%m%d:%H%M}",
                test=agreement.test,
            )
            try:
                output = self.standards.write(document, one.type, envelope)
            except (EncodeError, MappingError) as error:
                finding = Finding("PH-2102", Kind.MAPPING, f"cannot be written for {one.endpoint}: {error}", remedy="ours to correct")
                result.find([finding], record.id)
                result.tell(now, "write", f"dead letter: {finding.text}", document=record.id, filing=record.filing)
                continue
            result.deliveries.append(self._delivery(id_, agreement, one, record, output, envelope))
            result.find([loss_finding(loss, one.type) for loss in output.losses], record.id)
            if one.answer_by is not None:
                result.expectations.append(Expectation(id_, Layer.FUNCTION, one.answer_by))
            result.tell(now, "route", one.reason, document=record.id, filing=record.filing)

    def _party(self, side: Side) -> Party:
        return side.parties[0] if side.parties else self.own

    def _partner(self, endpoint: str) -> str:
        side = self.partners.get(endpoint)
        return side.partner if side is not None else ""

    @staticmethod
    def _delivery(
        id_: str, agreement: Agreement, planned: Planned, record: DocumentRecord, output: Output, envelope: Envelope
    ) -> Delivery:
        extension = "edi" if planned.type.standard == "edifact" else "xml"
        return Delivery(
            id=id_,
            key=id_,
            agreement=agreement.id,
            endpoint=planned.endpoint,
            content=output.content,
            content_type=output.content_type,
            kind="document",
            due_at=planned.due_at,
            document=record.id,
            arrival=record.arrival,
            name=f"{envelope.reference}.{extension}",
            description=f"{planned.type} of {record.name} {record.reference}",
            references=(("interchange", envelope.reference),),
        )

    # customs' answer

    def _reply(
        self, result: _Result, authority: str, record: DocumentRecord, response: CustomsResponse, now: datetime
    ) -> None:
        """Hand customs' answer to whoever filed, pointing at the filer's own segments."""
        answered = self._answers(response, authority)
        if answered is None:
            result.tell(now, "settle", "this answers nothing that was sent from here", document=record.id)
            text = "no filing has this LRN or MRN"
            subject = response.subject.reference if response.subject and response.subject.reference else ""
            result.find([Finding("PH-4001", Kind.PARTY, text, severity=Severity.WARNING, value=subject, path="subject")], record.id)
            return
        source, delivery = answered
        agreement = next((a for a in self.agreements if a.id == source.agreement), None)
        if agreement is None:
            result.tell(now, "settle", f"agreement {source.agreement} is no longer in the site", document=record.id)
            return
        translation = self._translation(source, delivery)
        told = translation.response(response) if translation else response
        subject = told.subject
        verdict = told.verdict or ""
        as_of = result.arrival.received_at
        lrn = (subject.reference if subject else None) or source.filing.partition("/")[2]
        result.filings.append(
            FilingChange(
                source.filing,
                agreement.sender.partner,
                lrn,
                as_of,
                mrn=(subject.registration if subject else None) or "",
                state=_STATES.get(verdict, verdict or "answered"),
                hold=_hold(told),
            )
        )
        faults = len(told.faults)
        text = f"customs answered {verdict or 'without a verdict'} with {faults} faults; delivery {delivery.id} is settled"
        result.events.append(Event(now, "settle", text, arrival=result.arrival.id, document=record.id, delivery=delivery.id, filing=source.filing))
        result.acknowledgments.append(
            AcknowledgmentRecord(Layer.FUNCTION, _verdict(verdict), lrn, now, result.arrival.id, delivery.id)
        )
        planned = plan_replies(agreement, [record.name], [Verdict.ACCEPTED], as_of)
        filed = replace(record, filing=source.filing)
        result.documents[result.documents.index(record)] = filed
        self._write(result, agreement, planned, filed, told, now, reply=True)

    def _answers(self, response: CustomsResponse, authority: str) -> tuple[DocumentRecord, Delivery] | None:
        """Return the document that a response answers, and the delivery that carried it there: the latest one."""
        subject = response.subject
        for kind, value in (
            ("lrn", subject.reference if subject else None),
            ("mrn", subject.registration if subject else None),
        ):
            for hit in self.journal.find(kind, value) if value else ():
                source = self.journal.document(hit.id) if hit.subject is Subject.DOCUMENT else None
                if source is None or source.name == CustomsResponse.__name__:
                    continue
                sent = [one for one in self.journal.sent(source.id) if self._partner(one.endpoint) == authority]
                if sent:
                    return source, sent[-1]
        return None

    def _translation(self, source: DocumentRecord, delivery: Delivery) -> Translation | None:
        """Replay how a document was read and written, with lineage on both sides."""
        arrival = self.journal.content(source.arrival)
        agreement = next((a for a in self.agreements if a.id == source.agreement), None)
        adapter = self.standards.recognise(arrival) if arrival is not None else None
        if arrival is None or adapter is None or agreement is None:
            return None
        route = next((route for route in agreement.routes if route.to == delivery.endpoint and route.document == source.name), None)
        message = next(_messages(adapter, arrival, source.position), None)
        if message is None or route is None:
            return None
        document = DOCUMENTS[source.name].model_validate_json(source.json)
        origins = self.standards.origins(adapter, message)
        written = self.standards.explain_writing(document, route.type)
        target = self.standards.adapters[route.type.standard]
        checked = self.standards.registry.checked(route.type)
        if origins is None or checked is None:
            return None
        return Translation(target, Destinations(checked, written), origins, document)

    # repeats

    def replay(self, repeat_id: str, first: str, now: datetime) -> ProcessingResult | None:
        """Send the acknowledgments of the first arrival again, byte for byte; None when there are none yet."""
        sent = self.journal.acknowledgments_sent(first)
        if sent is None:
            return None
        again = tuple(
            replace(one, id=f"{repeat_id}.a{number + 1}", key=f"{repeat_id}.a{number + 1}", due_at=now)
            for number, one in enumerate(sent)
        )
        text = f"duplicate of {first}: its acknowledgment is sent again, and nothing else"
        return ProcessingResult(deliveries=again, events=(Event(now, "acknowledge", text, arrival=first),))

    def conflict(self, arrival: Arrival, now: datetime) -> ProcessingResult:
        """Refuse an arrival whose reference was used before for something else (0085 = 26)."""
        result = _Result(arrival)
        adapter = self.standards.recognise(arrival.content)
        envelope = self.envelope(arrival.content)
        agreement = self._agreement(envelope, arrival)
        text = f"interchange {envelope.reference} came before with another content"
        finding = Finding(
            "26", Kind.PARTY, text, Position(tag="UNB", offset=0), value=envelope.reference,
            remedy="send it under a new reference", level="UCI",
        )
        result.find([finding])
        result.tell(now, "acknowledge", f"refused: {text}")
        if adapter is not None and not isinstance(agreement, Refusal) and "contrl" in agreement.acknowledge:
            result.agreement = agreement.id
            ends = [item for item in adapter.decode([arrival.content]) if isinstance(item, Interchange)]
            for number, end in enumerate(ends[:1]):
                id_ = f"{arrival.id}.a{number + 1}"
                endpoint = agreement.acknowledge["contrl"]
                self._contrl(result, adapter, agreement.id, endpoint, end, [finding], id_, now)
        return result.done("conflict")


def _messages(adapter: Adapter, content: bytes, position: int) -> Iterator[Message]:
    count = 0
    for item in adapter.decode([content]):
        if isinstance(item, Interchange):
            continue
        if count == position:
            yield item
            return
        count += 1


def _named(envelope: Envelope) -> str:
    types = ", ".join(map(str, envelope.types)) or "no readable message"
    return f"interchange {envelope.reference or '?'} from {envelope.sender or '?'} to {envelope.recipient or '?'}: {types}"


def _hold(response: CustomsResponse) -> bool | None:
    """Return whether any status holds the goods, or releases them; None when none says."""
    told = [_HOLDS[status.code.value] for status in response.statuses if status.code and status.code.value in _HOLDS]
    return any(told) if told else None


def _verdict(name: str) -> Verdict:
    if name == "rejected":
        return Verdict.REJECTED
    return Verdict.RECEIVED if name == "received" else Verdict.ACCEPTED

