"""What holds for every transport, run over each."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from brokers import Publisher, RunningBroker, eventually, free_port, nats
from feeding import Taker, intake

from gateway.errors import TransportBusy, TransportRefused
from gateway.model.stages import Delivery, Outcome
from gateway.plugin import Transport
from gateway.transports.folder import FolderOut, FolderTransport
from gateway.transports.http import HttpEndpoint, HttpTransport
from gateway.transports.mqtt import MqttIn, MqttReceiver
from gateway.transports.mqtt_broker import Broker
from gateway.transports.mqtt_out import MqttOut, MqttTransport

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
    """One transport with what its counterparty received, and one whose counterparty is away.

    `attempts` is how often two attempts with one key arrive.
    """

    transport: Transport
    received: Callable[[], list[bytes]]
    away: Transport
    attempts: int = 2
    keys: Callable[[], set[str]] = set
    close: Callable[[], None] = field(default=lambda: None)


@pytest.fixture(params=["http", "folder", "mqtt"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    made: Bench = {"http": over_http, "folder": over_folder, "mqtt": over_mqtt}[request.param](request, tmp_path)
    yield made
    made.transport.close()
    made.away.close()
    made.close()


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBroker]:
    made = nats(tmp_path_factory.mktemp("nats"))
    made.start()
    yield made
    made.kill()


def over_http(request: pytest.FixtureRequest, _folder: Path) -> Bench:
    peer, closed_url = request.getfixturevalue("peer"), request.getfixturevalue("closed_url")
    return Bench(
        HttpTransport(HttpEndpoint(peer.url), clock),
        lambda: [body for _, body in peer.got],
        HttpTransport(HttpEndpoint(closed_url), clock),
        keys=lambda: {headers["idempotency-key"] for headers, _ in peer.got},
    )


def over_folder(_request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    folder = tmp_path / "out" / "acme"
    (tmp_path / "file").write_text("in the way")
    return Bench(
        FolderTransport(FolderOut(folder), clock),
        lambda: [path.read_bytes() for path in sorted(folder.iterdir()) if not path.name.startswith(".")],
        FolderTransport(FolderOut(tmp_path / "file"), clock),
        attempts=1,
    )


def over_mqtt(request: pytest.FixtureRequest, _folder: Path) -> Bench:
    broker: RunningBroker = request.getfixturevalue("broker")
    taker = Taker()
    receiver = MqttReceiver(MqttIn(Broker(broker.url, "listener", "3.1.1"), ("out/#",)), intake(""))
    receiver.start(taker)
    eventually(lambda: receiver._subscribed)

    def received() -> list[bytes]:
        """All that came before a last message of ours: the broker keeps the order."""
        publisher = Publisher(broker.port, "last")
        publisher.publish("out/last", [b"last"])
        publisher.close()
        eventually(lambda: any(arrival.attributes["topic"] == "out/last" for arrival in list(taker.got)))
        taker.got = [arrival for arrival in taker.got if arrival.attributes["topic"] != "out/last"]
        return taker.contents

    away = Broker(f"mqtt://127.0.0.1:{free_port()}", protocol="3.1.1")
    return Bench(
        MqttTransport(MqttOut(Broker(broker.url, protocol="3.1.1"), "out/{kind}/{name}"), clock),
        received,
        MqttTransport(MqttOut(away, "out/x"), clock),
        close=receiver.stop,
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


def test_every_attempt_shows_the_same_key_and_bytes(bench: Bench) -> None:
    for _ in range(2):
        bench.transport.send(delivery())
    assert bench.received() == [b"<x/>"] * bench.attempts
    assert bench.keys() in (set(), {"key-1"})


def test_a_transport_sends_again_after_another_delivery_failed(bench: Bench) -> None:
    with pytest.raises(TransportBusy):
        bench.away.send(delivery())
    assert bench.transport.send(replace(delivery(), id="d2")).delivery == "d2"
