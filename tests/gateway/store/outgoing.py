"""Deliveries for tests, and workers that take them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.model.journal import Claim, Expectation, ProcessingResult, Work, WorkItem
from gateway.model.pace import USUAL, Pace
from gateway.model.stages import Arrival, Delivery, Outcome, Receipt
from gateway.store import Attempt, DeliveryState, Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def made(id_: str, endpoint: str = "customs", **more: Any) -> Delivery:
    given: dict[str, Any] = {"agreement": "lines", "content": b"x", "content_type": "t", "kind": "document"}
    return Delivery(id_, f"key-{id_}", endpoint=endpoint, **({"due_at": NOW} | given | more))


@dataclass
class Office:
    """A store with a clock that is told, and the paces of its endpoints."""

    store: Store
    now: datetime = NOW
    paces: dict[str, Pace] = field(default_factory=dict)
    arrivals: int = 0

    def pace(self, endpoint: str) -> Pace:
        return self.paces.get(endpoint, USUAL)

    def give(self, *deliveries: Delivery, expected: Sequence[Expectation] = ()) -> None:
        """Let a step produce deliveries, and what is awaited of them."""
        self.arrivals += 1
        self.store.record(Arrival(f"a{self.arrivals}", "http", self.now, b"x"), Claim(""))
        (item,) = self.store.lease([Work.PROCESS], self.now, 60, "maker")
        assert self.store.complete(item, ProcessingResult(deliveries=deliveries, expectations=tuple(expected)))

    def lease(self, limit: int = 10, owner: str = "w") -> list[WorkItem]:
        return self.store.lease([Work.DELIVER], self.now, 60, owner, limit, pace=self.pace)

    def begin(self, item: WorkItem) -> Attempt | None:
        return self.store.begin_attempt(item, self.now, idempotent=lambda _: True)

    def end(self, item: WorkItem, outcome: Outcome, again: timedelta = MINUTE) -> DeliveryState | None:
        """Make the attempt that an item is for, with this outcome."""
        attempt = self.begin(item)
        assert attempt is not None
        receipt = Receipt(item.subject, self.now, outcome, str(outcome))
        breaker = self.pace(attempt.delivery.endpoint).breaker
        return self.store.settle(attempt, receipt, self.now + again, breaker=breaker)

    def round(self, outcome: Outcome, limit: int = 10) -> list[str]:
        """Lease once, end every item so, and return the ids."""
        items = self.lease(limit)
        for item in items:
            self.end(item, outcome)
        return [item.subject for item in items]

    def state(self, id_: str) -> str:
        found = self.store.delivery(id_)
        assert found is not None
        return str(found.state)
