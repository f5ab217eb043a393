"""Endpoints as lanes of the queue: each has its turn, its rate, and a breaker that all workers share.

    closed -> open         so many attempts in a row found nobody: nothing is leased there for a pause
    open -> half_open      the pause is over: one delivery is leased, as a probe
    half_open -> closed    it was answered, be it with a refusal
              -> open      nobody again: the pause doubles, up to a cap; or its worker died

A lease takes items of one lane only, so that a worker that waits for a slow endpoint keeps nobody else's
deliveries. Lanes come in turn: the backlog of one is no matter to the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, exists, func, or_, select, update

from gateway.model.journal import Work, WorkItem
from gateway.model.pace import Breaker, Pace, Rate
from gateway.store import queue
from gateway.store.queue import Leased, insert_new
from gateway.store.tables import lanes, work


class BreakerState(StrEnum):
    """Whether an endpoint is sent to."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class Lane:
    """An endpoint as all workers see it.

    `failures` counts the attempts in a row that found nobody, `reason` is what the last one said, `probe_at` when
    it is tried again, `since` when the breaker last changed; `queued` deliveries are to go, `oldest` since then.
    """

    endpoint: str
    state: BreakerState
    since: datetime | None
    failures: int
    probe_at: datetime | None
    reason: str
    queued: int
    oldest: datetime | None


#: Lanes that are not open and have something due, in turn; asked before a row is taken: idle lanes cost no lock.
_DUE: Final = (
    select(lanes)
    .where(
        or_(lanes.c.state == BreakerState.CLOSED.value, lanes.c.probe_at <= bindparam("now")),
        exists().where(
            work.c.state == queue.READY,
            work.c.kind == Work.DELIVER.value,
            work.c.lane == lanes.c.endpoint,
            work.c.run_at <= bindparam("now"),
        ),
    )
    .order_by(lanes.c.served, lanes.c.endpoint)
)
_ANY_DUE: Final = _DUE.limit(1)
_ONE: Final = select(lanes).where(lanes.c.endpoint == bindparam("lane"))
_CLAIM: Final = _ONE.with_for_update(skip_locked=True)
_CHANGE: Final = _ONE.with_for_update()
_WORKERS: Final = select(func.count(work.c.lease_owner.distinct())).where(
    work.c.lane == bindparam("lane"),
    work.c.lease_owner != "",
    work.c.lease_owner != bindparam("owner"),
    work.c.lease_until > bindparam("now"),
)
_SERVED: Final = select(func.coalesce(func.max(lanes.c.served), 0) + 1)
_SET: Final = update(lanes).where(lanes.c.endpoint == bindparam("lane"))
_ANSWERED: Final = _SET.where(or_(lanes.c.failures > 0, lanes.c.state != BreakerState.CLOSED.value)).values(
    state=BreakerState.CLOSED.value, since=bindparam("at"), failures=0, probe_at=None, probe=None, pause=0, reason=""
)
_GIVE_UP_PROBE: Final = (
    update(lanes)
    .where(lanes.c.probe == bindparam("held"))
    .values(state=BreakerState.OPEN.value, probe=None, probe_at=bindparam("at"))
)


def add(connection: Connection, endpoints: Iterable[str]) -> None:
    """Make a lane of each endpoint that has none."""
    rows = [{"endpoint": endpoint} for endpoint in sorted(set(endpoints))]
    if rows:
        connection.execute(insert_new(connection, lanes, "endpoint"), rows)


def anything_due(connection: Connection, now: datetime) -> bool:
    """Whether any lane that is not open has something due: what an idle worker asks, without a lock."""
    return connection.execute(_ANY_DUE, {"now": now}).first() is not None


def lease(
    connection: Connection,
    now: datetime,
    lease_seconds: float,
    owner: str,
    limit: int,
    pace: Callable[[str], Pace],
) -> Leased:
    """Take up to `limit` due deliveries of the endpoint whose turn it is; of an open one none, or one as a probe."""
    for seen in connection.execute(_DUE, {"now": now}).all():
        lane = connection.execute(_CLAIM, {"lane": seen.endpoint}).one_or_none()
        if lane is None:
            continue
        rule = pace(lane.endpoint)
        most = min(limit, _room(lane, rule.rate, now))
        busy = connection.execute(_WORKERS, {"lane": lane.endpoint, "owner": owner, "now": now}).scalar_one()
        if most < 1 or busy >= rule.workers:
            continue
        rows = queue.due(connection, Work.DELIVER, now, most, lane=lane.endpoint)
        leased = queue.lease(connection, rows, now, lease_seconds, owner)
        if leased.items:
            _serve(connection, lane, leased.items, rule.rate, now)
        if leased.items or leased.dead:
            return leased
    return Leased()


def may_send(connection: Connection, endpoint: str, item: WorkItem) -> bool:
    """Whether an item that was leased may still go: its endpoint is not open meanwhile, or it is the probe."""
    lane = connection.execute(_ONE, {"lane": endpoint}).one_or_none()
    return lane is None or lane.state == BreakerState.CLOSED.value or lane.probe == item.id


def answered(connection: Connection, endpoint: str, now: datetime) -> None:
    """Somebody was there: the breaker closes."""
    connection.execute(_ANSWERED, {"lane": endpoint, "at": now})


def unanswered(
    connection: Connection, endpoint: str, item: WorkItem, now: datetime, breaker: Breaker, reason: str
) -> None:
    """Nobody was there: one failure more, and the breaker opens when they are enough or the probe was it."""
    lane = connection.execute(_CHANGE, {"lane": endpoint}).one_or_none()
    if lane is None:
        return
    values: dict[str, Any] = {"failures": lane.failures + 1, "reason": reason}
    if lane.state == BreakerState.CLOSED.value:
        if lane.failures + 1 >= breaker.failures:
            values |= _opened(now, breaker.pause) | {"since": now}
    elif lane.probe == item.id:
        values |= _opened(now, min(timedelta(seconds=lane.pause * 2), breaker.at_most))
    connection.execute(_SET, {"lane": endpoint} | values)


def give_up_probe(connection: Connection, item: WorkItem, now: datetime) -> None:
    """Nothing was sent for an item: if it was the probe, another may be."""
    connection.execute(_GIVE_UP_PROBE, {"held": item.id, "at": now})


def all_lanes(connection: Connection) -> list[Lane]:
    """Return every endpoint that deliveries were made for, by name."""
    counted = {
        row.lane: row
        for row in connection.execute(
            select(work.c.lane, func.count().label("queued"), func.min(work.c.run_at).label("oldest"))
            .where(work.c.kind == Work.DELIVER.value, work.c.state != queue.DEAD)
            .group_by(work.c.lane)
        )
    }
    return [_lane(row, counted.get(row.endpoint)) for row in connection.execute(select(lanes).order_by("endpoint"))]


def allowed(free_from: datetime | None, rate: Rate | None, now: datetime, wanted: int) -> int:
    """Return how many of `wanted` deliveries a rate allows now.

    The bucket is kept as one time: that at which it would be full again. Every delivery moves it on by `rate.each`,
    and it may lie one `rate.period` ahead at most.
    """
    if rate is None:
        return wanted
    start = max(free_from or now, now)
    return min(wanted, max(0, (rate.period - (start - now)) // rate.each))


def _room(lane: Row[Any], rate: Rate | None, now: datetime) -> int:
    if lane.state == BreakerState.CLOSED.value:
        return allowed(lane.allowance, rate, now, 1_000)
    return 1 if lane.probe_at <= now else 0  # another worker may have taken the probe meanwhile


def _serve(connection: Connection, lane: Row[Any], items: Sequence[WorkItem], rate: Rate | None, now: datetime) -> None:
    """Write down that a lane had its turn, what is left of its rate, and which item is its probe."""
    values: dict[str, Any] = {"served": connection.execute(_SERVED).scalar_one()}
    if rate is not None:
        values["allowance"] = max(lane.allowance or now, now) + rate.each * len(items)
    if lane.state != BreakerState.CLOSED.value:
        (probe,) = items
        values |= {"state": BreakerState.HALF_OPEN.value, "probe": probe.id, "probe_at": probe.lease_until}
    connection.execute(_SET, {"lane": lane.endpoint} | values)


def _opened(now: datetime, pause: timedelta) -> dict[str, Any]:
    return {
        "state": BreakerState.OPEN.value,
        "pause": pause.total_seconds(),
        "probe_at": now + pause,
        "probe": None,
    }


def _lane(row: Row[Any], queued: Row[Any] | None) -> Lane:
    return Lane(
        row.endpoint,
        BreakerState(row.state),
        row.since,
        row.failures,
        row.probe_at,
        row.reason,
        queued.queued if queued is not None else 0,
        queued.oldest if queued is not None else None,
    )
