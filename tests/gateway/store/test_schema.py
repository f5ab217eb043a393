from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from gateway.store import Store
from gateway.store.tables import metadata

ROOT = Path(__file__).parents[3]


def test_the_migrations_build_exactly_the_tables_that_the_code_uses(store: Store) -> None:
    with store._engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []


def test_sqlite_is_set_for_durability(sqlite_url: str) -> None:
    with closing(Store(sqlite_url)) as store, store._engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}


def test_several_processes_may_upgrade_at_once(empty_url: str) -> None:
    code = "import sys; from gateway.store import Store; s = Store(sys.argv[1]); s.upgrade(); s.close()"
    started = [subprocess.Popen([sys.executable, "-c", code, empty_url], cwd=ROOT) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]
