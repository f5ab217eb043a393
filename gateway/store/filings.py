"""Filings: one submission with its LRN, MRN and whole life, told by messages that come in any order.

Law: the order of changes does not matter. State follows the newest `as_of` (of two at the very same time
the one told last); each latch keeps the newest time it was set and the newest time it was lifted, and
holds unless the lift is newer. At equal times it holds: a do-not-load is never dropped by a tie. An MRN
once known stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from gateway.model.journal import FilingChange
from gateway.store.tables import filings

_BY_ID: Final = select(filings).where(filings.c.id == bindparam("filing")).with_for_update()
_BY_LRN: Final = select(filings).where(filings.c.sender == bindparam("by"), filings.c.lrn == bindparam("number"))
_LATCHES: Final = ("do_not_load", "hold")


@dataclass(frozen=True, slots=True)
class Filing:
    """A filing as it stands."""

    id: str
    sender: str
    lrn: str
    mrn: str
    agreement: str
    state: str
    state_as_of: datetime | None
    do_not_load: bool
    hold: bool


def apply(connection: Connection, change: FilingChange) -> None:
    """Bring a filing up to date with one change."""
    row = connection.execute(_BY_ID, {"filing": change.id}).one_or_none()
    if row is None:
        start: dict[str, Any] = {"id": change.id, "sender": change.sender, "lrn": change.lrn}
        connection.execute(insert(filings), start | _changed(None, change))
        return
    values = _changed(row, change)
    if values:
        connection.execute(update(filings).where(filings.c.id == change.id), values)


def filing(connection: Connection, id_: str) -> Filing | None:
    """Return a filing by its id, or None."""
    row = connection.execute(_BY_ID, {"filing": id_}).one_or_none()
    return None if row is None else _filing(row)


def filing_by_lrn(connection: Connection, sender: str, lrn: str) -> Filing | None:
    """Return a sender's filing by its local reference number, or None."""
    row = connection.execute(_BY_LRN, {"by": sender, "number": lrn}).one_or_none()
    return None if row is None else _filing(row)


def _changed(row: Row[Any] | None, change: FilingChange) -> dict[str, Any]:
    """Return the columns that a change sets."""
    before = row._mapping if row is not None else {}  # noqa: SLF001  # SQLAlchemy's documented public name
    values: dict[str, Any] = {
        name: value
        for name, value in (("mrn", change.mrn), ("agreement", change.agreement))
        if value and not before.get(name)
    }
    as_of = before.get("state_as_of")
    if change.state and (as_of is None or as_of <= change.as_of):
        values |= {"state": change.state, "state_as_of": change.as_of}
    for latch in _LATCHES:
        told = getattr(change, latch)
        if told is not None:
            column = f"{latch}_set" if told else f"{latch}_lifted"
            values[column] = max(change.as_of, before.get(column) or change.as_of)
    return values


def _filing(row: Row[Any]) -> Filing:
    return Filing(
        id=row.id,
        sender=row.sender,
        lrn=row.lrn,
        mrn=row.mrn,
        agreement=row.agreement,
        state=row.state,
        state_as_of=row.state_as_of,
        do_not_load=_latched(row.do_not_load_set, row.do_not_load_lifted),
        hold=_latched(row.hold_set, row.hold_lifted),
    )


def _latched(set_at: datetime | None, lifted_at: datetime | None) -> bool:
    return set_at is not None and (lifted_at is None or lifted_at <= set_at)
