from __future__ import annotations

import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.errors import StoreError
from gateway.model.journal import Claim
from gateway.model.stages import Arrival
from gateway.store import Store, backup

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(sqlite_url: str) -> Store:
    store = Store(sqlite_url)
    store.upgrade()
    return store


def record(store: Store, number: int) -> None:
    store.record(Arrival(f"a{number}", "http", NOW, b"x" * 5_000), Claim(f"k{number}"))


def test_a_copy_made_while_arrivals_come_in_is_a_store_with_all_that_was_confirmed_before(
    store: Store, tmp_path: Path
) -> None:
    for number in range(200):
        record(store, number)
    copied = threading.Event()

    def go_on() -> None:
        number = 200
        while not copied.is_set():
            record(store, number)
            number += 1

    writer = threading.Thread(target=go_on)
    writer.start()
    try:
        found = store.backup(tmp_path / "copy.db")
    finally:
        copied.set()
        writer.join()
    assert found["arrivals"] == found["work"] >= 200
    with closing(Store(f"sqlite:///{tmp_path}/copy.db")) as restored:
        restored.upgrade()
        assert all(restored.arrival(f"a{number}") is not None for number in range(200))
        record(restored, 100_000)
    store.close()


def test_a_copy_takes_no_file_that_is_there_and_leaves_none_half_made(store: Store, tmp_path: Path) -> None:
    (tmp_path / "there.db").write_bytes(b"precious")
    with pytest.raises(StoreError, match="is there already"):
        store.backup(tmp_path / "there.db")
    with pytest.raises(StoreError, match="cannot be copied"):
        store.backup(tmp_path / "no folder" / "copy.db")
    assert (tmp_path / "there.db").read_bytes() == b"precious"
    assert not list(tmp_path.glob("**/*.part"))
    store.close()


def test_a_damaged_copy_is_told_before_it_is_needed(store: Store, tmp_path: Path) -> None:
    for number in range(50):
        record(store, number)
    path = tmp_path / "copy.db"
    store.backup(path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 9_000] = bytes(9_000)
    path.write_bytes(content)
    with pytest.raises(StoreError):
        backup.check(path)
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(StoreError, match="no store that can be restored"):
        backup.check(path)
    store.close()


def test_a_postgresql_store_is_copied_by_its_own_tools(postgresql_url: str, tmp_path: Path) -> None:
    with closing(Store(postgresql_url)) as store, pytest.raises(StoreError, match="pg_dump"):
        store.backup(tmp_path / "copy.db")
