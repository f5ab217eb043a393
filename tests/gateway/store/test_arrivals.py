from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from gateway.errors import StoreError
from gateway.model.journal import Claim, Reception, Work
from gateway.model.stages import Arrival
from gateway.store import Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KINDS = tuple(Work)


def arrival(id_: str, content: bytes = b"UNB+UNOC:3'") -> Arrival:
    return Arrival(id_, "http", NOW, content, {"principal": "acme", "content_type": "application/edifact"})


def test_an_arrival_is_kept_verbatim_with_its_first_work_item(store: Store) -> None:
    content = bytes(range(256)) * 10
    recorded = store.record(arrival("a1", content), Claim("key"))
    assert (recorded.id, recorded.outcome, recorded.duplicate, recorded.conflict) == ("a1", "new", False, False)
    kept = store.arrival("a1")
    assert kept is not None
    assert kept.arrival == arrival("a1", content)
    assert (kept.state, kept.dedupe_key, kept.first) == ("recorded", "key", "")
    (item,) = store.lease(KINDS, NOW, 60, "w")
    assert (item.kind, item.subject, item.attempt) == ("process", "a1", 1)


def test_the_same_key_with_the_same_bytes_is_a_duplicate_that_asks_for_a_replay_only(store: Store) -> None:
    store.record(arrival("a1"), Claim("key"))
    again = store.record(arrival("a2"), Claim("key"))
    assert (again.id, again.outcome, again.first_id) == ("a1", Reception.DUPLICATE, "a1")
    assert store.arrival("a2") is None
    items = store.lease(KINDS, NOW, 60, "w", 10)
    assert [(item.kind, item.subject) for item in items] == [("process", "a1"), ("replay", "a2")]
    repeat = store.repeat("a2")
    assert repeat is not None
    assert (repeat.first, repeat.outcome) == ("a1", Reception.DUPLICATE)


def test_the_same_key_with_other_bytes_is_a_conflict_kept_with_its_bytes(store: Store) -> None:
    store.record(arrival("a1"), Claim("key"))
    other = store.record(arrival("a2", b"other"), Claim("key"))
    assert (other.id, other.outcome, other.first_id) == ("a2", Reception.CONFLICT, "a1")
    kept = store.arrival("a2")
    assert kept is not None
    assert (kept.arrival.content, kept.first, kept.dedupe_key) == (b"other", "a1", "")
    items = store.lease(KINDS, NOW, 60, "w", 10)
    assert [(item.kind, item.subject) for item in items] == [("process", "a1"), ("conflict", "a2")]
    assert store.record(arrival("a3"), Claim("key")).duplicate  # the first arrival still owns the key


def test_arrivals_without_a_key_are_all_new(store: Store) -> None:
    assert store.record(arrival("a1"), Claim("")).outcome is Reception.NEW
    assert store.record(arrival("a2"), Claim("")).outcome is Reception.NEW


def test_recording_one_arrival_again_under_its_own_id_changes_nothing(store: Store) -> None:
    store.record(arrival("a1"), Claim(""))
    store.record(arrival("r1"), Claim("key"))
    store.record(arrival("r2"), Claim("key"))
    before = store.counters()
    assert store.record(arrival("a1"), Claim("")).duplicate
    assert store.record(arrival("r2"), Claim("key")).id == "r1"
    assert store.counters() == before


def test_a_set_of_arrivals_is_compared_within_itself(store: Store) -> None:
    key = Claim("k")
    given = [(arrival("a1"), key), (arrival("a2"), key), (arrival("a3", b"x"), key), (arrival("a4", b"y"), Claim(""))]
    outcomes = [recorded.outcome for recorded in store.record_all(given)]
    assert outcomes == ["new", "duplicate", "conflict", "new"]


def test_a_duplicate_of_a_dead_arrival_is_processed_again(store: Store) -> None:
    store.record(arrival("a1"), Claim("key"))
    (item,) = store.lease([Work.PROCESS], NOW, 60, "w")
    assert store.fail(item, "map is broken", NOW)
    assert store.lease([Work.PROCESS], NOW + timedelta(days=9), 60, "w") == []
    store.record(arrival("a2"), Claim("key"))
    (revived,) = store.lease([Work.PROCESS], NOW, 60, "w")
    assert revived.subject == "a1"


def test_a_closed_store_takes_nothing(store: Store) -> None:
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.record(arrival("a1"), Claim("key"))


def test_a_full_disk_is_a_store_error_without_content_and_leaves_nothing_half_written(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    store.upgrade()
    with store._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    store._engine.dispose()

    def full(connection: object, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages + 8}")  # type: ignore[attr-defined]

    event.listen(store._engine, "connect", full)
    secret = b"SECRET" * 20_000
    with pytest.raises(StoreError, match="full") as caught:
        store.record(arrival("a1", secret), Claim("key"))
    assert "SECRET" not in str(caught.value)
    assert store.arrival("a1") is None
    assert store.counters().work_ready == {}
    assert store.record(arrival("a2"), Claim("key")).outcome is Reception.NEW
    store.close()


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "mysql://x/y", "sqlite+pysqlcipher:///x.db", "nonsense"]
)
def test_a_store_that_would_not_keep_or_is_not_allowed_is_refused(url: str) -> None:
    with pytest.raises(StoreError):
        Store(url)


def test_a_naive_time_is_refused(store: Store) -> None:
    with pytest.raises(StoreError):
        store.record(Arrival("a1", "http", NOW.replace(tzinfo=None), b""), Claim(""))


def test_a_writer_that_another_process_keeps_waiting_too_long_gives_up_with_nothing_written(
    sqlite_url: str,
) -> None:
    store, other = Store(sqlite_url, busy_seconds=0.1), Store(sqlite_url)
    store.upgrade()
    with other._writing():
        with pytest.raises(StoreError, match="locked"):
            store.record(arrival("a1"), Claim("key"))
        assert store.arrival("a1") is None
    assert store.record(arrival("a1"), Claim("key")).outcome is Reception.NEW
    store.close()
    other.close()
