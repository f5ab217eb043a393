"""What kill -9 in the middle of a stream costs: nothing, as long as the broker keeps its word."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from brokers import Publisher, RunningBroker, eventually, nats
from feeding import Taker, intake, numbered

from gateway.store import Store
from gateway.transports.mqtt import MqttIn, MqttReceiver
from gateway.transports.mqtt_broker import Broker

_COUNT = 5000
_TOPIC = "ais/coast"


@pytest.fixture
def broker(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[RunningBroker]:
    made = nats(tmp_path / "nats", window=200, ack_wait="1s", sync=getattr(request, "param", "2m"))
    made.start()
    yield made
    made.kill()


@pytest.fixture
def publisher(broker: RunningBroker) -> Iterator[Publisher]:
    made = Publisher(broker.port)
    yield made
    made.close()


class Consumer:
    """A consumer process and the store that it fills."""

    def __init__(self, folder: Path, broker: RunningBroker) -> None:
        self._database = folder / "pierhead.db"
        self._broker = broker
        store = Store(f"sqlite:///{self._database}")
        store.upgrade()
        store.close()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = Path(__file__).parent / "consumer.py"
        self.process = subprocess.Popen(
            [sys.executable, str(program), str(self._database), self._broker.url, _TOPIC], stdout=subprocess.PIPE
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"ready\n"

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None

    def kept(self) -> list[bytes]:
        """Every line in the store, as often as it is there."""
        connection = sqlite3.connect(self._database)
        try:
            rows = connection.execute("SELECT content FROM arrivals").fetchall()
        finally:
            connection.close()
        return [line for (content,) in rows for line in bytes(content).split(b"\n")]

    def await_kept(self, count: int) -> None:
        """Wait for so many different lines."""
        eventually(lambda: len(set(self.kept())) >= count, every=0.2)


@pytest.fixture
def consumer(tmp_path: Path, broker: RunningBroker) -> Iterator[Consumer]:
    made = Consumer(tmp_path, broker)
    yield made
    made.kill()


def test_kill_9_of_the_consumer_loses_nothing(consumer: Consumer, publisher: Publisher) -> None:
    consumer.start()
    publisher.publish(_TOPIC, numbered(_COUNT), wait=False)
    consumer.await_kept(1000)
    consumer.kill()
    consumer.start()
    publisher.await_confirmed()
    consumer.await_kept(_COUNT)
    assert set(consumer.kept()) == set(numbered(_COUNT))


@pytest.mark.parametrize("broker", ["always"], indirect=True)
def test_kill_9_of_the_broker_loses_nothing(broker: RunningBroker, consumer: Consumer, publisher: Publisher) -> None:
    consumer.start()
    publisher.publish(_TOPIC, numbered(_COUNT), wait=False)
    consumer.await_kept(1000)
    broker.kill()
    broker.start()
    publisher.await_confirmed()
    consumer.await_kept(_COUNT)
    assert set(consumer.kept()) == set(numbered(_COUNT))


@pytest.fixture
def receive(broker: RunningBroker) -> Iterator[Callable[[Taker], MqttReceiver]]:
    made: list[tuple[MqttReceiver, Taker]] = []

    def start(taker: Taker) -> MqttReceiver:
        receiver = MqttReceiver(MqttIn(Broker(broker.url, "receiver", "3.1.1"), (_TOPIC,)), intake())
        made.append((receiver, taker))
        receiver.start(taker)
        eventually(lambda: receiver._subscribed)
        return receiver

    yield start
    for receiver, taker in made:
        taker.open.set()
        receiver.stop()


def test_a_session_that_the_broker_has_lost_is_an_alarm(
    broker: RunningBroker, publisher: Publisher, receive: Callable[[Taker], MqttReceiver]
) -> None:
    taker = Taker()
    receiver = receive(taker)
    publisher.publish(_TOPIC, [b"before"])
    eventually(lambda: taker.lines == [b"before"])
    last = receiver.health().last_message_at
    broker.kill()
    eventually(lambda: not receiver.health().connected)
    broker.forget()
    broker.start()
    eventually(lambda: receiver.health().gaps == 1)
    health = receiver.health()
    assert health.gap_since == last
    assert health.trouble == "the broker has lost the session: messages may be missing"


def test_a_restart_of_the_broker_alone_is_no_alarm(
    broker: RunningBroker, publisher: Publisher, receive: Callable[[Taker], MqttReceiver]
) -> None:
    taker = Taker()
    receiver = receive(taker)
    old = receiver._origin
    broker.kill()
    broker.start()
    eventually(lambda: receiver._origin is not old)
    publisher.publish(_TOPIC, [b"after"])
    eventually(lambda: taker.lines == [b"after"])
    assert (receiver.health().gaps, receiver.health().trouble) == (0, "")


def test_what_was_held_when_the_session_was_lost_becomes_durable_and_acknowledges_nothing_else(
    broker: RunningBroker, publisher: Publisher, receive: Callable[[Taker], MqttReceiver]
) -> None:
    """Packet identifiers begin anew in the new session: the old one stands for another message there."""
    first, second = Taker(refuse=b"new"), Taker()
    first.open.clear()
    receiver = receive(first)
    publisher.publish(_TOPIC, [b"old"])
    eventually(lambda: receiver.health().backlog == 1)
    broker.kill()
    broker.forget()
    broker.start()
    eventually(lambda: receiver.health().gaps == 1)
    new = [b"new %d" % number for number in range(20)]
    publisher.publish(_TOPIC, new)
    eventually(lambda: receiver.health().backlog == 21)
    first.open.set()
    eventually(lambda: first.lines == [b"old"] and first.asked > 1)
    receiver.stop()
    receive(second)
    eventually(lambda: set(second.lines) == set(new))
