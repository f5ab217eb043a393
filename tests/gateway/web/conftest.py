from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from served import Served
from served import served as serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One gateway for all tests of a module: no test depends on what another one sent."""
    with serving(tmp_path_factory.mktemp("served") / "site") as made:
        yield made
