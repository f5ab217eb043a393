"""Journal of arrivals, work queue, deliveries, receipts and reference index."""

from gateway.store.arrivals import Recorded, Repeat, StoredArrival
from gateway.store.filings import Filing
from gateway.store.lanes import BreakerState, Lane
from gateway.store.order import Blocked
from gateway.store.outbox import Attempt, DeliveryState, StoredDelivery
from gateway.store.retention import Hold, Purged
from gateway.store.room import Room
from gateway.store.search import ArrivalSummary, Counters, DeadLetter
from gateway.store.store import Store
from gateway.store.watchdog import Neglected

__all__ = [
    "ArrivalSummary",
    "Attempt",
    "Blocked",
    "BreakerState",
    "Counters",
    "DeadLetter",
    "DeliveryState",
    "Filing",
    "Hold",
    "Lane",
    "Neglected",
    "Purged",
    "Recorded",
    "Repeat",
    "Room",
    "Store",
    "StoredArrival",
    "StoredDelivery",
]
