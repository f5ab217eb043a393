"""The store against a model of it in plain Python, over random histories."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import postgresql
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.engine import make_url

from gateway.model.journal import ArrivalOutcome, Claim, ProcessingResult, Work, WorkItem
from gateway.model.stages import Arrival, Delivery, Outcome, Receipt
from gateway.store import Attempt, DeliveryState, Store

LEASE = 60.0
RETRY = timedelta(seconds=30)


class Histories(RuleBasedStateMachine):
    """Arrivals under few keys, workers that complete, fail, die or come late, endpoints idempotent or not."""

    def __init__(self) -> None:
        super().__init__()
        self.url = self.make()
        self.store = Store(self.url)
        self.store.upgrade()
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)
        self.number = 0
        self.firsts: dict[str, tuple[str, bytes, datetime]] = {}
        self.new: set[str] = set()
        self.completed: Counter[str] = Counter()
        self.items: list[WorkItem] = []
        self.attempts: list[Attempt] = []
        self.sent: Counter[str] = Counter()
        self.final: dict[str, DeliveryState] = {}

    def make(self) -> str:
        return f"sqlite:///{tempfile.mkdtemp()}/p.db"

    def unmake(self) -> None:
        shutil.rmtree(Path(make_url(self.url).database or "").parent)

    def teardown(self) -> None:
        self.store.close()
        self.unmake()

    @rule(
        key=st.sampled_from(["", "k1", "k2"]),
        content=st.sampled_from([b"x", b"y"]),
        within=st.sampled_from([None, timedelta(seconds=31), timedelta(minutes=2)]),
    )
    def record(self, key: str, content: bytes, within: timedelta | None) -> None:
        self.number += 1
        id_ = f"a{self.number}"
        recorded = self.store.record(Arrival(id_, "http", self.now, content), Claim(key, within=within))
        first = self.firsts.get(key) if key else None
        if first is None or (within is not None and self.now - first[2] >= within):
            assert recorded.outcome == "new"
            self.new.add(id_)
            if key:
                self.firsts[key] = (id_, content, self.now)
        else:
            assert recorded.outcome == ("duplicate" if first[1] == content else "conflict")
            assert recorded.first_id == first[0]

    @rule(seconds=st.sampled_from([1, 31, 61]))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(limit=st.integers(1, 3))
    def lease(self, limit: int) -> None:
        taken = self.store.lease([Work.PROCESS], self.now, LEASE, f"w{self.number}", limit)
        held = {item.subject for item in self.items if item.lease_until > self.now}
        assert not held & {item.subject for item in taken}
        self.items += taken

    @precondition(lambda self: self.items)
    @rule(data=st.data())
    def complete(self, data: st.DataObject) -> None:
        item = self.items.pop(data.draw(st.integers(0, len(self.items) - 1)))
        endpoint = data.draw(st.sampled_from(["safe", "unsafe"]))
        id_ = f"d-{item.subject}"
        sent = Delivery(id_, f"k-{id_}", "a", endpoint, b"z", "t", "document", self.now, arrival=item.subject)
        result = ProcessingResult(ArrivalOutcome(item.subject, "accepted"), deliveries=(sent,))
        newer = [other for other in self.items if other.subject == item.subject and other.attempt > item.attempt]
        if self.store.complete(item, result):
            assert not newer
            self.completed[item.subject] += 1

    @precondition(lambda self: self.items)
    @rule(data=st.data())
    def die(self, data: st.DataObject) -> None:
        self.items.pop(data.draw(st.integers(0, len(self.items) - 1)))

    @rule()
    def begin(self) -> None:
        for item in self.store.lease([Work.DELIVER], self.now, LEASE, f"s{self.number}", 1):
            attempt = self.store.begin_attempt(item, self.now, idempotent=lambda endpoint: endpoint == "safe")
            if attempt is None:
                self.final[item.subject] = DeliveryState.QUARANTINED
                continue
            if attempt.delivery.endpoint == "unsafe":
                assert not self.sent[attempt.delivery.id], "may have arrived, and is sent again"
            self.attempts.append(attempt)

    @precondition(lambda self: self.attempts)
    @rule(data=st.data(), outcome=st.sampled_from(list(Outcome)))
    def settle(self, data: st.DataObject, outcome: Outcome) -> None:
        attempt = self.attempts.pop(data.draw(st.integers(0, len(self.attempts) - 1)))
        id_ = attempt.delivery.id
        if outcome in (Outcome.DELIVERED, Outcome.AMBIGUOUS):
            self.sent[id_] += 1
        state = self.store.settle(attempt, Receipt(id_, self.now, outcome), self.now + RETRY)
        if state in (DeliveryState.DELIVERED, DeliveryState.DEAD, DeliveryState.QUARANTINED):
            assert self.final.get(id_) in (None, DeliveryState.QUARANTINED)
            self.final[id_] = state

    @precondition(lambda self: self.attempts)
    @rule(data=st.data())
    def crash_after_sending(self, data: st.DataObject) -> None:
        attempt = self.attempts.pop(data.draw(st.integers(0, len(self.attempts) - 1)))
        self.sent[attempt.delivery.id] += 1

    @invariant()
    def what_is_final_stays_and_nothing_is_lost(self) -> None:
        assert all(count == 1 for count in self.completed.values())
        states = self.store.counters()
        assert states.arrivals.get("accepted", 0) == len(self.completed)
        assert states.work_ready.get("process", 0) == len(self.new) - len(self.completed)
        assert sum(states.deliveries.values()) == len(self.completed)
        assert states.work_ready.get("deliver", 0) == len(self.completed) - len(self.final)


def test_histories_on_sqlite() -> None:
    run_state_machine_as_test(Histories, settings=settings(max_examples=15, stateful_step_count=30))


def test_histories_on_postgresql(postgresql_server: postgresql.Server) -> None:
    class OnServer(Histories):
        def make(self) -> str:
            return postgresql_server.create()

        def unmake(self) -> None:
            postgresql_server.drop(self.url)

    run_state_machine_as_test(OnServer, settings=settings(max_examples=5, stateful_step_count=30))
