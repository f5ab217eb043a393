"""What nobody works on: the figure that has to be 0, whatever else is busy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, exists, func, or_, select

from gateway.model.journal import Work
from gateway.store import queue
from gateway.store.lanes import BreakerState
from gateway.store.tables import deliveries, lanes, work


@dataclass(frozen=True, slots=True)
class Neglected:
    """Items that are due and that nobody has.

    `overdue` counts those due for longer than the grace, the longest since `oldest`; `lost` the deliveries that are
    open and have no work item, which no way of ours leads to. What an endpoint's breaker or rate puts off is not
    neglected, nor is what waits for another delivery or a person.
    """

    overdue: int
    oldest: datetime | None
    lost: int


def neglected(connection: Connection, now: datetime, grace: timedelta) -> Neglected:
    """Return the figures of the moment."""
    put_off = exists().where(
        lanes.c.endpoint == work.c.lane,
        or_(lanes.c.state != BreakerState.CLOSED.value, lanes.c.allowance > now),
    )
    overdue, oldest = connection.execute(
        select(func.count(), func.min(work.c.run_at)).where(
            work.c.state == queue.READY, work.c.run_at <= now - grace, ~put_off
        )
    ).one()
    queued = exists().where(work.c.kind == Work.DELIVER.value, work.c.subject == deliveries.c.id)
    open_ = deliveries.c.state.in_(("queued", "in_flight"))
    lost = connection.execute(select(func.count()).where(and_(open_, ~queued))).scalar_one()
    return Neglected(overdue, oldest, lost)
