"""The connection: SQLite as durable as it gets, PostgreSQL as it comes.

SQLite holds one writer at a time: a writing transaction takes the write lock when it begins, so that it
waits there and can never fail half-way for want of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from gateway.errors import StoreError

#: Connection strings are code: only these drivers are ever loaded.
SCHEMES: Final = ("sqlite", "postgresql", "postgresql+psycopg")

_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout={busy}",
)


def open_engine(url: str, *, busy_seconds: float) -> Engine:
    """Return an engine for a database URL; the folder of a SQLite file is made where it is missing.

    Raises:
        StoreError: the URL is no database URL that we allow, or its folder cannot be made.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError("the store needs a URL like sqlite:///var/pierhead.db") from None
    if parsed.drivername not in SCHEMES:
        raise StoreError(f"the store cannot be a {parsed.drivername} database: use {', '.join(SCHEMES)}")
    if parsed.drivername != "sqlite":
        return _postgresql(parsed)
    _make_folder(parsed)
    engine = create_engine(parsed, hide_parameters=True, connect_args={"timeout": busy_seconds})
    event.listen(engine, "connect", _pragmas(int(busy_seconds * 1000)))
    event.listen(engine, "begin", _begin)
    return engine


def _postgresql(url: URL) -> Engine:
    try:
        return create_engine(url.set(drivername="postgresql+psycopg"), hide_parameters=True, pool_pre_ping=True)
    except ModuleNotFoundError:
        raise StoreError("a PostgreSQL store needs its driver: pip install 'pierhead[postgres]'") from None


def _make_folder(url: URL) -> None:
    if not url.database or url.database == ":memory:":
        raise StoreError("the store must be a file: what is only in memory is not kept")
    try:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot make the folder of {url.database}: {error.strerror}") from error


def _pragmas(busy: int) -> Any:
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions by itself
        for pragma in _PRAGMAS:
            connection.execute(pragma.format(busy=busy))

    return connect


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
