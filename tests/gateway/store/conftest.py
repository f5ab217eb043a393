from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from outgoing import Office

from gateway.store import Store


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store)
