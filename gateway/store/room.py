"""Whether there is room for more: the disk that a SQLite store is on, and how much work is queued."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Final

from sqlalchemy import Connection, Engine, func, select

from gateway.errors import StoreError
from gateway.store import queue
from gateway.store.tables import work

_MEASURED_FOR: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Room:
    """What has to be left: bytes of disk below a SQLite store, and the most items that may be queued; 0 is no limit."""

    free_disk: int = 0
    queued: int = 0


class Gauge:
    """Measures a store once a second at most."""

    def __init__(self, engine: Engine, room: Room) -> None:
        database = engine.url.database if engine.dialect.name == "sqlite" else None
        self._folder = Path(database).resolve().parent if database else None
        self._room = room
        self._lock = Lock()
        self._measured_at: datetime | None = None
        self._said = ""

    def said(self, now: datetime) -> str | None:
        """Return what was measured within the last second, None if nothing was."""
        with self._lock:
            at = self._measured_at
            return self._said if at is not None and abs(now - at) < _MEASURED_FOR else None

    def measure(self, connection: Connection, now: datetime) -> str:
        """Return why there is no room, "" while there is."""
        said = self._disk() or self._queue(connection)
        with self._lock:
            self._measured_at, self._said = now, said
        return said

    def _disk(self) -> str:
        if self._folder is None or not self._room.free_disk:
            return ""
        try:
            free = shutil.disk_usage(self._folder).free
        except OSError as error:
            raise StoreError(f"the store's disk cannot be measured: {error.strerror}") from error
        wanted = self._room.free_disk
        return "" if free >= wanted else f"the store's disk has {free} bytes left, and {wanted} are to stay free"

    def _queue(self, connection: Connection) -> str:
        if not self._room.queued:
            return ""
        some = select(work.c.seq).where(work.c.state != queue.DEAD).limit(self._room.queued).subquery()
        full = connection.execute(select(func.count()).select_from(some)).scalar_one() >= self._room.queued
        return f"{self._room.queued} items or more are queued" if full else ""
