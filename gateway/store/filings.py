"""Filings: one submission with its LRN, MRN and whole life, told by messages that come in any order.

Every statement is kept once, and how a filing stands is settled from all of them (`gateway.model.filing`): so neither
the order of changes matters nor how often they come. An MRN once known stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from gateway.model.filing import Filed as Standing
from gateway.model.filing import Latch, State, Statement, settle
from gateway.model.journal import FilingChange
from gateway.model.stages import Delivery
from gateway.store import locks, queue
from gateway.store.tables import documents, events, filings, reference_index, statements

_BY_ID: Final = select(filings).where(filings.c.id == bindparam("filing")).with_for_update()
_BY_LRN: Final = select(filings).where(filings.c.sender == bindparam("by"), filings.c.lrn == bindparam("number"))
_SAID: Final = select(statements).where(statements.c.filing == bindparam("filing"))
_FILED: Final = select(documents.c.filing, documents.c.version).where(documents.c.id == bindparam("document"))
_BILLS: Final = (
    select(reference_index.c.value)
    .join(documents, documents.c.id == reference_index.c.id)
    .where(documents.c.filing == bindparam("filing"), reference_index.c.kind == "bill")
    .order_by(reference_index.c.seq)
)
_SET: Final = update(filings).where(filings.c.id == bindparam("filing"))


Filed = tuple[str, int]
"""A filing by its id, and which version of it."""


@dataclass(frozen=True, slots=True)
class Filing:
    """A filing as it stands.

    `state` is a word of `gateway.model.filing.State`, said by `said_by` ("" for the gateway) at `since`; `version` is
    the newest, `refused` one that was refused while the one before it stands (0: none). `bills` are those of all
    versions.
    """

    id: str
    sender: str
    lrn: str
    mrn: str
    agreement: str
    state: str
    said_by: str
    since: datetime | None
    version: int
    refused: int
    do_not_load: bool
    hold: bool
    bills: tuple[str, ...]


def apply(connection: Connection, change: FilingChange) -> None:
    """Bring a filing up to date with what became known of it; a step that no rule foresees is told."""
    row = connection.execute(_BY_ID, {"filing": change.id}).one_or_none()
    if row is None:
        start = {"id": change.id, "sender": change.sender, "lrn": change.lrn, "state": str(State.DRAFT)}
        connection.execute(insert(filings), start | {"mrn": change.mrn, "agreement": change.agreement})
    values: dict[str, Any] = {
        name: value
        for name, value in (("mrn", change.mrn), ("agreement", change.agreement))
        if row is not None and value and not getattr(row, name)
    }
    if change.said:
        before = _said(connection, change.id)
        new = [one for one in dict.fromkeys(change.said) if one not in before]
        if new:
            rows = [_row(change.id, one) for one in new]
            connection.execute(queue.insert_new(connection, statements, *statements.primary_key.columns.keys()), rows)
            stands = settle((*before, *new))
            values |= _columns(stands)
            _tell(connection, change.id, new[-1].at, settle(before), stands)
    if values:
        connection.execute(_SET, {"filing": change.id} | values)


def lock(connection: Connection, delivery: Delivery) -> Filed | None:
    """Return what a delivery takes to its addressee, which nobody else changes now; None where it takes no filing.

    Orders are locked after filings, everywhere.
    """
    if not delivery.files:
        return None
    document = connection.execute(_FILED, {"document": delivery.document}).one_or_none()
    if document is None:
        return None
    locks.lock(connection, [f"filing {document.filing}"])
    return document.filing, document.version


def wired(connection: Connection, filed: Filed | None, at: datetime, state: State) -> None:
    """Say of what is filed, which is locked, how its delivery goes."""
    if filed is None:
        return
    filing, version = filed
    sender, _, lrn = filing.partition("/")
    apply(connection, FilingChange(filing, sender, lrn, (Statement(at, state, version=version),)))


def filing(connection: Connection, id_: str) -> Filing | None:
    """Return a filing by its id, or None."""
    row = connection.execute(_BY_ID, {"filing": id_}).one_or_none()
    return None if row is None else _filing(connection, row)


def filing_by_lrn(connection: Connection, sender: str, lrn: str) -> Filing | None:
    """Return a sender's filing by its local reference number, or None."""
    row = connection.execute(_BY_LRN, {"by": sender, "number": lrn}).one_or_none()
    return None if row is None else _filing(connection, row)


def _said(connection: Connection, id_: str) -> set[Statement]:
    return {
        Statement(
            row.at,
            State(row.state) if row.state else None,
            Latch(row.sets) if row.sets else None,
            Latch(row.lifts) if row.lifts else None,
            row.version,
            row.said_by,
        )
        for row in connection.execute(_SAID, {"filing": id_})
    }


def _row(id_: str, one: Statement) -> dict[str, Any]:
    return {
        "filing": id_,
        "at": one.at,
        "version": one.version,
        "state": str(one.state or ""),
        "sets": str(one.sets or ""),
        "lifts": str(one.lifts or ""),
        "said_by": one.by,
    }


def _columns(stands: Standing) -> dict[str, Any]:
    return {
        "state": str(stands.state),
        "said_by": stands.by,
        "since": stands.since,
        "version": stands.version,
        "refused": stands.refused,
        "do_not_load": Latch.DO_NOT_LOAD in stands.latches,
        "hold": Latch.HOLD in stands.latches,
    }


def _tell(connection: Connection, id_: str, at: datetime, before: Standing, after: Standing) -> None:
    """Add to the timeline how the filing stands now, where that is news, and every step that no rule foresees."""
    told = list(_news(before, after))
    if told:
        lines = [{"at": at, "step": "file", "text": text, "filing": id_} for text in told]
        connection.execute(insert(events), lines)


def _news(before: Standing, after: Standing) -> Iterable[str]:
    for step in after.unforeseen:
        if step not in before.unforeseen:
            yield f"{step[1]} after {step[0]}, which no rule foresees: ask whoever said so"
    for latch in sorted(after.latches - before.latches):
        yield f"{latch}: it holds until it is lifted"
    for latch in sorted(before.latches - after.latches):
        yield f"{latch} is lifted"
    if after.refused > before.refused:
        yield f"version {after.refused} is refused, the one before it stands: {after.state}"


def _filing(connection: Connection, row: Row[Any]) -> Filing:
    bills = tuple(dict.fromkeys(connection.execute(_BILLS, {"filing": row.id}).scalars()))
    return Filing(**row._mapping, bills=bills)  # noqa: SLF001  # SQLAlchemy's documented public name
