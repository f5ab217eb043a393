"""The runner: takes work from the store, does one step, and commits what it produced. All state is in the store.

receive and record happen in `accept`; a crash anywhere leaves either the work item or its result, never half of both.
`on_step` is told each step that has just ended, for logs, metrics and the crash tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from gateway.errors import GatewayError, StoreError, StoreFull, TransportBusy, TransportRefused
from gateway.model.journal import ProcessingResult, Work, WorkItem
from gateway.model.pace import USUAL, Pace
from gateway.model.stages import Arrival, Delivery, Outcome, Receipt
from gateway.pipeline.observing import Observer
from gateway.pipeline.processing import Processor
from gateway.plugin import Accepted, Clock, Store, Transport

_PROCESSING = (Work.PROCESS, Work.REPLAY, Work.CONFLICT, Work.WARN, Work.GATHER)
_ATTEMPTS = 5  # of a step that fails by our own fault, before it is a dead letter
_ROUNDS = 3  # of the watch at the same batch
_AGAIN = timedelta(seconds=2)

Heartbeat = Callable[[Callable[[], object]], AbstractContextManager[object]]
"""Given what keeps the leases of a batch, does that again and again until the block is left."""


class EndpointPolicy(Protocol):
    """What the runner must know of an endpoint."""

    @property
    def idempotent(self) -> bool:
        """Whether a repeated idempotency key is recognised there."""
        ...

    @property
    def pace(self) -> Pace:
        """How fast it is sent to, and when it is left alone."""
        ...

    def next_due(
        self, attempt: int, now: datetime, asked: datetime | None = None, *, chance: float = 1.0
    ) -> datetime | None:
        """Return when to try again, or None when that was the last attempt.

        `chance` (0 to 1) is how much of the longest wait it is, so that not all come back at once.
        """
        ...


class Meter(Protocol):
    """What is told of the work: counters, spans and log lines hang here."""

    def step(self, name: str, arrival: str, subject: str = "") -> AbstractContextManager[object]:
        """Give what a step (accept, process, deliver, send) runs in; `subject` is the delivery, if it is about one."""
        ...

    def received(self, arrival: Arrival, accepted: Accepted) -> None:
        """Hear of an arrival that is recorded."""
        ...

    def processed(self, result: ProcessingResult) -> None:
        """Hear of a result that is committed."""
        ...

    def sent(self, delivery: Delivery, receipt: Receipt) -> None:
        """Hear how an attempt ended."""
        ...


class Unmetered:
    """A meter that nobody reads."""

    def step(self, _name: str, _arrival: str, _subject: str = "") -> AbstractContextManager[object]:
        """Give nothing."""
        return nullcontext()

    def received(self, _arrival: Arrival, _accepted: Accepted) -> None:
        """Do nothing."""

    def processed(self, _result: ProcessingResult) -> None:
        """Do nothing."""

    def sent(self, _delivery: Delivery, _receipt: Receipt) -> None:
        """Do nothing."""


@dataclass(slots=True)
class Runner:
    """One worker's view of the path. `owner` is unique to it, across processes and restarts.

    `chance` gives numbers from 0 to 1 for the waits between attempts. `heartbeat` keeps the leases of a batch while
    it is worked on; `stopping` says that no further item of a batch is begun, and what is left is put back.
    """

    store: Store
    processor: Processor
    transports: Mapping[str, Transport]
    endpoints: Mapping[str, EndpointPolicy]
    clock: Clock
    owner: str
    lease_seconds: float = 300.0
    observer: Observer | None = None
    on_step: Callable[[str], None] = lambda _step: None
    on_error: Callable[[str, BaseException], None] = lambda _what, _error: None
    chance: Callable[[], float] = lambda: 1.0
    heartbeat: Heartbeat = nullcontext
    stopping: Callable[[], bool] = lambda: False
    meter: Meter = field(default_factory=Unmetered)
    _unstored: WorkItem | None = None  # the round of the watch that the store did not take

    def accept(self, arrival: Arrival) -> Accepted:
        """Record an arrival durably (steps 1 and 2); only then may its sender be told.

        Raises:
            StoreFull: there is no room for it now.
        """
        full = self.store.capacity(arrival.received_at)
        if full:
            raise StoreFull(full)
        with self.meter.step("accept", arrival.id):
            self.on_step("receive")
            recorded = self.store.record(arrival, self.processor.claim(arrival))
            self.on_step("record")
        self.meter.received(arrival, recorded)
        return recorded

    def process(self, limit: int = 10) -> int:
        """Do the processing work that is due; return how many items were taken."""
        items = self.store.lease(_PROCESSING, self.clock(), self.lease_seconds, self.owner, limit)
        self._work(items, self._process)
        return len(items)

    def deliver(self, limit: int = 10) -> int:
        """Attempt deliveries that are due, of the endpoint whose turn it is; return how many items were taken."""
        items = self.store.lease((Work.DELIVER,), self.clock(), self.lease_seconds, self.owner, limit, pace=self._pace)
        self._work(items, self._deliver)
        return len(items)

    def observe(self, limit: int = 200) -> int:
        """Watch what vessel feeds sent; return how many batches were seen.

        A store that takes nothing (its disk is full) is no fault of a batch: the round is done again when it does.

        Raises:
            StoreError: the store still takes nothing.
        """
        if self.observer is None:
            return 0
        if self._unstored is not None:
            self.store.put_back([self._unstored], self.clock())
            self._unstored = None
        seen = 0
        for item in self.store.lease((Work.OBSERVE,), self.clock(), self.lease_seconds, self.owner, 1):
            batches = self.store.unobserved(limit if item.attempt == 1 else 1)
            self._guarded(item, partial(self._observe, self.observer, batches, limit))
            seen += len(batches)
        return seen

    def _observe(self, observer: Observer, batches: Sequence[Arrival], limit: int, item: WorkItem) -> None:
        """Do one round of the watch; a batch at which that fails again and again by our own fault is passed over."""
        now, state = self.clock(), self.store.watch()
        try:
            if item.attempt > _ROUNDS and batches:
                result = observer.passed_over(batches[0], state, now)
            else:
                result = observer.round(batches, state, self.store.ships, now, more=len(batches) == limit)
            self.on_step("observe")
            held = self.store.complete(item, result)
        except StoreError:
            observer.forget()
            self._unstored = item
            raise
        except BaseException:
            observer.forget()
            raise
        if held:
            self.on_step("observed")
        else:
            observer.forget()

    def _work(self, items: Sequence[WorkItem], step: Callable[[WorkItem], None]) -> None:
        """Do a step for each item of a batch, and keep the leases of those that are not done yet."""
        left = list(items)
        if not left:
            return
        with self.heartbeat(lambda: self.store.extend_all(tuple(left), self.clock(), self.lease_seconds)):
            while left and not self.stopping():
                self._guarded(left[0], step)
                del left[0]
        if left:
            self.store.put_back(left, self.clock())

    def _guarded(self, item: WorkItem, step: Callable[[WorkItem], None]) -> None:
        """Do one step; one that fails by our own fault is tried again, then left for a person, and blocks nobody."""
        try:
            step(item)
        except Exception as error:  # the one place where a bug must not stop the other messages
            if item is self._unstored:
                raise
            self.on_error(f"{item.kind} of {item.subject}", error)
            now = self.clock()
            told = str(error) if isinstance(error, GatewayError) else f"{type(error).__name__}"
            faults = item.faults + 1
            run_at = now + _AGAIN * 2**faults if faults < _ATTEMPTS else None
            self.store.fail(item, told, now, run_at, fault=True)

    def _process(self, item: WorkItem) -> None:
        now = self.clock()
        if item.kind == Work.REPLAY:
            self._replay(item, now)
            return
        if item.kind in (Work.WARN, Work.GATHER):
            step = self.processor.warn if item.kind == Work.WARN else self.processor.gather
            self._complete(item, step(item.subject, now), now)
            return
        stored = self.store.arrival(item.subject)
        with self.meter.step("process", item.subject):
            self._complete(item, self.processor.process(stored.arrival, now), now)

    def _replay(self, item: WorkItem, now: datetime) -> None:
        repeat = self.store.repeat(item.subject)
        self._complete(item, self.processor.replay(item.subject, repeat.first, repeat.number, now), now)

    def _complete(self, item: WorkItem, result: ProcessingResult | None, now: datetime) -> None:
        """Commit what a step produced; without anything it waits for the arrival that it repeats."""
        if result is None:
            self.store.fail(item, "the first arrival is not processed yet", now, now + _AGAIN)
        elif self.store.complete(item, result):
            self.on_step("commit")
            self.meter.processed(result)

    def _deliver(self, item: WorkItem) -> None:
        attempt = self.store.begin_attempt(item, self.clock(), idempotent=self._idempotent)
        if attempt is None:
            return
        delivery = attempt.delivery
        arrival = delivery.arrival or ""
        with self.meter.step("deliver", arrival, delivery.id):
            self.on_step("attempt")
            with self.meter.step("send", arrival, delivery.id):
                receipt = self._sent(attempt)
            self.on_step("send")
            self.store.settle(attempt, receipt, receipt.retry_at, breaker=self._pace(delivery.endpoint).breaker)
            self.on_step("settle")
        self.meter.sent(delivery, receipt)

    def _sent(self, attempt: Any) -> Receipt:
        """Send a delivery and return what came of it; `retry_at` says when to try again, if at all."""
        delivery = attempt.delivery
        policy = self.endpoints.get(delivery.endpoint)
        transport = self.transports.get(delivery.endpoint)
        if policy is None or transport is None:
            detail = f"there is no endpoint {delivery.endpoint} in this site any more"
            return Receipt(delivery.id, self.clock(), Outcome.REFUSED, detail)
        try:
            return transport.send(delivery)
        except TransportBusy as busy:
            now = self.clock()
            due = policy.next_due(attempt.number, now, busy.retry_at, chance=self.chance())
            outcome = Outcome.AMBIGUOUS if busy.ambiguous else Outcome.BUSY
            return Receipt(delivery.id, now, outcome, str(busy), due)
        except TransportRefused as refused:
            return Receipt(delivery.id, self.clock(), Outcome.REFUSED, str(refused))

    def _idempotent(self, endpoint: str) -> bool:
        policy = self.endpoints.get(endpoint)
        return policy is not None and policy.idempotent

    def _pace(self, endpoint: str) -> Pace:
        policy = self.endpoints.get(endpoint)
        return policy.pace if policy is not None else USUAL
