"""How a wire is: what its last attempts showed, for health checks and people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.errors import TransportBusy, TransportRefused
from gateway.plugin import Clock


@dataclass(frozen=True, slots=True)
class WireHealth:
    """How a wire is, at one moment.

    Attributes:
        answered_at: when the counterparty last took something, or refused it; None where it never did.
        busy: how many attempts in a row ended without that.
        trouble: why the last attempt did, "" when it did not.
    """

    answered_at: datetime | None = None
    busy: int = 0
    trouble: str = ""


class Pulse:
    """What attempts show of a wire. Safe to share between threads: each note replaces the whole."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.health = WireHealth()

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Note how an attempt ends; what it raises goes on."""
        try:
            yield
        except TransportBusy as error:
            self.troubled(str(error))
            raise
        except TransportRefused:
            self.well()
            raise
        self.well()

    def well(self) -> None:
        """Note that the counterparty answered."""
        self.health = WireHealth(self._clock())

    def troubled(self, why: str) -> None:
        """Note that it did not, or asked for patience."""
        self.health = replace(self.health, busy=self.health.busy + 1, trouble=why)
