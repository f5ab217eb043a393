"""How long to wait before something is tried again: doubling, with jitter, so that many do not come back at once."""

from __future__ import annotations

import random
from collections.abc import Iterator


def waits(first: float, at_most: float) -> Iterator[float]:
    """Yield seconds without end: about `first`, doubled up to about `at_most`; a quarter of each is chance."""
    wait = first
    while True:
        yield wait * random.uniform(0.75, 1.0)  # noqa: S311  # jitter is no secret
        wait = min(wait * 2, at_most)
