"""Steps 7 and 9: acknowledgments and documents as deliveries, with ids and references that a repeat gives again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.errors import EncodeError, MappingError
from gateway.model.acknowledgment import Layer
from gateway.model.base import Part
from gateway.model.customs_response import CustomsResponse
from gateway.model.finding import Finding, Kind, Severity
from gateway.model.journal import DocumentRecord, Expectation, Gathered, NewWork, Work
from gateway.model.stages import Delivery, Envelope, Interchange, MessageType, Party
from gateway.pipeline.result import Result
from gateway.pipeline.standards import Output, Standards, loss_finding
from gateway.pipeline.wording import worded
from gateway.plugin import Adapter
from gateway.routing import Agreement, Planned, Side

_REFERENCE_LENGTH = 14  # UNB 0020, an..14
SYNTAX = "UNOC:3"  # for whoever has not agreed on another
_EXTENSIONS = {"edifact": "edi"}


def interchange_reference(seed: str) -> str:
    """Return an interchange control reference (UNB 0020, an..14), the same for the same seed."""
    return hashlib.sha256(seed.encode()).hexdigest()[:_REFERENCE_LENGTH].upper()


def acknowledgment_id(arrival: str, number: int) -> str:
    """Return the id of the syntax acknowledgment of one interchange of an arrival, counted from 1."""
    return f"{arrival}.a{number}"


@dataclass(frozen=True, slots=True)
class Outputs:
    """Writes what goes out.

    `own` is the gateway's own identity in envelopes; `partners` says whose each endpoint is.
    """

    standards: Standards
    own: Party
    partners: Mapping[str, Side]

    def partner(self, endpoint: str) -> str:
        """Return the partner of an endpoint, "" when there is no such endpoint any more."""
        side = self.partners.get(endpoint)
        return side.partner if side is not None else ""

    def addressed(self, agreement: Agreement, partner: str) -> bool:
        """Whether a partner's answer is that of whoever filings under the agreement are addressed to.

        Where they are addressed to ourselves, whoever they are sent on to answers them.
        """
        if self.own in agreement.recipient.parties:
            return partner != agreement.sender.partner
        return partner == agreement.recipient.partner

    def party(self, side: Side) -> Party:
        """Return how we name a side in envelopes."""
        return side.parties[0] if side.parties else self.own

    def contrl(
        self,
        result: Result,
        adapter: Adapter,
        endpoint: str,
        end: Interchange,
        findings: Sequence[Finding],
        number: int,
    ) -> None:
        """Add the syntax acknowledgment of one interchange, where its standard has one."""
        id_ = acknowledgment_id(result.arrival.id, number)
        reference = interchange_reference(id_)
        content = adapter.acknowledge(end, findings, reference=reference, now=result.arrival.received_at)
        if content is None:
            return
        subject = end.envelope.reference
        result.deliveries.append(
            Delivery(
                id=id_,
                key=id_,
                agreement=result.agreement,
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
        result.tell("acknowledge", f"CONTRL {reference} for interchange {subject} goes to {endpoint}")

    def write(
        self,
        result: Result,
        agreement: Agreement,
        planned: Sequence[Planned],
        record: DocumentRecord,
        document: Part,
        *,
        sender: Side | None = None,
        first: int = 1,
        after: str = "",
    ) -> None:
        """Add the planned outputs, in the name of `sender`, or of ourselves, numbered from `first` on.

        They go once the delivery `after` is settled, if one is named.

        What cannot be written is a fault of ours: it is kept as a finding, and the other outputs go on.
        """
        for number, one in enumerate(planned, first):
            if one.route.gathers is not None:
                _gather(result, one, record)
                continue
            id_ = f"{record.id}.{number}"
            envelope = Envelope(
                standard=one.type.standard,
                sender=self.party(sender) if sender is not None else self.own,
                recipient=self.party(self.partners.get(one.endpoint, agreement.sender)),
                reference=interchange_reference(id_),
                syntax=(one.route.syntax or SYNTAX) if one.type.standard == "edifact" else "",
                prepared=f"{result.arrival.received_at:%y%m%d:%H%M}",
                test=agreement.test,
                wants_acknowledgment=one.contrl_by is not None,
            )
            try:
                output = self._written(document, one.type, envelope)
            except (EncodeError, MappingError) as error:
                _unwritten(result, record, one, str(error))
                continue
            result.find(one.due.findings, record.id)
            lost = agreement.policy.judge_all(loss_finding(loss, one.type) for loss in output.losses)
            result.find(lost, record.id)
            if why := withheld(lost):
                _unwritten(result, record, one, why)
                continue
            files = bool(record.version) and self.addressed(agreement, self.partner(one.endpoint))
            made = _delivery(id_, agreement, one, record, output, envelope)
            result.deliveries.append(replace(made, after=after, files=files))
            if one.answer_by is not None:
                result.expectations.append(Expectation(id_, Layer.FUNCTION, one.answer_by))
            if one.contrl_by is not None:
                result.expectations.append(Expectation(id_, Layer.SYNTAX, one.contrl_by))
            result.tell("route", one.reason, document=record.id, delivery=id_, filing=record.filing)

    def _written(self, document: Part, type_: MessageType, envelope: Envelope) -> Output:
        """Write a document; what an answer says of its faults, and the message has no place for, goes into the text."""
        output = self.standards.write(document, type_, envelope)
        if not isinstance(document, CustomsResponse):
            return output
        said = worded(document, output.losses)
        return output if said is document else self.standards.write(said, type_, envelope)


def withheld(lost: Sequence[Finding]) -> str:
    """Return why something is not sent that has lost this, as the agreement judges it; "" where it is sent."""
    refused = sum(one.severity is Severity.ERROR for one in lost)
    if not refused:
        return ""
    values = "1 value" if refused == 1 else f"{refused} values"
    return f"{values} would be left out, and the agreement refuses that (PH-2101)"


def unwritten(endpoint: str, why: str) -> Finding:
    """Return the finding on a document that an endpoint is not sent."""
    text = f"cannot be written for {endpoint}: {why}"
    return Finding("PH-2102", Kind.MAPPING, text, remedy="correct the map or the agreement's route")


def gathering(agreement: str, route: str, fire_at: datetime) -> NewWork:
    """Return the work of sending what was gathered for a time of a route."""
    return NewWork(Work.GATHER, f"{agreement}|{route}|{fire_at.isoformat()}", fire_at)


def _gather(result: Result, planned: Planned, record: DocumentRecord) -> None:
    """Have a document wait for others."""
    name, fire_at = planned.route.name, planned.due.at
    result.gathered.append(Gathered(planned.agreement, name, record.id, fire_at))
    result.work.append(gathering(planned.agreement, name, fire_at))
    text = f"{planned.reason}; gathered for {fire_at:%Y-%m-%dT%H:%M} UTC"
    result.tell("route", text, document=record.id, filing=record.filing)


def _unwritten(result: Result, record: DocumentRecord, planned: Planned, why: str) -> None:
    finding = unwritten(planned.endpoint, why)
    result.find([finding], record.id)
    result.tell("write", f"dead letter: {finding.text}", document=record.id, filing=record.filing)


def file_name(envelope: Envelope) -> str:
    """Return the name of the file that an interchange is where a transport needs one."""
    return f"{envelope.reference}.{_EXTENSIONS.get(envelope.standard, 'xml')}"


def _delivery(
    id_: str, agreement: Agreement, planned: Planned, record: DocumentRecord, output: Output, envelope: Envelope
) -> Delivery:
    return Delivery(
        id=id_,
        key=id_,
        agreement=agreement.id,
        endpoint=planned.endpoint,
        content=output.content,
        content_type=output.content_type,
        kind="document",
        due_at=planned.due.at,
        awaits=planned.due.awaits,
        order=planned.order,
        document=record.id,
        arrival=record.arrival,
        name=file_name(envelope),
        description=f"{planned.type} of {record.name} {record.reference}",
        references=(("interchange", envelope.reference),),
    )
