"""A short campaign of kills on PostgreSQL; `make kills` runs long ones, on SQLite too."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import kill_matrix


def test_three_kills_under_load_on_postgresql_lose_nothing(tmp_path: Path) -> None:
    from postgresql import server

    with server(durable=True) as database:
        found = kill_matrix.campaign(tmp_path, 3, database.create())
    assert found.kills.total() == 3
    assert found.confirmed
    assert found.clean, str(found)
