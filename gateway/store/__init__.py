"""Journal of arrivals, work queue, deliveries, receipts and reference index."""

from gateway.store.arrivals import Recorded, Repeat, StoredArrival
from gateway.store.filings import Filing
from gateway.store.outbox import Attempt, DeliveryState, StoredDelivery
from gateway.store.search import ArrivalSummary, Counters, DeadLetter
from gateway.store.store import Store

__all__ = [
    "ArrivalSummary",
    "Attempt",
    "Counters",
    "DeadLetter",
    "DeliveryState",
    "Filing",
    "Recorded",
    "Repeat",
    "Store",
    "StoredArrival",
    "StoredDelivery",
]
