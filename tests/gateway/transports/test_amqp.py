"""AMQP in both directions, against a real RabbitMQ; skipped where the program is not installed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import aio_pika
from amqp_brokers import rabbitmq
from brokers import Wire, eventually, free_port
from feeding import Taker, intake

from gateway.errors import TransportBusy, TransportRefused
from gateway.model.stages import Delivery, Outcome
from gateway.section import Secret
from gateway.transports.amqp_broker import AmqpBroker
from gateway.transports.amqp_in import AmqpIn, AmqpReceiver
from gateway.transports.amqp_out import AmqpOut, AmqpTransport

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DELIVERY = Delivery("d1", "key-1", "a", "e", bytes(range(256)), "application/xml", "document", NOW)
_NUMBERS = count(1)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AmqpBroker]:
    with rabbitmq(tmp_path_factory.mktemp("amqp")) as made:
        yield made


def ask(broker: AmqpBroker, what: Callable[[Any], Coroutine[Any, Any, Any]]) -> Any:
    """Do something on a channel of the broker's own client."""

    async def work() -> Any:
        connection = await aio_pika.connect(broker.url)
        async with connection:
            return await what(await connection.channel())

    return asyncio.run(work())


@pytest.fixture
def queue(broker: AmqpBroker) -> str:
    name = f"inbox-{next(_NUMBERS)}"
    ask(broker, lambda channel: channel.declare_queue(name, durable=True))
    return name


def taken(broker: AmqpBroker, queue: str) -> list[Any]:
    async def work(channel: Any) -> list[Any]:
        found = []
        source = await channel.get_queue(queue)
        while (message := await source.get(no_ack=True, fail=False)) is not None:
            found.append(message)
        return found

    return ask(broker, work)  # type: ignore[no-any-return]


def put(broker: AmqpBroker, queue: str, *bodies: bytes, **properties: Any) -> None:
    async def work(channel: Any) -> None:
        for body in bodies:
            await channel.default_exchange.publish(aio_pika.Message(body, **properties), queue)

    ask(broker, work)


To = Callable[..., AmqpTransport]


@pytest.fixture
def to() -> Iterator[To]:
    made: list[AmqpTransport] = []

    def make(broker: AmqpBroker, routing_key: str, exchange: str = "") -> AmqpTransport:
        made.append(AmqpTransport(AmqpOut(broker, exchange, routing_key), lambda: NOW))
        return made[-1]

    yield make
    for transport in made:
        transport.close()


def busy(transport: AmqpTransport) -> TransportBusy:
    with pytest.raises(TransportBusy) as caught:
        transport.send(DELIVERY)
    return caught.value


# out


def test_a_delivery_is_persistent_and_carries_its_key(to: To, broker: AmqpBroker, queue: str) -> None:
    assert to(broker, queue).send(DELIVERY).outcome is Outcome.DELIVERED
    (message,) = taken(broker, queue)
    assert message.body == DELIVERY.content
    assert (message.message_id, message.content_type, message.delivery_mode) == ("key-1", "application/xml", 2)
    assert message.headers["Idempotency-Key"] == "key-1"


def test_what_no_queue_takes_is_busy_and_with_nobody(to: To, broker: AmqpBroker) -> None:
    transport = to(broker, "nowhere")
    error = busy(transport)
    assert "no queue takes" in str(error)
    assert not error.ambiguous


def test_an_exchange_that_is_not_there_is_busy(to: To, broker: AmqpBroker) -> None:
    assert not busy(to(broker, "x", "nowhere")).ambiguous


def test_a_queue_without_room_is_busy(to: To, broker: AmqpBroker) -> None:
    arguments = {"x-max-length": 1, "x-overflow": "reject-publish"}
    ask(broker, lambda channel: channel.declare_queue("narrow", durable=True, arguments=arguments))
    transport = to(broker, "narrow")
    transport.send(DELIVERY)
    error = busy(transport)
    assert "no room" in str(error)
    assert not error.ambiguous


def test_an_exchange_that_takes_nothing_from_us_is_refused(to: To, broker: AmqpBroker) -> None:
    async def declare(channel: Any) -> None:
        await channel.declare_exchange("inner", internal=True, durable=True)

    ask(broker, declare)
    with pytest.raises(TransportRefused, match="ACCESS_REFUSED"):
        to(broker, "x", "inner").send(DELIVERY)


def test_what_amqp_cannot_carry_is_refused(to: To, broker: AmqpBroker, queue: str) -> None:
    with pytest.raises(TransportRefused, match="255 bytes"):
        to(broker, queue).send(replace(DELIVERY, key="x" * 300))


def test_nobody_there_or_a_wrong_password_is_busy(to: To, broker: AmqpBroker) -> None:
    assert not busy(to(AmqpBroker(f"amqp://127.0.0.1:{free_port()}"), "x")).ambiguous
    assert not busy(to(replace(broker, username="us", password=Secret("wrong")), "x")).ambiguous


def test_many_threads_share_one_connection(to: To, broker: AmqpBroker, queue: str) -> None:
    transport = to(broker, queue)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: transport.send(replace(DELIVERY, key=f"key-{n}")), range(40)))
    assert {message.message_id for message in taken(broker, queue)} == {f"key-{n}" for n in range(40)}


def test_a_connection_that_is_cut_is_made_anew(to: To, broker: AmqpBroker, queue: str) -> None:
    wire = Wire(int(broker.url.rpartition(":")[2]))
    transport = to(replace(broker, url=wire.url.replace("mqtt", "amqp")), queue)
    transport.send(DELIVERY)
    wire.cut()
    eventually(lambda: _sent(transport))
    transport.close()
    wire.close()
    assert {message.body for message in taken(broker, queue)} == {DELIVERY.content}


def _sent(transport: AmqpTransport) -> bool:
    try:
        transport.send(DELIVERY)
    except TransportBusy:
        return False
    return True


# in

From = Callable[..., AmqpReceiver]


@pytest.fixture
def by() -> Iterator[From]:
    made: list[AmqpReceiver] = []

    def make(broker: AmqpBroker, queue: str, window: int = 50, **options: Any) -> AmqpReceiver:
        made.append(AmqpReceiver(AmqpIn(broker, queue, window), intake("", **options)))
        return made[-1]

    yield make
    for receiver in made:
        receiver.stop()


def test_a_message_is_an_arrival_and_leaves_the_queue(by: From, broker: AmqpBroker, queue: str) -> None:
    put(broker, queue, bytes(range(256)), content_type="application/edifact", message_id="k1")
    taker = Taker()
    receiver = by(broker, queue)
    receiver.start(taker)
    eventually(lambda: len(taker.got) == 1)
    receiver.stop()
    (arrival,) = taker.got
    assert arrival.content == bytes(range(256))
    assert arrival.attributes == {
        "topic": queue,
        "content_type": "application/edifact",
        "idempotency_key": "k1",
        "principal": "coast",
    }
    assert taken(broker, queue) == []


def test_what_is_not_durable_is_not_acknowledged(by: From, broker: AmqpBroker, queue: str) -> None:
    put(broker, queue, b"1", b"2", b"3")
    taker = Taker(full=True)
    receiver = by(broker, queue)
    receiver.start(taker)
    eventually(lambda: receiver.health().trouble == "the disk is full")
    receiver.stop()
    again, kept = by(broker, queue), Taker()
    again.start(kept)
    eventually(lambda: len(kept.got) == 3)
    assert kept.contents == [b"1", b"2", b"3"]
    assert again.health().duplicates == 3


def test_no_more_than_the_window_is_held(by: From, broker: AmqpBroker, queue: str) -> None:
    put(broker, queue, *[b"%d" % n for n in range(20)])
    taker = Taker()
    taker.open.clear()
    receiver = by(broker, queue, 5)
    receiver.start(taker)
    eventually(lambda: receiver.health().backlog == 5)
    taker.open.set()
    eventually(lambda: len(taker.got) == 20)
    assert taker.contents == [b"%d" % n for n in range(20)]


def test_what_is_too_large_goes_to_the_brokers_dead_letters(by: From, broker: AmqpBroker) -> None:
    name = f"limited-{next(_NUMBERS)}"

    async def declare(channel: Any) -> None:
        await channel.declare_queue(f"{name}-dead", durable=True)
        arguments = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": f"{name}-dead"}
        await channel.declare_queue(name, durable=True, arguments=arguments)

    ask(broker, declare)
    put(broker, name, b"x" * 11, b"small")
    taker = Taker()
    receiver = by(broker, name, max_bytes=10)
    receiver.start(taker)
    eventually(lambda: taker.contents == [b"small"])
    assert receiver.health().dropped == 1
    assert [message.body for message in taken(broker, f"{name}-dead")] == [b"x" * 11]


def test_it_comes_back_after_a_cut_and_for_a_queue_that_is_missing(by: From, broker: AmqpBroker, queue: str) -> None:
    wire = Wire(int(broker.url.rpartition(":")[2]))
    receiver, taker = by(replace(broker, url=wire.url.replace("mqtt", "amqp")), queue), Taker()
    receiver.start(taker)
    put(broker, queue, b"1")
    eventually(lambda: taker.contents == [b"1"])
    wire.cut()
    put(broker, queue, b"2")
    eventually(lambda: b"2" in taker.contents)
    missing = by(broker, "not-there")
    missing.start(taker)
    eventually(lambda: "NOT_FOUND" in missing.health().trouble)
    receiver.stop()
    wire.close()
