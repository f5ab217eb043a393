"""The store: journal of arrivals, work queue, deliveries, receipts, reference index. Times and ids are handed in.

Every method is one transaction, durable when it returns. Several threads and processes may share a store.
Whatever the database cannot do is a `StoreError`, whose text never holds a message's content.

    store = Store("sqlite:////srv/site/var/pierhead.db")
    store.upgrade()
    store.record(arrival, Claim(key))                       -> Recorded
    for item in store.lease([Work.PROCESS], now, 60, "worker-1", limit=10):
        store.complete(item, result)                        -> False when the lease was lost meanwhile
    attempt = store.begin_attempt(item, now, idempotent=is_idempotent)
    store.settle(attempt, receipt, next_due)                -> DeliveryState
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from sqlalchemy import Connection, insert, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from gateway.errors import StoreError
from gateway.model.journal import (
    AcknowledgmentRecord,
    Claim,
    DocumentRecord,
    Event,
    Expectation,
    FindingRecord,
    NewWork,
    ProcessingResult,
    Reference,
    Use,
    WatchState,
    Work,
    WorkItem,
)
from gateway.model.stages import Arrival, Receipt
from gateway.store import arrivals, claims, filings, fleet, outbox, queue, references, results, schema, search, waits
from gateway.store.arrivals import Recorded, Repeat, StoredArrival
from gateway.store.engine import open_engine
from gateway.store.filings import Filing
from gateway.store.outbox import Attempt, DeliveryState, StoredDelivery
from gateway.store.search import ArrivalSummary, Counters, DeadLetter
from gateway.store.tables import arrivals as arrivals_table
from gateway.store.tables import events

_FOUND_AT_MOST: Final = 200


class Store:
    """One database.

    Args:
        url: `sqlite:///PATH` or `postgresql+psycopg://...`.
        busy_seconds: how long to wait for another process's writing transaction before giving up.
    """

    def __init__(self, url: str, *, busy_seconds: float = 30.0) -> None:
        self._engine = open_engine(url, busy_seconds=busy_seconds)
        single = self._engine.dialect.name == "sqlite"
        # SQLite's own lock is unfair and polled; within one process a mutex hands it over at once.
        self._writer: AbstractContextManager[object] = Lock() if single else nullcontext()
        self._closed = False

    def upgrade(self) -> None:
        """Create or migrate the schema; several processes may call this at once."""
        with self._writing() as connection:
            schema.upgrade(connection)

    def close(self) -> None:
        """Give all connections back; every later call is a `StoreError`."""
        self._closed = True
        self._engine.dispose()

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

    def waiting_for(self, delivery: str) -> list[tuple[str, str, str, str]]:
        """Return the events that a delivery waits for: event, kind and value of a key, place."""
        with self._reading() as connection:
            return waits.waiting_for(connection, delivery)

    # queue

    def enqueue(self, work: Sequence[NewWork]) -> None:
        """Queue work that no step produced, such as the replay of an arrival."""
        with self._writing() as connection:
            queue.enqueue(connection, work)

    def lease(
        self, kinds: Sequence[str], now: datetime, lease_seconds: float, owner: str, limit: int = 1
    ) -> list[WorkItem]:
        """Take up to `limit` due items of these kinds, oldest first; an expired lease is due again.

        `owner` must be unique to the worker, across processes and restarts.
        """
        with self._writing() as connection:
            return queue.lease(connection, kinds, now, lease_seconds, owner, limit)

    def extend(self, item: WorkItem, now: datetime, lease_seconds: float) -> bool:
        """Hold an item longer (a heartbeat); False when the lease was lost."""
        with self._writing() as connection:
            return queue.extend(connection, item, now + timedelta(seconds=lease_seconds))

    def complete(self, item: WorkItem, result: ProcessingResult) -> bool:
        """Write all that a step produced and remove its item; False, with nothing written, when the lease was lost."""
        return self.complete_all([(item, result)])[0]

    def complete_all(self, completed: Sequence[tuple[WorkItem, ProcessingResult]]) -> list[bool]:
        """Complete several items in one transaction; each answer as of `complete`."""
        with self._writing() as connection:
            held = [queue.finish(connection, item) for item, _ in completed]
            results.write(connection, [result for (_, result), ours in zip(completed, held, strict=True) if ours])
            return held

    def fail(self, item: WorkItem, error: str, now: datetime, run_at: datetime | None = None) -> bool:
        """Put an item back for `run_at`, or make it a dead letter; False when the lease was lost."""
        with self._writing() as connection:
            held = queue.fail(connection, item, error, now, run_at)
            if held and run_at is None and item.kind in (Work.PROCESS, Work.CONFLICT):
                connection.execute(
                    update(arrivals_table).where(arrivals_table.c.id == item.subject).values(state="dead")
                )
                text = f"dead letter after attempt {item.attempt}: {error}"
                connection.execute(
                    insert(events), {"at": now, "step": item.kind, "text": text, "arrival": item.subject}
                )
            return held

    def put_back(self, item: WorkItem, now: datetime) -> bool:
        """Put an item back that could not be tried, which is no attempt; False when the lease was lost."""
        with self._writing() as connection:
            return queue.put_back(connection, item, now)

    def revive(self, work_id: int, now: datetime) -> bool:
        """Make a dead item ready again; False when it is not dead."""
        with self._writing() as connection:
            return queue.revive(connection, work_id, now)

    # deliveries

    def begin_attempt(self, item: WorkItem, now: datetime, *, idempotent: Callable[[str], bool]) -> Attempt | None:
        """Mark a leased delivery durably as in flight; only then may it be sent.

        None when there is nothing to send: it is settled, or quarantined because an attempt was cut short and
        `idempotent(endpoint)` is False, or the lease was lost.
        """
        with self._writing() as connection:
            return outbox.begin(connection, item, now, idempotent)

    def settle(self, attempt: Attempt, receipt: Receipt, next_due: datetime | None = None) -> DeliveryState | None:
        """Record how an attempt ended; busy or ambiguous goes back to the queue for `next_due`, or dies without one.

        An ambiguous attempt at an endpoint that is not idempotent is quarantined whatever `next_due` says.
        When the lease was lost only a success still counts; None, with nothing written, for anything else.
        """
        with self._writing() as connection:
            return outbox.settle(connection, attempt, receipt, next_due)

    def release(self, delivery: str, now: datetime) -> bool:
        """Queue a dead or quarantined delivery again, on a person's word; False when it is neither."""
        with self._writing() as connection:
            return outbox.release(connection, delivery, now)

    def cancel(self, delivery: str, now: datetime) -> bool:
        """Give a dead or quarantined delivery up, on a person's word; False when it is neither."""
        with self._writing() as connection:
            return outbox.cancel(connection, delivery, now)

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

    def dead_letters(self, limit: int = _FOUND_AT_MOST) -> list[DeadLetter]:
        """Return what waits for a person, newest first."""
        with self._reading() as connection:
            return search.dead_letters(connection, limit)

    def counters(self) -> Counters:
        """Return figures for health checks."""
        with self._reading() as connection:
            return search.counters(connection)

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
            raise StoreError(f"the database says: {error.orig}") from error
        except SQLAlchemyError as error:
            raise StoreError(f"the database cannot be used: {type(error).__name__}") from error
