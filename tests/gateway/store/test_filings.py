from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from gateway.model.filing import Latch, State, Statement
from gateway.model.journal import FilingChange, NewWork, ProcessingResult, Subject
from gateway.store import Filing, Store, filings

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DO_NOT_LOAD, HOLD = Latch.DO_NOT_LOAD, Latch.HOLD


def said(minutes: int, state: State | None = None, **what: Any) -> Statement:
    return Statement(NOW + timedelta(minutes=minutes), state, **what)


def change(*said: Statement, mrn: str = "") -> FilingChange:
    return FilingChange("f1", "acme", "LRN1", said, mrn)


def after(store: Store, *changes: FilingChange) -> Filing:
    with store._engine.connect() as connection:
        for each in changes:
            filings.apply(connection, each)
        found = filings.filing(connection, "f1")
        connection.rollback()
    assert found is not None
    return found


def test_a_late_older_message_never_overwrites_the_state(store: Store) -> None:
    late = change(said(1, State.REGISTERED))
    found = after(store, change(said(5, State.RELEASED, by="customs"), mrn="26XX1"), late)
    assert (found.state, found.mrn, found.since) == (State.RELEASED, "26XX1", NOW + timedelta(minutes=5))
    assert found.said_by == "customs"


def test_do_not_load_holds_through_every_other_message_until_it_is_lifted(store: Store) -> None:
    told = change(said(1, sets=DO_NOT_LOAD))
    assert after(store, told, change(said(9, State.ASSESSED))).do_not_load
    assert not after(store, told, change(said(2, lifts=DO_NOT_LOAD))).do_not_load


def test_a_lift_that_arrives_before_its_hold_still_counts_and_an_older_one_does_not(store: Store) -> None:
    assert not after(store, change(said(5, lifts=HOLD)), change(said(1, sets=HOLD))).hold
    assert after(store, change(said(5, sets=HOLD)), change(said(1, lifts=HOLD))).hold
    assert after(store, change(said(5, sets=HOLD)), change(said(5, lifts=HOLD))).hold


def test_what_no_rule_foresees_and_what_holds_is_told_once(store: Store) -> None:
    first = change(said(1, State.QUEUED), said(2, State.REGISTERED), said(3, State.CLOSED), said(3, sets=HOLD))
    with store._writing() as connection:
        for each in (first, first, change(said(4, State.ASSESSED)), change(said(4, State.ASSESSED))):
            filings.apply(connection, each)
    assert [event.text for event in store.timeline("f1")] == [
        "closed after registered, which no rule foresees: ask whoever said so",
        "hold: it holds until it is lifted",
        "assessed after closed, which no rule foresees: ask whoever said so",
    ]
    found = store.filing("f1")
    assert found is not None
    assert (found.state, found.hold) == (State.CLOSED, True)


def test_filings_of_the_schema_before_are_carried_over(empty_url: str) -> None:
    store, config = Store(empty_url), Config()
    config.set_main_option("script_location", "gateway.store:migrations")
    row = (
        "INSERT INTO filings (id, sender, lrn, mrn, state, state_as_of, hold_set) "
        "VALUES (:id, 'acme', :id, 'M', :state, '2026-03-01T12:00:00.000000Z', '2026-03-01T12:00:00.000000Z')"
    )
    with store._writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        for state in ("registered", "syntax rejected by customs", "rejected by the gateway", "something of old", ""):
            connection.execute(text(row), {"id": state or "nothing", "state": state})
    store.upgrade()
    kept = {one: store.filing(one) for one in ("registered", "syntax rejected by customs", "rejected by the gateway")}
    assert [(one.state, one.said_by, one.hold, one.since) for one in kept.values() if one] == [
        (State.REGISTERED, "", True, NOW),
        (State.REJECTED, "customs", True, NOW),
        (State.REJECTED, "", True, NOW),
    ]
    nothing = store.filing("nothing")
    assert nothing is not None
    assert nothing.state == State.DRAFT
    with store._writing() as connection:
        filings.apply(connection, FilingChange("registered", "acme", "registered", (said(5, lifts=HOLD),)))
        config.attributes["connection"] = connection
        command.downgrade(config, "0005")
        wanted = text("SELECT state, state_as_of, hold_lifted FROM filings WHERE id = 'registered'")
        state, as_of, lifted = connection.execute(wanted).one()
    assert state == "registered"
    assert str(as_of).startswith("2026-03-01")
    assert lifted is not None
    store.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder: Path = tmp_path_factory.mktemp("filings")
    store = Store(f"sqlite:///{folder}/f.db")
    store.upgrade()
    return store


_CHANGES = st.builds(
    lambda minutes, what, latch: change(said(minutes, **{what: latch})),
    st.integers(0, 6),
    st.sampled_from(["sets", "lifts"]),
    st.sampled_from(Latch),
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
    assert store.complete(item, ProcessingResult(filings=(change(said(1, State.REGISTERED), mrn="26XX1"),)))
    assert store.filing_by_lrn("acme", "LRN1") == store.filing("f1")
    assert store.filing_by_lrn("other", "LRN1") is None
    assert [(found.subject, found.id) for found in store.find("mrn", "26XX1")] == [(Subject.FILING, "f1")]
