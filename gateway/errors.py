"""Every exception that Pierhead raises, on one page.

A partner's mistake is never here: it is a `gateway.model.finding.Finding`, a value.
"""

from __future__ import annotations

from datetime import datetime


class GatewayError(Exception):
    """Root of all our exceptions: something on our side is wrong."""


class SettingsError(GatewayError):
    """The site or the settings are wrong: refuse to start, and say file, line and fix."""


class MappingError(GatewayError):
    """A map is wrong: refuse to load it, and say file, line, column and the nearest valid name."""


class EncodeError(GatewayError):
    """We could not write what we meant: the delivery becomes a dead letter."""


class TransportBusy(GatewayError):
    """The counterparty did not take the delivery now: try again, not before `retry_at`."""

    def __init__(self, reason: str, retry_at: datetime | None = None, *, ambiguous: bool = False) -> None:
        super().__init__(reason)
        self.retry_at = retry_at
        #: True when the bytes may have arrived although no answer came back.
        self.ambiguous = ambiguous


class TransportRefused(GatewayError):
    """The counterparty will not accept the delivery as it is: dead letter."""


class StoreError(GatewayError):
    """The store cannot hold what it is given: stop taking arrivals."""


class StoreFull(StoreError):
    """There is no room for more now: refuse arrivals, and let their senders try again later."""
