"""What a person may do about a delivery, each time with who and why in its timeline.

retry    dead, quarantined -> queued       the same bytes under the same key, attempts counted anew
resend   any but queued, in flight         the same bytes as a new delivery, under a new key
abandon  queued, dead, quarantined         nothing is sent any more; what waits for it goes on
skip     dead, quarantined                 stays as it is; what waits for it goes on
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from gateway.model.filing import State
from gateway.model.journal import NewWork, Work
from gateway.model.stages import Delivery
from gateway.store import filings, order, outbox, queue
from gateway.store.outbox import OPEN, STUCK, DeliveryState, StoredDelivery
from gateway.store.tables import deliveries, expectations


@dataclass(frozen=True, slots=True)
class By:
    """Who does something, and why."""

    who: str
    why: str


def retry(connection: Connection, id_: str, now: datetime, by: By) -> bool:
    """Queue a dead or quarantined delivery anew; False when it is neither."""
    found = _found(connection, id_, STUCK)
    if found is None:
        return False
    connection.execute(
        update(deliveries).where(deliveries.c.id == id_).values(state=DeliveryState.QUEUED.value, attempt=0)
    )
    queue.enqueue(connection, [NewWork(Work.DELIVER, id_, now)], lane=found.delivery.endpoint)
    filings.wired(connection, filings.lock(connection, found.delivery), now, State.QUEUED)
    _tell(connection, found, now, "queued again with the same key", by)
    return True


def resend(connection: Connection, id_: str, now: datetime, by: By) -> str | None:
    """Make a new delivery of the same bytes and return its id; None while the old one is still to go.

    A dead or quarantined one is thereby abandoned, so that nobody sends both.
    """
    found = _found(connection, id_, [state for state in DeliveryState if state not in OPEN])
    if found is None:
        return None
    number = connection.execute(select(func.count()).where(deliveries.c.resends == id_)).scalar_one() + 1
    new = replace(
        found.delivery,
        id=f"{id_}.r{number}",
        key=f"{found.delivery.key}.r{number}",
        due_at=now,
        after="",
        resends=id_,
    )
    outbox.add(connection, [new])
    _await_again(connection, found.delivery, new)
    if found.state in STUCK:
        _settle(connection, id_)
    _tell(connection, found, now, f"sent again as {new.id}, under a new key", by)
    _tell(connection, replace(found, delivery=new), now, f"the bytes of {id_} again, under a new key", by)
    return new.id


def abandon(connection: Connection, id_: str, now: datetime, by: By) -> bool:
    """Give a delivery up that is queued, dead or quarantined; False when it is something else."""
    found = _found(connection, id_, (DeliveryState.QUEUED, *STUCK))
    if found is None:
        return False
    queue.drop(connection, Work.DELIVER, id_)
    _settle(connection, id_)
    filings.wired(connection, filings.lock(connection, found.delivery), now, State.UNDELIVERABLE)
    _tell(connection, found, now, "abandoned", by)
    return True


def skip(connection: Connection, id_: str, now: datetime, by: By) -> bool:
    """Take a dead or quarantined delivery out of its order; False when it is neither."""
    found = _found(connection, id_, STUCK)
    if found is None:
        return False
    passed = order.take_out(connection, id_)
    _tell(connection, found, now, f"skipped: {passed} that waited for it may go", by)
    return True


def _await_again(connection: Connection, old: Delivery, new: Delivery) -> None:
    """Await of the new delivery what has been awaited of the old one, for as long as then."""
    mine = expectations.c.delivery == old.id
    for one in connection.execute(select(expectations).where(mine)).all():
        due_at = new.due_at + (one.due_at - old.due_at)
        moved = update(expectations).where(mine, expectations.c.layer == one.layer)
        connection.execute(moved.values(delivery=new.id, due_at=due_at))


def _found(connection: Connection, id_: str, states: Sequence[DeliveryState]) -> StoredDelivery | None:
    """Return a delivery that is in one of some states, with nobody else at it before the transaction ends."""
    row = connection.execute(select(deliveries).where(deliveries.c.id == id_).with_for_update()).one_or_none()
    found = None if row is None else outbox.from_row(connection, row)
    if found is None or found.state not in states:
        return None
    filings.lock(connection, found.delivery)
    order.lock(connection, [found.delivery])
    return found


def _settle(connection: Connection, id_: str) -> None:
    outbox.mark(connection, id_, DeliveryState.ABANDONED)
    order.go_on(connection, id_)


def _tell(connection: Connection, found: StoredDelivery, now: datetime, text: str, by: By) -> None:
    outbox.tell(connection, found.delivery, now, text, who=by.who, why=by.why)
