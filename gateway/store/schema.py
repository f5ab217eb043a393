"""Bringing a database to the schema of this version, by the packaged Alembic migrations."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from gateway.store import locks


def upgrade(connection: Connection) -> None:
    """Run every migration that the database has not seen yet, inside the caller's transaction."""
    locks.lock(connection, ["schema"])
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def standing(connection: Connection) -> tuple[str, str]:
    """Return the schema of the database, "" where there is none, and the one of this version."""
    current = MigrationContext.configure(connection).get_current_revision()
    return current or "", ScriptDirectory.from_config(_config()).get_current_head() or ""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "gateway.store:migrations")
    return config
