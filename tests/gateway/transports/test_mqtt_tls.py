"""MQTT over TLS with client certificates, both ways, against a NATS server that demands them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import certificates
from brokers import RunningBroker, eventually, nats
from feeding import Taker, intake

from gateway.errors import TransportBusy
from gateway.model.stages import Delivery, Outcome
from gateway.transports.mqtt import MqttIn, MqttReceiver
from gateway.transports.mqtt_broker import Broker, Tls
from gateway.transports.mqtt_out import MqttOut, MqttTransport

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DELIVERY = Delivery("d1", "key-1", "a", "e", b"<x/>", "application/xml", "document", NOW)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificates.make(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def broker(folder: Path) -> Iterator[RunningBroker]:
    made = nats(folder / "nats", certificates=folder)
    made.start()
    yield made
    made.kill()


def files(folder: Path, certificate: str = "client") -> Tls:
    own = (str(folder / f"{certificate}.pem"), str(folder / f"{certificate}.key")) if certificate else ("", "")
    return Tls(str(folder / "ca.pem"), *own)


def test_with_a_certificate_messages_go_out_and_come_in(folder: Path, broker: RunningBroker) -> None:
    taker = Taker()
    receiver = MqttReceiver(MqttIn(Broker(broker.url, "in", "3.1.1", tls=files(folder)), ("events/#",)), intake(""))
    receiver.start(taker)
    eventually(lambda: receiver._subscribed)
    transport = MqttTransport(
        MqttOut(Broker(broker.url, protocol="3.1.1", tls=files(folder)), "events/{kind}"), lambda: NOW
    )
    try:
        assert transport.send(DELIVERY).outcome is Outcome.DELIVERED
        large = Delivery("d2", "key-2", "a", "e", b"x" * 300_000, "text/plain", "document", NOW)
        assert transport.send(large).outcome is Outcome.DELIVERED
        eventually(lambda: len(taker.got) == 2)
    finally:
        transport.close()
        receiver.stop()
    assert taker.contents == [b"<x/>", b"x" * 300_000]


@pytest.mark.parametrize("wrong", ["no certificate", "unknown authority", "file missing"])
def test_without_a_right_certificate_nothing_is_sent(
    folder: Path, broker: RunningBroker, tmp_path: Path, wrong: str
) -> None:
    tls = {
        "no certificate": files(folder, ""),
        "unknown authority": files(certificates.make(tmp_path)),
        "file missing": Tls(str(tmp_path / "nothing.pem")),
    }[wrong]
    transport = MqttTransport(MqttOut(Broker(broker.url, protocol="3.1.1", tls=tls), "events"), lambda: NOW)
    with pytest.raises(TransportBusy) as caught:
        transport.send(DELIVERY)
    assert not caught.value.ambiguous
    transport.close()


def test_a_broker_under_another_name_is_not_trusted(folder: Path, broker: RunningBroker) -> None:
    url = broker.url.replace("localhost", "127.0.0.2")
    transport = MqttTransport(MqttOut(Broker(url, protocol="3.1.1", tls=files(folder)), "events"), lambda: NOW)
    with pytest.raises(TransportBusy):
        transport.send(DELIVERY)
    transport.close()
