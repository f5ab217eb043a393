from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from gateway.app import service
from gateway.cli.counterparty import CoastStation
from gateway.cli.samples import copy_example_site, samples
from gateway.settings import load_site
from gateway.store import Room
from gateway.store.room import Gauge

NO_ROOM = Room(free_disk=10**18, queued=100_000)
LINES = samples().joinpath("ais/exampleport-call.nmea").read_bytes().splitlines()[:20]


def until(look: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_feed_keeps_what_it_has_while_there_is_no_room_and_goes_on_after(tmp_path: Path) -> None:
    station = CoastStation()
    copy_example_site(tmp_path / "site")
    path = tmp_path / "site/endpoints/coast-stations.yaml"
    path.write_text(path.read_text("utf-8").replace(":9104", f":{station.tcp_port}"), "utf-8")
    site = load_site(tmp_path / "site")
    gateway = service.build(replace(site, listen=replace(site.listen, port=0)))
    enough = gateway.store._gauge
    gateway.store._gauge = Gauge(gateway.store._engine, NO_ROOM)  # as if the disk had filled up
    gateway.start()
    try:
        station.send(LINES)
        until(lambda: gateway.feeds["coast-stations"].health().trouble != "")
        assert "free" in gateway.feeds["coast-stations"].health().trouble
        assert gateway.store.recent() == []
        gateway.store._gauge = enough
        until(lambda: gateway.feeds["coast-stations"].health().messages == len(LINES))
        assert gateway.feeds["coast-stations"].health().trouble == ""
    finally:
        gateway.stop()
        station.close()
