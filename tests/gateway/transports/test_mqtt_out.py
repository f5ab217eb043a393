"""The MQTT transport against a NATS server, and against brokers that fail."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from brokers import RunningBroker, eventually, free_port, nats
from feeding import Taker, intake

from gateway.errors import TransportBusy, TransportRefused
from gateway.model.stages import Delivery, Outcome
from gateway.transports.mqtt import MqttIn, MqttReceiver
from gateway.transports.mqtt_broker import Broker
from gateway.transports.mqtt_out import MqttOut, MqttTransport

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DELIVERY = Delivery("d1", "key-1", "a", "e", b"<x/>", "application/xml", "document", NOW, name="report.xml")


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBroker]:
    made = nats(tmp_path_factory.mktemp("nats"))
    made.start()
    yield made
    made.kill()


@pytest.fixture
def heard(broker: RunningBroker) -> Iterator[Taker]:
    taker = Taker()
    receiver = MqttReceiver(MqttIn(Broker(broker.url, "listener", "3.1.1"), ("events/#",)), intake(""))
    receiver.start(taker)
    eventually(lambda: receiver._subscribed)
    yield taker
    receiver.stop()


@contextmanager
def transport_to(url: str, topic: str = "events", **options: object) -> Iterator[MqttTransport]:
    options = {"protocol": "3.1.1", "timeout_seconds": 10.0, **options}
    made = MqttTransport(MqttOut(Broker(url, **options), topic), lambda: NOW)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        made.close()


@contextmanager
def failing_broker(*answers: bytes) -> Iterator[str]:
    """A broker of one connection that answers each packet in turn and then hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        wire, _ = listener.accept()
        with wire:
            for answer in answers:
                wire.recv(65_536)
                wire.sendall(answer)
            wire.recv(65_536)

    thread = Thread(target=serve)
    thread.start()
    try:
        yield f"mqtt://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        thread.join(10)
        listener.close()


CONNACK = b"\x20\x02\x00\x00"
CONNACK_5 = b"\x20\x03\x00\x00\x00"


def test_a_delivery_goes_to_the_topic_that_its_endpoint_names(broker: RunningBroker, heard: Taker) -> None:
    with transport_to(broker.url, "events/{kind}/{agreement}/{name}") as transport:
        receipt = transport.send(DELIVERY)
    assert (receipt.delivery, receipt.at, receipt.outcome) == ("d1", NOW, Outcome.DELIVERED)
    eventually(lambda: len(heard.got) == 1)
    assert heard.got[0].content == b"<x/>"
    assert heard.got[0].attributes["topic"] == "events/document/a/report.xml"


@pytest.mark.parametrize("name", ["#", "+", "a/b", "a/#", "$SYS", "\0", "..", "", "a b", "x" * 70_000])
def test_a_name_is_one_level_of_the_topic_and_no_wildcard(broker: RunningBroker, heard: Taker, name: str) -> None:
    with transport_to(broker.url, "events/{name}/end") as transport:
        transport.send(replace(DELIVERY, name=name))
    eventually(lambda: len(heard.got) == 1)
    topic = heard.got[0].attributes["topic"]
    assert topic.count("/") == 2
    assert not set("+#$\0") & set(topic)


def test_one_connection_serves_all_threads(broker: RunningBroker, heard: Taker) -> None:
    contents = [f"{number}".encode() for number in range(60)]
    with transport_to(broker.url) as transport, ThreadPoolExecutor(8) as pool:
        deliveries = [replace(DELIVERY, key=f"k{n}", content=content) for n, content in enumerate(contents)]
        receipts = list(pool.map(transport.send, deliveries))
        assert transport._session is not None
        first = transport._session
        transport.send(DELIVERY)
        assert transport._session is first
    assert {receipt.outcome for receipt in receipts} == {Outcome.DELIVERED}
    eventually(lambda: len(heard.got) == 61)
    assert sorted(heard.contents) == sorted([*contents, b"<x/>"])


def test_after_the_broker_was_away_the_next_delivery_connects_again(tmp_path: Path) -> None:
    broker = nats(tmp_path / "nats")
    broker.start()
    with transport_to(broker.url) as transport:
        transport.send(DELIVERY)
        broker.kill()
        eventually(lambda: transport._session is None or transport._session.over)
        with pytest.raises(TransportBusy) as caught:
            transport.send(DELIVERY)
        assert not caught.value.ambiguous
        broker.start()
        assert transport.send(DELIVERY).outcome is Outcome.DELIVERED
    broker.kill()


def test_a_broker_that_nobody_reaches_is_busy_and_not_ambiguous() -> None:
    with transport_to(f"mqtt://127.0.0.1:{free_port()}") as transport, pytest.raises(TransportBusy) as caught:
        transport.send(DELIVERY)
    assert not caught.value.ambiguous


def test_a_broker_that_refuses_the_connection_is_busy_and_says_why() -> None:
    with (
        failing_broker(b"\x20\x02\x00\x05") as url,
        transport_to(url) as transport,
        pytest.raises(TransportBusy, match="Not authorized") as caught,
    ):
        transport.send(DELIVERY)
    assert not caught.value.ambiguous


def test_a_connection_lost_after_publishing_is_ambiguous() -> None:
    with failing_broker(CONNACK) as url, transport_to(url) as transport, pytest.raises(TransportBusy) as caught:
        transport.send(DELIVERY)
    assert caught.value.ambiguous


def test_no_acknowledgment_in_time_is_ambiguous_and_ends_the_connection() -> None:
    with failing_broker(CONNACK, b"") as url, transport_to(url, timeout_seconds=1.0) as transport:
        with pytest.raises(TransportBusy, match="in time") as caught:
            transport.send(DELIVERY)
        assert caught.value.ambiguous
        assert transport._session is not None
        assert transport._session.over


@pytest.mark.parametrize(
    ("reason", "refused"),
    [(0x00, None), (0x10, None), (0x87, True), (0x90, True), (0x99, True), (0x97, False), (0x80, False)],
)
def test_what_a_reason_code_means(reason: int, refused: bool | None) -> None:
    with (
        failing_broker(CONNACK_5, bytes([0x40, 3, 0, 1, reason])) as url,
        transport_to(url, protocol="5") as transport,
    ):
        if refused is None:
            assert transport.send(DELIVERY).outcome is Outcome.DELIVERED
            return
        with pytest.raises(TransportRefused if refused else TransportBusy) as caught:
            transport.send(DELIVERY)
        assert refused or not caught.value.ambiguous  # type: ignore[attr-defined]


def test_more_than_the_broker_takes_is_refused_unsent() -> None:
    connack = b"\x20\x08\x00\x00\x05\x27" + (5000).to_bytes(4, "big")
    with failing_broker(connack) as url, transport_to(url, protocol="5") as transport, pytest.raises(TransportRefused):
        transport.send(replace(DELIVERY, content=b"x" * 5000))


@pytest.mark.parametrize("key", ["a\r\nb", "\0", "\ud800"])
def test_a_key_that_mqtt_cannot_carry_is_refused(broker: RunningBroker, key: str) -> None:
    with transport_to(broker.url) as transport, pytest.raises(TransportRefused):
        transport.send(replace(DELIVERY, key=key))
