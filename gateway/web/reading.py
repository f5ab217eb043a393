"""What a key may see of the store: its partner's own, or under its agreements; an operator's all.

What a key may not see is told like what is not there.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.exceptions import HTTPException

from gateway.model.access import ApiKey
from gateway.model.journal import DocumentRecord, Event, Reference, Subject
from gateway.store.arrivals import StoredArrival
from gateway.store.filings import Filing
from gateway.store.outbox import StoredDelivery
from gateway.web.desk import Desk


@dataclass(frozen=True, slots=True)
class Reading:
    """The store through one key; every method raises `HTTPException` 404 for what the key may not see."""

    desk: Desk
    key: ApiKey

    def arrival(self, id_: str) -> StoredArrival:
        """Return an arrival with its bytes."""
        stored = self.desk.store.arrival(id_)
        if stored is None or not self._owns(stored):
            raise HTTPException(404, "no such message")
        return stored

    def document(self, id_: str) -> DocumentRecord:
        """Return a document, or that of a filing, of an arrival that the key sees."""
        record = self.desk.store.document(id_)
        if record is None or not self._sees_arrival(record.arrival):
            raise HTTPException(404, "no such document")
        return record

    def delivery(self, id_: str) -> StoredDelivery:
        """Return a delivery that was made for an arrival of the key's partner, or to that partner."""
        stored = self.desk.store.delivery(id_)
        if stored is None or not (self._receives(stored) or self._sees_arrival(stored.delivery.arrival or "")):
            raise HTTPException(404, "no such delivery")
        return stored

    def received(self, id_: str) -> StoredDelivery:
        """Return a delivery whose bytes the key may have: those that went to its partner."""
        stored = self.delivery(id_)
        if not self._receives(stored):
            raise HTTPException(404, "no such delivery")
        return stored

    def filing(self, id_: str) -> Filing:
        """Return a filing of the key's partner."""
        filing = self.desk.store.filing(id_)
        if filing is None or not (self.key.operator or self._files(filing)):
            raise HTTPException(404, "no such filing")
        return filing

    def sees(self, hit: Reference) -> bool:
        """Whether the key may know of one place where a business key occurs."""
        looks = {
            Subject.ARRIVAL: self.arrival,
            Subject.DOCUMENT: self.document,
            Subject.DELIVERY: self.delivery,
            Subject.FILING: self.filing,
        }
        try:
            looks[hit.subject](hit.id)
        except HTTPException:
            return False
        return True

    def sees_delivery(self, id_: str) -> bool:
        """Whether the key may know of a delivery."""
        return self.sees(Reference("", "", Subject.DELIVERY, id_))

    def hears(self, event: Event) -> bool:
        """Whether the key may read a line of the timelines: by its arrival, or the delivery or filing it is about."""
        if self.key.operator:
            return True
        if event.arrival:
            return self._sees_arrival(event.arrival)
        if event.delivery:
            return self.sees_delivery(event.delivery)
        return bool(event.filing) and self.sees(Reference("", "", Subject.FILING, event.filing))

    def _sees_arrival(self, id_: str) -> bool:
        if self.key.operator:
            return True
        stored = self.desk.store.arrival(id_)
        return stored is not None and self._owns(stored)

    def _owns(self, stored: StoredArrival) -> bool:
        if self.key.operator:
            return True
        if not self._partner(stored.arrival.attributes.get("principal", "")):
            return False
        return not self.key.agreements or self._under(stored.agreement or self.desk.trial.agreement(stored.arrival))

    def _receives(self, stored: StoredDelivery) -> bool:
        endpoint = self.desk.site.endpoints.get(stored.delivery.endpoint)
        theirs = endpoint is not None and self._partner(endpoint.partner) and self._under(stored.delivery.agreement)
        return self.key.operator or theirs

    def _files(self, filing: Filing) -> bool:
        return self._partner(filing.sender) and self._under(filing.agreement)

    def _partner(self, partner: str) -> bool:
        return bool(partner) and partner == self.key.partner

    def _under(self, agreement: str) -> bool:
        return not self.key.agreements or agreement in self.key.agreements
