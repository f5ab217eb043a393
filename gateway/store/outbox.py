"""Deliveries: marked in flight before the first byte leaves, settled after, never sent twice by accident.

    queued -> in_flight -> delivered
                        -> queued        busy: again at a stated time, same bytes, same key
                        -> dead          refused, or no attempt left
                        -> quarantined   ambiguous, and the endpoint is not declared idempotent

A delivery that is found in flight when its work item is leased again is ambiguous: whoever sent it died
between sending and recording.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from gateway.model.journal import NewWork, Reference, Subject, Work, WorkItem
from gateway.model.stages import Delivery, Outcome, Receipt
from gateway.store import queue, waits
from gateway.store.references import add_references
from gateway.store.tables import deliveries, events, receipts, reference_index


class DeliveryState(StrEnum):
    """Where a delivery is on its way."""

    QUEUED = "queued"
    IN_FLIGHT = "in_flight"
    DELIVERED = "delivered"
    DEAD = "dead"
    QUARANTINED = "quarantined"
    CANCELLED = "cancelled"


_OPEN: Final = (DeliveryState.QUEUED, DeliveryState.IN_FLIGHT)
_STUCK: Final = (DeliveryState.DEAD, DeliveryState.QUARANTINED)

_LOAD: Final = select(deliveries).where(deliveries.c.id == bindparam("delivery"))
_MARK: Final = update(deliveries).where(deliveries.c.id == bindparam("delivery")).values(state=bindparam("to_state"))
_BEGIN: Final = _MARK.values(attempt=deliveries.c.attempt + 1)
_RELEASE: Final = _MARK.values(attempt=0)
_KNOWN: Final = select(deliveries.c.id).where(deliveries.c.key.in_(bindparam("keys", expanding=True)))
_REFERENCES: Final = (
    select(reference_index.c.kind, reference_index.c.value)
    .where(reference_index.c.id == bindparam("delivery"), reference_index.c.subject == Subject.DELIVERY.value)
    .order_by(reference_index.c.seq)
)


@dataclass(frozen=True, slots=True)
class StoredDelivery:
    """A delivery as it stands; `attempt` counts the attempts begun."""

    delivery: Delivery
    state: DeliveryState
    attempt: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt that may now be made: it is durably marked as in flight.

    `number` counts from 1. `ambiguous` says that an earlier attempt may have arrived, which is allowed
    only because the endpoint is `idempotent`.
    """

    item: WorkItem
    delivery: Delivery
    number: int
    ambiguous: bool
    idempotent: bool


def add(connection: Connection, given: Iterable[Delivery]) -> None:
    """Store deliveries as queued, each with its work item; a key that is already stored is left alone."""
    by_key = {delivery.key: delivery for delivery in given}
    if not by_key:
        return
    before = set(connection.execute(_KNOWN, {"keys": list(by_key)}).scalars())
    connection.execute(
        queue.insert_new(connection, deliveries, "key"), [_row(delivery) for delivery in by_key.values()]
    )
    after = set(connection.execute(_KNOWN, {"keys": list(by_key)}).scalars())
    added = [delivery for delivery in by_key.values() if delivery.id in after - before]
    queue.enqueue(connection, (NewWork(Work.DELIVER, delivery.id, delivery.due_at) for delivery in added))
    waits.wait(connection, added)
    add_references(
        connection,
        (
            Reference(kind, value, Subject.DELIVERY, delivery.id)
            for delivery in added
            for kind, value in delivery.references
        ),
    )


def begin(connection: Connection, item: WorkItem, now: datetime, idempotent: Callable[[str], bool]) -> Attempt | None:
    """Mark a leased delivery as in flight; None when there is nothing to send any more.

    Then the item is finished: the delivery was settled before, or it is ambiguous and now quarantined.
    Also None, with nothing written, when the lease was lost.
    """
    found = stored(connection, item.subject)
    if found is None or found.state not in _OPEN:
        queue.finish(connection, item)
        return None
    safe = idempotent(found.delivery.endpoint)
    ambiguous = found.state is DeliveryState.IN_FLIGHT
    if not queue.extend(connection, item, item.lease_until):
        return None
    if ambiguous and not safe:
        queue.finish(connection, item)
        _mark(connection, found.delivery.id, DeliveryState.QUARANTINED)
        _tell(connection, found.delivery, now, "an attempt was cut short and may have arrived: waits for a person")
        return None
    connection.execute(_BEGIN, {"delivery": found.delivery.id, "to_state": DeliveryState.IN_FLIGHT.value})
    return Attempt(item, found.delivery, found.attempt + 1, ambiguous, safe)


def settle(
    connection: Connection, attempt: Attempt, receipt: Receipt, next_due: datetime | None
) -> DeliveryState | None:
    """Record how an attempt ended and move the delivery on.

    When the lease was lost, only a success still counts: it ends the delivery, whatever was done meanwhile.
    Anything else is then another worker's to find out: None, with nothing written.
    """
    state = _after(attempt, receipt, next_due)
    if state is DeliveryState.QUEUED:
        held = queue.fail(connection, attempt.item, receipt.detail, receipt.at, next_due)
    else:
        held = queue.finish(connection, attempt.item)
    if not held and not (state is DeliveryState.DELIVERED and _still_open(connection, attempt.delivery.id)):
        return None
    if not held:
        queue.drop(connection, Work.DELIVER, attempt.delivery.id)
    _mark(connection, attempt.delivery.id, state)
    _keep(connection, receipt)
    again = f", again at {next_due:%Y-%m-%d %H:%M:%SZ}" if state is DeliveryState.QUEUED else ""
    detail = f": {receipt.detail}" if receipt.detail else ""
    text = f"attempt {attempt.number} to {attempt.delivery.endpoint}: {receipt.outcome}, now {state}{again}{detail}"
    _tell(connection, attempt.delivery, receipt.at, text)
    return state


def release(connection: Connection, id_: str, now: datetime) -> bool:
    """Queue a dead or quarantined delivery anew, on a person's word; False when it is neither."""
    found = stored(connection, id_)
    if found is None or found.state not in _STUCK:
        return False
    connection.execute(_RELEASE, {"delivery": id_, "to_state": DeliveryState.QUEUED.value})
    queue.enqueue(connection, [NewWork(Work.DELIVER, id_, now)])
    _tell(connection, found.delivery, now, "released by a person: queued again with the same key")
    return True


def cancel(connection: Connection, id_: str, now: datetime) -> bool:
    """Give a dead or quarantined delivery up, on a person's word; False when it is neither."""
    found = stored(connection, id_)
    if found is None or found.state not in _STUCK:
        return False
    _mark(connection, id_, DeliveryState.CANCELLED)
    _tell(connection, found.delivery, now, "cancelled by a person")
    return True


def stored(connection: Connection, id_: str) -> StoredDelivery | None:
    """Return a delivery with its bytes and references, or None."""
    row = connection.execute(_LOAD, {"delivery": id_}).one_or_none()
    return None if row is None else from_row(connection, row)


def from_row(connection: Connection, row: Row[Any]) -> StoredDelivery:
    """Return a delivery from a row of its table."""
    references = tuple((found.kind, found.value) for found in connection.execute(_REFERENCES, {"delivery": row.id}))
    delivery = Delivery(
        id=row.id,
        key=row.key,
        agreement=row.agreement,
        endpoint=row.endpoint,
        content=bytes(row.content),
        content_type=row.content_type,
        kind=row.kind,
        due_at=row.due_at,
        document=row.document,
        arrival=row.arrival,
        name=row.name,
        description=row.description,
        references=references,
    )
    return StoredDelivery(delivery, DeliveryState(row.state), row.attempt)


def _after(attempt: Attempt, receipt: Receipt, next_due: datetime | None) -> DeliveryState:
    """Return the state that follows from an outcome."""
    if receipt.outcome is Outcome.DELIVERED:
        return DeliveryState.DELIVERED
    if receipt.outcome is Outcome.REFUSED:
        return DeliveryState.DEAD
    if receipt.outcome is Outcome.AMBIGUOUS and not attempt.idempotent:
        return DeliveryState.QUARANTINED
    return DeliveryState.QUEUED if next_due else DeliveryState.DEAD


def _still_open(connection: Connection, id_: str) -> bool:
    """Whether a success still has something to say: the delivery is under way, or waits because of doubt."""
    found = stored(connection, id_)
    return found is not None and found.state in (*_OPEN, DeliveryState.QUARANTINED)


def _keep(connection: Connection, receipt: Receipt) -> None:
    row = {
        "delivery": receipt.delivery,
        "at": receipt.at,
        "outcome": receipt.outcome.value,
        "detail": receipt.detail,
        "answer": receipt.answer,
    }
    connection.execute(insert(receipts), row)


def _mark(connection: Connection, id_: str, state: DeliveryState) -> None:
    connection.execute(_MARK, {"delivery": id_, "to_state": state.value})


def _tell(connection: Connection, delivery: Delivery, at: datetime, text: str) -> None:
    subjects = {"arrival": delivery.arrival or "", "document": delivery.document or "", "delivery": delivery.id}
    connection.execute(insert(events), {"at": at, "step": "deliver", "text": text} | subjects)


def _row(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "key": delivery.key,
        "agreement": delivery.agreement,
        "endpoint": delivery.endpoint,
        "kind": delivery.kind,
        "state": DeliveryState.QUEUED.value,
        "due_at": delivery.due_at,
        "document": delivery.document,
        "arrival": delivery.arrival,
        "content_type": delivery.content_type,
        "name": delivery.name,
        "description": delivery.description,
        "content": delivery.content,
    }
