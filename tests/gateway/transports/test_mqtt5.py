"""MQTT 5, which NATS does not speak: against mosquitto, where it is installed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from brokers import Publisher, RunningBroker, Wire, eventually, mosquitto, mosquitto_program
from feeding import Taker, intake, numbered

from gateway.model.stages import Delivery, Outcome
from gateway.transports.mqtt import MqttIn, MqttReceiver
from gateway.transports.mqtt_broker import Broker
from gateway.transports.mqtt_out import MqttOut, MqttTransport

pytestmark = pytest.mark.skipif(
    mosquitto_program() is None, reason="no mosquitto is installed: apt-get install mosquitto gives MQTT 5 to test with"
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RunningBroker]:
    made = mosquitto(tmp_path / "mosquitto")
    made.start()
    yield made
    made.kill()


Subscribe = Callable[..., MqttReceiver]


@pytest.fixture
def subscribe(broker: RunningBroker) -> Iterator[Subscribe]:
    made: list[tuple[MqttReceiver, Taker]] = []

    def start(taker: Taker, feed: str = "nmea", url: str = "", **options: int) -> MqttReceiver:
        receiver = MqttReceiver(MqttIn(Broker(url or broker.url, "in"), ("ais/#",), **options), intake(feed))
        made.append((receiver, taker))
        receiver.start(taker)
        eventually(lambda: receiver._subscribed)
        assert receiver._link is not None
        assert receiver._link.version == 5
        return receiver

    yield start
    for receiver, taker in made:
        taker.open.set()
        receiver.stop()


def test_lines_arrive_in_order(broker: RunningBroker, subscribe: Subscribe) -> None:
    taker = Taker()
    subscribe(taker)
    publisher = Publisher(broker.port)
    publisher.publish("ais/x", numbered(2000))
    publisher.close()
    eventually(lambda: len(taker.lines) >= 2000)
    assert taker.lines == list(numbered(2000))


def test_the_session_outlives_the_receiver(broker: RunningBroker, subscribe: Subscribe) -> None:
    first, second = Taker(), Taker()
    subscribe(first).stop()
    publisher = Publisher(broker.port)
    publisher.publish("ais/x", numbered(3000))
    publisher.close()
    receiver = subscribe(second)
    eventually(lambda: len(second.lines) >= 3000)
    assert second.lines == list(numbered(3000))
    assert receiver.health().gaps == 0


def test_a_broker_that_breaks_the_window_fills_no_memory(broker: RunningBroker, subscribe: Subscribe) -> None:
    taker = Taker()
    taker.open.clear()
    receiver = subscribe(taker, window=20)
    publisher = Publisher(broker.port)
    publisher.publish("ais/x", numbered(3000))
    publisher.close()
    eventually(lambda: receiver.health().backlog >= 20)
    assert receiver.health().backlog <= 20 + 64
    taker.open.set()
    eventually(lambda: len(set(taker.lines)) == 3000)
    assert receiver.health().backlog <= 20 + 64


def test_what_was_not_durable_comes_again_to_the_next_process(broker: RunningBroker, subscribe: Subscribe) -> None:
    first, second = Taker(full=True), Taker()
    receiver = subscribe(first)
    publisher = Publisher(broker.port)
    publisher.publish("ais/x", numbered(500))
    publisher.close()
    eventually(lambda: receiver.health().backlog == 500)
    receiver.stop()
    subscribe(second)
    eventually(lambda: set(second.lines) == set(numbered(500)))


def test_cuts_in_the_middle_of_a_stream_lose_nothing(broker: RunningBroker, subscribe: Subscribe) -> None:
    taker = Taker()
    wire = Wire(broker.port)
    publisher = Publisher(broker.port)
    try:
        receiver = subscribe(taker, url=wire.url)
        for turn in range(4):
            origin = receiver._origin
            publisher.publish("ais/x", numbered(300, f"{turn},"), wait=False)
            wire.cut()
            came_again(receiver, origin)
        publisher.await_confirmed()
        wanted = [line for turn in range(4) for line in numbered(300, f"{turn},")]
        eventually(lambda: len(set(taker.lines)) == 1200)
        assert set(taker.lines) == set(wanted)
        assert receiver.health().gaps == 0
        receiver.stop()
    finally:
        publisher.close()
        wire.close()


def came_again(receiver: MqttReceiver, before: object) -> None:
    """Wait for the next connection."""
    eventually(lambda: receiver._origin is not before)


def test_a_session_that_was_lost_is_an_alarm(broker: RunningBroker, subscribe: Subscribe) -> None:
    receiver = subscribe(Taker())
    broker.kill()
    for path in broker.folder.glob("*.db*"):
        path.unlink()
    broker.start()
    eventually(lambda: receiver.health().gaps == 1)
    assert "lost the session" in receiver.health().trouble


def test_key_and_content_type_go_out_and_come_in(broker: RunningBroker, subscribe: Subscribe) -> None:
    taker = Taker()
    subscribe(taker, feed="")
    transport = MqttTransport(MqttOut(Broker(broker.url), "ais/{kind}"), lambda: NOW)
    delivery = Delivery("d1", "ключ-1", "a", "e", b"<x/>", "application/xml", "document", NOW)
    try:
        assert transport.send(delivery).outcome is Outcome.DELIVERED
    finally:
        transport.close()
    eventually(lambda: len(taker.got) == 1)
    assert taker.got[0].attributes == {
        "topic": "ais/document",
        "content_type": "application/xml",
        "idempotency_key": "ключ-1",
        "principal": "coast",
    }
