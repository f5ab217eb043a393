"""Reading the store: documents, findings, deliveries, timelines, dead letters, counters."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, Connection, Row, and_, func, or_, select

from gateway.model.acknowledgment import Layer, Verdict
from gateway.model.finding import Finding
from gateway.model.journal import (
    AcknowledgmentRecord,
    DocumentRecord,
    Event,
    Expectation,
    FindingRecord,
)
from gateway.model.stages import Outcome, Receipt
from gateway.store.outbox import DeliveryState, StoredDelivery, from_row
from gateway.store.tables import (
    acknowledgments,
    arrivals,
    deliveries,
    documents,
    events,
    expectations,
    findings,
    receipts,
    work,
)

_SUBJECTS: Final = (events.c.arrival, events.c.document, events.c.delivery, events.c.filing)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Something that waits for a person.

    `id` is what `Store.revive` (kind `work`) or `Store.retry` (kind `delivery`) takes; `subject` is the
    arrival, repeat or delivery; `state` is dead or quarantined; `reason` what was said last.
    """

    kind: str
    id: str
    subject: str
    state: str
    endpoint: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ArrivalSummary:
    """One line of the list of arrivals, without the bytes."""

    id: str
    endpoint: str
    received_at: datetime
    state: str
    agreement: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Counters:
    """Figures for health checks; `oldest_due` is when the most overdue ready item could have been taken."""

    arrivals: Mapping[str, int]
    work_ready: Mapping[str, int]
    work_dead: int
    deliveries: Mapping[str, int]
    oldest_due: datetime | None


def document(connection: Connection, id_: str) -> DocumentRecord | None:
    """Return one document, or None."""
    row = connection.execute(select(documents).where(documents.c.id == id_)).one_or_none()
    return None if row is None else DocumentRecord(**row._mapping)  # noqa: SLF001  # SQLAlchemy's public name


def documents_of(connection: Connection, *, arrival: str = "", filing: str = "") -> list[DocumentRecord]:
    """Return the documents of an arrival or of a filing, in order."""
    wanted = documents.c.filing == filing if filing else documents.c.arrival == arrival
    rows = connection.execute(select(documents).where(wanted).order_by(documents.c.arrival, documents.c.position))
    return [DocumentRecord(**row._mapping) for row in rows]  # noqa: SLF001  # SQLAlchemy's public name


def findings_of(connection: Connection, *, arrival: str = "", document: str = "") -> list[FindingRecord]:
    """Return the findings of an arrival or of one document, in the order found."""
    wanted = findings.c.document == document if document else findings.c.arrival == arrival
    rows = connection.execute(select(findings).where(wanted).order_by(findings.c.seq))
    return [FindingRecord(row.arrival, Finding.from_dict(json.loads(row.json)), row.document) for row in rows]


def deliveries_of(
    connection: Connection, *, arrival: str = "", document: str = "", kind: str = ""
) -> list[StoredDelivery]:
    """Return the deliveries made for an arrival or a document, of one kind or of all, by due time."""
    wanted = deliveries.c.document == document if document else deliveries.c.arrival == arrival
    if kind:
        wanted = and_(wanted, deliveries.c.kind == kind)
    rows = connection.execute(select(deliveries).where(wanted).order_by(deliveries.c.due_at, deliveries.c.id)).all()
    return [from_row(connection, row) for row in rows]


def receipts_of(connection: Connection, delivery: str) -> list[Receipt]:
    """Return how every attempt of a delivery ended, in order."""
    rows = connection.execute(select(receipts).where(receipts.c.delivery == delivery).order_by(receipts.c.seq))
    return [Receipt(row.delivery, row.at, Outcome(row.outcome), row.detail, answer=bytes(row.answer)) for row in rows]


def acknowledgments_of(connection: Connection, *, delivery: str = "", arrival: str = "") -> list[AcknowledgmentRecord]:
    """Return what was said of a delivery, or what an arrival said, in the order recorded."""
    wanted = acknowledgments.c.delivery == delivery if delivery else acknowledgments.c.arrival == arrival
    rows = connection.execute(select(acknowledgments).where(wanted).order_by(acknowledgments.c.seq))
    return [
        AcknowledgmentRecord(
            Layer(row.layer), Verdict(row.verdict), row.subject, row.at, row.arrival, row.delivery, row.message
        )
        for row in rows
    ]


def expectations_of(connection: Connection, delivery: str) -> list[Expectation]:
    """Return the acknowledgments that are expected of a delivery, first due first."""
    wanted = select(expectations).where(expectations.c.delivery == delivery).order_by(expectations.c.due_at)
    return [Expectation(row.delivery, Layer(row.layer), row.due_at) for row in connection.execute(wanted)]


def overdue(connection: Connection, now: datetime) -> list[Expectation]:
    """Return the acknowledgments that should have come by now and have not, longest overdue first."""
    answered = (
        select(acknowledgments.c.seq)
        .where(
            acknowledgments.c.delivery == expectations.c.delivery,
            acknowledgments.c.layer == expectations.c.layer,
        )
        .exists()
    )
    statement = select(expectations).where(expectations.c.due_at <= now, ~answered).order_by(expectations.c.due_at)
    return [Expectation(row.delivery, Layer(row.layer), row.due_at) for row in connection.execute(statement)]


def recent(connection: Connection, limit: int) -> list[ArrivalSummary]:
    """Return the latest arrivals, newest first."""
    columns = (arrivals.c[name] for name in ("id", "endpoint", "received_at", "state", "agreement", "sha256"))
    rows = connection.execute(select(*columns).order_by(arrivals.c.received_at.desc(), arrivals.c.id).limit(limit))
    return [ArrivalSummary(**row._mapping) for row in rows]  # noqa: SLF001  # SQLAlchemy's public name


def timeline(connection: Connection, id_: str) -> list[Event]:
    """Return everything that happened to a filing, arrival, document or delivery, in order of time.

    A document shows what happened to its arrival as a whole, but not to its neighbours in it.
    """
    ids = _related(connection, id_)
    known = {"", *ids}
    named = or_(*(column.in_(ids) for column in _SUBJECTS))
    rows = connection.execute(select(events).where(named).order_by(events.c.at, events.c.seq))
    return [_event(row) for row in rows if row.arrival == id_ or (row.document in known and row.delivery in known)]


def told_after(connection: Connection, number: int, limit: int) -> list[tuple[int, Event]]:
    """Return the events behind a number, each with its own, in order."""
    rows = connection.execute(select(events).where(events.c.seq > number).order_by(events.c.seq).limit(limit))
    return [(row.seq, _event(row)) for row in rows]


def last_told(connection: Connection) -> int:
    """Return the number of the last event, 0 where there is none."""
    return connection.execute(select(func.max(events.c.seq))).scalar_one() or 0


def _event(row: Row[Any]) -> Event:
    return Event(row.at, row.step, row.text, row.arrival, row.document, row.delivery, row.filing, row.who, row.why)


def dead_letters(connection: Connection, limit: int) -> list[DeadLetter]:
    """Return what waits for a person: dead work and dead or quarantined deliveries, newest first."""
    items = connection.execute(select(work).where(work.c.state == "dead").order_by(work.c.run_at.desc()).limit(limit))
    stuck = (DeliveryState.DEAD.value, DeliveryState.QUARANTINED.value)
    last = (
        select(events.c.text)
        .where(events.c.delivery == deliveries.c.id)
        .order_by(events.c.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    columns = (deliveries.c[name] for name in ("id", "state", "endpoint", "due_at"))
    rows = connection.execute(
        select(*columns, last.label("said"))
        .where(deliveries.c.state.in_(stuck))
        .order_by(deliveries.c.due_at.desc())
        .limit(limit)
    )
    letters = [
        *(DeadLetter("work", str(i.seq), i.subject, "dead", i.kind, i.last_error, i.run_at) for i in items),
        *(DeadLetter("delivery", r.id, r.id, r.state, r.endpoint, r.said or "", r.due_at) for r in rows),
    ]
    return sorted(letters, key=lambda letter: letter.at, reverse=True)[:limit]


def counters(connection: Connection) -> Counters:
    """Return the figures of the moment."""
    ready = connection.execute(
        select(work.c.kind, func.count(), func.min(work.c.run_at)).where(work.c.state == "ready").group_by(work.c.kind)
    ).all()
    dead = connection.execute(select(func.count()).where(work.c.state == "dead")).scalar_one()
    return Counters(
        arrivals=_counted(connection, arrivals.c.state),
        work_ready={row[0]: row[1] for row in ready},
        work_dead=dead,
        deliveries=_counted(connection, deliveries.c.state),
        oldest_due=min((row[2] for row in ready), default=None),
    )


def _counted(connection: Connection, column: Column[str]) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(select(column, func.count()).group_by(column))}


def _related(connection: Connection, id_: str) -> list[str]:
    """Return the id with everything above it and below it: filing, arrival, documents, deliveries."""
    above = _above(connection, id_)
    filed = documents.c.filing == id_
    rows = connection.execute(
        select(documents.c.id, documents.c.arrival, documents.c.filing).where(or_(filed, documents.c.arrival == id_))
    ).all()
    below = {row.id for row in rows} | {row.arrival for row in rows if row.filing == id_}
    ids = {id_, *below}
    sent = connection.execute(
        select(deliveries.c.id, deliveries.c.arrival, deliveries.c.document).where(
            or_(deliveries.c.arrival.in_(ids), deliveries.c.document.in_(ids))
        )
    ).all()
    whole = {id_} if not any(row.filing == id_ for row in rows) else set()
    below |= {row.id for row in sent if row.document in ids or not row.document or row.arrival in whole}
    return sorted(ids | below | above)


def _above(connection: Connection, id_: str) -> set[str]:
    """Return what an id belongs to: of a delivery its document and arrival, of a document its arrival and filing."""
    found: set[str] = set()
    sent = connection.execute(
        select(deliveries.c.arrival, deliveries.c.document).where(deliveries.c.id == id_)
    ).one_or_none()
    if sent is not None:
        found |= _given(sent)
    for row in connection.execute(
        select(documents.c.arrival, documents.c.filing).where(documents.c.id.in_([id_, *found]))
    ):
        found |= _given(row)
    return found


def _given(values: Iterable[Any]) -> set[str]:
    return {value for value in values if value}
