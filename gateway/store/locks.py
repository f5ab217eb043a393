"""Locks on names, held to the end of the transaction: whoever decides by what is not there yet takes one first.

SQLite has one writer, who needs none. On PostgreSQL names share a fixed number of locks, taken in order, so that
a step with thousands of keys cannot exhaust the server's lock table, and nobody waits in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from zlib import crc32

from sqlalchemy import BigInteger, Connection, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

_SLOTS: Final = 512
_FAMILY: Final = 7_437_331  # tells our advisory locks from those of others in the same database

_SLOT: Final = func.unnest(bindparam("slots", type_=ARRAY(BigInteger))).column_valued("slot")
_LOCK: Final = select(func.pg_advisory_xact_lock(_SLOT)).order_by(_SLOT)


def lock(connection: Connection, names: Iterable[str]) -> None:
    """Wait until nobody else has any of these names, and keep them; once in a transaction."""
    if connection.dialect.name != "postgresql":
        return
    slots = sorted({crc32(name.encode()) % _SLOTS for name in names if name})
    if slots:
        connection.execute(_LOCK, {"slots": [_FAMILY * _SLOTS + slot for slot in slots]})
