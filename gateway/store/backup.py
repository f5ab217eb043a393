"""A copy of a store while it is at work, and whether a copy can be restored: SQLite by its own backup.

PostgreSQL has pg_dump and pg_restore, which take no help of ours.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy import Engine

from gateway.errors import StoreError

_PAGES: Final = 2_000  # copied at a time: writers go on in between
_COUNTED: Final = ("arrivals", "documents", "deliveries", "receipts", "events", "work")


def copy(engine: Engine, path: Path) -> Mapping[str, int]:
    """Copy a SQLite store to a file that is not there yet, and return the rows that the copy holds, by table.

    The copy is whole or not there: it is made beside its place, checked, and then moved.

    Raises:
        StoreError: the store is no SQLite database, the file is there already, or the copy is not sound.
    """
    if engine.dialect.name != "sqlite":
        raise StoreError("a PostgreSQL store is copied by PostgreSQL: use pg_dump --format=custom")
    if path.exists():
        raise StoreError(f"{path} is there already: name a new file")
    part = path.with_name(f"{path.name}.part")
    try:
        with closing(sqlite3.connect(str(engine.url.database))) as source, closing(sqlite3.connect(part)) as target:
            source.backup(target, pages=_PAGES, sleep=0.01)
        found = check(part)
        part.rename(path)
    except (sqlite3.Error, OSError) as error:
        part.unlink(missing_ok=True)
        raise StoreError(f"the store cannot be copied to {path}: {error}") from error
    return found


def check(path: Path) -> Mapping[str, int]:
    """Return how many rows a copy holds, by table, having read all of it.

    Raises:
        StoreError: it is no store, or damaged.
    """
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)) as copied:
            (verdict,) = copied.execute("PRAGMA integrity_check(1)").fetchone()
            if verdict != "ok":
                raise StoreError(f"{path} is damaged: {verdict}")
            copied.execute("SELECT version_num FROM alembic_version").fetchone()
            counted = (
                copied.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608  # names of our own
                for table in _COUNTED
            )
            return {table: int(found[0]) for table, found in zip(_COUNTED, counted, strict=True)}
    except sqlite3.Error as error:
        raise StoreError(f"{path} is no store that can be restored: {error}") from error
