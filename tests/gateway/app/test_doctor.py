from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.app import now, parts, service
from gateway.app.doctor import Level, Line, examine, reach
from gateway.cli.samples import copy_example_site
from gateway.model.journal import Claim
from gateway.model.stages import Arrival
from gateway.settings import Endpoint, Limits, Listen, Site, load_site
from gateway.store import Store
from gateway.transports.http import HttpEndpoint

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """The example site with one arrival that nobody has processed, on a TCP port that nobody listens on."""
    copy_example_site(tmp_path / "site")
    made = load_site(tmp_path / "site")
    store = parts.open_store(made)
    store.close()
    with socket.create_server(("127.0.0.1", 0)) as free:
        return replace(made, listen=Listen("127.0.0.1", free.getsockname()[1]))


@pytest.fixture
def listening() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def found(site: Site, what: str, at: datetime = AT) -> Line:
    return next(line for line in examine(site, at) if line.what == what)


def endpoint(tcp_port: int) -> Endpoint:
    return Endpoint("customs-api", "customs", "http", HttpEndpoint(f"http://127.0.0.1:{tcp_port}/declarations"))


def test_a_new_site_is_well_but_for_who_does_not_run_yet(site: Site) -> None:
    for what in ("store", "clock", "work", "dead letters", "acknowledgments"):
        assert found(site, what).level is Level.OK
    assert found(site, "service").level is Level.WARN


def test_a_store_that_was_never_opened_is_told_and_not_made(site: Site) -> None:
    path = Path(site.store.removeprefix("sqlite:///"))
    for one in path.parent.iterdir():
        one.unlink()
    assert found(site, "store").level is Level.WARN


def test_a_store_that_cannot_be_opened_fails(site: Site, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    line = found(replace(site, store=f"sqlite:///{tmp_path}/file/x.db"), "store")
    assert line.level is Level.FAIL
    assert line.remedy


def test_a_full_disk_fails(site: Site) -> None:
    assert found(replace(site, limits=Limits(free_disk=10**18)), "disk").level is Level.FAIL


def test_work_that_nobody_takes_fails_and_a_clock_behind_the_store_too(site: Site) -> None:
    store = Store(site.store)
    store.record(Arrival("a1", "http", AT, b"x"), Claim(""))
    store.close()
    assert found(site, "work").level is Level.OK
    assert found(site, "work", AT + timedelta(hours=1)).level is Level.FAIL
    assert found(site, "clock", AT - timedelta(hours=1)).level is Level.FAIL


def test_an_endpoint_is_reached_when_it_takes_a_connection(listening: int) -> None:
    assert reach(endpoint(listening), AT).level is Level.OK


def test_an_endpoint_that_nobody_listens_at_fails_with_a_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        tcp_port = free.getsockname()[1]
    line = reach(endpoint(tcp_port), AT)
    assert (line.level, line.what) == (Level.FAIL, "endpoint customs-api")
    assert line.remedy


def test_the_service_says_how_its_feeds_are(site: Site, tmp_path: Path) -> None:
    text = (tmp_path / "site/site.yaml").read_text("utf-8").replace("port: 8080", "port: 0")
    (tmp_path / "site/site.yaml").write_text(text, "utf-8")
    gateway = service.build(load_site(tmp_path / "site"))
    gateway.start()
    try:
        served = replace(site, listen=Listen("127.0.0.1", gateway.http_port))
        assert found(served, "service", now()).level is Level.OK
        assert found(served, "feed", now()).level is Level.WARN  # nobody listens at its address
    finally:
        gateway.stop()
