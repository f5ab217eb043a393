from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.model.journal import Claim, ProcessingResult, Work, WorkItem
from gateway.model.stages import Arrival, Delivery, Outcome, Receipt
from gateway.store import Attempt, DeliveryState, Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def delivery(id_: str = "d1", key: str = "k1") -> Delivery:
    return Delivery(
        id=id_,
        key=key,
        agreement="lines",
        endpoint="customs",
        content=b"<x/>",
        content_type="application/xml",
        kind="document",
        due_at=NOW,
        arrival="a1",
        references=(("lrn", "LRN1"), ("bill", "B1")),
    )


def produce(store: Store, *deliveries: Delivery) -> None:
    store.record(Arrival("a1", "http", NOW, b"x"), Claim(""))
    (item,) = store.lease([Work.PROCESS], NOW, 60, "w")
    assert store.complete(item, ProcessingResult(deliveries=deliveries))


def leased(store: Store, now: datetime = NOW) -> WorkItem:
    (item,) = store.lease([Work.DELIVER], now, 60, "w")
    return item


def begun(store: Store, now: datetime = NOW, *, idempotent: bool = False) -> Attempt:
    attempt = store.begin_attempt(leased(store, now), now, idempotent=lambda _: idempotent)
    assert attempt is not None
    return attempt


def state(store: Store) -> str:
    stored = store.delivery("d1")
    assert stored is not None
    return stored.state


def answer(outcome: Outcome) -> Receipt:
    return Receipt("d1", NOW, outcome, "503 later", answer=b"body")


def test_a_delivery_is_in_flight_before_it_is_sent_and_delivered_after(store: Store) -> None:
    produce(store, delivery())
    assert state(store) == "queued"
    attempt = begun(store)
    assert (attempt.delivery, attempt.number, attempt.ambiguous) == (delivery(), 1, False)
    assert state(store) == "in_flight"
    assert store.settle(attempt, answer(Outcome.DELIVERED)) is DeliveryState.DELIVERED
    assert store.lease([Work.DELIVER], NOW + timedelta(days=1), 60, "w") == []
    (receipt,) = store.receipts("d1")
    assert (receipt.outcome, receipt.answer) == (Outcome.DELIVERED, b"body")


def test_a_key_is_stored_once_however_often_it_is_produced(store: Store) -> None:
    produce(store, delivery(), delivery("d2", "k1"))
    store.record(Arrival("a2", "http", NOW, b"y"), Claim(""))
    (item,) = store.lease([Work.PROCESS], NOW, 60, "w")
    assert store.complete(item, ProcessingResult(deliveries=(delivery("d3", "k1"),)))
    assert sum(store.counters().deliveries.values()) == 1
    assert len(store.lease([Work.DELIVER], NOW, 60, "w", 9)) == 1


def test_a_busy_counterparty_gets_the_same_bytes_and_key_at_the_stated_time(store: Store) -> None:
    produce(store, delivery())
    first = begun(store)
    assert store.settle(first, answer(Outcome.BUSY), NOW + MINUTE) is DeliveryState.QUEUED
    assert store.lease([Work.DELIVER], NOW + MINUTE / 2, 60, "w") == []
    second = begun(store, NOW + MINUTE)
    assert (second.delivery.content, second.delivery.key, second.number) == (b"<x/>", "k1", 2)
    assert not second.ambiguous


def test_a_refused_or_exhausted_delivery_is_a_dead_letter_until_a_person_releases_it(store: Store) -> None:
    produce(store, delivery())
    assert store.settle(begun(store), answer(Outcome.BUSY)) is DeliveryState.DEAD
    (letter,) = store.dead_letters()
    assert (letter.kind, letter.id, letter.state) == ("delivery", "d1", "dead")
    assert "503 later" in letter.reason
    assert store.retry("d1", NOW, "ann", "they are back")
    assert not store.retry("d1", NOW, "ann", "they are back")
    again = begun(store)
    assert again.number == 1
    assert store.settle(again, answer(Outcome.REFUSED), NOW + MINUTE) is DeliveryState.DEAD
    assert store.abandon("d1", NOW, "ann", "sent by mail")
    assert store.dead_letters() == []


def test_an_attempt_cut_short_is_made_again_only_where_the_endpoint_is_idempotent(store: Store) -> None:
    produce(store, delivery())
    begun(store)
    again = begun(store, NOW + MINUTE, idempotent=True)
    assert (again.ambiguous, again.number, again.delivery.key) == (True, 2, "k1")


def test_an_attempt_cut_short_is_quarantined_where_the_endpoint_is_not_idempotent(store: Store) -> None:
    produce(store, delivery())
    begun(store)
    item = leased(store, NOW + MINUTE)
    assert store.begin_attempt(item, NOW + MINUTE, idempotent=lambda _: False) is None
    assert state(store) == "quarantined"
    assert store.lease([Work.DELIVER], NOW + timedelta(days=1), 60, "w") == []
    (letter,) = store.dead_letters()
    assert (letter.state, letter.endpoint) == ("quarantined", "customs")


@pytest.mark.parametrize(("idempotent", "expected"), [(True, "queued"), (False, "quarantined")])
def test_an_ambiguous_answer_is_retried_only_where_the_endpoint_is_idempotent(
    store: Store, expected: str, *, idempotent: bool
) -> None:
    produce(store, delivery())
    attempt = begun(store, idempotent=idempotent)
    assert store.settle(attempt, answer(Outcome.AMBIGUOUS), NOW + MINUTE) == expected
    assert state(store) == expected


def test_a_worker_that_lost_its_lease_cannot_begin_or_settle(store: Store) -> None:
    produce(store, delivery())
    stale = leased(store)
    current = begun(store, NOW + MINUTE)
    assert store.begin_attempt(stale, NOW + MINUTE, idempotent=lambda _: True) is None
    assert store.settle(current, answer(Outcome.DELIVERED)) is DeliveryState.DELIVERED
    assert store.settle(current, answer(Outcome.REFUSED)) is None
    assert state(store) == "delivered"


@pytest.mark.parametrize("idempotent", [True, False])
def test_a_success_that_comes_late_still_ends_the_delivery(store: Store, *, idempotent: bool) -> None:
    produce(store, delivery())
    slow = begun(store)
    item = leased(store, NOW + MINUTE)
    again = store.begin_attempt(item, NOW + MINUTE, idempotent=lambda _: idempotent)
    assert store.settle(slow, answer(Outcome.BUSY), NOW + MINUTE) is None
    assert store.settle(slow, answer(Outcome.DELIVERED)) is DeliveryState.DELIVERED
    assert state(store) == "delivered"
    assert store.dead_letters() == []
    assert store.lease([Work.DELIVER], NOW + timedelta(days=1), 60, "w") == []
    if again is not None:
        assert store.settle(again, answer(Outcome.BUSY), NOW + MINUTE) is None
    assert state(store) == "delivered"


def test_the_timeline_tells_every_attempt(store: Store) -> None:
    produce(store, delivery())
    store.settle(begun(store), answer(Outcome.BUSY), NOW + MINUTE)
    store.settle(begun(store, NOW + MINUTE), answer(Outcome.DELIVERED))
    texts = [event.text for event in store.timeline("d1")]
    assert any("attempt 1 to customs: busy, now queued, again at 2026-03-01 12:01:00Z" in text for text in texts)
    assert any("attempt 2 to customs: delivered" in text for text in texts)
