from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.store import Store


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/var/pierhead.db"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store(url)
    store.upgrade()
    yield store
    store.close()
