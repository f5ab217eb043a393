"""Step 11: what counterparties' applications answer is matched to what was sent, and told to whoever filed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gateway.mapping.lineage import Destinations
from gateway.model.acknowledgment import Layer, Verdict
from gateway.model.base import Part
from gateway.model.conventions import Conventions
from gateway.model.customs_response import CustomsResponse
from gateway.model.documents import DOCUMENTS
from gateway.model.finding import Finding, Kind, Severity
from gateway.model.journal import AcknowledgmentRecord, DocumentRecord, FilingChange, Subject
from gateway.model.occasion import FILING, Happening, Key, Occasion
from gateway.model.stages import Delivery, Interchange, Message
from gateway.pipeline import standing
from gateway.pipeline.outputs import Outputs
from gateway.pipeline.pointers import Translation
from gateway.pipeline.references import keys
from gateway.pipeline.result import Result
from gateway.pipeline.timing import timing
from gateway.plugin import Adapter, Journal
from gateway.routing import Agreement, plan_replies

_REJECTED = "rejected"
_VERDICTS = {_REJECTED: Verdict.REJECTED, "status": Verdict.RECEIVED}

#: What the acceptance of a filing with these intents makes of it.
_DONE = {"amend": "amended", "replace": "amended", "add": "amended", "cancel": "cancelled", "withdraw": "cancelled"}

#: What verdicts, and statuses (7365: 7 detained, 4 released), say of the goods.
_CLEARANCE = {"held": "held", "7": "held", "released": "released", "cleared": "released", "4": "released"}


@dataclass(frozen=True, slots=True)
class Answers:
    """Matches answers (CUSRES, APERAK, WCO Response) to filings, by the journal of what was sent."""

    outputs: Outputs
    agreements: Sequence[Agreement]
    journal: Journal

    def response(self, result: Result, authority: str, record: DocumentRecord, response: CustomsResponse) -> None:
        """Hand an answer to whoever filed, pointing at the filer's own segments.

        Only whoever the filing is addressed to changes its state; what others answer is told, in our own name.
        """
        answered = self._answered(response, authority)
        agreement = self._agreement(answered[1].agreement) if answered else None
        if answered is None or agreement is None:
            _orphan(result, record, response)
            return
        source, delivery = answered
        translation = self._translation(agreement, source, delivery)
        told = _named(translation.response(response) if translation else response, source, delivery)
        addressed = self.outputs.addressed(agreement, authority)
        lrn = source.filing.partition("/")[2] or (told.subject.reference if told.subject else None) or ""
        if addressed:
            mrn = (told.subject.registration if told.subject else None) or ""
            filed = standing.answered(told, source.version, result.arrival.received_at, authority)
            result.filings.append(FilingChange(source.filing, agreement.sender.partner, lrn, filed, mrn))
            result.happenings += _happenings(result, source, told)
        verdict = told.verdict or ""
        said = verdict or "without a verdict"
        text = f"{authority} answered {said} with {len(told.faults)} faults to delivery {delivery.id}"
        heard = _VERDICTS.get(verdict, Verdict.ACCEPTED_WITH_FINDINGS if told.faults else Verdict.ACCEPTED)
        text += self._beside(result, delivery, heard)
        result.tell("settle", text, document=record.id, delivery=delivery.id, filing=source.filing)
        result.acknowledgments.append(
            AcknowledgmentRecord(Layer.FUNCTION, heard, lrn, result.now, result.arrival.id, delivery.id)
        )
        answer = replace(record, filing=source.filing)
        result.documents[result.documents.index(record)] = answer
        if authority == agreement.sender.partner:
            return  # who filed knows what it said itself
        occasion = Occasion(result.arrival.received_at, told, filed_keys(told, source.filing))
        planned = plan_replies(agreement, occasion, Verdict.ACCEPTED)
        name = agreement.recipient if addressed else None
        self.outputs.write(result, agreement, planned, answer, told, sender=name)

    def _beside(self, result: Result, delivery: Delivery, heard: Verdict) -> str:
        """Say of an answer whether it is late, repeats what was said, or says otherwise than before."""
        sent = self.journal.delivery(delivery.id)
        if sent is None:
            return ""
        before = [one.verdict for one in sent.said if one.layer is Layer.FUNCTION and one.arrival != result.arrival.id]
        again = "" if not before else "; it says so again" if heard is before[-1] else f"; before it was {before[-1]}"
        return f"{timing(result, sent, Layer.FUNCTION)}{again}"

    def _agreement(self, id_: str) -> Agreement | None:
        return next((agreement for agreement in self.agreements if agreement.id == id_), None)

    def _answered(self, response: CustomsResponse, authority: str) -> tuple[DocumentRecord, Delivery] | None:
        """Return the document that a response answers, and the delivery that carried it there: the latest one."""
        for kind, value in _subject_keys(response):
            for hit in self.journal.find(kind, value):
                if hit.subject is Subject.DELIVERY:
                    found = self._delivered(hit.id, authority)
                    if found is not None:
                        return found
                    continue
                source = self._source(hit.subject, hit.id)
                sent = self.journal.sent(source.id) if source else ()
                theirs = [one for one in sent if self.outputs.partner(one.endpoint) == authority]
                if source is not None and theirs:
                    return source, theirs[-1]
        return None

    def _delivered(self, id_: str, authority: str) -> tuple[DocumentRecord, Delivery] | None:
        """Return a delivery to that partner with the document it was made of."""
        sent = self.journal.delivery(id_)
        if sent is None or not sent.delivery.document or self.outputs.partner(sent.delivery.endpoint) != authority:
            return None
        source = self.journal.document(sent.delivery.document)
        return None if source is None else (source, sent.delivery)

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


def filed_keys(document: Part, filing: str) -> tuple[Key, ...]:
    """Return the keys of a document, with that of the filing it belongs to."""
    return (*keys(document), *(((FILING, filing),) if filing else ()))


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
    if response.previous_reference:
        yield "lrn", response.previous_reference
        yield "interchange", response.previous_reference


def _orphan(result: Result, record: DocumentRecord, response: CustomsResponse) -> None:
    """Keep an answer to nothing that was sent from here, with a finding."""
    named = next((value for _, value in _subject_keys(response)), "")
    text = "this answers nothing that was sent from here: no filing has this LRN or MRN, no interchange this reference"
    remedy = "check the reference; an answer is matched by LRN, MRN, or the reference of the interchange that was sent"
    finding = Finding(
        "PH-4001", Kind.PARTY, text, severity=Severity.WARNING, value=named, path="subject", remedy=remedy
    )
    result.find([finding], record.id)
    result.tell("settle", text, document=record.id)


def _named(response: CustomsResponse, source: DocumentRecord, delivery: Delivery) -> CustomsResponse:
    """Return an answer in the filer's own terms: what names our message names the filer's, faults alone reject."""
    ours = {None, *(value for _, value in delivery.references)}
    lrn = source.filing.partition("/")[2]
    reference = lrn if lrn and response.previous_reference in ours else response.previous_reference
    verdict = response.verdict or (_REJECTED if response.faults and not response.statuses else None)
    return response.model_copy(update={"previous_reference": reference, "verdict": verdict})


def _happenings(result: Result, source: DocumentRecord, told: CustomsResponse) -> Iterator[Happening]:
    """Yield what an answer makes happen to its filing, for the deliveries that wait for it."""
    found = filed_keys(told, source.filing)
    for event in dict.fromkeys(_events(source, told)):
        yield Happening(event, found, result.now)


def _events(source: DocumentRecord, told: CustomsResponse) -> Iterator[str]:
    verdict, subject = told.verdict or "", told.subject
    if verdict in standing.ACCEPTING:
        yield "accepted"
        intent = getattr(DOCUMENTS[source.name].model_validate_json(source.json), "intent", None)
        yield from (_DONE[intent],) if intent in _DONE else ()
    if verdict == _REJECTED:
        yield "rejected"
    if subject is not None and subject.registration and verdict != _REJECTED:
        yield "registered"
    if verdict == "cancelled" or (subject is not None and subject.cancelled_at):
        yield "cancelled"
    for word in standing.words(told):
        if word in _CLEARANCE:
            yield _CLEARANCE[word]
