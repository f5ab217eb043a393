"""What the pipeline may ask of the store: `gateway.plugin.Journal` over a `Store`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.model.journal import Claim, DocumentRecord, Gathered, Reference, Sent, Use
from gateway.model.occasion import Key
from gateway.model.stages import Arrival, Delivery
from gateway.store.store import Store

_UNPROCESSED = "recorded"


@dataclass(frozen=True, slots=True)
class StoreJournal:
    """Reads what was stored before; `keeps` says whether a key that is taken stays taken."""

    store: Store
    keeps: bool = True

    def find(self, kind: str | None, value: str) -> Sequence[Reference]:
        """Return where a business key occurs, newest first."""
        return self.store.find(kind, value)

    def document(self, id_: str) -> DocumentRecord | None:
        """Return one document."""
        return self.store.document(id_)

    def filed(self, filing: str) -> Sequence[DocumentRecord]:
        """Return the documents of a filing, oldest first."""
        return self.store.documents(filing=filing)

    def content(self, arrival: str) -> bytes | None:
        """Return the bytes of an arrival."""
        stored = self.store.arrival(arrival)
        return None if stored is None else stored.arrival.content

    def received_at(self, arrival: str) -> datetime | None:
        """Return when an arrival was received."""
        stored = self.store.arrival(arrival)
        return None if stored is None else stored.arrival.received_at

    def sent(self, document: str) -> Sequence[Delivery]:
        """Return the deliveries made for a document, oldest first."""
        return [stored.delivery for stored in self.store.deliveries(document=document, kind="document")]

    def delivery(self, id_: str) -> Sent | None:
        """Return one delivery and what became of it."""
        stored = self.store.delivery(id_)
        if stored is None:
            return None
        said = tuple(self.store.acknowledgments(delivery=id_))
        return Sent(stored.delivery, str(stored.state), said, tuple(self.store.expectations(id_)))

    def acknowledgments_sent(self, arrival: str, number: int = 0) -> Sequence[Delivery] | None:
        """Return the acknowledgments made for an arrival itself, or for one interchange of it.

        None while the arrival has not been processed.
        """
        stored = self.store.arrival(arrival)
        if stored is None or stored.state == _UNPROCESSED:
            return None
        own = re.compile(rf"{re.escape(arrival)}\.a{number or '[0-9]+'}(?![0-9])")
        found = self.store.deliveries(arrival=arrival, kind="acknowledgment")
        return [one.delivery for one in found if own.match(one.delivery.id)]

    def gathered(self, agreement: str, route: str, until: datetime) -> Sequence[Gathered]:
        """Return the documents that wait to be sent together, in the order of receipt."""
        return self.store.gathered(agreement, route, until)

    def happened(self, events: Sequence[str], key: Key, since: datetime) -> bool:
        """Whether any of some events has happened to what a key names, at a time or later."""
        return self.store.happened(events, key, since)

    def claim(self, arrival: Arrival, claims: Sequence[Claim]) -> Sequence[Use]:
        """Take the keys that are free, and return who has each."""
        return self.store.claim(arrival, claims, keep=self.keeps)
