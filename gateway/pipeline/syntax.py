"""What a counterparty's syntax acknowledgment says of what was sent to it, however late or often it says it.

It is matched by the reference, the sender and the recipient of what was sent, which it repeats, and only to what was
sent to the partner that says it: two partners may use one reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from gateway.model.acknowledgment import Acknowledgment, Layer, Verdict
from gateway.model.filing import State, Statement
from gateway.model.finding import Finding, Kind, Severity
from gateway.model.journal import AcknowledgmentRecord, DocumentRecord, FilingChange, Sent, Subject
from gateway.model.stages import Delivery, Envelope, Interchange
from gateway.pipeline.outputs import Outputs
from gateway.pipeline.result import Result
from gateway.pipeline.timing import timing
from gateway.plugin import Journal

_REPORTED = 5  # reasons that a sentence names
_STATES = {
    Verdict.RECEIVED: State.RECEIVED,
    Verdict.ACCEPTED: State.SYNTAX_OK,
    Verdict.ACCEPTED_WITH_FINDINGS: State.SYNTAX_OK,
    Verdict.REJECTED: State.REJECTED,
}


@dataclass(frozen=True, slots=True)
class Matched:
    """What an acknowledgment is about: the delivery, or why there is none; `unknown` are messages it never held."""

    sent: Sent | None
    why: str = ""
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SyntaxAnswers:
    """Matches syntax acknowledgments to deliveries, by the journal of what was sent."""

    outputs: Outputs
    journal: Journal

    def take(self, result: Result, partner: str, said: Acknowledgment) -> None:
        """Record what a partner's acknowledgment says of a delivery of ours."""
        matched = self._matched(partner, said)
        delivery = matched.sent.delivery.id if matched.sent else ""
        heard = [("", said.verdict), *((message.reference, message.verdict) for message in said.messages)]
        result.acknowledgments += [
            AcknowledgmentRecord(said.layer, verdict, said.subject, result.now, result.arrival.id, delivery, message)
            for message, verdict in heard
        ]
        reported = [*said.findings, *(finding for message in said.messages for finding in message.findings)]
        result.find(reported)
        of = f"delivery {delivery}" if delivery else "nothing we sent"
        rest = "".join(f", message {message.reference} {message.verdict}" for message in said.messages)
        text = f"{said.layer} acknowledgment of {said.subject}: {said.verdict}{rest} ({of})"
        if matched.sent is None:
            result.find([_stray(said.subject, matched.why)])
            result.tell("settle", f"{text}: {matched.why}")
        else:
            self._settle(result, partner, said, matched, f"{text}{timing(result, matched.sent, said.layer)}", reported)

    # which delivery

    def _matched(self, partner: str, said: Acknowledgment) -> Matched:
        """Return the delivery that an acknowledgment is about, the latest if there are several."""
        hits = (hit for hit in self.journal.find("interchange", said.subject) if hit.subject is Subject.DELIVERY)
        sent = [one for hit in hits if (one := self.journal.delivery(hit.id)) is not None]
        if not sent:
            return Matched(None, f"no interchange {said.subject} was sent from here")
        theirs = [one for one in sent if self.outputs.partner(one.delivery.endpoint) == partner]
        if not theirs:
            others = ", ".join(dict.fromkeys(self.outputs.partner(one.delivery.endpoint) for one in sent))
            return Matched(None, f"interchange {said.subject} was sent to {others}, not to {partner}")
        found = [(one, self._end(one.delivery)) for one in theirs]
        for one, end in found:
            if end is not None and _names(said, end.envelope):
                return self._inside(one, end, said)
        _, end = found[0]
        was = f"from {end.envelope.sender} to {end.envelope.recipient}" if end else "as something else"
        claimed = f"from {said.sender or '?'} to {said.recipient or '?'}"
        return Matched(None, f"interchange {said.subject} was sent {was}, not {claimed}")

    def _inside(self, sent: Sent, end: Interchange, said: Acknowledgment) -> Matched:
        if sent.delivery.kind != "document":
            return Matched(None, f"interchange {said.subject} was itself an acknowledgment, which nobody acknowledges")
        held = {reference for reference, _ in end.messages}
        return Matched(sent, unknown=tuple(one.reference for one in said.messages if one.reference not in held))

    def _end(self, delivery: Delivery) -> Interchange | None:
        """Return the envelope of what was sent, as sent."""
        adapter = self.outputs.standards.recognise(delivery.content)
        items = adapter.decode([delivery.content]) if adapter else ()
        return next((item for item in items if isinstance(item, Interchange)), None)

    # what follows

    def _settle(
        self,
        result: Result,
        partner: str,
        said: Acknowledgment,
        matched: Matched,
        text: str,
        reported: Sequence[Finding],
    ) -> None:
        """Keep what a matched acknowledgment means for the delivery, its document and its filing."""
        sent = matched.sent
        assert sent is not None  # noqa: S101  # only what was matched comes here
        delivery = sent.delivery
        source = self.journal.document(delivery.document) if delivery.document else None
        document, filing = (source.id, source.filing) if source is not None else ("", "")
        for reference in matched.unknown:
            result.find([_stray(reference, f"interchange {said.subject} holds no message {reference}")])
        before = list(takewhile(lambda one: one.arrival != result.arrival.id, sent.said))
        earlier = _outcome([one.verdict for one in before if one.layer is said.layer])
        now = _outcome([said.verdict, *(message.verdict for message in said.messages)])
        answered = any(one.layer is Layer.FUNCTION for one in before)
        rejected = now is Verdict.REJECTED
        if now is not None and now is earlier:
            text += "; it says so again"
        elif now is not None and (earlier is not None or (rejected and answered)):
            was = earlier or "answered in substance"
            result.find([_contradiction(partner, said.subject, f"{was}", now)], document)
            text += f"; before it was {was}"
        result.tell("settle", text, document=document, delivery=delivery.id, filing=filing)
        if source is not None and delivery.files and not (rejected and answered):
            result.filings.append(_filed(result, partner, source, now or said.verdict))
        if not rejected or earlier is Verdict.REJECTED:
            return
        finding = _rejection(partner, delivery, said.subject, reported)
        result.find([finding], document)
        result.tell("settle", finding.text, document=document, delivery=delivery.id, filing=filing)


def _filed(result: Result, partner: str, source: DocumentRecord, heard: Verdict) -> FilingChange:
    """Return what a CONTRL of whom a filing is addressed to makes of it."""
    sender, _, lrn = source.filing.partition("/")
    said = Statement(result.arrival.received_at, _STATES[heard], version=source.version, by=partner)
    return FilingChange(source.filing, sender, lrn, (said,))


def _names(said: Acknowledgment, envelope: Envelope) -> bool:
    """Whether an acknowledgment repeats the sender and the recipient of an interchange as they were sent."""
    return (said.sender, said.recipient) == (str(envelope.sender or ""), str(envelope.recipient or ""))


def _outcome(verdicts: Sequence[Verdict]) -> Verdict | None:
    """Return accepted or rejected, whatever is said of the whole or of a part of it; None where neither is said."""
    if Verdict.REJECTED in verdicts:
        return Verdict.REJECTED
    decided = any(one in (Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_FINDINGS) for one in verdicts)
    return Verdict.ACCEPTED if decided else None


def _stray(value: str, why: str) -> Finding:
    remedy = "check reference, sender and recipient in the acknowledgment; they repeat what was sent, as it was sent"
    text = f"this acknowledges nothing that was sent from here: {why}"
    return Finding("PH-4011", Kind.PARTY, text, severity=Severity.WARNING, value=value, remedy=remedy)


def _rejection(partner: str, delivery: Delivery, reference: str, reported: Sequence[Finding]) -> Finding:
    places = ", ".join(dict.fromkeys(map(_reported, reported[:_REPORTED])))
    why = f": {places}" if places else ", and does not say why"
    text = f"{partner} rejects the syntax of interchange {reference}, {delivery.description}{why}"
    remedy = "correct the map or the agreement that wrote it, and have the filing sent again"
    return Finding("PH-4012", Kind.PARTY, text, value=reference, remedy=remedy)


def _reported(finding: Finding) -> str:
    placed = finding.position.message or finding.position.segment is not None
    return f"{finding.code} at {finding.position}" if placed else finding.code


def _contradiction(partner: str, reference: str, before: str, now: Verdict) -> Finding:
    text = f"{partner} now says that interchange {reference} is {now}; before it was {before}"
    remedy = "ask the partner which holds; until then a rejection stands"
    return Finding("PH-4013", Kind.PARTY, text, severity=Severity.WARNING, value=reference, remedy=remedy)
