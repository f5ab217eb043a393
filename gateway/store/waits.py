"""Deliveries that wait for an event, and the events that have happened, in the transaction that the caller holds.

Either may come first: a delivery that waits for what has already happened is due at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, delete, insert, or_, select, update

from gateway.model.journal import Work
from gateway.model.occasion import Happening, Key
from gateway.model.stages import Delivery
from gateway.store import queue
from gateway.store.tables import deliveries, events, happenings, waits, work

_MET: Final = (
    select(waits.c.delivery, happenings.c.event, happenings.c.value, happenings.c.at)
    .join(
        happenings,
        and_(
            waits.c.event == happenings.c.event,
            waits.c.kind == happenings.c.kind,
            waits.c.value == happenings.c.value,
            happenings.c.at >= waits.c.since,
            or_(waits.c.place == "", waits.c.place == happenings.c.place),
        ),
    )
    .order_by(waits.c.delivery, happenings.c.at)
)
_DUE: Final = (
    update(deliveries).where(deliveries.c.id == bindparam("delivery_id")).values(due_at=bindparam("released_at"))
)
_RUN: Final = (
    update(work)
    .where(work.c.kind == Work.DELIVER.value, work.c.subject == bindparam("delivery_id"), work.c.attempt == 0)
    .values(run_at=bindparam("released_at"))
)
_DONE: Final = delete(waits).where(waits.c.delivery == bindparam("delivery_id"))


def wait(connection: Connection, added: Iterable[Delivery]) -> None:
    """Note what new deliveries wait for; what has happened already makes them due when they were made."""
    rows = [
        {
            "delivery": one.id,
            "event": one.awaits.event,
            "kind": kind,
            "value": value,
            "place": one.awaits.place,
            "since": one.awaits.since,
        }
        for one in added
        if one.awaits is not None
        for kind, value in dict.fromkeys(one.awaits.keys)
    ]
    if rows:
        connection.execute(insert(waits), rows)
        _release(connection, _MET.where(waits.c.delivery.in_({row["delivery"] for row in rows})))


def happen(connection: Connection, given: Sequence[Happening]) -> None:
    """Note what has happened and release the deliveries that waited for it."""
    rows = [
        {"event": one.event, "kind": kind, "value": value, "place": one.place, "at": one.at}
        for one in given
        for kind, value in one.keys
    ]
    if rows:
        unique = ("event", "kind", "value", "place", "at")
        connection.execute(queue.insert_new(connection, happenings, *unique), rows)
        _release(connection, _MET.where(happenings.c.value.in_({row["value"] for row in rows})))


def reconcile(connection: Connection) -> int:
    """Release whatever waits for something that has happened; return how many deliveries that were.

    Two transactions that do not see each other's rows yet can leave one behind, on PostgreSQL.
    """
    return _release(connection, _MET)


def happened(connection: Connection, wanted: Sequence[str], key: Key, since: datetime) -> bool:
    """Whether any of some events has happened to what a key names, at a time or later."""
    kind, value = key
    statement = select(happenings.c.at).where(
        happenings.c.value == value,
        happenings.c.kind == kind,
        happenings.c.event.in_(list(wanted)),
        happenings.c.at >= since,
    )
    return connection.execute(statement.limit(1)).first() is not None


def waiting_for(connection: Connection, delivery: str) -> list[tuple[str, str, str, str]]:
    """Return what a delivery waits for: event, kind and value of each key, place."""
    found = select(waits.c.event, waits.c.kind, waits.c.value, waits.c.place).where(waits.c.delivery == delivery)
    return [tuple(row) for row in connection.execute(found)]


def _release(connection: Connection, met: Any) -> int:
    """Make deliveries due at the first event that each waited for."""
    first: dict[str, Any] = {}
    for row in connection.execute(met):
        first.setdefault(row.delivery, row)
    if not first:
        return 0
    released = [{"delivery_id": id_, "released_at": row.at} for id_, row in first.items()]
    for statement in (_DUE, _RUN):
        connection.execute(statement, released)
    connection.execute(_DONE, [{"delivery_id": id_} for id_ in first])
    connection.execute(insert(events), [_line(id_, row.event, row.value, row.at) for id_, row in first.items()])
    return len(first)


def _line(delivery: str, event: str, value: str, at: datetime) -> dict[str, Any]:
    return {"at": at, "step": "trigger", "text": f"due now: {event} of {value}", "delivery": delivery}
