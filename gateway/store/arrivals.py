"""Recording what arrived: verbatim, with its first work item, in the transaction that the caller holds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select, update

from gateway.model.journal import Claim, Reception, Use, Work
from gateway.model.stages import Arrival
from gateway.store.claims import Book
from gateway.store.tables import arrivals, events, repeats, work

_BY_ID: Final = select(arrivals.c.id, arrivals.c.sha256).where(arrivals.c.id.in_(bindparam("ids", expanding=True)))
_REPEATED: Final = select(repeats.c.id, repeats.c.first).where(repeats.c.id.in_(bindparam("ids", expanding=True)))
_REVIVE: Final = (
    update(work)
    .where(
        work.c.kind == Work.PROCESS.value,
        work.c.subject == bindparam("first"),
        work.c.state == "dead",
    )
    .values(state="ready", attempt=0, run_at=bindparam("at"))
)
_STORED: Final = select(arrivals).where(arrivals.c.id == bindparam("arrival"))


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer to an arrival, durable when it is given. It serves as `gateway.plugin.Accepted`.

    `id` is what the sender may ask about: of a duplicate, the first arrival. `first_id` is the arrival that
    has the key, and equals `id` except for a conflict.
    """

    id: str
    outcome: Reception
    first_id: str

    @property
    def duplicate(self) -> bool:
        """Whether the same bytes came before under this key."""
        return self.outcome is Reception.DUPLICATE

    @property
    def conflict(self) -> bool:
        """Whether other bytes came before under this key."""
        return self.outcome is Reception.CONFLICT


@dataclass(frozen=True, slots=True)
class StoredArrival:
    """An arrival as kept. `first` is set for a conflict only; `state` starts as "recorded"."""

    arrival: Arrival
    dedupe_key: str
    state: str
    agreement: str
    first: str


@dataclass(frozen=True, slots=True)
class Repeat:
    """A further reception of the same key: when, by which endpoint, and how it compared.

    `number` is the interchange of the first arrival that it repeats, from 1; 0 is the whole of it.
    """

    id: str
    first: str
    number: int
    outcome: Reception
    endpoint: str
    received_at: datetime


class _Intake:
    """Collects the rows of several arrivals, so that each table is written once."""

    def __init__(self, connection: Connection, intakes: Sequence[tuple[Arrival, Claim]]) -> None:
        self.connection = connection
        ids = [arrival.id for arrival, _ in intakes]
        self.book = Book(connection, [claim.key for _, claim in intakes])
        self.known = {row.id: row.sha256 for row in connection.execute(_BY_ID, {"ids": ids})}
        self.repeated = {row.id: row.first for row in connection.execute(_REPEATED, {"ids": ids})}
        self.arrivals: list[dict[str, Any]] = []
        self.repeats: list[dict[str, Any]] = []
        self.work: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []

    def take(self, arrival: Arrival, claim: Claim) -> Recorded:
        """Decide what an arrival is and prepare its rows."""
        sha256 = arrival.sha256
        if arrival.id in self.repeated:
            return Recorded(self.repeated[arrival.id], Reception.DUPLICATE, self.repeated[arrival.id])
        if self.known.get(arrival.id) == sha256:
            return Recorded(arrival.id, Reception.DUPLICATE, arrival.id)
        use = self.book.take(arrival, claim if claim.sha256 else replace(claim, sha256=sha256))
        if use.arrival == arrival.id:
            return self._new(arrival, claim.key, sha256)
        if use.sha256 in (claim.sha256, sha256):
            return self._duplicate(arrival, use, sha256)
        return self._conflict(arrival, use.arrival, sha256)

    def write(self) -> None:
        """Write all rows."""
        self.book.write()
        for table, rows in (
            (arrivals, self.arrivals),
            (repeats, self.repeats),
            (work, self.work),
            (events, self.events),
        ):
            if rows:
                self.connection.execute(insert(table), rows)

    def _new(self, arrival: Arrival, key: str, sha256: str) -> Recorded:
        self.arrivals.append(_arrival_row(arrival, key, sha256))
        self.known[arrival.id] = sha256
        self._queue(Work.PROCESS, arrival)
        self._event(arrival, arrival.id, f"{len(arrival.content)} bytes received by {arrival.endpoint}")
        return Recorded(arrival.id, Reception.NEW, arrival.id)

    def _duplicate(self, arrival: Arrival, use: Use, sha256: str) -> Recorded:
        first = use.arrival
        self.repeats.append(_repeat_row(arrival, first, Reception.DUPLICATE, sha256) | {"number": use.number})
        self.repeated[arrival.id] = first
        self._queue(Work.REPLAY, arrival)
        self._event(arrival, first, f"the same bytes received again by {arrival.endpoint}: nothing is delivered twice")
        # A first attempt that ended as a dead letter must not block the sender's retry.
        self.connection.execute(_REVIVE, {"first": first, "at": arrival.received_at})
        return Recorded(first, Reception.DUPLICATE, first)

    def _conflict(self, arrival: Arrival, first: str, sha256: str) -> Recorded:
        self.arrivals.append(_arrival_row(arrival, "", sha256) | {"first": first})
        self.repeats.append(_repeat_row(arrival, first, Reception.CONFLICT, sha256))
        self.known[arrival.id] = sha256
        self._queue(Work.CONFLICT, arrival)
        text = f"other bytes under the reference of {first} received by {arrival.endpoint}: to be refused"
        self._event(arrival, arrival.id, text)
        return Recorded(arrival.id, Reception.CONFLICT, first)

    def _queue(self, kind: Work, arrival: Arrival) -> None:
        self.work.append({"kind": kind.value, "subject": arrival.id, "state": "ready", "run_at": arrival.received_at})

    def _event(self, arrival: Arrival, subject: str, text: str) -> None:
        self.events.append({"at": arrival.received_at, "step": "record", "text": text, "arrival": subject})


def record(connection: Connection, intakes: Iterable[tuple[Arrival, Claim]]) -> list[Recorded]:
    """Write arrivals with the keys they claim, and say of each what it is, in the same order."""
    given = list(intakes)
    intake = _Intake(connection, given)
    recorded = [intake.take(arrival, claim) for arrival, claim in given]
    intake.write()
    return recorded


def stored(connection: Connection, id_: str) -> StoredArrival | None:
    """Return an arrival with its bytes, or None."""
    row = connection.execute(_STORED, {"arrival": id_}).one_or_none()
    if row is None:
        return None
    arrival = Arrival(row.id, row.endpoint, row.received_at, bytes(row.content), json.loads(row.attributes))
    return StoredArrival(arrival, row.dedupe_key, row.state, row.agreement, row.first)


def repeat(connection: Connection, id_: str) -> Repeat | None:
    """Return one further reception, or None."""
    row = connection.execute(select(repeats).where(repeats.c.id == id_)).one_or_none()
    if row is None:
        return None
    return Repeat(row.id, row.first, row.number, Reception(row.outcome), row.endpoint, row.received_at)


def _arrival_row(arrival: Arrival, key: str, sha256: str) -> dict[str, Any]:
    return {
        "id": arrival.id,
        "endpoint": arrival.endpoint,
        "received_at": arrival.received_at,
        "sha256": sha256,
        "dedupe_key": key,
        "attributes": json.dumps(dict(arrival.attributes), sort_keys=True),
        "state": "recorded",
        "first": "",
        "content": arrival.content,
    }


def _repeat_row(arrival: Arrival, first: str, outcome: Reception, sha256: str) -> dict[str, Any]:
    return {
        "id": arrival.id,
        "first": first,
        "number": 0,
        "outcome": outcome.value,
        "endpoint": arrival.endpoint,
        "received_at": arrival.received_at,
        "sha256": sha256,
        "attributes": json.dumps(dict(arrival.attributes), sort_keys=True),
    }
