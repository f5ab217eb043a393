"""What a gateway tells of its work: log lines with ids, counters, spans. Never a message's content."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from gateway.app.metrics import Figures
from gateway.app.tracing import Traces
from gateway.model.journal import ProcessingResult
from gateway.model.stages import Arrival, Delivery, Receipt
from gateway.plugin import Accepted

_LOG = structlog.get_logger("pierhead")


@dataclass(frozen=True, slots=True)
class Metering:
    """The runner's `Meter`."""

    figures: Figures
    traces: Traces

    @contextmanager
    def step(self, name: str, arrival: str, subject: str = "") -> Iterator[None]:
        """Put a span round a step, and measure it."""
        begun = time.perf_counter()
        with self.traces.step(name, arrival, subject):
            try:
                yield
            finally:
                self.figures.seconds.labels(name).observe(time.perf_counter() - begun)

    def received(self, arrival: Arrival, accepted: Accepted) -> None:
        """Tell of an arrival that is recorded."""
        outcome = "conflict" if accepted.conflict else "duplicate" if accepted.duplicate else "new"
        self.figures.arrivals.labels(arrival.endpoint, outcome).inc()
        _LOG.info("received", arrival=arrival.id, endpoint=arrival.endpoint, outcome=outcome, first=accepted.id)

    def processed(self, result: ProcessingResult) -> None:
        """Tell what became of an arrival."""
        for severity, count in Counter(one.finding.severity for one in result.findings).items():
            self.figures.findings.labels(str(severity)).inc(count)
        if result.arrival is None:
            return
        one = result.arrival
        self.figures.verdicts.labels(one.agreement, one.state).inc()
        made = {"documents": len(result.documents), "deliveries": len(result.deliveries)}
        _LOG.info("processed", arrival=one.id, agreement=one.agreement, state=one.state, **made)

    def sent(self, delivery: Delivery, receipt: Receipt) -> None:
        """Tell how an attempt to deliver ended."""
        outcome = str(receipt.outcome)
        self.figures.attempts.labels(delivery.endpoint, outcome).inc()
        _LOG.info("sent", delivery=delivery.id, arrival=delivery.arrival, endpoint=delivery.endpoint, outcome=outcome)
