"""Bringing a database to the schema of this version, by the packaged Alembic migrations."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from gateway.store import locks


def upgrade(connection: Connection) -> None:
    """Run every migration that the database has not seen yet, inside the caller's transaction."""
    locks.lock(connection, ["schema"])
    config = Config()
    config.set_main_option("script_location", "gateway.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
