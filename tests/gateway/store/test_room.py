from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta

from gateway.model.journal import NewWork
from gateway.store import Room, Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_a_store_is_full_while_so_many_items_are_queued(url: str) -> None:
    with closing(Store(url, room=Room(queued=3))) as store:
        store.upgrade()
        assert store.capacity(NOW) == ""
        store.enqueue([NewWork("replay", f"r{n}", NOW) for n in range(3)])
        assert store.capacity(NOW) == "", "measured once a second at most"
        assert store.capacity(NOW + SECOND) == "3 items or more are queued"
        (item,) = store.lease(["replay"], NOW, 60, "w")
        assert store.fail(item, "a bug", NOW)
        assert store.capacity(NOW + 2 * SECOND) == "", "what is dead waits for a person, not for room"


def test_a_store_is_full_before_its_disk_is(sqlite_url: str) -> None:
    with closing(Store(sqlite_url, room=Room(free_disk=2**62))) as store:
        store.upgrade()
        assert "bytes left" in store.capacity(NOW)
    with closing(Store(sqlite_url, room=Room(free_disk=1))) as store:
        assert store.capacity(NOW) == ""
