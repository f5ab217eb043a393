"""The work queue: leases, attempts, completion. A lease is fenced: who lost it can write nothing.

    ready -> (leased) -> removed       completed
                      -> ready         again at a stated time, or when the lease ends
                      -> dead          waits for a person
    waiting -> ready                   what it had to wait for is settled

`run_at` says when an item may be taken. Leasing moves it to the end of the lease, so an item whose worker
died comes back by itself. A worker that dies on an item counts as a fault of the item: one that had a fault is
leased alone, so that it takes no other with it, and after `MOST_DEATHS` it is dead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, Table, bindparam, case, delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from gateway.model.journal import NewWork, Work, WorkItem
from gateway.store.tables import work

READY: Final = "ready"
WAITING: Final = "waiting"
DEAD: Final = "dead"
MOST_DEATHS: Final = 10  # a machine that dies again and again is not the fault of what was at work on it

_DUE: Final = (
    select(work.c.seq, work.c.kind, work.c.subject, work.c.attempt, work.c.faults, work.c.lease_owner, work.c.run_at)
    .where(
        work.c.state == READY,
        work.c.kind == bindparam("wanted"),
        work.c.lane == bindparam("of_lane"),
        work.c.run_at <= bindparam("now"),
    )
    .order_by(work.c.run_at, work.c.seq)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)  # PostgreSQL; SQLite has one writer and ignores it
)
_LEASE: Final = (
    update(work)
    .where(work.c.seq.in_(bindparam("seqs", expanding=True)))
    .values(
        attempt=work.c.attempt + 1,
        faults=work.c.faults + case((work.c.lease_owner != "", 1), else_=0),
        lease_owner=bindparam("owner"),
        lease_until=bindparam("until"),
        run_at=bindparam("until"),
    )
)
_HELD: Final = (
    work.c.seq == bindparam("held_seq"),
    work.c.lease_owner == bindparam("held_owner"),
    work.c.attempt == bindparam("held_attempt"),
    work.c.state == READY,
)
_HOLD: Final = update(work).where(*_HELD).values(state=READY)
_EXTEND: Final = update(work).where(*_HELD).values(lease_until=bindparam("until"), run_at=bindparam("until"))
_COMPLETE: Final = delete(work).where(*_HELD)
_FAIL: Final = (
    update(work)
    .where(*_HELD)
    .values(
        state=bindparam("to_state"),
        run_at=bindparam("at"),
        faults=bindparam("to_faults"),
        lease_owner="",
        lease_until=None,
        last_error=bindparam("error"),
    )
)
_PUT_BACK: Final = (
    update(work)
    .where(*_HELD)
    .values(attempt=work.c.attempt - 1, run_at=bindparam("at"), lease_owner="", lease_until=None)
)
_BURY: Final = (
    update(work)
    .where(work.c.seq == bindparam("dead_seq"))
    .values(state=DEAD, lease_owner="", lease_until=None, last_error=bindparam("error"))
)
_REVIVE: Final = (
    update(work)
    .where(work.c.seq == bindparam("dead_seq"), work.c.state == DEAD)
    .values(state=READY, attempt=0, faults=0, run_at=bindparam("at"), lease_owner="", lease_until=None)
)


@dataclass(frozen=True, slots=True)
class Leased:
    """What a lease gave: the items, and those that are dead now because workers died on them."""

    items: tuple[WorkItem, ...] = ()
    dead: tuple[WorkItem, ...] = ()


def insert_new(connection: Connection, table: Table, *unique: str) -> Any:
    """Return an insert that leaves a row alone whose unique columns are already there."""
    build = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    return build(table).on_conflict_do_nothing(index_elements=unique)


def replace_all(connection: Connection, table: Table, key: str, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, or bring those with the same key up to date."""
    if not rows:
        return
    build = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    statement = build(table)
    changed = {column.name: column for column in statement.excluded if column.name != key}
    connection.execute(statement.on_conflict_do_update(index_elements=[key], set_=changed), rows)


def enqueue(connection: Connection, items: Iterable[NewWork], *, lane: str = "", state: str = READY) -> None:
    """Queue work; what is already queued under the same kind and subject stays as it is."""
    rows = [
        {"kind": str(item.kind), "subject": item.subject, "state": state, "run_at": item.run_at, "lane": lane}
        for item in items
    ]
    if rows:
        connection.execute(insert_new(connection, work, "kind", "subject"), rows)


def due(connection: Connection, kind: str, now: datetime, most: int, *, lane: str = "") -> list[Row[Any]]:
    """Return the rows of up to `most` items of one kind and lane that are due, oldest first, and keep others off."""
    values = {"wanted": str(kind), "of_lane": lane, "now": now, "most": most}
    return list(connection.execute(_DUE, values))


def lease_of(
    connection: Connection, kinds: Sequence[str], now: datetime, lease_seconds: float, owner: str, limit: int
) -> Leased:
    """Take up to `limit` due items of these kinds that belong to no lane, oldest first."""
    rows = [row for kind in kinds for row in due(connection, kind, now, limit)]
    rows.sort(key=lambda row: (row.run_at, row.seq))
    return lease(connection, rows[:limit], now, lease_seconds, owner)


def lease(connection: Connection, rows: Sequence[Row[Any]], now: datetime, lease_seconds: float, owner: str) -> Leased:
    """Take items that `due` gave, the oldest first; one that a worker failed or died on comes alone."""
    dead = [
        row
        for row in rows
        if row.lease_owner and row.faults + 1 >= MOST_DEATHS and row.kind != Work.OBSERVE  # which helps itself
    ]
    for row in dead:
        connection.execute(
            _BURY, {"dead_seq": row.seq, "error": f"{MOST_DEATHS} workers in a row failed or died on it"}
        )
    alive = [row for row in rows if row not in dead]
    taken = alive[:1] if alive and _suspect(alive[0]) else [row for row in alive if not _suspect(row)]
    until = now + timedelta(seconds=lease_seconds)
    if taken:
        connection.execute(_LEASE, {"seqs": [row.seq for row in taken], "owner": owner, "until": until})
    return Leased(*(tuple(_item(row, owner, until) for row in some) for some in (taken, dead)))


def held(connection: Connection, item: WorkItem) -> bool:
    """Whether a worker still holds an item, which then nobody takes before the transaction ends."""
    return _one(connection.execute(_HOLD, _holder(item)))


def extend(connection: Connection, item: WorkItem, until: datetime) -> bool:
    """Hold an item longer; False when the lease was lost."""
    return _one(connection.execute(_EXTEND, _holder(item) | {"until": until}))


def finish(connection: Connection, item: WorkItem) -> bool:
    """Remove a completed item; False when the lease was lost, and then nothing may be written."""
    return _one(connection.execute(_COMPLETE, _holder(item)))


def fail(
    connection: Connection, item: WorkItem, error: str, now: datetime, run_at: datetime | None, *, faults: int = 0
) -> bool:
    """Put an item back for `run_at`, or among the dead letters when there is none."""
    values = {"error": error, "at": run_at or now, "to_state": READY if run_at else DEAD, "to_faults": faults}
    return _one(connection.execute(_FAIL, _holder(item) | values))


def put_back(connection: Connection, item: WorkItem, run_at: datetime) -> bool:
    """Give up an item that nothing was done for, as if it had never been taken."""
    return _one(connection.execute(_PUT_BACK, _holder(item) | {"at": run_at}))


def drop(connection: Connection, kind: str, subject: str) -> None:
    """Remove an item that has become pointless, whoever holds it."""
    connection.execute(delete(work).where(work.c.kind == str(kind), work.c.subject == subject))


def revive(connection: Connection, id_: int, now: datetime) -> bool:
    """Make a dead item ready again, with its attempts forgotten."""
    return _one(connection.execute(_REVIVE, {"dead_seq": id_, "at": now}))


def _suspect(row: Row[Any]) -> bool:
    """Whether a worker failed on an item, or died while it had it."""
    return bool(row.faults or row.lease_owner)


def _item(row: Row[Any], owner: str, until: datetime) -> WorkItem:
    faults = row.faults + (1 if row.lease_owner else 0)
    return WorkItem(row.seq, row.kind, row.subject, row.attempt + 1, owner, until, faults)


def _holder(item: WorkItem) -> dict[str, Any]:
    return {"held_seq": item.id, "held_owner": item.owner, "held_attempt": item.attempt}


def _one(result: Any) -> bool:
    return bool(result.rowcount == 1)
