"""Each transport with a real counterparty, as the conformance suite sees it."""

from __future__ import annotations

import asyncio
import contextlib
import email
import resource
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from brokers import Publisher, RunningBroker, eventually, free_port
from feeding import Taker, intake
from mail_servers import RunningMail
from sftp_servers import RunningSftp

from gateway.model.stages import Delivery
from gateway.plugin import Transport
from gateway.transports.folder import FolderOut, FolderTransport
from gateway.transports.http import HttpEndpoint, HttpTransport
from gateway.transports.mqtt import MqttIn, MqttReceiver
from gateway.transports.mqtt_broker import Broker
from gateway.transports.mqtt_out import MqttOut, MqttTransport
from gateway.transports.names import unique_name
from gateway.transports.nats_out import NatsOut, NatsTransport
from gateway.transports.nats_server import NatsServer
from gateway.transports.sftp_out import SftpOut, SftpTransport
from gateway.transports.smtp import SmtpOut, SmtpTransport

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CUT_AFTER = 300_000  # bytes of a delivery, after which its connection or its disk ends
_NUMBERS = count(1)


def clock() -> datetime:
    return NOW


def delivery(content: bytes = b"<x/>", key: str = "key-1", name: str = "report.xml") -> Delivery:
    return Delivery("d1", key, "a", "e", content, "application/xml", "document", NOW, name=name)


@dataclass
class Bench:
    """One transport (its class and configuration) with what its counterparty received.

    `away` is the configuration of one whose counterparty is away. `attempts` is how often two attempts with one key
    arrive, `largest` how many bytes are sent at most in tests, more than
    which it does not take when it is `limited`, `copies` how many times a payload may be in memory beside
    the delivery itself. `cut` gives the configuration of one whose counterparty is lost in the middle of a delivery;
    `refusing` makes the counterparty refuse the delivery that it returns, None where it never refuses anything.
    """

    make: Callable[[Any, Callable[[], datetime]], Transport]
    config: Any
    received: Callable[[], list[bytes]]
    away: Any
    cut: Callable[[], AbstractContextManager[Any]]
    refusing: Callable[[], Delivery] | None
    attempts: int = 2
    largest: int = 1_000_000_000
    limited: bool = False
    copies: float = 0.3
    keys: Callable[[], set[str]] = set
    close: Callable[[], None] = field(default=lambda: None)


class Scissors:
    """A connection in between that ends after so many bytes towards the server."""

    def __init__(self, port: int, after: int = CUT_AFTER) -> None:
        self._to, self._after = port, after
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._sockets = [self._listener]
        self._threads = [Thread(target=self._serve)]
        self._threads[0].start()

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
            except OSError:
                return
            self._sockets += [near, far]
            for pair in ((near, far, self._after), (far, near, 1 << 40)):
                self._threads.append(Thread(target=self._copy, args=pair))
                self._threads[-1].start()

    @staticmethod
    def _copy(source: socket.socket, target: socket.socket, left: int) -> None:
        with contextlib.suppress(OSError):
            while left > 0 and (data := source.recv(min(65_536, left))):
                target.sendall(data)
                left -= len(data)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for one in self._sockets:
            one.close()


def cut_off(port: int, at: Callable[[int], Any]) -> Callable[[], AbstractContextManager[Any]]:
    """Return what gives the configuration of the same counterparty behind scissors."""

    @contextmanager
    def made() -> Iterator[Any]:
        scissors = Scissors(port)
        try:
            yield at(scissors.port)
        finally:
            scissors.close()

    return made


def over_http(request: pytest.FixtureRequest, _folder: Path) -> Bench:
    peer, closed_url = request.getfixturevalue("peer"), request.getfixturevalue("closed_url")

    def refusing() -> Delivery:
        peer.answers = [(422, {}, b"no")]
        return delivery()

    return Bench(
        HttpTransport,
        HttpEndpoint(peer.url),
        lambda: [body for _, body in peer.got],
        HttpEndpoint(closed_url),
        cut_off(peer.tcp_port, lambda port: HttpEndpoint(f"http://127.0.0.1:{port}/")),
        refusing,
        keys=lambda: {headers["idempotency-key"] for headers, _ in peer.got},
        copies=1.2,
    )


def over_folder(_request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    folder = tmp_path / "out" / "acme"
    (tmp_path / "file").write_text("in the way")

    @contextmanager
    def full() -> Iterator[FolderOut]:
        """No file may become larger, as on a disk that is full."""
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (CUT_AFTER, limits[1]))
        try:
            yield FolderOut(folder)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    return Bench(
        FolderTransport,
        FolderOut(folder),
        lambda: [path.read_bytes() for path in sorted(folder.iterdir()) if not path.name.startswith(".")],
        FolderOut(tmp_path / "file"),
        full,
        None,
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

    def out(port: int) -> MqttOut:
        return MqttOut(Broker(f"mqtt://127.0.0.1:{port}", protocol="3.1.1"), "out/{kind}/{name}")

    return Bench(
        MqttTransport,
        out(broker.port),
        received,
        out(free_port()),
        cut_off(broker.port, out),
        lambda: delivery(key="what MQTT cannot carry\0"),
        limited=True,
        largest=8_000_000,  # above it MQTT 3.1.1 lets a broker only hang up
        copies=2.1,  # paho makes a packet, and of it what is to be written
        close=receiver.stop,
    )


def over_sftp(_request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    folder = tmp_path / "out"
    folder.mkdir()
    server = RunningSftp(folder).start()
    out = SftpOut(server.host("/"))

    def at(port: int) -> SftpOut:
        return SftpOut(replace(out.host, url=f"sftp://127.0.0.1:{port}/"))

    def refusing() -> Delivery:
        (folder / unique_name("report.xml", "key-1")).write_bytes(b"something else")
        return delivery()

    return Bench(
        SftpTransport,
        out,
        lambda: [path.read_bytes() for path in sorted(folder.iterdir()) if not path.name.startswith(".")],
        at(free_port()),
        cut_off(server.tcp_port, at),
        refusing,
        attempts=1,
        close=server.stop,
    )


def over_smtp(_request: pytest.FixtureRequest, _folder: Path) -> Bench:
    server = RunningMail().start()

    def at(port: int) -> SmtpOut:
        to = ("in@customs.example",)
        return SmtpOut(f"smtp://127.0.0.1:{port}", "edi@port.example", to, starttls=False, timeout_seconds=5.0)

    def refusing() -> Delivery:
        server.answers = ["554 no"]
        return delivery()

    def received() -> list[bytes]:
        return [bytes(email.message_from_bytes(raw).get_payload(decode=True)) for raw in server.got]  # type: ignore[arg-type]

    return Bench(
        SmtpTransport,
        at(server.tcp_port),
        received,
        at(free_port()),
        cut_off(server.tcp_port, at),
        refusing,
        largest=10_000_000,  # aiosmtpd reads line by line, which takes its time
        keys=lambda: {email.message_from_bytes(raw)["Message-ID"].strip("<").partition("@")[0] for raw in server.got},
        close=server.stop,
    )


def over_amqp(request: pytest.FixtureRequest, _folder: Path) -> Bench:
    import aio_pika

    from gateway.transports.amqp_out import AmqpOut, AmqpTransport

    broker = request.getfixturevalue("rabbit")
    queue = f"out-{next(_NUMBERS)}"
    got: list[Any] = []

    def ask(what: Callable[[Any], Any]) -> None:
        async def work() -> None:
            async with await aio_pika.connect(broker.url) as connection:
                await what(await connection.channel())

        asyncio.run(work())

    async def declare(channel: Any) -> None:
        await channel.declare_queue(queue)
        await channel.declare_exchange("inner", internal=True)

    async def drain(channel: Any) -> None:
        source = await channel.get_queue(queue)
        while (message := await source.get(no_ack=True, fail=False)) is not None:
            got.append(message)

    def received() -> list[bytes]:
        ask(drain)
        return [message.body for message in got]

    def out(port: int) -> AmqpOut:
        return AmqpOut(replace(broker, url=f"amqp://127.0.0.1:{port}"), "", queue)

    ask(declare)
    port = int(broker.url.rpartition(":")[2])
    return Bench(
        AmqpTransport,
        out(port),
        received,
        out(free_port()),
        cut_off(port, out),
        lambda: delivery(key="x" * 300),
        keys=lambda: {message.message_id for message in got},
        copies=3.5,  # aiormq makes every frame of a message before it sends the first
    )


def over_nats(request: pytest.FixtureRequest, _folder: Path) -> Bench:
    import nats
    from nats.js.api import StreamConfig

    broker: RunningBroker = request.getfixturevalue("broker")
    stream = f"OUT{next(_NUMBERS)}"
    got: list[Any] = []

    def ask(what: Callable[[Any], Any]) -> None:
        async def work() -> None:
            client = await nats.connect(broker.nats_url)
            await what(client.jetstream())
            await client.close()

        asyncio.run(work())

    async def look(js: Any) -> None:
        state = (await js.stream_info(stream)).state
        numbers = range(state.first_seq, state.last_seq + 1) if state.messages else ()
        got[:] = [await js.get_msg(stream, number) for number in numbers]

    def received() -> list[bytes]:
        ask(look)
        return [message.data or b"" for message in got]

    def out(port: int) -> NatsOut:
        return NatsOut(NatsServer(f"nats://127.0.0.1:{port}"), f"{stream}.{{name}}", stream)

    ask(lambda js: js.add_stream(StreamConfig(name=stream, subjects=[f"{stream}.>"])))
    return Bench(
        NatsTransport,
        out(broker.nats_port),
        received,
        out(free_port()),
        cut_off(broker.nats_port, out),
        lambda: delivery(key="what no header holds\r\n"),
        attempts=1,
        limited=True,
        largest=8_000_000,
        keys=lambda: {message.headers["Nats-Msg-Id"] for message in got},
    )


BENCHES: dict[str, Callable[[pytest.FixtureRequest, Path], Bench]] = {
    "http": over_http,
    "folder": over_folder,
    "mqtt": over_mqtt,
    "sftp": over_sftp,
    "smtp": over_smtp,
    "amqp": over_amqp,
    "nats": over_nats,
}
