"""Documents that wait to be sent together, in the transaction that the caller holds.

What is sent is removed in the transaction that makes the delivery, so that a document is in one of them and in no
two. One that is noted while its time is being done is found by the work item that `write` leaves behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, select

from gateway.model.journal import Gathered
from gateway.store import queue
from gateway.store.tables import arrivals, documents
from gateway.store.tables import gathered as table

_OF_ROUTE: Final = (
    select(table)
    .join(documents, documents.c.id == table.c.document)
    .join(arrivals, arrivals.c.id == documents.c.arrival)
    .where(
        table.c.agreement == bindparam("of_agreement"),
        table.c.route == bindparam("of_route"),
        table.c.fire_at <= bindparam("until"),
    )
    .order_by(arrivals.c.received_at, documents.c.arrival, documents.c.position, documents.c.id)
)
_COLLECT: Final = delete(table).where(
    table.c.agreement == bindparam("of_agreement"),
    table.c.route == bindparam("of_route"),
    table.c.document == bindparam("of_document"),
)


def gathered(connection: Connection, agreement: str, route: str, until: datetime) -> list[Gathered]:
    """Return what waits for a time of a route or an earlier one, in the order of receipt."""
    values = {"of_agreement": agreement, "of_route": route, "until": until}
    rows = connection.execute(_OF_ROUTE, values)
    return [Gathered(row.agreement, row.route, row.document, row.fire_at) for row in rows]


def write(connection: Connection, noted: Sequence[Gathered], collected: Sequence[Gathered]) -> None:
    """Note what waits now, and forget what is sent."""
    if noted:
        rows = [asdict(one) for one in noted]
        connection.execute(queue.insert_new(connection, table, "agreement", "route", "document"), rows)
    if collected:
        values = [{"of_agreement": c.agreement, "of_route": c.route, "of_document": c.document} for c in collected]
        connection.execute(_COLLECT, values)
