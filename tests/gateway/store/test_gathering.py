from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gateway.model.journal import DocumentRecord, Gathered, NewWork, ProcessingResult, Work
from gateway.model.occasion import Happening
from gateway.model.stages import Arrival
from gateway.store import Store

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def document(number: int) -> DocumentRecord:
    return DocumentRecord(f"a{number}.1", f"a{number}", 0, "edifact CUSCAR", "CargoReport", "{}", accepted=True)


def gathered(number: int, fire_at: datetime = NOON) -> Gathered:
    return Gathered("lines", "copies", f"a{number}.1", fire_at)


def done(store: Store, result: ProcessingResult) -> None:
    store.enqueue([NewWork(Work.GATHER, "x", NOON)])
    (item,) = store.lease([Work.GATHER], NOON + 10 * HOUR, 60, "w")
    assert store.complete(item, result)


def note(store: Store, *numbers: int, fire_at: datetime = NOON) -> None:
    for number in numbers:
        store.hear([Arrival(f"a{number}", "feed", NOON + timedelta(seconds=number), b"x")])
        done(store, ProcessingResult(documents=(document(number),), gathered=(gathered(number, fire_at),)))


def test_what_waits_is_told_in_the_order_of_receipt_up_to_a_time(store: Store) -> None:
    note(store, 3, 1)
    note(store, 2, fire_at=NOON + HOUR)
    assert store.gathered("lines", "copies", NOON) == [gathered(1), gathered(3)]
    assert store.gathered("lines", "copies", NOON + HOUR) == [gathered(1), gathered(2, NOON + HOUR), gathered(3)]
    assert store.gathered("lines", "others", NOON + HOUR) == []


def test_what_is_noted_twice_waits_once_and_what_is_sent_waits_no_longer(store: Store) -> None:
    note(store, 1, 2)
    done(store, ProcessingResult(gathered=(gathered(1),)))
    done(store, ProcessingResult(collected=(gathered(1),)))
    assert store.gathered("lines", "copies", NOON) == [gathered(2)]


def test_a_step_whose_lease_was_lost_sends_nothing(store: Store) -> None:
    note(store, 1)
    store.enqueue([NewWork(Work.GATHER, "x", NOON)])
    (item,) = store.lease([Work.GATHER], NOON, 60, "slow")
    (other,) = store.lease([Work.GATHER], NOON + HOUR, 60, "other")
    assert not store.complete(item, ProcessingResult(collected=(gathered(1),)))
    assert store.gathered("lines", "copies", NOON) == [gathered(1)]
    again = NewWork(Work.GATHER, "x", NOON + 2 * HOUR)
    assert store.complete(other, ProcessingResult(collected=(gathered(1),), work=(again,)))
    assert store.gathered("lines", "copies", NOON) == []
    assert [one.subject for one in store.lease([Work.GATHER], NOON + 2 * HOUR, 60, "other")] == ["x"]


def test_an_event_has_happened_from_its_time_on_for_its_key_alone(store: Store) -> None:
    key = ("filing", "acme/L1")
    done(store, ProcessingResult(happenings=(Happening("accepted", (key,), NOON),)))
    assert store.happened(("registered", "accepted"), key, NOON)
    assert not store.happened(("accepted",), key, NOON + HOUR)
    assert not store.happened(("released",), key, NOON)
    assert not store.happened(("accepted",), ("lrn", "acme/L1"), NOON)
