"""Who used a key first: the keys of interchanges and messages, in the transaction that the caller holds.

Every use stays in the book, as one more turn of its key. A key is free when it was never used, or when the window of
its latest use is over for whoever asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select

from gateway.model.journal import Claim, Use
from gateway.model.stages import Arrival
from gateway.store import locks
from gateway.store.tables import claims

_USES: Final = (
    select(claims).where(claims.c.key.in_(bindparam("keys", expanding=True))).order_by(claims.c.key, claims.c.turn)
)
_AT_ONCE: Final = 500  # keys that one query asks for: databases bound its parameters


class Book:
    """The uses of some keys; what is taken is written at the end, all at once."""

    def __init__(self, connection: Connection, keys: Sequence[str]) -> None:
        self.connection = connection
        self.uses: dict[str, list[dict[str, Any]]] = {}
        self.taken: list[dict[str, Any]] = []
        wanted = list(dict.fromkeys(key for key in keys if key))
        locks.lock(connection, (f"key {key}" for key in wanted))
        for some in (wanted[at : at + _AT_ONCE] for at in range(0, len(wanted), _AT_ONCE)):
            for row in connection.execute(_USES, {"keys": some}).mappings():
                self.uses.setdefault(row["key"], []).append(dict(row))

    def take(self, arrival: Arrival, claim: Claim) -> Use:
        """Return who has a key: the arrival that asks, now or before, or another one that used it first."""
        if not claim.key:
            return Use(arrival.id, claim.number, claim.sha256)
        uses = self.uses.setdefault(claim.key, [])
        own = (use for use in uses if (use["arrival"], use["number"]) == (arrival.id, claim.number))
        found = next(own, None)
        if found is None and uses and not _over(uses[-1]["used_at"], claim, arrival.received_at):
            found = uses[-1]
        if found is None:
            found = {
                "key": claim.key,
                "turn": uses[-1]["turn"] + 1 if uses else 1,
                "arrival": arrival.id,
                "number": claim.number,
                "sha256": claim.sha256,
                "used_at": arrival.received_at,
            }
            uses.append(found)
            self.taken.append(found)
        return Use(found["arrival"], found["number"], found["sha256"])

    def write(self) -> None:
        """Write what was taken."""
        if self.taken:
            self.connection.execute(insert(claims), self.taken)


def take(connection: Connection, arrival: Arrival, wanted: Sequence[Claim], *, keep: bool) -> list[Use]:
    """Take for an arrival the keys that are free, and say of each who has it, in the same order."""
    book = Book(connection, [claim.key for claim in wanted])
    uses = [book.take(arrival, claim) for claim in wanted]
    if keep:
        book.write()
    return uses


def _over(used_at: datetime, claim: Claim, now: datetime) -> bool:
    """Whether the window of a use is over."""
    return claim.within is not None and now - used_at >= claim.within
