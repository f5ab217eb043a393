"""The MQTT receiver against a NATS server."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))


from brokers import Publisher, RunningBroker, Wire, eventually, nats
from feeding import Taker, intake, numbered

from gateway.transports.mqtt import MqttIn, MqttReceiver
from gateway.transports.mqtt_broker import Broker

_NAMES = count(1)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBroker]:
    made = nats(tmp_path_factory.mktemp("nats"), window=100, ack_wait="3s")
    made.start()
    yield made
    made.kill()


@pytest.fixture
def publisher(broker: RunningBroker) -> Iterator[Publisher]:
    made = Publisher(broker.port, f"publisher-{next(_NAMES)}")
    yield made
    made.close()


@pytest.fixture
def topic() -> str:
    return f"ais/station{next(_NAMES)}"


Subscribe = Callable[..., MqttReceiver]


@pytest.fixture
def subscribe(broker: RunningBroker, topic: str) -> Iterator[Subscribe]:
    """Start a receiver; the same name is the same session."""
    made: list[tuple[MqttReceiver, Taker]] = []

    def start(taker: Taker, feed: str = "nmea", url: str = "", **options: Any) -> MqttReceiver:
        found = Broker(url or broker.url, f"client-{topic.replace('/', '-')}", options.pop("protocol", "3.1.1"))
        limits = {"max_bytes": options.pop("max_bytes")} if "max_bytes" in options else {}
        config = MqttIn(found, options.pop("topics", (topic,)), **options)
        receiver = MqttReceiver(config, intake(feed, **limits))
        made.append((receiver, taker))
        receiver.start(taker)
        eventually(lambda: receiver._subscribed)
        return receiver

    yield start
    for receiver, taker in made:
        taker.open.set()
        receiver.stop()


@pytest.fixture
def wire(broker: RunningBroker) -> Iterator[Wire]:
    made = Wire(broker.port)
    yield made
    made.close()


def test_lines_arrive_in_batches_and_in_order(subscribe: Subscribe, publisher: Publisher, topic: str) -> None:
    taker = Taker()
    receiver = subscribe(taker)
    publisher.publish(topic, numbered(1000))
    eventually(lambda: len(taker.lines) >= 1000)
    assert taker.lines == list(numbered(1000))
    assert len(taker.got) < 1000
    assert {arrival.attributes["source"] for arrival in taker.got} == {topic}
    health = receiver.health()
    assert (health.alive, health.connected, health.gaps, health.dropped, health.trouble) == (True, True, 0, 0, "")


def test_what_was_published_while_nobody_was_there_arrives(
    subscribe: Subscribe, publisher: Publisher, topic: str
) -> None:
    first, second = Taker(), Taker()
    subscribe(first).stop()
    publisher.publish(topic, numbered(300))
    receiver = subscribe(second)
    eventually(lambda: len(second.lines) >= 300)
    assert (first.got, second.lines, receiver.health().gaps) == ([], list(numbered(300)), 0)


def test_two_topics_are_two_sources(subscribe: Subscribe, publisher: Publisher, topic: str) -> None:
    taker = Taker()
    subscribe(taker, topics=(f"{topic}/+",))
    for number in range(50):
        publisher.publish(f"{topic}/{number % 2}", [b"%d" % number], wait=False)
    eventually(lambda: len(taker.lines) >= 50)
    for arrival in taker.got:
        side = int(arrival.attributes["source"][-1])
        assert all(int(line) % 2 == side for line in arrival.content.split(b"\n"))


def test_a_partner_submits_messages_one_by_one(subscribe: Subscribe, publisher: Publisher, topic: str) -> None:
    taker = Taker()
    subscribe(taker, feed="")
    publisher.publish(topic, [b"UNA:+.? '\r\n", b"", bytes(range(256))])
    eventually(lambda: len(taker.got) >= 3)
    assert taker.contents == [b"UNA:+.? '\r\n", b"", bytes(range(256))]
    assert taker.got[0].attributes == {"topic": topic, "principal": "coast"}


def test_while_the_store_takes_nothing_nothing_is_acknowledged_and_nothing_is_lost(
    subscribe: Subscribe, publisher: Publisher, topic: str
) -> None:
    first, second = Taker(full=True), Taker()
    receiver = subscribe(first)
    publisher.publish(topic, numbered(300))
    eventually(lambda: first.asked > 1 and receiver.health().backlog == 100)  # the window of the broker
    assert receiver.health().trouble == "the disk is full"
    receiver.stop()
    subscribe(second)
    eventually(lambda: len(set(second.lines)) == 300)
    assert set(second.lines) == set(numbered(300))


def test_when_the_store_takes_again_the_feed_goes_on(subscribe: Subscribe, publisher: Publisher, topic: str) -> None:
    taker = Taker(full=True)
    receiver = subscribe(taker)
    publisher.publish(topic, numbered(500))
    eventually(lambda: taker.asked > 1)
    taker.full = False
    eventually(lambda: len(set(taker.lines)) >= 500)
    assert set(taker.lines) == set(numbered(500))
    assert receiver.health().trouble == ""


def test_a_message_that_the_broker_sends_again_on_the_same_connection_is_held_once(
    subscribe: Subscribe, publisher: Publisher, topic: str
) -> None:
    taker = Taker()
    taker.open.clear()
    receiver = subscribe(taker)
    publisher.publish(topic, numbered(20))
    eventually(lambda: receiver.health().duplicates >= 20)  # after the broker's wait of 3 s
    assert receiver.health().backlog == 20
    taker.open.set()
    eventually(lambda: len(taker.lines) >= 20)
    assert taker.lines[:20] == list(numbered(20))


def test_the_backlog_never_holds_more_than_its_room(subscribe: Subscribe, publisher: Publisher, topic: str) -> None:
    """The broker may send 100 messages without acknowledgment; ours has room for 10 and some."""
    taker = Taker()
    taker.open.clear()
    receiver = subscribe(taker, window=10)
    most = 10 + 64
    publisher.publish(topic, numbered(400))
    eventually(lambda: receiver.health().backlog == most)
    taker.open.set()
    eventually(lambda: len(set(taker.lines)) == 400)
    assert set(taker.lines) == set(numbered(400))


def test_after_a_cut_everything_that_was_not_acknowledged_comes_again(
    subscribe: Subscribe, publisher: Publisher, topic: str, wire: Wire
) -> None:
    taker = Taker()
    taker.open.clear()
    receiver = subscribe(taker, url=wire.url)
    publisher.publish(topic, numbered(60))
    eventually(lambda: receiver.health().backlog == 60)
    old = receiver._origin
    wire.cut()
    eventually(lambda: receiver._origin is not old)
    taker.open.set()
    eventually(lambda: len(taker.lines) >= 60 and receiver.health().backlog == 0)
    assert set(taker.lines) == set(numbered(60))
    assert receiver.health().gaps == 0


def test_an_acknowledgment_after_a_reconnect_goes_nowhere(
    subscribe: Subscribe, publisher: Publisher, topic: str, wire: Wire
) -> None:
    """The old connection's identifiers stand for other messages now: the broker must still hold those."""
    taker = Taker()
    receiver = subscribe(taker, url=wire.url)
    publisher.publish(topic, [b"before"])
    eventually(lambda: taker.lines == [b"before"] and not receiver._origin.unsettled)
    old = receiver._origin
    wire.cut()
    eventually(lambda: receiver._origin is not old and receiver.health().connected)
    taker.full = True
    publisher.publish(topic, numbered(50))
    eventually(lambda: receiver.health().backlog == 50)
    old.acknowledge(range(1, 200))
    receiver.stop()
    again = Taker()
    subscribe(again, url=wire.url)
    eventually(lambda: set(again.lines) == set(numbered(50)))


@pytest.mark.parametrize("payload", [b"", b"\0" * 100, b"\n\n\n", bytes(range(256)), b"{" * 10_000, "港".encode()])
def test_a_strange_payload_does_not_stop_the_feed(
    subscribe: Subscribe, publisher: Publisher, topic: str, payload: bytes
) -> None:
    taker = Taker()
    subscribe(taker, feed="digitraffic")
    publisher.publish(topic, [b"a", payload, b"b"])
    eventually(lambda: len(taker.payloads) >= 3)
    assert taker.payloads == [b"a", payload, b"b"]


def test_a_payload_that_our_own_fault_hits_does_not_stop_the_feed_and_stays_with_the_broker(
    subscribe: Subscribe, publisher: Publisher, topic: str
) -> None:
    first, second = Taker(poison=b"poison"), Taker()
    receiver = subscribe(first, feed="digitraffic")
    publisher.publish(topic, [b"1", b"poison", b"2"])
    eventually(lambda: sorted(first.payloads) == [b"1", b"2"] and receiver.health().set_aside == 1)
    publisher.publish(topic, [b"3"])
    eventually(lambda: len(first.payloads) == 3)
    receiver.stop()
    subscribe(second, feed="digitraffic")
    eventually(lambda: second.payloads == [b"poison"])


def test_a_message_too_large_is_dropped_and_counted_and_stops_no_other(
    subscribe: Subscribe, publisher: Publisher, topic: str
) -> None:
    taker = Taker()
    receiver = subscribe(taker, max_bytes=100)
    publisher.publish(topic, [b"a", b"x" * 101, b"b"])
    eventually(lambda: len(taker.lines) >= 2)
    assert taker.lines == [b"a", b"b"]
    assert receiver.health().dropped == 1
    assert "101 bytes" in receiver.health().trouble


def test_a_broker_without_mqtt_5_is_spoken_to_in_3_1_1(subscribe: Subscribe, publisher: Publisher, topic: str) -> None:
    taker = Taker()
    subscribe(taker, protocol="")
    publisher.publish(topic, [b"x"])
    eventually(lambda: taker.lines == [b"x"])


def test_a_broker_is_reached_over_websockets(
    broker: RunningBroker, subscribe: Subscribe, publisher: Publisher, topic: str
) -> None:
    taker = Taker()
    receiver = subscribe(taker, url=f"ws://127.0.0.1:{broker.web_port}/mqtt")
    publisher.publish(topic, numbered(2000))
    eventually(lambda: len(taker.lines) >= 2000)
    assert taker.lines == list(numbered(2000))
    assert receiver.health().trouble == ""


def test_an_exception_in_a_callback_ends_the_connection_and_not_the_feed(
    subscribe: Subscribe, publisher: Publisher, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    taker = Taker()
    receiver = subscribe(taker)
    failed = Event()
    right = receiver.received

    def wrong(*args: Any) -> None:
        if not failed.is_set():
            failed.set()
            raise RuntimeError("a bug of ours")
        right(*args)

    monkeypatch.setattr(receiver, "received", wrong)
    publisher.publish(topic, [b"x"])
    eventually(lambda: taker.lines == [b"x"])  # not acknowledged, so it came again
    assert failed.is_set()
    assert receiver.health().alive


def test_a_broker_that_is_away_is_told_and_waited_for(tmp_path: Path) -> None:
    away = nats(tmp_path / "nats")
    taker = Taker()
    receiver = MqttReceiver(MqttIn(Broker(away.url, "x", "3.1.1"), ("ais/x",)), intake())
    receiver.start(taker)
    eventually(lambda: "no connection" in receiver.health().trouble)
    health = receiver.health()
    assert (health.alive, health.connected, health.last_message_at) == (True, False, None)
    receiver.stop()
    assert not receiver.health().alive
