"""The figures of a gateway for Prometheus: what this process has counted, and how the store stands at the moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from gateway.errors import StoreError
from gateway.plugin import Clock
from gateway.store import Store
from gateway.store.lanes import BreakerState
from gateway.transports.batches import FeedHealth

_SECONDS: Final = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

#: What is shown of a feed's health, by attribute.
_FEEDS: Final = (
    ("connected", "Whether a vessel feed has a source"),
    ("backlog", "Messages received and not durable yet"),
    ("messages", "Messages received since the start"),
    ("dropped", "Messages that could not be kept"),
    ("gaps", "How often something may have been lost"),
)

Healths = Callable[[], Mapping[str, FeedHealth]]
"""Returns how each vessel feed is, by endpoint."""


class Figures:
    """Counters of one process, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.arrivals = self._counter("arrivals", "Arrivals recorded", "endpoint", "outcome")
        self.verdicts = self._counter("verdicts", "Arrivals processed", "agreement", "state")
        self.findings = self._counter("findings", "Findings told", "severity")
        self.attempts = self._counter("delivery_attempts", "Attempts to deliver", "endpoint", "outcome")
        self.faults = self._counter("faults", "Steps that failed by our own fault", "step")
        self.seconds = Histogram(
            "pierhead_step_seconds", "Time of a step", ["step"], buckets=_SECONDS, registry=self._registry
        )

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"pierhead_{name}", text, labels, registry=self._registry)

    def watch(self, store: Store, healths: Healths, clock: Clock) -> None:
        """Add how the store and the feeds stand whenever the figures are asked for."""
        self._registry.register(_Standing(store, healths, clock))

    def text(self) -> bytes:
        """Return all figures in Prometheus' text format."""
        return generate_latest(self._registry)


class _Standing(Collector):
    """Figures that are read when they are asked for: they are the same in every process of a site."""

    def __init__(self, store: Store, healths: Healths, clock: Clock) -> None:
        self._store = store
        self._healths = healths
        self._clock = clock

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Return nothing: what there is depends on the store."""
        return ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the figures of the moment; without the store, that it cannot be used."""
        try:
            found = [*self._work(), *self._endpoints()]
        except StoreError:
            found = []
        yield _gauge("store_usable", "Whether the store can be used", float(bool(found)))
        yield from found
        yield from self._feeds()

    def _work(self) -> Iterator[GaugeMetricFamily]:
        now, counted = self._clock(), self._store.counters()
        yield _gauges("stored_arrivals", "Arrivals in the store", "state", counted.arrivals)
        yield _gauges("stored_deliveries", "Deliveries in the store", "state", counted.deliveries)
        yield _gauges("queue_ready", "Work that may be taken", "kind", counted.work_ready)
        yield _gauge("queue_dead", "Work that waits for a person", counted.work_dead)
        late = 0.0 if counted.oldest_due is None else max(0.0, (now - counted.oldest_due).total_seconds())
        yield _gauge("queue_oldest_due_seconds", "For how long the oldest work has been due", late)
        yield _gauge("acknowledgments_overdue", "Acknowledgments that should have come", len(self._store.overdue(now)))

    def _endpoints(self) -> Iterator[GaugeMetricFamily]:
        lanes = self._store.lanes()
        breakers = GaugeMetricFamily(
            "pierhead_breaker", "Whether a breaker is in a state", labels=["endpoint", "state"]
        )
        for lane in lanes:
            for state in BreakerState:
                breakers.add_metric([lane.endpoint, state.value], float(lane.state is state))
        yield breakers
        queued = {lane.endpoint: lane.queued for lane in lanes}
        yield _gauges("endpoint_queued", "Deliveries that are to go", "endpoint", queued)

    def _feeds(self) -> Iterator[GaugeMetricFamily]:
        healths = self._healths()
        now = self._clock()
        for name, text in _FEEDS:
            values = {id_: float(getattr(one, name)) for id_, one in healths.items()}
            yield _gauges(f"feed_{name}", text, "feed", values)
        silent = {
            id_: (now - one.last_message_at).total_seconds() for id_, one in healths.items() if one.last_message_at
        }
        yield _gauges("feed_silent_seconds", "Time since a vessel feed's last message", "feed", silent)


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"pierhead_{name}", text, value)


def _gauges(name: str, text: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    made = GaugeMetricFamily(f"pierhead_{name}", text, labels=[label])
    for key, value in values.items():
        made.add_metric([key], value)
    return made
