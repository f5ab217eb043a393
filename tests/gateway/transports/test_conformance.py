"""What holds for every transport, run over each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import TransportBusy, TransportRefused
from gateway.model.stages import Delivery, Outcome
from gateway.plugin import Transport
from gateway.transports.folder import FolderOut, FolderTransport
from gateway.transports.http import HttpEndpoint, HttpTransport

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVERY_BYTE = bytes(range(256)) * 40
HOSTILE = [
    "../../escape.xml",
    "/etc/passwd",
    "..",
    ".",
    ".hidden",
    "a/b\\c.xml",
    "nul\0byte.xml",
    "line\r\nbreak: x.xml",
    "CON",
    "x" * 500 + ".xml",
    "manifest.part",
    "-rf",
    "ünïcode 港.xml",
    "",
]


def clock() -> datetime:
    return NOW


@dataclass
class Bench:
    """One transport with what its counterparty received, and one whose counterparty is away."""

    transport: Transport
    received: Callable[[], list[bytes]]
    away: Transport


@pytest.fixture(params=["http", "folder"])
def bench(request: pytest.FixtureRequest, tmp_path: Path, peer: Any, closed_url: str) -> Iterator[Bench]:
    made = over_http(peer, closed_url) if request.param == "http" else over_folder(tmp_path)
    yield made
    made.transport.close()
    made.away.close()


def over_http(peer: Any, closed_url: str) -> Bench:
    return Bench(
        HttpTransport(HttpEndpoint(peer.url), clock),
        lambda: [body for _, body in peer.got],
        HttpTransport(HttpEndpoint(closed_url), clock),
    )


def over_folder(tmp_path: Path) -> Bench:
    folder = tmp_path / "out" / "acme"
    (tmp_path / "file").write_text("in the way")
    return Bench(
        FolderTransport(FolderOut(folder), clock),
        lambda: [path.read_bytes() for path in sorted(folder.iterdir()) if not path.name.startswith(".")],
        FolderTransport(FolderOut(tmp_path / "file"), clock),
    )


def delivery(content: bytes = b"<x/>", key: str = "key-1", name: str = "report.xml") -> Delivery:
    return Delivery("d1", key, "a", "e", content, "application/xml", "document", NOW, name=name)


@pytest.mark.parametrize("content", [EVERY_BYTE, b"", b"\r\n\n\r", b"x" * 3_000_000])
def test_exactly_the_bytes_arrive(bench: Bench, content: bytes) -> None:
    receipt = bench.transport.send(delivery(content))
    assert (receipt.delivery, receipt.at, receipt.outcome) == ("d1", NOW, Outcome.DELIVERED)
    assert bench.received() == [content]


def test_deliveries_of_one_name_do_not_overwrite_each_other(bench: Bench) -> None:
    for number in range(3):
        bench.transport.send(delivery(f"{number}".encode(), f"key-{number}"))
    assert sorted(bench.received()) == [b"0", b"1", b"2"]


def test_a_counterparty_that_is_away_is_busy_and_not_ambiguous(bench: Bench) -> None:
    with pytest.raises(TransportBusy) as caught:
        bench.away.send(delivery())
    assert not caught.value.ambiguous


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_harmless(bench: Bench, tmp_path: Path, name: str) -> None:
    before = {path for path in tmp_path.rglob("*") if "out" not in path.parts}
    assert bench.transport.send(delivery(name=name)).outcome is Outcome.DELIVERED
    assert bench.received() == [b"<x/>"]
    assert {path for path in tmp_path.rglob("*") if "out" not in path.parts} == before
    shown = [path for path in (tmp_path / "out").rglob("*") if not path.name.startswith(".")]
    assert all(path.name.isascii() and path.name.isprintable() and len(path.name) < 120 for path in shown)


@pytest.mark.parametrize("key", ["x" * 300, "../../x", "ключ", "a\r\nb"])
def test_a_strange_key_is_delivered_or_refused_but_never_harmful(bench: Bench, tmp_path: Path, key: str) -> None:
    before = {path for path in tmp_path.rglob("*") if "out" not in path.parts}
    try:
        bench.transport.send(delivery(key=key))
    except TransportRefused:
        assert bench.received() == []
    assert {path for path in tmp_path.rglob("*") if "out" not in path.parts} == before


def test_every_attempt_shows_the_same_key_and_bytes(bench: Bench, peer: Any) -> None:
    for _ in range(2):
        bench.transport.send(delivery())
    keys = {headers["idempotency-key"] for headers, _ in peer.got}
    assert keys in (set(), {"key-1"})
    assert set(bench.received()) == {b"<x/>"}
    assert len(bench.received()) == max(1, len(peer.got))


def test_a_transport_sends_again_after_another_delivery_failed(bench: Bench) -> None:
    with pytest.raises(TransportBusy):
        bench.away.send(delivery())
    assert bench.transport.send(replace(delivery(), id="d2")).delivery == "d2"
