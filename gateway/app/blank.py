"""A journal in which nothing has happened yet: for what is tried without a store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gateway.model.journal import Claim, DocumentRecord, Gathered, Reference, Sent, Use
from gateway.model.occasion import Key
from gateway.model.stages import Arrival, Delivery


class BlankJournal:
    """Knows nothing and keeps nothing; every key is free."""

    def find(self, kind: str | None, value: str) -> Sequence[Reference]:  # noqa: ARG002  # as the Protocol names it
        """Return nothing."""
        return ()

    def document(self, id_: str) -> DocumentRecord | None:  # noqa: ARG002  # as above
        """Return nothing."""
        return None

    def filed(self, filing: str) -> Sequence[DocumentRecord]:  # noqa: ARG002  # as above
        """Return nothing."""
        return ()

    def content(self, arrival: str) -> bytes | None:  # noqa: ARG002  # as above
        """Return nothing."""
        return None

    def received_at(self, arrival: str) -> datetime | None:  # noqa: ARG002  # as above
        """Return nothing."""
        return None

    def sent(self, document: str) -> Sequence[Delivery]:  # noqa: ARG002  # as above
        """Return nothing."""
        return ()

    def delivery(self, id_: str) -> Sent | None:  # noqa: ARG002  # as above
        """Return nothing."""
        return None

    def acknowledgments_sent(self, arrival: str, number: int = 0) -> Sequence[Delivery] | None:  # noqa: ARG002  # as above
        """Return nothing."""
        return None

    def gathered(self, agreement: str, route: str, until: datetime) -> Sequence[Gathered]:  # noqa: ARG002  # as above
        """Return nothing."""
        return ()

    def happened(self, events: Sequence[str], key: Key, since: datetime) -> bool:  # noqa: ARG002  # as above
        """Say no."""
        return False

    def claim(self, arrival: Arrival, claims: Sequence[Claim]) -> Sequence[Use]:
        """Give every key to whoever asks."""
        return [Use(arrival.id, claim.number, claim.sha256) for claim in claims]
