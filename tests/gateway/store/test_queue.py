from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.dialects import postgresql

from gateway.model.journal import ArrivalOutcome, Claim, Event, NewWork, ProcessingResult, Work
from gateway.model.stages import Arrival
from gateway.store import Store, queue

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(seconds=61)


def filled(store: Store, count: int) -> None:
    given = [(Arrival(f"a{i}", "http", NOW + timedelta(milliseconds=i), b"x"), Claim("")) for i in range(count)]
    store.record_all(given)


def test_items_come_oldest_first_and_only_once(store: Store) -> None:
    filled(store, 5)
    first = store.lease([Work.PROCESS], LATER, 60, "w1", 3)
    second = store.lease([Work.PROCESS], LATER, 60, "w2", 3)
    assert [item.subject for item in first + second] == ["a0", "a1", "a2", "a3", "a4"]
    assert store.lease([Work.PROCESS], LATER, 60, "w3", 3) == []


def test_only_the_kinds_asked_for_are_taken(store: Store) -> None:
    filled(store, 1)
    assert store.lease([Work.DELIVER], LATER, 60, "w") == []
    assert store.lease([], LATER, 60, "w") == []


def test_an_item_is_not_taken_before_its_time(store: Store) -> None:
    store.enqueue([NewWork("replay", "x", LATER)])
    assert store.lease(["replay"], LATER - timedelta(microseconds=1), 60, "w") == []
    assert len(store.lease(["replay"], LATER, 60, "w")) == 1


def test_the_same_work_is_queued_once(store: Store) -> None:
    store.enqueue([NewWork("replay", "x", NOW), NewWork("replay", "x", NOW)])
    store.enqueue([NewWork("replay", "x", LATER)])
    assert len(store.lease(["replay"], LATER, 60, "w", 5)) == 1


def test_an_expired_lease_is_taken_again_and_the_late_worker_can_write_nothing(store: Store) -> None:
    filled(store, 1)
    (late,) = store.lease([Work.PROCESS], LATER, 60, "w1")
    (again,) = store.lease([Work.PROCESS], LATER + timedelta(seconds=60), 60, "w2")
    assert (again.subject, again.attempt) == ("a0", 2)
    result = ProcessingResult(ArrivalOutcome("a0", "accepted"), events=(Event(NOW, "x", "late", "a0"),))
    assert not store.complete(late, result)
    assert not store.extend(late, LATER, 60)
    assert not store.fail(late, "no", LATER, LATER)
    kept = store.arrival("a0")
    assert kept is not None
    assert kept.state == "recorded"
    assert "late" not in [event.text for event in store.timeline("a0")]
    assert store.complete(again, result)
    assert not store.complete(again, result)


def test_the_same_worker_that_took_its_own_expired_lease_again_is_fenced_too(store: Store) -> None:
    filled(store, 1)
    (late,) = store.lease([Work.PROCESS], LATER, 60, "w")
    (again,) = store.lease([Work.PROCESS], LATER + timedelta(seconds=60), 60, "w")
    assert not store.complete(late, ProcessingResult())
    assert store.complete(again, ProcessingResult())


def test_a_heartbeat_keeps_an_item(store: Store) -> None:
    filled(store, 1)
    (item,) = store.lease([Work.PROCESS], LATER, 60, "w1")
    assert store.extend(item, LATER + timedelta(seconds=50), 60)
    assert store.lease([Work.PROCESS], LATER + timedelta(seconds=60), 60, "w2") == []
    assert store.complete(item, ProcessingResult())


def test_a_failed_item_comes_back_at_its_time_and_a_dead_one_only_when_revived(store: Store) -> None:
    filled(store, 1)
    (item,) = store.lease([Work.PROCESS], LATER, 60, "w")
    retry = LATER + timedelta(minutes=5)
    assert store.fail(item, "try later", LATER, retry)
    assert store.lease([Work.PROCESS], retry - timedelta(seconds=1), 60, "w") == []
    (second,) = store.lease([Work.PROCESS], retry, 60, "w")
    assert second.attempt == 2
    assert store.fail(second, "no map for CUSCAR", retry)
    assert store.lease([Work.PROCESS], retry + timedelta(days=1), 60, "w") == []
    (letter,) = store.dead_letters()
    assert (letter.kind, letter.subject, letter.reason) == ("work", "a0", "no map for CUSCAR")
    assert store.counters().work_dead == 1
    assert store.revive(int(letter.id), retry)
    assert not store.revive(int(letter.id), retry)
    (third,) = store.lease([Work.PROCESS], retry, 60, "w")
    assert third.attempt == 1


def test_an_item_may_queue_its_own_successor(store: Store) -> None:
    filled(store, 1)
    (item,) = store.lease([Work.PROCESS], LATER, 60, "w")
    assert store.complete(item, ProcessingResult(work=(NewWork(Work.PROCESS, "a0", LATER),)))
    (again,) = store.lease([Work.PROCESS], LATER, 60, "w")
    assert again.id != item.id


def test_on_postgresql_a_lease_skips_what_others_hold() -> None:
    statement = str(queue._DUE.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
    assert statement.endswith("FOR UPDATE SKIP LOCKED")
