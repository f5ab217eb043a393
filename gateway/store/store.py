"""The store: journal of arrivals, work queue, deliveries, receipts, reference index. Times and ids are handed in.

Every method is one transaction, durable when it returns. Several threads and processes may share a store.
Whatever the database cannot do is a `StoreError`, whose text never holds a message's content.

    store = Store("sqlite:////srv/site/var/pierhead.db")
    store.upgrade()
    store.record(arrival, Claim(key))                       -> Recorded
    for item in store.lease([Work.PROCESS], now, 60, "worker-1", limit=10):
        store.complete(item, result)                        -> False when the lease was lost meanwhile
    for item in store.lease([Work.DELIVER], now, 60, "worker-1", limit=10, pace=pace_of):   # of one endpoint
        attempt = store.begin_attempt(item, now, idempotent=is_idempotent)
        store.settle(attempt, receipt, next_due)            -> DeliveryState
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Final

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from gateway.errors import StoreError
from gateway.model.awaited import Awaited
from gateway.model.journal import (
    AcknowledgmentRecord,
    Claim,
    DocumentRecord,
    Event,
    Expectation,
    FindingRecord,
    Gathered,
    NewWork,
    ProcessingResult,
    Reference,
    Use,
    WatchState,
    Work,
    WorkItem,
)
from gateway.model.occasion import Key
from gateway.model.pace import USUAL, Breaker, Pace
from gateway.model.stages import Arrival, Receipt
from gateway.store import (
    arrivals,
    awaiting,
    backup,
    claims,
    desk,
    filings,
    fleet,
    gathering,
    lanes,
    order,
    outbox,
    queue,
    references,
    results,
    retention,
    schema,
    search,
    waits,
    watchdog,
)
from gateway.store.arrivals import Recorded, Repeat, StoredArrival
from gateway.store.desk import By
from gateway.store.engine import open_engine
from gateway.store.filings import Filing
from gateway.store.lanes import Lane
from gateway.store.order import Blocked
from gateway.store.outbox import Attempt, DeliveryState, StoredDelivery
from gateway.store.retention import Hold, Purged
from gateway.store.room import Gauge, Room
from gateway.store.search import ArrivalSummary, Counters, DeadLetter
from gateway.store.tables import arrivals as arrivals_table
from gateway.store.tables import events, work
from gateway.store.watchdog import Neglected

_FOUND_AT_MOST: Final = 200
_PURGED_AT_ONCE: Final = 200


def _usual(_endpoint: str) -> Pace:
    return USUAL


class Store:
    """One database.

    Args:
        url: `sqlite:///PATH` or `postgresql+psycopg://...`.
        busy_seconds: how long to wait for another process's writing transaction before giving up.
        room: what has to be left, for `capacity`.
    """

    def __init__(self, url: str, *, busy_seconds: float = 30.0, room: Room = Room()) -> None:  # noqa: B008  # frozen
        self._engine = open_engine(url, busy_seconds=busy_seconds)
        single = self._engine.dialect.name == "sqlite"
        # SQLite's own lock is unfair and polled; within one process a mutex hands it over at once.
        self._writer: AbstractContextManager[object] = Lock() if single else nullcontext()
        self._gauge = Gauge(self._engine, room)
        self._closed = False

    def upgrade(self) -> None:
        """Create or migrate the schema; several processes may call this at once."""
        with self._writing() as connection:
            schema.upgrade(connection)

    def schema(self) -> tuple[str, str]:
        """Return the schema that the database has, "" where there is none, and the one that this version has."""
        with self._reading() as connection:
            return schema.standing(connection)

    def close(self) -> None:
        """Give all connections back; every later call is a `StoreError`."""
        self._closed = True
        self._engine.dispose()

    def capacity(self, now: datetime) -> str:
        """Return why nothing more can be taken in now, in a sentence; "" while there is room.

        It is measured once a second at most.
        """
        said = self._gauge.said(now)
        if said is None:
            with self._reading() as connection:
                said = self._gauge.measure(connection, now)
        return said

    # arrivals

    def record(self, arrival: Arrival, claim: Claim) -> Recorded:
        """Keep an arrival verbatim with its first work item; it may be confirmed when this returns.

        With an empty key an arrival is always new, unless the same id with the same bytes is here.
        """
        return self.record_all([(arrival, claim)])[0]

    def record_all(self, intakes: Sequence[tuple[Arrival, Claim]]) -> list[Recorded]:
        """Keep several arrivals with the keys they claim in one transaction: all or none."""
        with self._writing() as connection:
            return arrivals.record(connection, intakes)

    def claim(self, arrival: Arrival, wanted: Sequence[Claim], *, keep: bool = True) -> list[Use]:
        """Take for an arrival the keys that are free, and say of each who has it; all in one transaction.

        Without `keep` it only says who would have them.
        """
        with self._writing() if keep else self._reading() as connection:
            return claims.take(connection, arrival, wanted, keep=keep)

    def arrival(self, id_: str) -> StoredArrival | None:
        """Return an arrival with its bytes."""
        with self._reading() as connection:
            return arrivals.stored(connection, id_)

    def repeat(self, id_: str) -> Repeat | None:
        """Return one further reception of a key: the subject of `Work.REPLAY`."""
        with self._reading() as connection:
            return arrivals.repeat(connection, id_)

    def recent(self, limit: int = 50) -> list[ArrivalSummary]:
        """Return the latest arrivals, newest first."""
        with self._reading() as connection:
            return search.recent(connection, limit)

    # vessel feeds

    def hear(self, batches: Sequence[Arrival]) -> None:
        """Keep batches of vessel feeds verbatim; they may be confirmed when this returns."""
        with self._writing() as connection:
            fleet.hear(connection, batches)

    def unobserved(self, most: int) -> list[Arrival]:
        """Return the oldest batches that the watch has not seen, `most` at most."""
        with self._reading() as connection:
            return fleet.unobserved(connection, most)

    def watch(self) -> WatchState:
        """Return how far the watch over the vessels has come."""
        with self._reading() as connection:
            return fleet.watch(connection)

    def ships(self) -> list[tuple[int, bytes]]:
        """Return every ship's MMSI and packed state."""
        with self._reading() as connection:
            return list(fleet.all_ships(connection))

    def reconcile(self) -> int:
        """Release deliveries whose event has happened and that were left behind; return how many."""
        with self._writing() as connection:
            return waits.reconcile(connection)

    def happened(self, events: Sequence[str], key: Key, since: datetime) -> bool:
        """Whether any of some events has happened to what a key names, at a time or later."""
        with self._reading() as connection:
            return waits.happened(connection, events, key, since)

    def gathered(self, agreement: str, route: str, until: datetime) -> list[Gathered]:
        """Return the documents that wait to be sent together at a time or before it, in the order of receipt."""
        with self._reading() as connection:
            return gathering.gathered(connection, agreement, route, until)

    def waiting_for(self, delivery: str) -> list[tuple[str, str, str, str]]:
        """Return the events that a delivery waits for: event, kind and value of a key, place."""
        with self._reading() as connection:
            return waits.waiting_for(connection, delivery)

    def tell(self, told: Sequence[Event]) -> None:
        """Add lines to the journal that no step produced."""
        with self._writing() as connection:
            connection.execute(insert(events), [asdict(event) for event in told])

    # queue

    def enqueue(self, new: Sequence[NewWork]) -> None:
        """Queue work that no step produced, such as the replay of an arrival."""
        with self._writing() as connection:
            queue.enqueue(connection, new)

    def lease(
        self,
        kinds: Sequence[str],
        now: datetime,
        lease_seconds: float,
        owner: str,
        limit: int = 1,
        *,
        pace: Callable[[str], Pace] = _usual,
    ) -> list[WorkItem]:
        """Take up to `limit` due items of these kinds, oldest first; an expired lease is due again.

        `owner` must be unique to the worker, across processes and restarts. Deliveries come when nothing else is due,
        from one endpoint at a time, in turn, as far as its `pace` and its breaker allow.
        An item that workers die on is a dead letter in the end, and comes alone before.
        """
        if set(kinds) == {Work.DELIVER} and not self._deliveries_due(now):
            return []
        with self._writing() as connection:
            leased = queue.lease_of(
                connection, [kind for kind in kinds if kind != Work.DELIVER], now, lease_seconds, owner, limit
            )
            if Work.DELIVER in kinds and not leased.items:
                leased = lanes.lease(connection, now, lease_seconds, owner, limit, pace)
            for item in leased.dead:
                self._bury(connection, item, "workers died on it", now)
            return list(leased.items)

    def _deliveries_due(self, now: datetime) -> bool:
        """Whether a lease would find a delivery: of many idle workers none then waits for the write lock."""
        with self._reading() as connection:
            return lanes.anything_due(connection, now)

    def extend(self, item: WorkItem, now: datetime, lease_seconds: float) -> bool:
        """Hold an item longer (a heartbeat); False when the lease was lost."""
        return self.extend_all([item], now, lease_seconds)[0]

    def extend_all(self, items: Sequence[WorkItem], now: datetime, lease_seconds: float) -> list[bool]:
        """Hold several items longer in one transaction; each answer as of `extend`."""
        until = now + timedelta(seconds=lease_seconds)
        with self._writing() as connection:
            return [queue.extend(connection, item, until) for item in items]

    def put_back(self, items: Sequence[WorkItem], now: datetime) -> None:
        """Give up items that nothing was done for: they are due at once, as if they had never been taken."""
        with self._writing() as connection:
            for item in items:
                queue.put_back(connection, item, now)
                lanes.give_up_probe(connection, item, now)

    def complete(self, item: WorkItem, result: ProcessingResult) -> bool:
        """Write all that a step produced and remove its item; False, with nothing written, when the lease was lost."""
        return self.complete_all([(item, result)])[0]

    def complete_all(self, completed: Sequence[tuple[WorkItem, ProcessingResult]]) -> list[bool]:
        """Complete several items in one transaction; each answer as of `complete`."""
        with self._writing() as connection:
            held = [queue.finish(connection, item) for item, _ in completed]
            results.write(connection, [result for (_, result), ours in zip(completed, held, strict=True) if ours])
            return held

    def fail(
        self, item: WorkItem, error: str, now: datetime, run_at: datetime | None = None, *, fault: bool = False
    ) -> bool:
        """Put an item back for `run_at`, or make it a dead letter; False when the lease was lost.

        `fault` says that it failed by our own fault; such items are leased alone from then on.
        """
        with self._writing() as connection:
            held = queue.fail(connection, item, error, now, run_at, faults=item.faults + 1 if fault else 0)
            if held:
                lanes.give_up_probe(connection, item, now)
            if held and run_at is None:
                self._bury(connection, item, error, now)
            return held

    def _bury(self, connection: Connection, item: WorkItem, error: str, now: datetime) -> None:
        """Say of the subject of a dead item that it is dead."""
        if item.kind == Work.DELIVER:
            outbox.bury(connection, item, now, error)
        elif item.kind in (Work.PROCESS, Work.CONFLICT):
            connection.execute(update(arrivals_table).where(arrivals_table.c.id == item.subject).values(state="dead"))
            text = f"dead letter after attempt {item.attempt}: {error}"
            connection.execute(insert(events), {"at": now, "step": item.kind, "text": text, "arrival": item.subject})

    def revive(self, work_id: int, now: datetime, who: str = "", why: str = "") -> bool:
        """Make a dead item ready again, on a person's word; False when it is not dead."""
        with self._writing() as connection:
            subject = connection.execute(select(work.c.subject).where(work.c.seq == work_id)).scalar_one_or_none()
            done = queue.revive(connection, work_id, now)
            if done:
                told = {"at": now, "step": "retry", "text": "queued again", "who": who, "why": why, "arrival": subject}
                connection.execute(insert(events), told)
            return done

    # deliveries

    def begin_attempt(self, item: WorkItem, now: datetime, *, idempotent: Callable[[str], bool]) -> Attempt | None:
        """Mark a leased delivery durably as in flight; only then may it be sent.

        None when there is nothing to send: it is settled, or quarantined because an attempt was cut short and
        `idempotent(endpoint)` is False, or the lease was lost.
        """
        with self._writing() as connection:
            return outbox.begin(connection, item, now, idempotent)

    def settle(
        self, attempt: Attempt, receipt: Receipt, next_due: datetime | None = None, *, breaker: Breaker = USUAL.breaker
    ) -> DeliveryState | None:
        """Record how an attempt ended; busy or ambiguous goes back to the queue for `next_due`, or dies without one.

        An ambiguous attempt at an endpoint that is not idempotent is quarantined whatever `next_due` says.
        When the lease was lost only a success still counts; None, with nothing written, for anything else.
        Busy and ambiguous attempts count for the endpoint's `breaker`; any other answer closes it.
        """
        with self._writing() as connection:
            return outbox.settle(connection, attempt, receipt, next_due, breaker)

    def retry(self, delivery: str, now: datetime, who: str, why: str) -> bool:
        """Queue a dead or quarantined delivery again, on a person's word; False when it is neither."""
        with self._writing() as connection:
            return desk.retry(connection, delivery, now, By(who, why))

    def resend(self, delivery: str, now: datetime, who: str, why: str) -> str | None:
        """Send the bytes of a delivery as a new one, and return its id; None while the old one is still to go."""
        with self._writing() as connection:
            return desk.resend(connection, delivery, now, By(who, why))

    def abandon(self, delivery: str, now: datetime, who: str, why: str) -> bool:
        """Give up a delivery that is queued, dead or quarantined; False when it is something else."""
        with self._writing() as connection:
            return desk.abandon(connection, delivery, now, By(who, why))

    def skip(self, delivery: str, now: datetime, who: str, why: str) -> bool:
        """Let what waits for a dead or quarantined delivery go before it; False when it is neither."""
        with self._writing() as connection:
            return desk.skip(connection, delivery, now, By(who, why))

    def blocking(self) -> list[Blocked]:
        """Return the dead letters that others wait for, in an order or by their id."""
        with self._reading() as connection:
            return order.blocking(connection)

    def lanes(self) -> list[Lane]:
        """Return every endpoint that deliveries were made for: breaker, failures, backlog."""
        with self._reading() as connection:
            return lanes.all_lanes(connection)

    def delivery(self, id_: str) -> StoredDelivery | None:
        """Return a delivery with its bytes."""
        with self._reading() as connection:
            return outbox.stored(connection, id_)

    def deliveries(self, *, arrival: str = "", document: str = "", kind: str = "") -> list[StoredDelivery]:
        """Return the deliveries made for an arrival or a document, of one kind or of all."""
        with self._reading() as connection:
            return search.deliveries_of(connection, arrival=arrival, document=document, kind=kind)

    def receipts(self, delivery: str) -> list[Receipt]:
        """Return how every attempt of a delivery ended."""
        with self._reading() as connection:
            return search.receipts_of(connection, delivery)

    # what was understood

    def document(self, id_: str) -> DocumentRecord | None:
        """Return one document."""
        with self._reading() as connection:
            return search.document(connection, id_)

    def documents(self, *, arrival: str = "", filing: str = "") -> list[DocumentRecord]:
        """Return the documents of an arrival or of a filing."""
        with self._reading() as connection:
            return search.documents_of(connection, arrival=arrival, filing=filing)

    def findings(self, *, arrival: str = "", document: str = "") -> list[FindingRecord]:
        """Return the findings of an arrival or of one document."""
        with self._reading() as connection:
            return search.findings_of(connection, arrival=arrival, document=document)

    def acknowledgments(self, *, delivery: str = "", arrival: str = "") -> list[AcknowledgmentRecord]:
        """Return what was said of a delivery, or what an arrival said."""
        with self._reading() as connection:
            return search.acknowledgments_of(connection, delivery=delivery, arrival=arrival)

    def expectations(self, delivery: str) -> list[Expectation]:
        """Return the acknowledgments that are expected of a delivery, whether they have come or not."""
        with self._reading() as connection:
            return search.expectations_of(connection, delivery)

    def overdue(self, now: datetime) -> list[Expectation]:
        """Return the acknowledgments that should have come by now and have not."""
        with self._reading() as connection:
            return search.overdue(connection, now)

    def filing(self, id_: str) -> Filing | None:
        """Return a filing by its id."""
        with self._reading() as connection:
            return filings.filing(connection, id_)

    def filing_by_lrn(self, sender: str, lrn: str) -> Filing | None:
        """Return a sender's filing by its local reference number."""
        with self._reading() as connection:
            return filings.filing_by_lrn(connection, sender, lrn)

    # looking around

    def find(self, kind: str | None, value: str, limit: int = _FOUND_AT_MOST) -> list[Reference]:
        """Return where a business key occurs, newest first; of one kind, or of any when `kind` is None."""
        with self._reading() as connection:
            return references.find(connection, kind, value, limit)

    def references(self, id_: str) -> list[Reference]:
        """Return every business key that an arrival, document, delivery or filing carries."""
        with self._reading() as connection:
            return references.references_of(connection, id_)

    def timeline(self, id_: str) -> list[Event]:
        """Return everything that happened to a filing, arrival, document or delivery, in order of time."""
        with self._reading() as connection:
            return search.timeline(connection, id_)

    def told_after(self, number: int, limit: int = _FOUND_AT_MOST) -> list[tuple[int, Event]]:
        """Return the lines of all timelines behind a number, each with its own number, in the order written."""
        with self._reading() as connection:
            return search.told_after(connection, number, limit)

    def last_told(self) -> int:
        """Return the number of the line written last, 0 where there is none."""
        with self._reading() as connection:
            return search.last_told(connection)

    def dead_letters(self, limit: int = _FOUND_AT_MOST) -> list[DeadLetter]:
        """Return what waits for a person, newest first."""
        with self._reading() as connection:
            return search.dead_letters(connection, limit)

    def counters(self) -> Counters:
        """Return figures for health checks."""
        with self._reading() as connection:
            return search.counters(connection)

    def awaited(self, now: datetime, *, overdue: bool = False, limit: int = _FOUND_AT_MOST) -> list[Awaited]:
        """Return the acknowledgments that are awaited, and those that came; or what is overdue alone."""
        with self._reading() as connection:
            return awaiting.table(connection, now, overdue=overdue, limit=limit)

    def awaited_of(self, delivery: str, now: datetime) -> list[Awaited]:
        """Return the acknowledgments that are awaited of one delivery."""
        with self._reading() as connection:
            return awaiting.of_delivery(connection, delivery, now)

    def alert_overdue(self, now: datetime) -> list[Awaited]:
        """Tell each acknowledgment that is overdue in the timelines, once, and return those that are told now."""
        with self._writing() as connection:
            return awaiting.alert(connection, now)

    def neglected(self, now: datetime, grace: timedelta) -> Neglected:
        """Return what nobody works on although it has been due for `grace`, or is nowhere queued."""
        with self._reading() as connection:
            return watchdog.neglected(connection, now, grace)

    # keeping

    def hold(self, subject: str, now: datetime, who: str, why: str) -> bool:
        """Put an arrival or a filing on legal hold; False when there is none of that id."""
        with self._writing() as connection:
            return retention.hold(connection, subject, now, By(who, why))

    def release_hold(self, subject: str, now: datetime, who: str, why: str) -> bool:
        """Release every hold on an arrival or a filing; False when it is on none."""
        with self._writing() as connection:
            return retention.release(connection, subject, now, By(who, why))

    def holds(self) -> list[Hold]:
        """Return the legal holds that are not released."""
        with self._reading() as connection:
            return retention.held(connection)

    def purge(
        self,
        before: Mapping[str, datetime],
        otherwise: datetime | None,
        now: datetime,
        who: str,
        why: str = "",
        *,
        dry_run: bool = False,
    ) -> Purged:
        """Remove what is settled, under no hold and older than `before` says for its agreement, or `otherwise`.

        It goes in small transactions, so that the work goes on; with `dry_run` it is only counted.
        """
        done, last = Purged(), ""
        while True:
            with self._reading() if dry_run else self._writing() as connection:
                ids = retention.old(connection, before, otherwise, _PURGED_AT_ONCE, last)
                done += retention.count(connection, ids) if dry_run else retention.purge(connection, ids)
            if len(ids) < _PURGED_AT_ONCE:
                break
            last = ids[-1]
        if done.arrivals and not dry_run:
            with self._writing() as connection:
                retention.note(connection, done, now, By(who, why))
        return done

    def backup(self, path: Path) -> Mapping[str, int]:
        """Copy a SQLite store to a new file while it is at work; return the rows of the copy, by table."""
        if self._closed:
            raise StoreError("the store is closed")
        return backup.copy(self._engine, path)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._writer, self._translated(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._translated(), self._engine.connect().execution_options(reading=True) as connection:
            yield connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn what the database says into a `StoreError`, without statement and parameters."""
        if self._closed:
            raise StoreError("the store is closed")
        try:
            yield
        except DBAPIError as error:
            said = str(error.orig).partition("\n")[0]  # PostgreSQL adds the values in further lines
            raise StoreError(f"the database says: {said}") from error
        except SQLAlchemyError as error:
            raise StoreError(f"the database cannot be used: {type(error).__name__}") from error
