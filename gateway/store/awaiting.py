"""The acknowledgments that are awaited, with what was said so far, and the alert of one that is overdue."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, insert, select

from gateway.model.acknowledgment import Layer, Verdict
from gateway.model.awaited import Awaited, awaited
from gateway.model.journal import AcknowledgmentRecord, Expectation
from gateway.store import locks
from gateway.store.tables import acknowledgments, deliveries, documents, events, expectations

_STEP: Final = "overdue"
_EXPECTED: Final = (
    select(expectations, deliveries.c.endpoint, deliveries.c.arrival, deliveries.c.document, deliveries.c.state)
    .join(deliveries, deliveries.c.id == expectations.c.delivery)
    .order_by(expectations.c.due_at, expectations.c.delivery, expectations.c.layer)
)
_ANSWERED: Final = (
    select(acknowledgments.c.seq)
    .where(acknowledgments.c.delivery == expectations.c.delivery, acknowledgments.c.layer == expectations.c.layer)
    .exists()
)
_ALERTED: Final = (
    select(events.c.seq)
    .where(
        events.c.delivery == expectations.c.delivery,
        events.c.step == _STEP,
        events.c.text.startswith(expectations.c.layer, autoescape=False),
    )
    .exists()
)


def table(connection: Connection, now: datetime, *, overdue: bool, limit: int) -> list[Awaited]:
    """Return what is awaited, first due first: what has no answer yet, then what has; or what is overdue alone."""
    if overdue:
        return _stood(connection, _EXPECTED.where(expectations.c.due_at <= now, ~_ANSWERED).limit(limit), now)
    open_ = _stood(connection, _EXPECTED.where(~_ANSWERED).limit(limit), now)
    return open_ + _stood(connection, _EXPECTED.where(_ANSWERED).limit(max(limit - len(open_), 0)), now)


def of_delivery(connection: Connection, delivery: str, now: datetime) -> list[Awaited]:
    """Return what is awaited of one delivery."""
    return _stood(connection, _EXPECTED.where(expectations.c.delivery == delivery), now)


def alert(connection: Connection, now: datetime) -> list[Awaited]:
    """Write a line into the timeline of each delivery with an overdue acknowledgment, once; return which."""
    locks.lock(connection, ["overdue acknowledgments"])
    found = connection.execute(_EXPECTED.where(expectations.c.due_at <= now, ~_ANSWERED, ~_ALERTED)).all()
    if found:
        filings = _filings(connection, found)
        connection.execute(insert(events), [_line(row, filings.get(row.document or "", ""), now) for row in found])
    return [_standing(row, (), now) for row in found]


def _stood(connection: Connection, wanted: Select[Any], now: datetime) -> list[Awaited]:
    rows = connection.execute(wanted).all()
    said: dict[str, list[AcknowledgmentRecord]] = {}
    ids = sorted({row.delivery for row in rows})
    answers = select(acknowledgments).where(acknowledgments.c.delivery.in_(ids)).order_by(acknowledgments.c.seq)
    for one in connection.execute(answers):
        record = AcknowledgmentRecord(
            Layer(one.layer), Verdict(one.verdict), one.subject, one.at, one.arrival, one.delivery, one.message
        )
        said.setdefault(one.delivery, []).append(record)
    return [_standing(row, said.get(row.delivery, ()), now) for row in rows]


def _standing(row: Row[Any], said: Iterable[AcknowledgmentRecord], now: datetime) -> Awaited:
    expected = Expectation(row.delivery, Layer(row.layer), row.due_at)
    return awaited(expected, tuple(said), now, endpoint=row.endpoint, arrival=row.arrival or "")


def _filings(connection: Connection, rows: Iterable[Row[Any]]) -> dict[str, str]:
    ids = sorted({row.document for row in rows if row.document})
    found = connection.execute(select(documents.c.id, documents.c.filing).where(documents.c.id.in_(ids)))
    return {row.id: row.filing for row in found}


def _line(row: Row[Any], filing: str, now: datetime) -> dict[str, Any]:
    sent = "" if row.state == "delivered" else f"; the delivery itself is {row.state}"
    text = f"{row.layer} acknowledgment of {row.endpoint} is overdue: it was due at {row.due_at:%Y-%m-%d %H:%M}Z{sent}"
    subject = {"arrival": row.arrival or "", "document": row.document or "", "delivery": row.delivery, "filing": filing}
    return {"at": now, "step": _STEP, "text": text} | subject
