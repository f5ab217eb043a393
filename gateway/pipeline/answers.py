"""Step 11: what counterparties answer is matched to what was sent, and told to whoever filed in their own terms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gateway.mapping.lineage import Destinations
from gateway.model.acknowledgment import Acknowledgment, Layer, Verdict
from gateway.model.conventions import Conventions
from gateway.model.customs_response import CustomsResponse
from gateway.model.documents import DOCUMENTS
from gateway.model.finding import Finding, Kind, Severity
from gateway.model.journal import AcknowledgmentRecord, DocumentRecord, FilingChange, Subject
from gateway.model.stages import Delivery, Interchange, Message
from gateway.pipeline.outputs import Outputs
from gateway.pipeline.pointers import Translation
from gateway.pipeline.result import Result
from gateway.plugin import Adapter, Journal
from gateway.routing import Agreement, plan_replies

#: What customs' verdict makes of a filing.
_STATES = {"accepted": "registered", "rejected": "rejected by customs", "response": "answered"}
_VERDICTS = {"rejected": Verdict.REJECTED, "status": Verdict.RECEIVED}

#: Statuses (7365) that set or lift the hold latch: 7 detained, 4 released.
_HOLDS = {"7": True, "4": False}


@dataclass(frozen=True, slots=True)
class Answers:
    """Matches answers to filings, by the journal of what was sent."""

    outputs: Outputs
    agreements: Sequence[Agreement]
    journal: Journal

    def acknowledgment(self, result: Result, said: Acknowledgment) -> None:
        """Record what a counterparty's syntax acknowledgment says of a delivery of ours."""
        hits = self.journal.find("interchange", said.subject)
        delivery = next((hit.id for hit in hits if hit.subject is Subject.DELIVERY), "")
        heard = [("", said.verdict), *((message.reference, message.verdict) for message in said.messages)]
        result.acknowledgments += [
            AcknowledgmentRecord(said.layer, verdict, said.subject, result.now, result.arrival.id, delivery, message)
            for message, verdict in heard
        ]
        result.find([*said.findings, *(finding for message in said.messages for finding in message.findings)])
        of = f"delivery {delivery}" if delivery else "nothing we sent"
        rest = "".join(f", message {message.reference} {message.verdict}" for message in said.messages)
        text = f"{said.layer} acknowledgment of {said.subject}: {said.verdict}{rest} ({of})"
        result.tell("settle", text, delivery=delivery)

    def response(self, result: Result, authority: str, record: DocumentRecord, response: CustomsResponse) -> None:
        """Hand customs' answer to whoever filed, pointing at the filer's own segments."""
        answered = self._answered(response, authority)
        agreement = self._agreement(answered[0].agreement) if answered else None
        if answered is None or agreement is None:
            _orphan(result, record, response)
            return
        source, delivery = answered
        translation = self._translation(agreement, source, delivery)
        told = translation.response(response) if translation else response
        change = _change(result, agreement, source, told)
        result.filings.append(change)
        verdict = told.verdict or ""
        said = verdict or "without a verdict"
        text = f"customs answered {said} with {len(told.faults)} faults to delivery {delivery.id}"
        result.tell("settle", text, document=record.id, delivery=delivery.id, filing=source.filing)
        heard = _VERDICTS.get(verdict, Verdict.ACCEPTED)
        result.acknowledgments.append(
            AcknowledgmentRecord(Layer.FUNCTION, heard, change.lrn, result.now, result.arrival.id, delivery.id)
        )
        filed = replace(record, filing=source.filing)
        result.documents[result.documents.index(record)] = filed
        planned = plan_replies(agreement, [record.name], [Verdict.ACCEPTED], result.arrival.received_at)
        self.outputs.write(result, agreement, planned, filed, told, reply=True)

    def _agreement(self, id_: str) -> Agreement | None:
        return next((agreement for agreement in self.agreements if agreement.id == id_), None)

    def _answered(self, response: CustomsResponse, authority: str) -> tuple[DocumentRecord, Delivery] | None:
        """Return the document that a response answers, and the delivery that carried it there: the latest one."""
        for kind, value in _subject_keys(response):
            for hit in self.journal.find(kind, value):
                source = self._source(hit.subject, hit.id)
                sent = self.journal.sent(source.id) if source else ()
                theirs = [one for one in sent if self.outputs.partner(one.endpoint) == authority]
                if source is not None and theirs:
                    return source, theirs[-1]
        return None

    def _source(self, subject: Subject, id_: str) -> DocumentRecord | None:
        """Return the document filed that a reference leads to; of a filing, the latest."""
        if subject is Subject.FILING:
            found = [one for one in self.journal.filed(id_) if one.name != CustomsResponse.__name__]
            return found[-1] if found else None
        document = self.journal.document(id_) if subject is Subject.DOCUMENT else None
        return document if document is not None and document.name != CustomsResponse.__name__ else None

    def _translation(self, agreement: Agreement, source: DocumentRecord, delivery: Delivery) -> Translation | None:
        """Replay how a document was read and written, with lineage on both sides."""
        standards = self.outputs.standards
        arrival = self.journal.content(source.arrival)
        adapter = standards.recognise(arrival) if arrival is not None else None
        message = None
        if adapter is not None and arrival is not None:
            message = _message(adapter, arrival, source.position, agreement.conventions)
        routes = (one for one in agreement.routes if one.to == delivery.endpoint and one.document == source.name)
        route = next(routes, None)
        if adapter is None or message is None or route is None:
            return None
        document = DOCUMENTS[source.name].model_validate_json(source.json)
        origins = standards.origins(adapter, message)
        checked = standards.registry.checked(route.type)
        if origins is None or checked is None:
            return None
        destinations = Destinations(checked, standards.explain_writing(document, route.type))
        return Translation(standards.adapters[route.type.standard], destinations, origins, document)


def _message(adapter: Adapter, content: bytes, position: int, conventions: Conventions) -> Message | None:
    """Return the message of an arrival at a position, from 0, read by what was agreed."""
    messages = (item for item in adapter.decode([content], conventions) if not isinstance(item, Interchange))
    return next((message for number, message in enumerate(messages) if number == position), None)


def _subject_keys(response: CustomsResponse) -> Iterator[tuple[str, str]]:
    subject = response.subject
    if subject is not None and subject.reference:
        yield "lrn", subject.reference
    if subject is not None and subject.registration:
        yield "mrn", subject.registration


def _orphan(result: Result, record: DocumentRecord, response: CustomsResponse) -> None:
    """Keep an answer to nothing that was sent from here, with a finding."""
    named = next((value for _, value in _subject_keys(response)), "")
    text = "this answers nothing that was sent from here: no filing has this LRN or MRN"
    remedy = "check the reference; an answer is matched by the LRN, else by the MRN, of what was sent"
    finding = Finding(
        "PH-4001", Kind.PARTY, text, severity=Severity.WARNING, value=named, path="subject", remedy=remedy
    )
    result.find([finding], record.id)
    result.tell("settle", text, document=record.id)


def _change(result: Result, agreement: Agreement, source: DocumentRecord, told: CustomsResponse) -> FilingChange:
    """Return what an answer makes of the filing."""
    subject, verdict = told.subject, told.verdict or ""
    return FilingChange(
        id=source.filing,
        sender=agreement.sender.partner,
        lrn=(subject.reference if subject else None) or source.filing.partition("/")[2],
        as_of=result.arrival.received_at,
        mrn=(subject.registration if subject else None) or "",
        state=_STATES.get(verdict, verdict or "answered"),
        hold=_hold(told),
    )


def _hold(response: CustomsResponse) -> bool | None:
    """Return whether any status holds the goods, or releases them; None when none says."""
    told = [_HOLDS[status.code.value] for status in response.statuses if status.code and status.code.value in _HOLDS]
    return any(told) if told else None
