from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.model.journal import FilingChange, NewWork, ProcessingResult, Subject
from gateway.store import Filing, Store, filings

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def change(minutes: int, **what: object) -> FilingChange:
    return FilingChange("f1", "acme", "LRN1", NOW + timedelta(minutes=minutes), **what)  # type: ignore[arg-type]


def after(store: Store, *changes: FilingChange) -> Filing:
    with store._engine.connect() as connection:
        for each in changes:
            filings.apply(connection, each)
        found = filings.filing(connection, "f1")
        connection.rollback()
    assert found is not None
    return found


def test_a_late_older_message_never_overwrites_the_state(store: Store) -> None:
    found = after(store, change(5, state="released", mrn="26XX1"), change(1, state="registered"))
    assert (found.state, found.mrn, found.state_as_of) == ("released", "26XX1", NOW + timedelta(minutes=5))


def test_do_not_load_holds_through_every_other_message_until_it_is_lifted(store: Store) -> None:
    assert after(store, change(1, do_not_load=True), change(9, state="assessed")).do_not_load
    assert not after(store, change(1, do_not_load=True), change(2, do_not_load=False)).do_not_load


def test_a_lift_that_arrives_before_its_hold_still_counts_and_an_older_one_does_not(store: Store) -> None:
    assert not after(store, change(5, hold=False), change(1, hold=True)).hold
    assert after(store, change(5, hold=True), change(1, hold=False)).hold
    assert after(store, change(5, hold=True), change(5, hold=False)).hold


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder: Path = tmp_path_factory.mktemp("filings")
    store = Store(f"sqlite:///{folder}/f.db")
    store.upgrade()
    return store


_CHANGES = st.builds(
    lambda minutes, latch, told, state: change(minutes, state=state, **{latch: told}),
    st.integers(0, 6),
    st.sampled_from(["do_not_load", "hold"]),
    st.sampled_from([True, False, None]),
    st.just(""),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(_CHANGES, min_size=1, max_size=6).flatmap(lambda told: st.tuples(st.just(told), st.permutations(told))))
def test_latches_do_not_depend_on_the_order_of_messages(
    shared: Store, orders: tuple[list[FilingChange], list[FilingChange]]
) -> None:
    assert after(shared, *orders[0]) == after(shared, *orders[1])


def test_a_filing_is_found_by_sender_and_lrn_and_by_its_references(store: Store) -> None:
    store.enqueue([NewWork("process", "x", NOW)])
    (item,) = store.lease(["process"], NOW, 60, "w")
    assert store.complete(item, ProcessingResult(filings=(change(1, mrn="26XX1"),)))
    assert store.filing_by_lrn("acme", "LRN1") == store.filing("f1")
    assert store.filing_by_lrn("other", "LRN1") is None
    assert [(found.subject, found.id) for found in store.find("mrn", "26XX1")] == [(Subject.FILING, "f1")]
