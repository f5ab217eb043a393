from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

from structlog.testing import capture_logs

from gateway.app import now, parts, service
from gateway.cli.samples import copy_example_site, samples
from gateway.model.stages import Arrival, Delivery, Outcome, Receipt
from gateway.settings import Listen, load_site


class Hanging:
    """A counterparty that answers only when it is told to."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.answer = threading.Event()

    def send(self, delivery: Delivery) -> Receipt:
        self.asked.set()
        self.answer.wait()
        return Receipt(delivery.id, now(), Outcome.DELIVERED)

    def close(self) -> None:
        pass


def test_a_stop_does_not_wait_for_a_counterparty_that_hangs_and_loses_nothing(tmp_path: Path) -> None:
    copy_example_site(tmp_path / "site")
    site = load_site(tmp_path / "site")
    site = replace(site, listen=Listen("127.0.0.1", 0), timing=replace(site.timing, stop_seconds=0.2))
    site = replace(site, endpoints={id_: one for id_, one in site.endpoints.items() if not one.feed})
    gateway, hanging = service.build(site), Hanging()
    gateway.parts = replace(gateway.parts, transports=dict.fromkeys(gateway.parts.transports, hanging))
    gateway.start()
    manifest = (samples() / "edifact/cuscar/full.edi").read_bytes()
    gateway.runner("intake").accept(Arrival("a1", "http", now(), manifest, {"principal": "blue-anchor"}))
    assert hanging.asked.wait(60)
    with capture_logs() as logs:
        gateway.stop()
    assert [line["steps"] >= 1 for line in logs if line["event"] == "left at work"] == [True]
    store = parts.open_store(site)
    states = {str(one.state) for one in store.deliveries(arrival="a1")}
    neglected = store.neglected(now(), grace=now() - now())
    store.close()
    assert "in_flight" in states
    assert states <= {"in_flight", "queued"}
    assert neglected.lost == 0
    hanging.answer.set()
    for thread in gateway._threads:
        thread.join()
