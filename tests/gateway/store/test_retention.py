from __future__ import annotations

from datetime import UTC, datetime, timedelta

from outgoing import made
from sqlalchemy import func, select

from gateway.model.acknowledgment import Layer, Verdict
from gateway.model.finding import Finding, Kind
from gateway.model.journal import (
    AcknowledgmentRecord,
    ArrivalOutcome,
    Claim,
    DocumentRecord,
    Event,
    Expectation,
    FilingChange,
    FindingRecord,
    ProcessingResult,
    Reception,
    Reference,
    Subject,
    Work,
)
from gateway.model.stages import Arrival, Outcome, Receipt
from gateway.store import Purged, Store
from gateway.store.tables import metadata

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
YEAR = timedelta(days=365)
OLD = NOW - 2 * YEAR
BEFORE = {"lines": NOW - YEAR}


def kept(
    store: Store, id_: str, at: datetime = OLD, *, filing: str = "", key: str = "", agreement: str = "lines"
) -> None:
    """Have an arrival with everything that can come of one; its delivery is delivered."""
    store.record(Arrival(id_, "http", at, b"bytes", {"principal": "acme"}), Claim(key))
    (item,) = store.lease([Work.PROCESS], at, 60, "w")
    document = DocumentRecord(f"{id_}.1", id_, 0, "CUSCAR D95B", "CargoReport", "{}", True, agreement, filing)
    delivery = made(f"{id_}.1.1", document=f"{id_}.1", arrival=id_, due_at=at, references=(("interchange", id_),))
    result = ProcessingResult(
        arrival=ArrivalOutcome(id_, "accepted", agreement),
        documents=(document,),
        findings=(FindingRecord(id_, Finding("13", Kind.ELEMENT, "missing")),),
        references=(Reference("bill", "B1", Subject.DOCUMENT, f"{id_}.1"),),
        deliveries=(delivery,),
        acknowledgments=(AcknowledgmentRecord(Layer.FUNCTION, Verdict.ACCEPTED, "x", at, id_, f"{id_}.1.1"),),
        expectations=(Expectation(f"{id_}.1.1", Layer.FUNCTION, at),),
        filings=(FilingChange(filing, "acme", filing),) if filing else (),
        events=(Event(at, "read", "read", id_, filing=filing),),
    )
    assert store.complete(item, result)
    (sending,) = store.lease([Work.DELIVER], at, 60, "w")
    attempt = store.begin_attempt(sending, at, idempotent=lambda _: True)
    assert attempt is not None
    store.settle(attempt, Receipt(delivery.id, at, Outcome.DELIVERED))


def purged(store: Store) -> int:
    return store.purge(BEFORE, None, NOW, "ann").arrivals


def rows(store: Store) -> dict[str, int]:
    with store._reading() as connection:
        counted = {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }
    return {name: count for name, count in counted.items() if count}


def test_what_is_older_than_its_agreement_says_goes_with_all_that_came_of_it(store: Store) -> None:
    kept(store, "a1", filing="f1")
    assert store.purge(BEFORE, None, NOW, "ann", dry_run=True) == Purged(1, 1, 1)
    assert store.document("a1.1") is not None, "a dry run removes nothing"
    assert store.purge(BEFORE, None, NOW, "ann", "retention") == Purged(1, 1, 1)
    assert rows(store) == {"events": 1, "lanes": 1}, "but for who purged, and the endpoint"
    assert purged(store) == 0


def test_what_is_younger_or_of_another_agreement_or_of_none_stays(store: Store) -> None:
    kept(store, "a1", NOW - YEAR)
    kept(store, "a2", agreement="others")
    assert purged(store) == 0
    assert store.purge(BEFORE, NOW - YEAR, NOW, "ann").arrivals == 1, "what no agreement says otherwise of"
    assert store.arrival("a1") is not None


def test_nothing_unsettled_goes(store: Store) -> None:
    store.record(Arrival("new", "http", OLD, b"x"), Claim(""))
    (item,) = store.lease([Work.PROCESS], OLD, 60, "w")
    deliveries = (made("open", arrival="new"), made("dead", "port", arrival="new"))
    store.complete(item, ProcessingResult(arrival=ArrivalOutcome("new", "accepted", "lines"), deliveries=deliveries))
    assert purged(store) == 0
    assert store.abandon("open", NOW, "ann", "old")
    (item,) = store.lease([Work.DELIVER], NOW, 60, "w")
    attempt = store.begin_attempt(item, NOW, idempotent=lambda _: True)
    assert attempt is not None
    store.settle(attempt, Receipt("dead", NOW, Outcome.REFUSED))
    assert purged(store) == 0, "a dead letter waits for a person"
    assert store.abandon("dead", NOW, "ann", "old")
    assert purged(store) == 1


def test_a_filing_goes_as_a_whole_or_not_at_all(store: Store) -> None:
    kept(store, "a1", filing="f1")
    kept(store, "a2", NOW, filing="f1")
    kept(store, "b1", filing="f2")
    assert purged(store) == 1
    assert (store.arrival("a1") is None, store.arrival("b1") is None, store.filing("f2")) == (False, True, None)
    assert store.filing("f1") is not None


def test_a_hold_on_a_filing_or_an_arrival_keeps_it_until_it_is_released(store: Store) -> None:
    kept(store, "a1", filing="f1")
    kept(store, "a2")
    assert store.hold("f1", NOW, "ann", "case 12")
    assert store.hold("a2", NOW, "ann", "case 13")
    assert not store.hold("nothing", NOW, "ann", "case 14")
    assert purged(store) == 0
    assert [(one.subject, one.who, one.why) for one in store.holds()] == [
        ("f1", "ann", "case 12"),
        ("a2", "ann", "case 13"),
    ]
    assert any((event.who, event.why) == ("ann", "case 12") for event in store.timeline("f1"))
    assert store.release_hold("f1", NOW, "bob", "closed")
    assert not store.release_hold("f1", NOW, "bob", "closed")
    assert purged(store) == 1
    assert store.arrival("a2") is not None


def test_of_an_arrival_that_used_a_key_a_stub_stays_so_that_a_repeat_is_known(store: Store) -> None:
    kept(store, "a1", key="k")
    assert purged(store) == 1
    stub = store.arrival("a1")
    assert stub is not None
    assert (stub.state, stub.arrival.content, stub.arrival.attributes) == ("purged", b"", {})
    assert store.record(Arrival("a2", "http", NOW, b"bytes"), Claim("k")).outcome is Reception.DUPLICATE
    assert store.record(Arrival("a3", "http", NOW, b"other"), Claim("k")).outcome is Reception.CONFLICT
    assert purged(store) == 0


def test_more_than_one_transaction_takes_are_purged_in_several(store: Store) -> None:
    store.record_all([(Arrival(f"a{n:04d}", "http", OLD, b"x"), Claim("")) for n in range(450)])
    while items := store.lease([Work.PROCESS], OLD, 60, "w", 500):
        done = [(i, ProcessingResult(ArrivalOutcome(i.subject, "rejected", "lines"))) for i in items]
        assert all(store.complete_all(done))
    assert store.purge(BEFORE, None, NOW, "ann", dry_run=True).arrivals == 450
    assert purged(store) == 450
