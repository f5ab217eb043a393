"""NATS in both directions, against a real server with JetStream."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import nats as nats_py
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from brokers import RunningBroker, Wire, eventually, free_port, nats
from feeding import Taker, intake
from nats.js.api import StreamConfig

from gateway.errors import TransportBusy, TransportRefused
from gateway.model.stages import Delivery, Outcome
from gateway.transports.nats_in import NatsIn, NatsReceiver
from gateway.transports.nats_out import NatsOut, NatsTransport
from gateway.transports.nats_server import NatsServer

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DELIVERY = Delivery("d1", "key-1", "a", "e", bytes(range(256)), "application/xml", "document", NOW, name="report.xml")
_NUMBERS = count(1)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBroker]:
    made = nats(tmp_path_factory.mktemp("nats"))
    made.start()
    yield made
    made.kill()


@pytest.fixture
def server(broker: RunningBroker) -> NatsServer:
    return NatsServer(broker.nats_url)


def ask(server: NatsServer, what: Callable[[Any], Coroutine[Any, Any, Any]]) -> Any:
    """Do something with JetStream, by a client of its own."""

    async def work() -> Any:
        client = await nats_py.connect(server.url)
        try:
            return await what(client.jetstream())
        finally:
            await client.close()

    return asyncio.run(work())


@pytest.fixture
def stream(server: NatsServer) -> str:
    """A stream of what goes to STREAM.>."""
    name = f"S{next(_NUMBERS)}"
    ask(server, lambda js: js.add_stream(StreamConfig(name=name, subjects=[f"{name}.>"])))
    return name


def held(server: NatsServer, stream: str) -> list[Any]:
    async def work(js: Any) -> list[Any]:
        state = (await js.stream_info(stream)).state
        numbers = range(state.first_seq, state.last_seq + 1) if state.messages else ()
        return [await js.get_msg(stream, number) for number in numbers]

    return ask(server, work)  # type: ignore[no-any-return]


def put(server: NatsServer, subject: str, *bodies: bytes, headers: dict[str, str] | None = None) -> None:
    async def work(js: Any) -> None:
        for body in bodies:
            await js.publish(subject, body, headers=headers)

    ask(server, work)


To = Callable[..., NatsTransport]


@pytest.fixture
def to() -> Iterator[To]:
    made: list[NatsTransport] = []

    def make(server: NatsServer, subject: str, stream: str = "") -> NatsTransport:
        made.append(NatsTransport(NatsOut(server, subject, stream), lambda: NOW))
        return made[-1]

    yield make
    for transport in made:
        transport.close()


def busy(transport: NatsTransport) -> TransportBusy:
    with pytest.raises(TransportBusy) as caught:
        transport.send(DELIVERY)
    return caught.value


# out


def test_a_delivery_is_held_once_however_often_it_is_sent(to: To, server: NatsServer, stream: str) -> None:
    transport = to(server, f"{stream}.{{kind}}.{{name}}")
    assert transport.send(DELIVERY).outcome is Outcome.DELIVERED
    assert "earlier attempt" in transport.send(DELIVERY).detail
    (message,) = held(server, stream)
    assert message.data == DELIVERY.content
    assert message.subject == f"{stream}.document.report_xml"
    assert message.headers == {"Nats-Msg-Id": "key-1", "Content-Type": "application/xml"}


def test_a_subject_that_no_stream_takes_is_busy(to: To, server: NatsServer) -> None:
    error = busy(to(server, "nowhere"))
    assert "no stream takes" in str(error)
    assert not error.ambiguous


def test_another_stream_than_the_one_named_is_refused(to: To, server: NatsServer, stream: str) -> None:
    with pytest.raises(TransportRefused, match="400"):
        to(server, f"{stream}.x", "OTHER").send(DELIVERY)
    assert held(server, stream) == []


def test_a_stream_without_room_is_busy(to: To, server: NatsServer) -> None:
    config = StreamConfig(name="NARROW", subjects=["narrow"], max_msgs=1, discard="new")
    ask(server, lambda js: js.add_stream(config))
    transport = to(server, "narrow")
    transport.send(DELIVERY)
    with pytest.raises(TransportBusy, match="maximum messages") as caught:
        transport.send(replace(DELIVERY, key="key-2"))
    assert not caught.value.ambiguous


def test_more_than_the_server_takes_is_refused_unsent(to: To, server: NatsServer, stream: str) -> None:
    transport = to(server, f"{stream}.x")
    with pytest.raises(TransportRefused, match="bytes at most"):
        transport.send(replace(DELIVERY, content=b"x" * 8_388_608))
    assert transport.send(DELIVERY).outcome is Outcome.DELIVERED


@pytest.mark.parametrize("key", ["ключ", "a\r\nNats-Expected-Stream: x", "", " x"])
def test_a_key_that_is_no_header_is_refused(to: To, server: NatsServer, stream: str, key: str) -> None:
    transport = to(server, f"{stream}.x")
    if key:
        with pytest.raises(TransportRefused, match="cannot carry"):
            transport.send(replace(DELIVERY, key=key))
        assert held(server, stream) == []
    else:
        transport.send(replace(DELIVERY, key=key))
        assert len(held(server, stream)) == 1


def test_nobody_there_is_busy_and_nothing_was_sent(to: To) -> None:
    transport = to(NatsServer(f"nats://127.0.0.1:{free_port()}", timeout_seconds=5.0), "x")
    assert not busy(transport).ambiguous
    assert transport.health().busy == 1


def test_many_threads_share_one_connection(to: To, server: NatsServer, stream: str) -> None:
    transport = to(server, f"{stream}.x")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: transport.send(replace(DELIVERY, key=f"key-{n}")), range(40)))
    assert {one.headers["Nats-Msg-Id"] for one in held(server, stream)} == {f"key-{n}" for n in range(40)}


def test_a_connection_that_is_cut_is_made_anew(to: To, broker: RunningBroker, server: NatsServer, stream: str) -> None:
    wire = Wire(broker.nats_port)
    transport = to(NatsServer(wire.url.replace("mqtt", "nats"), timeout_seconds=5.0), f"{stream}.x")
    transport.send(DELIVERY)
    wire.cut()
    with contextlib.suppress(TransportBusy):
        transport.send(replace(DELIVERY, key="key-2"))
    transport.send(replace(DELIVERY, key="key-2"))
    transport.close()
    wire.close()
    assert len(held(server, stream)) == 2


# in

From = Callable[..., NatsReceiver]


@pytest.fixture
def by(server: NatsServer, stream: str) -> Iterator[From]:
    made: list[NatsReceiver] = []

    def make(window: int = 50, again: float = 60.0, at: NatsServer = server, **options: Any) -> NatsReceiver:
        config = NatsIn(at, stream, ">", "us", window, again)
        made.append(NatsReceiver(config, intake("", **options)))
        return made[-1]

    yield make
    for receiver in made:
        receiver.stop()


def pending(server: NatsServer, stream: str) -> tuple[int, int]:
    """How many messages the consumer has not handed out, and how many were not acknowledged."""
    info = ask(server, lambda js: js.consumer_info(stream, "us"))
    return info.num_pending, info.num_ack_pending


def test_a_message_is_an_arrival_and_acknowledged(by: From, server: NatsServer, stream: str) -> None:
    put(server, f"{stream}.a", bytes(range(256)), headers={"Nats-Msg-Id": "k1", "content-type": "text/plain"})
    taker = Taker()
    receiver = by()
    receiver.start(taker)
    eventually(lambda: len(taker.got) == 1)
    receiver.stop()
    (arrival,) = taker.got
    assert arrival.content == bytes(range(256))
    assert arrival.attributes == {
        "topic": f"{stream}.a",
        "content_type": "text/plain",
        "idempotency_key": "k1",
        "principal": "coast",
    }
    assert pending(server, stream) == (0, 0)


def test_what_is_not_durable_is_not_acknowledged(by: From, server: NatsServer, stream: str) -> None:
    put(server, f"{stream}.a", b"1", b"2", b"3")
    receiver = by(again=1.0)
    receiver.start(Taker(full=True))
    eventually(lambda: receiver.health().trouble == "the disk is full")
    receiver.stop()
    assert sum(pending(server, stream)) == 3
    again, kept = by(again=1.0), Taker()
    again.start(kept)
    eventually(lambda: {b"1", b"2", b"3"} <= set(kept.contents))
    eventually(lambda: pending(server, stream) == (0, 0))


def test_an_impatient_server_does_not_make_arrivals_twice(by: From, server: NatsServer, stream: str) -> None:
    put(server, f"{stream}.a", b"1")
    taker = Taker()
    taker.open.clear()
    receiver = by(again=1.0)
    receiver.start(taker)
    eventually(lambda: receiver.health().duplicates >= 1)
    taker.open.set()
    eventually(lambda: pending(server, stream) == (0, 0))
    receiver.stop()
    assert taker.contents == [b"1"]


def test_no_more_than_the_window_is_held(by: From, server: NatsServer, stream: str) -> None:
    put(server, f"{stream}.a", *[b"%d" % n for n in range(20)])
    taker = Taker()
    taker.open.clear()
    receiver = by(5)
    receiver.start(taker)
    eventually(lambda: receiver.health().backlog == 5)
    taker.open.set()
    eventually(lambda: len(taker.got) == 20)
    assert taker.contents == [b"%d" % n for n in range(20)]


def test_what_is_too_large_is_not_handed_out_again(by: From, server: NatsServer, stream: str) -> None:
    put(server, f"{stream}.a", b"x" * 11, b"small")
    taker = Taker()
    receiver = by(max_bytes=10)
    receiver.start(taker)
    eventually(lambda: taker.contents == [b"small"])
    assert receiver.health().dropped == 1
    eventually(lambda: pending(server, stream) == (0, 0))


def test_it_comes_back_after_a_cut(by: From, broker: RunningBroker, server: NatsServer, stream: str) -> None:
    wire = Wire(broker.nats_port)
    receiver, taker = by(at=NatsServer(wire.url.replace("mqtt", "nats"))), Taker()
    receiver.start(taker)
    put(server, f"{stream}.a", b"1")
    eventually(lambda: taker.contents == [b"1"])
    wire.cut()
    put(server, f"{stream}.a", b"2")
    eventually(lambda: b"2" in taker.contents)
    receiver.stop()
    wire.close()


def test_a_stream_that_is_not_there_is_trouble(server: NatsServer) -> None:
    receiver = NatsReceiver(NatsIn(server, "NOT-THERE", ">", "us"), intake(""))
    receiver.start(Taker())
    eventually(lambda: "stream not found" in receiver.health().trouble)
    receiver.stop()
