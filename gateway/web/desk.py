"""What the HTTP API works with: a site, its store, and what only the application can do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.model.journal import ArrivalOutcome, ProcessingResult
from gateway.pipeline.processing import Processor
from gateway.plugin import Clock
from gateway.settings import Site
from gateway.store import Store
from gateway.store.arrivals import StoredArrival


@dataclass(slots=True)
class Desk:
    """The hands of the API.

    `trial` computes an arrival and keeps nothing; `ready` is the readiness check; `figures` are the metrics as text.
    `site` and `trial` are others once the site is read again.
    """

    site: Site
    store: Store
    trial: Processor
    clock: Clock
    ready: Callable[[], Mapping[str, Any]]
    figures: Callable[[], bytes]

    def show(self, site: Site, trial: Processor) -> None:
        """Answer from another reading of the site, from the next question on."""
        self.site, self.trial = site, trial


def stored_result(store: Store, stored: StoredArrival) -> ProcessingResult:
    """Return what processing an arrival left in the store."""
    id_ = stored.arrival.id
    return ProcessingResult(
        arrival=ArrivalOutcome(id_, stored.state, stored.agreement),
        documents=tuple(store.documents(arrival=id_)),
        findings=tuple(store.findings(arrival=id_)),
        deliveries=tuple(one.delivery for one in store.deliveries(arrival=id_)),
    )
