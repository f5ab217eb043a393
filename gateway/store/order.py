"""What waits for what: deliveries of one key go in the order made, and one may wait for another by its id.

A delivery is settled when it was delivered or abandoned; a dead letter is not, and holds up what comes behind it
until a person decides. The work of a delivery that has to wait is in the state `waiting`, so that a lease never
meets it; whoever settles a delivery makes ready what waited for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, FromClause, and_, bindparam, func, or_, select, update

from gateway.model.journal import Work
from gateway.model.stages import Delivery
from gateway.store import locks, queue
from gateway.store.tables import deliveries, work

_SETTLED: Final = ("delivered", "abandoned")
_STUCK: Final = ("dead", "quarantined")


@dataclass(frozen=True, slots=True)
class Blocked:
    """A delivery that waits for a person, and how many deliveries wait for it; `order` is their key, if that is why."""

    delivery: str
    state: str
    endpoint: str
    order: str
    waiting: int


def _comes_before(first: FromClause, then: FromClause) -> Any:
    """Whether one delivery has to be settled before the other goes."""
    same_order = and_(then.c.order_key != "", first.c.order_key == then.c.order_key, first.c.turn < then.c.turn)
    return or_(same_order, and_(then.c.after != "", first.c.id == then.c.after))


_first: Final = deliveries.alias("first")
_UNSETTLED_BEFORE: Final = (
    select(_first.c.id)
    .where(_comes_before(_first, deliveries), _first.c.state.not_in(_SETTLED))
    .correlate(deliveries)
    .exists()
)
_BLOCKED: Final = select(deliveries.c.id).where(
    deliveries.c.id.in_(bindparam("ids", expanding=True)), _UNSETTLED_BEFORE
)
_LAST_TURNS: Final = (
    select(deliveries.c.order_key, func.max(deliveries.c.turn).label("last"))
    .where(deliveries.c.order_key.in_(bindparam("keys", expanding=True)))
    .group_by(deliveries.c.order_key)
)
_NEXT: Final = (
    select(deliveries.c.id)
    .where(deliveries.c.order_key == bindparam("key"), deliveries.c.state.not_in(_SETTLED))
    .order_by(deliveries.c.turn)
    .limit(1)
)
_AFTER: Final = select(deliveries.c.id).where(deliveries.c.after == bindparam("settled"))
_READY: Final = (
    update(work)
    .where(
        work.c.kind == Work.DELIVER.value,
        work.c.state == queue.WAITING,
        work.c.subject.in_(bindparam("ids", expanding=True)),
    )
    .values(state=queue.READY)
)


def lock(connection: Connection, given: Iterable[Delivery]) -> None:
    """Let nobody else add to these orders, or settle what they wait for, before the transaction ends."""
    names = set()
    for delivery in given:
        names |= {f"delivery {delivery.id}", f"delivery {delivery.after}" if delivery.after else ""}
        names.add(f"order {delivery.order}" if delivery.order else "")
    locks.lock(connection, names)


def turns(connection: Connection, given: Sequence[Delivery]) -> list[int]:
    """Return the turn of each new delivery within its order, 0 where it has none."""
    keys = {delivery.order for delivery in given if delivery.order}
    last: dict[str, int] = {}
    if keys:
        last |= {row.order_key: row.last for row in connection.execute(_LAST_TURNS, {"keys": sorted(keys)})}
    found = []
    for delivery in given:
        turn = last.get(delivery.order, 0) + 1 if delivery.order else 0
        last[delivery.order] = turn
        found.append(turn)
    return found


def blocked(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Return which of some deliveries have to wait."""
    return set(connection.execute(_BLOCKED, {"ids": list(ids)}).scalars()) if ids else set()


def go_on(connection: Connection, settled: str) -> None:
    """Make ready what waited for a delivery that is settled now, unless it waits for another one too."""
    key = connection.execute(select(deliveries.c.order_key).where(deliveries.c.id == settled)).scalar_one()
    ids = set(connection.execute(_AFTER, {"settled": settled}).scalars())
    if key:
        ids |= set(connection.execute(_NEXT, {"key": key}).scalars())
    free = ids - blocked(connection, sorted(ids))
    if free:
        connection.execute(_READY, {"ids": sorted(free)})


def take_out(connection: Connection, id_: str) -> int:
    """Let everything that waits for a delivery go before it; return how many that may be."""
    row = connection.execute(select(deliveries.c.order_key, deliveries.c.turn).where(deliveries.c.id == id_)).one()
    ids = list(connection.execute(_AFTER, {"settled": id_}).scalars())
    behind = and_(deliveries.c.order_key == row.order_key, deliveries.c.turn > row.turn)
    if row.order_key:
        waits = select(deliveries.c.id).where(behind, deliveries.c.state == "queued")
        ids += connection.execute(waits).scalars().all()
    connection.execute(update(deliveries).where(deliveries.c.id == id_).values(order_key="", turn=0))
    connection.execute(update(deliveries).where(deliveries.c.after == id_).values(after=""))
    free = set(ids) - blocked(connection, ids)
    if free:
        connection.execute(_READY, {"ids": sorted(free)})
    return len(set(ids))


def blocking(connection: Connection) -> list[Blocked]:
    """Return the dead letters that hold up others, those that hold up most first."""
    then = deliveries.alias("then")
    rows = connection.execute(
        select(_first.c.id, _first.c.state, _first.c.endpoint, _first.c.order_key, func.count().label("waiting"))
        .select_from(work)
        .join(then, then.c.id == work.c.subject)
        .join(_first, _comes_before(_first, then))
        .where(work.c.kind == Work.DELIVER.value, work.c.state == queue.WAITING, _first.c.state.in_(_STUCK))
        .group_by(_first.c.id, _first.c.state, _first.c.endpoint, _first.c.order_key)
        .order_by(func.count().desc(), _first.c.id)
    )
    return [Blocked(row.id, row.state, row.endpoint, row.order_key, row.waiting) for row in rows]
