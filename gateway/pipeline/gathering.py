"""Documents of a period as one interchange or list: what was gathered for a time of a route, and is sent then.

A time is one work item, so it is done once whoever does it. What it sends is no longer gathered when the delivery is
made, in one commit; it leaves an item that looks once more, for what was noted while it was being done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.errors import EncodeError, MappingError, SettingsError
from gateway.model.acknowledgment import Layer
from gateway.model.documents import DOCUMENTS
from gateway.model.finding import Finding
from gateway.model.journal import (
    DocumentRecord,
    Event,
    Expectation,
    FindingRecord,
    Gathered,
    NewWork,
    ProcessingResult,
    Work,
)
from gateway.model.stages import Delivery, Envelope, Written
from gateway.pipeline.outputs import SYNTAX, Outputs, file_name, interchange_reference, unwritten, withheld
from gateway.pipeline.standards import Output, loss_finding
from gateway.plugin import Journal
from gateway.routing import Agreement, Missed, Route

_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Item:
    """A gathered document and its message body, or why it has none."""

    gathered: Gathered
    record: DocumentRecord
    body: Written | None
    why: str = ""
    lost: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Gatherer:
    """Sends what was gathered."""

    outputs: Outputs
    agreements: Sequence[Agreement]
    journal: Journal

    def gather(self, subject: str, now: datetime) -> ProcessingResult:
        """Return what is to be sent for one time of a route: a delivery, or nothing where nothing was gathered.

        Raises `SettingsError` when the site has no such route any more: the item waits for a person.
        """
        agreement, route, fire_at = self._named(subject)
        until = now if route.gathers is Missed.ONCE else fire_at
        waiting = self.journal.gathered(agreement.id, route.name, max(until, fire_at))
        if route.gathers is Missed.ALL:
            waiting = [one for one in waiting if one.fire_at == fire_at]
        if not waiting:
            return ProcessingResult()
        envelope = self._envelope(agreement, route, fire_at, waiting)
        items = list(self._items(agreement, route, envelope, waiting))
        again = NewWork(Work.GATHER, subject, now + _AGAIN)
        return _result(agreement, route, fire_at, envelope, items, self._output(items, envelope), now, again)

    def _named(self, subject: str) -> tuple[Agreement, Route, datetime]:
        id_, name, time = subject.split("|")
        agreement = next((one for one in self.agreements if one.id == id_), None)
        routes = [*agreement.routes, *(one.route for one in agreement.events)] if agreement else []
        route = next((one for one in routes if one.gathers is not None and one.name == name), None)
        if agreement is None or route is None:
            raise SettingsError(f"agreement {id_} no longer gathers {name}: put the route back, and retry")
        return agreement, route, datetime.fromisoformat(time)

    def _envelope(self, agreement: Agreement, route: Route, fire_at: datetime, waiting: Sequence[Gathered]) -> Envelope:
        seed = "|".join([agreement.id, route.name, fire_at.isoformat(), *(one.document for one in waiting)])
        return Envelope(
            standard=route.type.standard,
            sender=self.outputs.own,
            recipient=self.outputs.party(self.outputs.partners.get(route.to, agreement.sender)),
            reference=interchange_reference(seed),
            syntax=(route.syntax or SYNTAX) if route.type.standard == "edifact" else "",
            prepared=f"{fire_at:%y%m%d:%H%M}",
            test=agreement.test,
            wants_acknowledgment=route.contrl_within is not None,
        )

    def _items(
        self, agreement: Agreement, route: Route, envelope: Envelope, waiting: Sequence[Gathered]
    ) -> Iterator[_Item]:
        """Yield each document with its body; one that cannot be written holds up none of the others."""
        for one in waiting:
            record = self.journal.document(one.document)
            if record is None:
                continue
            try:
                body = self.outputs.standards.body(DOCUMENTS[record.name].model_validate_json(record.json), route.type)
                self.outputs.standards.output([body], envelope)
            except (EncodeError, MappingError) as error:
                yield _Item(one, record, None, str(error))
            else:
                lost = agreement.policy.judge_all(loss_finding(loss, route.type) for loss in body.losses)
                why = withheld(lost)
                yield _Item(one, record, None if why else body, why, lost)

    def _output(self, items: Sequence[_Item], envelope: Envelope) -> Output | None:
        bodies = [one.body for one in items if one.body is not None]
        return self.outputs.standards.output(bodies, envelope) if bodies else None


def _result(
    agreement: Agreement,
    route: Route,
    fire_at: datetime,
    envelope: Envelope,
    items: Sequence[_Item],
    output: Output | None,
    now: datetime,
    again: NewWork,
) -> ProcessingResult:
    written = [one for one in items if one.body is not None]
    id_ = f"gathered-{hashlib.sha256(f'{agreement.id} {envelope.reference}'.encode()).hexdigest()[:20]}"
    times = ((Layer.FUNCTION, route.answer_within), (Layer.SYNTAX, route.contrl_within))
    made: tuple[Delivery, ...] = ()
    if output is not None:
        made = (_delivery(id_, agreement, route, fire_at, envelope, written[-1].record, len(written), output),)
    return ProcessingResult(
        findings=tuple(_findings(route, items)),
        deliveries=made,
        expectations=tuple(Expectation(id_, layer, fire_at + time) for layer, time in times if time and made),
        work=(again,),
        events=tuple(_events(route, fire_at, items, id_, len(written), now)),
        collected=tuple(one.gathered for one in items),
    )


def _delivery(
    id_: str,
    agreement: Agreement,
    route: Route,
    fire_at: datetime,
    envelope: Envelope,
    last: DocumentRecord,
    count: int,
    output: Output,
) -> Delivery:
    return Delivery(
        id=id_,
        key=id_,
        agreement=agreement.id,
        endpoint=route.to,
        content=output.content,
        content_type=output.content_type,
        kind="document",
        due_at=fire_at,
        arrival=last.arrival,
        name=file_name(envelope),
        description=f"{route.type} of {count} {route.document}, gathered for {fire_at:%Y-%m-%dT%H:%M} UTC",
        references=(("interchange", envelope.reference),),
        order=f"{agreement.id} {route.to}" if route.order_by else "",
    )


def _findings(route: Route, items: Sequence[_Item]) -> Iterator[FindingRecord]:
    for one in items:
        arrival, id_ = one.record.arrival, one.record.id
        if one.body is None:
            yield FindingRecord(arrival, unwritten(route.to, one.why), id_)
        for finding in one.lost:
            yield FindingRecord(arrival, finding, id_)


def _events(
    route: Route, fire_at: datetime, items: Sequence[_Item], delivery: str, count: int, now: datetime
) -> Iterator[Event]:
    for one in items:
        record = one.record
        text = f"goes to {route.to} as one of {count} gathered for {fire_at:%Y-%m-%dT%H:%M} UTC"
        if one.body is None:
            text = f"dead letter: {unwritten(route.to, one.why).text}"
        named = delivery if one.body is not None else ""
        yield Event(now, "gather", text, record.arrival, record.id, named, record.filing)
