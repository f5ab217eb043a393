"""How long things are kept: what is old, settled and under no legal hold may go, an arrival with all that came of it.

Law: nothing goes that still has work, waits for a person or for another delivery, or is on hold; and nothing of a
filing goes before all of it may go. Where an arrival used a key, a stub of it stays without its bytes, so that a
repeat is still known for one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Connection,
    FromClause,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
    update,
)

from gateway.model.journal import Work
from gateway.store.desk import By
from gateway.store.tables import (
    Instant,
    acknowledgments,
    arrivals,
    claims,
    deliveries,
    documents,
    events,
    expectations,
    filings,
    findings,
    gathered,
    happenings,
    holds,
    receipts,
    reference_index,
    repeats,
    statements,
    waits,
    work,
)

PURGED: Final = "purged"
_SETTLED: Final = ("delivered", "abandoned")


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold on an arrival or a filing."""

    subject: str
    at: datetime
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Purged:
    """What went, or would go: arrivals, and all that came of them."""

    arrivals: int = 0
    documents: int = 0
    deliveries: int = 0

    def __add__(self, other: Purged) -> Purged:
        return Purged(
            self.arrivals + other.arrivals,
            self.documents + other.documents,
            self.deliveries + other.deliveries,
        )


def hold(connection: Connection, subject: str, now: datetime, by: By) -> bool:
    """Put an arrival or a filing on hold; False when there is none of that id."""
    known = [
        connection.execute(select(table.c.id).where(table.c.id == subject)).first() for table in (arrivals, filings)
    ]
    if not any(known):
        return False
    connection.execute(insert(holds), {"subject": subject, "at": now, "who": by.who, "why": by.why})
    _tell(connection, subject, now, "put on legal hold: nothing of it is purged", by, filing=known[1] is not None)
    return True


def release(connection: Connection, subject: str, now: datetime, by: By) -> bool:
    """Release every hold on an arrival or a filing; False when it is on none."""
    values = {"released_at": now, "released_by": by.who, "released_why": by.why}
    held = holds.c.subject == subject, holds.c.released_at.is_(None)
    if not connection.execute(update(holds).where(*held).values(values)).rowcount:
        return False
    filed = connection.execute(select(filings.c.id).where(filings.c.id == subject)).first() is not None
    _tell(connection, subject, now, "legal hold released", by, filing=filed)
    return True


def held(connection: Connection) -> list[Hold]:
    """Return the holds that are not released, oldest first."""
    rows = connection.execute(select(holds).where(holds.c.released_at.is_(None)).order_by(holds.c.seq))
    return [Hold(row.subject, row.at, row.who, row.why) for row in rows]


def old(
    connection: Connection, before: Mapping[str, datetime], otherwise: datetime | None, most: int, after: str = ""
) -> list[str]:
    """Return the ids of up to `most` arrivals that may go, in order of id from `after` on.

    `before` says for each agreement what is old enough, `otherwise` for every other, None that nothing is.
    """
    statement = (
        select(arrivals.c.id)
        .where(arrivals.c.id > after, *_may_go(arrivals, before, otherwise))
        .where(not_(_filed_with_others(before, otherwise)))
        .order_by(arrivals.c.id)
        .limit(most)
    )
    return list(connection.execute(statement).scalars())


def count(connection: Connection, ids: Sequence[str]) -> Purged:
    """Return what goes with some arrivals."""
    counted = [
        connection.execute(select(func.count()).where(table.c.arrival.in_(ids))).scalar_one()
        for table in (documents, deliveries)
    ]
    return Purged(len(ids), *counted)


def purge(connection: Connection, ids: Sequence[str]) -> Purged:
    """Remove some arrivals and all that came of them; the caller has found that they may go."""
    if not ids:
        return Purged()
    purged = count(connection, ids)
    of_documents = select(documents.c.id).where(documents.c.arrival.in_(ids))
    of_deliveries = select(deliveries.c.id).where(
        or_(deliveries.c.arrival.in_(ids), deliveries.c.document.in_(of_documents))
    )
    filed = set(
        connection.execute(
            select(documents.c.filing).where(documents.c.arrival.in_(ids), documents.c.filing != "").distinct()
        ).scalars()
    )
    gone = [*ids, *connection.execute(of_documents).scalars(), *connection.execute(of_deliveries).scalars()]
    for some in (gone[at : at + 500] for at in range(0, len(gone), 500)):
        connection.execute(delete(reference_index).where(reference_index.c.id.in_(some)))
    for table in (waits, expectations, receipts):
        connection.execute(delete(table).where(table.c.delivery.in_(of_deliveries)))
    connection.execute(
        delete(acknowledgments).where(
            or_(acknowledgments.c.arrival.in_(ids), acknowledgments.c.delivery.in_(of_deliveries))
        )
    )
    connection.execute(
        delete(events).where(
            or_(events.c.arrival.in_(ids), events.c.document.in_(of_documents), events.c.delivery.in_(of_deliveries))
        )
    )
    connection.execute(delete(findings).where(findings.c.arrival.in_(ids)))
    connection.execute(delete(deliveries).where(deliveries.c.id.in_(of_deliveries)))
    connection.execute(delete(documents).where(documents.c.arrival.in_(ids)))
    connection.execute(delete(repeats).where(or_(repeats.c.first.in_(ids), repeats.c.id.in_(ids))))
    _remove_arrivals(connection, ids)
    _remove_filings(connection, sorted(filed))
    return purged


def forget_happenings(connection: Connection, before: datetime) -> None:
    """Remove events that nothing new can wait for."""
    connection.execute(delete(happenings).where(happenings.c.at < before))


def note(connection: Connection, purged: Purged, now: datetime, by: By) -> None:
    """Record who purged how much."""
    text = f"purged {purged.arrivals} arrivals, {purged.documents} documents, {purged.deliveries} deliveries"
    connection.execute(insert(events), {"at": now, "step": "purge", "text": text, "who": by.who, "why": by.why})


def _may_go(arrival: FromClause, before: Mapping[str, datetime], otherwise: datetime | None) -> list[Any]:
    """Return what makes one arrival old, settled and free by itself."""
    named = {agreement: literal(at, Instant) for agreement, at in before.items()}
    rest = literal(otherwise, Instant)
    limit = case(named, value=arrival.c.agreement, else_=rest) if named else rest
    of_it = or_(
        deliveries.c.arrival == arrival.c.id,
        deliveries.c.document.in_(select(documents.c.id).where(documents.c.arrival == arrival.c.id)),
    )
    busy = exists().where(of_it, deliveries.c.state.not_in(_SETTLED))
    worked_on = exists().where(work.c.kind != Work.DELIVER.value, work.c.subject == arrival.c.id)
    repeated = exists().where(repeats.c.first == arrival.c.id, work.c.subject == repeats.c.id)
    on_hold = exists().where(
        holds.c.released_at.is_(None),
        or_(
            holds.c.subject == arrival.c.id,
            holds.c.subject.in_(select(documents.c.filing).where(documents.c.arrival == arrival.c.id)),
        ),
    )
    old_enough = and_(arrival.c.received_at < limit, arrival.c.state.not_in((PURGED, "recorded")))
    gathers = exists().where(gathered.c.document == documents.c.id, documents.c.arrival == arrival.c.id)
    return [old_enough, not_(busy), not_(worked_on), not_(repeated), not_(on_hold), not_(gathers)]


def _filed_with_others(before: Mapping[str, datetime], otherwise: datetime | None) -> Any:
    """Whether a filing of the arrival has another arrival that may not go."""
    mine, theirs, other = documents.alias("mine"), documents.alias("theirs"), arrivals.alias("other")
    return exists().where(
        mine.c.arrival == arrivals.c.id,
        mine.c.filing != "",
        theirs.c.filing == mine.c.filing,
        theirs.c.arrival != mine.c.arrival,
        other.c.id == theirs.c.arrival,
        not_(and_(*_may_go(other, before, otherwise))),
    )


def _remove_arrivals(connection: Connection, ids: Sequence[str]) -> None:
    """Remove arrivals; of one that used a key its id, digest and time stay."""
    keyed = select(claims.c.arrival).where(claims.c.arrival.in_(ids))
    connection.execute(
        update(arrivals).where(arrivals.c.id.in_(keyed)).values(state=PURGED, content=b"", attributes="{}")
    )
    named = exists().where(repeats.c.first == arrivals.c.id)
    connection.execute(delete(arrivals).where(arrivals.c.id.in_(ids), arrivals.c.state != PURGED, not_(named)))


def _remove_filings(connection: Connection, ids: Sequence[str]) -> None:
    """Remove the filings that no document is left of."""
    left = set(connection.execute(select(documents.c.filing).where(documents.c.filing.in_(ids)).distinct()).scalars())
    gone = [id_ for id_ in ids if id_ not in left]
    if gone:
        connection.execute(delete(events).where(events.c.filing.in_(gone)))
        connection.execute(delete(reference_index).where(reference_index.c.id.in_(gone)))
        connection.execute(delete(statements).where(statements.c.filing.in_(gone)))
        connection.execute(delete(filings).where(filings.c.id.in_(gone)))


def _tell(connection: Connection, subject: str, now: datetime, text: str, by: By, *, filing: bool) -> None:
    named = {"filing" if filing else "arrival": subject}
    connection.execute(insert(events), {"at": now, "step": "hold", "text": text, "who": by.who, "why": by.why} | named)
