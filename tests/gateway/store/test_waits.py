from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.model.journal import NewWork, ProcessingResult, Work
from gateway.model.occasion import NEVER, Await, Happening
from gateway.model.stages import Arrival, Delivery
from gateway.store import Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SHIP = (("vessel", "9074729"), ("vessel", "EX4B2"))


def delivery(place: str = "", since: datetime = NOW - HOUR) -> Delivery:
    return Delivery(
        id="d1",
        key="k1",
        agreement="lines",
        endpoint="customs",
        content=b"<x/>",
        content_type="application/xml",
        kind="document",
        due_at=NEVER,
        arrival="b1",
        awaits=Await("port arrival", SHIP, since, place),
    )


def done(store: Store, result: ProcessingResult) -> None:
    store.hear([Arrival("b1", "feed", NOW, b"x")])
    store.enqueue([NewWork(Work.OBSERVE, "vessels", NOW)])
    (item,) = store.lease([Work.OBSERVE], NOW, 60, "w")
    assert store.complete(item, result)


def happening(event: str = "port arrival", key: str = "EX4B2", place: str = "GBFXT", at: datetime = NOW) -> Happening:
    return Happening(event, (("vessel", key),), at, place)


def due(store: Store, now: datetime = NOW) -> list[str]:
    return [item.subject for item in store.lease([Work.DELIVER], now, 60, "w", 10)]


def test_a_delivery_waits_for_its_event_and_goes_when_that_happens(store: Store) -> None:
    done(store, ProcessingResult(deliveries=(delivery(),)))
    assert due(store, NOW + 10_000 * HOUR) == []
    assert store.waiting_for("d1")[0][0] == "port arrival"
    done(store, ProcessingResult(happenings=(happening(),)))
    assert due(store) == ["d1"]
    assert store.waiting_for("d1") == []
    assert any("due now: port arrival of EX4B2" in event.text for event in store.timeline("d1"))


@pytest.mark.parametrize(
    "other",
    [happening("port departure"), happening(key="9074730"), happening(place="NLRTM"), happening(at=NOW - 2 * HOUR)],
)
def test_another_event_ship_place_or_time_releases_nothing(store: Store, other: Happening) -> None:
    done(store, ProcessingResult(deliveries=(delivery("GBFXT"),)))
    done(store, ProcessingResult(happenings=(other,)))
    assert due(store) == []
    assert store.reconcile() == 0


def test_what_happened_before_counts_for_a_delivery_that_comes_after(store: Store) -> None:
    done(store, ProcessingResult(happenings=(happening(),)))
    done(store, ProcessingResult(deliveries=(delivery(),)))
    assert due(store) == ["d1"]


def test_the_same_event_told_again_releases_nothing_twice(store: Store) -> None:
    done(store, ProcessingResult(deliveries=(delivery(),)))
    done(store, ProcessingResult(happenings=(happening(),)))
    done(store, ProcessingResult(happenings=(happening(),)))
    assert len([e for e in store.timeline("d1") if e.step == "trigger"]) == 1
