"""Deliveries: marked in flight before the first byte leaves, settled after, never sent twice by accident.

    queued -> in_flight -> delivered
                        -> queued        busy: again at a stated time, same bytes, same key
                        -> dead          refused, or no attempt left
                        -> quarantined   ambiguous, and the endpoint is not declared idempotent
    queued, dead, quarantined -> abandoned   by a person (`desk.py`)

A delivery that is found in flight when its work item is leased again is ambiguous: whoever sent it died
between sending and recording.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from gateway.model.filing import State
from gateway.model.journal import NewWork, Reference, Subject, Work, WorkItem
from gateway.model.pace import Breaker
from gateway.model.stages import Delivery, Outcome, Receipt
from gateway.store import filings, lanes, order, queue, waits
from gateway.store.references import add_references
from gateway.store.tables import deliveries, events, receipts, reference_index


class DeliveryState(StrEnum):
    """Where a delivery is on its way."""

    QUEUED = "queued"
    IN_FLIGHT = "in_flight"
    DELIVERED = "delivered"
    DEAD = "dead"
    QUARANTINED = "quarantined"
    ABANDONED = "abandoned"


OPEN: Final = (DeliveryState.QUEUED, DeliveryState.IN_FLIGHT)
STUCK: Final = (DeliveryState.DEAD, DeliveryState.QUARANTINED)
_UNANSWERED: Final = (Outcome.BUSY, Outcome.AMBIGUOUS)

#: What the end of a delivery that files makes of its filing.
_FILED: Final = {DeliveryState.DELIVERED: State.SENT, DeliveryState.DEAD: State.UNDELIVERABLE}

_LOAD: Final = select(deliveries).where(deliveries.c.id == bindparam("delivery"))
_MARK: Final = update(deliveries).where(deliveries.c.id == bindparam("delivery")).values(state=bindparam("to_state"))
_BEGIN: Final = _MARK.values(attempt=deliveries.c.attempt + 1)
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
    made = list(by_key.values())
    order.lock(connection, made)
    before = set(connection.execute(_KNOWN, {"keys": list(by_key)}).scalars())
    turns = order.turns(connection, made)
    rows = [_row(delivery) | {"turn": turn} for delivery, turn in zip(made, turns, strict=True)]
    connection.execute(queue.insert_new(connection, deliveries, "key"), rows)
    after = set(connection.execute(_KNOWN, {"keys": list(by_key)}).scalars())
    added = [delivery for delivery in made if delivery.id in after - before]
    _enqueue(connection, added)
    waits.wait(connection, added)
    add_references(
        connection,
        (
            Reference(kind, value, Subject.DELIVERY, delivery.id)
            for delivery in added
            for kind, value in delivery.references
        ),
    )


def _enqueue(connection: Connection, added: Sequence[Delivery]) -> None:
    """Queue new deliveries, each in the lane of its endpoint."""
    blocked = order.blocked(connection, [delivery.id for delivery in added if delivery.order or delivery.after])
    lanes.add(connection, (delivery.endpoint for delivery in added))
    for endpoint in dict.fromkeys(delivery.endpoint for delivery in added):
        mine = [delivery for delivery in added if delivery.endpoint == endpoint]
        for state in (queue.READY, queue.WAITING):
            some = [one for one in mine if (one.id in blocked) == (state == queue.WAITING)]
            new = (NewWork(Work.DELIVER, one.id, one.due_at) for one in some)
            queue.enqueue(connection, new, lane=endpoint, state=state)


def begin(connection: Connection, item: WorkItem, now: datetime, idempotent: Callable[[str], bool]) -> Attempt | None:
    """Mark a leased delivery as in flight; None when there is nothing to send, or not now.

    Then the item is finished: the delivery was settled before, or it is ambiguous and now quarantined. Or it is back
    in the queue, as its endpoint's breaker opened meanwhile. Also None, with nothing written, when the lease was lost.
    """
    if not queue.held(connection, item):
        return None
    found = stored(connection, item.subject)
    if found is None or found.state not in OPEN:
        queue.finish(connection, item)
        lanes.give_up_probe(connection, item, now)
        return None
    delivery = found.delivery
    if not lanes.may_send(connection, delivery.endpoint, item):
        queue.put_back(connection, item, now)
        return None
    safe = idempotent(delivery.endpoint)
    ambiguous = found.state is DeliveryState.IN_FLIGHT
    if ambiguous and not safe:
        queue.finish(connection, item)
        lanes.give_up_probe(connection, item, now)
        mark(connection, delivery.id, DeliveryState.QUARANTINED)
        tell(connection, delivery, now, "an attempt was cut short and may have arrived: waits for a person")
        return None
    connection.execute(_BEGIN, {"delivery": delivery.id, "to_state": DeliveryState.IN_FLIGHT.value})
    return Attempt(item, delivery, found.attempt + 1, ambiguous, safe)


def settle(
    connection: Connection, attempt: Attempt, receipt: Receipt, next_due: datetime | None, breaker: Breaker
) -> DeliveryState | None:
    """Record how an attempt ended and move the delivery on, its endpoint's breaker, and what waits for it.

    When the lease was lost, only a success still counts: it ends the delivery, whatever was done meanwhile.
    Anything else is then another worker's to find out: None, with nothing written.
    """
    delivery = attempt.delivery
    state = _after(attempt, receipt, next_due)
    filed = filings.lock(connection, delivery)
    order.lock(connection, [delivery])
    if state is DeliveryState.QUEUED:
        held = queue.fail(connection, attempt.item, receipt.detail, receipt.at, next_due)
    else:
        held = queue.finish(connection, attempt.item)
    if not held and not (state is DeliveryState.DELIVERED and _still_open(connection, delivery.id)):
        return None
    if not held:
        queue.drop(connection, Work.DELIVER, delivery.id)
    mark(connection, delivery.id, state)
    if state in _FILED:
        filings.wired(connection, filed, receipt.at, _FILED[state])
    _keep(connection, receipt)
    if receipt.outcome in _UNANSWERED:
        lanes.unanswered(connection, delivery.endpoint, attempt.item, receipt.at, breaker, receipt.detail)
    else:
        lanes.answered(connection, delivery.endpoint, receipt.at)
    if state is DeliveryState.DELIVERED:
        order.go_on(connection, delivery.id)
    again = f", again at {next_due:%Y-%m-%d %H:%M:%SZ}" if state is DeliveryState.QUEUED else ""
    detail = f": {receipt.detail}" if receipt.detail else ""
    text = f"attempt {attempt.number} to {delivery.endpoint}: {receipt.outcome}, now {state}{again}{detail}"
    tell(connection, delivery, receipt.at, text)
    return state


def bury(connection: Connection, item: WorkItem, now: datetime, why: str) -> None:
    """Make a delivery that only brought faults of ours a dead letter, or quarantine it if it may have arrived."""
    queue.drop(connection, Work.DELIVER, item.subject)
    found = stored(connection, item.subject)
    if found is None or found.state not in OPEN:
        return
    lanes.give_up_probe(connection, item, now)
    filed = filings.lock(connection, found.delivery)
    state = DeliveryState.QUARANTINED if found.state is DeliveryState.IN_FLIGHT else DeliveryState.DEAD
    mark(connection, item.subject, state)
    if state in _FILED:
        filings.wired(connection, filed, now, _FILED[state])
    tell(connection, found.delivery, now, f"dead letter after attempt {item.attempt}: {why}, now {state}")


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
        order=row.order_key,
        after=row.after,
        resends=row.resends,
        files=row.files,
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
    return found is not None and found.state in (*OPEN, DeliveryState.QUARANTINED)


def _keep(connection: Connection, receipt: Receipt) -> None:
    row = {
        "delivery": receipt.delivery,
        "at": receipt.at,
        "outcome": receipt.outcome.value,
        "detail": receipt.detail,
        "answer": receipt.answer,
    }
    connection.execute(insert(receipts), row)


def mark(connection: Connection, id_: str, state: DeliveryState) -> None:
    """Move a delivery to a state."""
    connection.execute(_MARK, {"delivery": id_, "to_state": state.value})


def tell(connection: Connection, delivery: Delivery, at: datetime, text: str, *, who: str = "", why: str = "") -> None:
    """Add a line to the timeline of a delivery; of what a person did, who and why."""
    subjects = {"arrival": delivery.arrival or "", "document": delivery.document or "", "delivery": delivery.id}
    connection.execute(insert(events), {"at": at, "step": "deliver", "text": text, "who": who, "why": why} | subjects)


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
        "order_key": delivery.order,
        "after": delivery.after,
        "resends": delivery.resends,
        "files": delivery.files,
    }
