"""The work queue: leases, attempts, completion. A lease is fenced: who lost it can write nothing.

`run_at` says when an item may be taken. Leasing moves it to the end of the lease, so an item whose worker
died comes back by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Table, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from gateway.model.journal import NewWork, WorkItem
from gateway.store.tables import work

READY: Final = "ready"
DEAD: Final = "dead"

_DUE: Final = (
    select(work.c.seq, work.c.kind, work.c.subject, work.c.attempt)
    .where(
        work.c.state == READY,
        work.c.kind.in_(bindparam("kinds", expanding=True)),
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
_EXTEND: Final = update(work).where(*_HELD).values(lease_until=bindparam("until"), run_at=bindparam("until"))
_COMPLETE: Final = delete(work).where(*_HELD)
_FAIL: Final = (
    update(work)
    .where(*_HELD)
    .values(
        state=bindparam("to_state"),
        run_at=bindparam("at"),
        lease_owner="",
        lease_until=None,
        last_error=bindparam("error"),
    )
)
_PUT_BACK: Final = (
    update(work)
    .where(*_HELD)
    .values(state=READY, run_at=bindparam("at"), attempt=work.c.attempt - 1, lease_owner="", lease_until=None)
)
_REVIVE: Final = (
    update(work)
    .where(work.c.seq == bindparam("dead_seq"), work.c.state == DEAD)
    .values(state=READY, attempt=0, run_at=bindparam("at"), lease_owner="", lease_until=None)
)


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


def enqueue(connection: Connection, items: Iterable[NewWork]) -> None:
    """Queue work; what is already queued under the same kind and subject stays as it is."""
    rows = [{"kind": str(item.kind), "subject": item.subject, "state": READY, "run_at": item.run_at} for item in items]
    if rows:
        connection.execute(insert_new(connection, work, "kind", "subject"), rows)


def lease(
    connection: Connection, kinds: Sequence[str], now: datetime, lease_seconds: float, owner: str, limit: int
) -> list[WorkItem]:
    """Take up to `limit` items that are due, oldest first."""
    due = connection.execute(_DUE, {"kinds": [str(kind) for kind in kinds], "now": now, "most": limit}).all()
    if not due:
        return []
    until = now + timedelta(seconds=lease_seconds)
    connection.execute(_LEASE, {"seqs": [row.seq for row in due], "owner": owner, "until": until})
    return [WorkItem(row.seq, row.kind, row.subject, row.attempt + 1, owner, until) for row in due]


def extend(connection: Connection, item: WorkItem, until: datetime) -> bool:
    """Hold an item longer; False when the lease was lost."""
    return _one(connection.execute(_EXTEND, _held(item) | {"until": until}))


def finish(connection: Connection, item: WorkItem) -> bool:
    """Remove a completed item; False when the lease was lost, and then nothing may be written."""
    return _one(connection.execute(_COMPLETE, _held(item)))


def fail(connection: Connection, item: WorkItem, error: str, now: datetime, run_at: datetime | None) -> bool:
    """Put an item back for `run_at`, or among the dead letters when there is none."""
    values = {"error": error, "at": run_at or now, "to_state": READY if run_at else DEAD}
    return _one(connection.execute(_FAIL, _held(item) | values))


def put_back(connection: Connection, item: WorkItem, now: datetime) -> bool:
    """Put an item back as if it had not been taken."""
    return _one(connection.execute(_PUT_BACK, _held(item) | {"at": now}))


def drop(connection: Connection, kind: str, subject: str) -> None:
    """Remove an item that has become pointless, whoever holds it."""
    connection.execute(delete(work).where(work.c.kind == str(kind), work.c.subject == subject))


def revive(connection: Connection, id_: int, now: datetime) -> bool:
    """Make a dead item ready again, with its attempts forgotten."""
    return _one(connection.execute(_REVIVE, {"dead_seq": id_, "at": now}))


def _held(item: WorkItem) -> dict[str, Any]:
    return {"held_seq": item.id, "held_owner": item.owner, "held_attempt": item.attempt}


def _one(result: Any) -> bool:
    return bool(result.rowcount == 1)
