"""The reference index: from a business key to what it occurs in, and back."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from gateway.model.journal import Reference, Subject
from gateway.store.queue import insert_new
from gateway.store.tables import reference_index


def add_references(connection: Connection, given: Iterable[Reference]) -> None:
    """Index references; one that is already there stays as it is."""
    rows = [
        {"kind": reference.kind, "value": reference.value, "subject": str(reference.subject), "id": reference.id}
        for reference in given
        if reference.value
    ]
    if rows:
        connection.execute(insert_new(connection, reference_index, "value", "kind", "subject", "id"), rows)


def find(connection: Connection, kind: str | None, value: str, limit: int) -> list[Reference]:
    """Return where a value occurs, newest first; of one kind, or of any."""
    statement = select(reference_index).where(reference_index.c.value == value)
    if kind is not None:
        statement = statement.where(reference_index.c.kind == kind)
    rows = connection.execute(statement.order_by(reference_index.c.seq.desc()).limit(limit))
    return [Reference(row.kind, row.value, Subject(row.subject), row.id) for row in rows]


def references_of(connection: Connection, id_: str) -> list[Reference]:
    """Return every reference that an arrival, document, delivery or filing carries, in the order indexed."""
    statement = select(reference_index).where(reference_index.c.id == id_).order_by(reference_index.c.seq)
    rows = connection.execute(statement)
    return [Reference(row.kind, row.value, Subject(row.subject), row.id) for row in rows]
