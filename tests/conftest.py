"""The same code gets the same verdict, however busy the machine: Hypothesis has no clock and no luck here."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

settings.register_profile(
    "suite",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],  # it goes by the clock
)
settings.load_profile("suite")
# Nor does it draw from the constants of our modules: which of them are loaded depends on the tests that ran before.
setattr(providers, "_get_local_constants", lambda: providers._local_constants)  # noqa: B010  # private to Hypothesis


@pytest.fixture(autouse=True)
def _log_of_its_own() -> Iterator[None]:
    """What a command says of logs goes to its own stderr, and ends with its test."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def steps() -> Callable[[Callable[[], object]], int]:
    """How many lines of Python a job takes: what a clock would say on a machine that does nothing else."""

    def count(job: Callable[[], object]) -> int:
        done = 0

        def line(_frame: object, event: str, _argument: object) -> Callable[..., object]:
            nonlocal done
            done += event == "line"
            return line

        before = sys.gettrace()
        sys.settrace(line)
        try:
            job()
        finally:
            sys.settrace(before)
        return done

    return count
