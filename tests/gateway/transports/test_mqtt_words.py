"""What the receiver says in CONNECT and SUBSCRIBE, and what it makes of the answers of a broker with a script."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from brokers import eventually
from feeding import Taker, intake

from gateway.transports.mqtt import MqttIn, MqttReceiver
from gateway.transports.mqtt_broker import Broker

CONNACK_5 = b"\x20\x03\x00\x00\x00"
CONNACK_311 = b"\x20\x02\x00\x00"
SHORT_SESSION = b"\x20\x08\x00\x00\x05\x11" + (60).to_bytes(4, "big")  # Session Expiry Interval


class ScriptedBroker:
    """Answers CONNECT and SUBSCRIBE as told, and keeps what it was sent."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"mqtt://127.0.0.1:{self.listener.getsockname()[1]}"
        self.heard: list[bytes] = []
        self.connack, self.granted, self.version = CONNACK_5, b"\x01", "5"
        self.afterwards = b""
        self.thread = Thread(target=self.serve)

    def serve(self) -> None:
        while True:
            try:
                wire, _ = self.listener.accept()
            except OSError:
                return
            with wire, suppress(ConnectionError):  # a client that goes may reset what it did not read
                self.talk(wire)

    def talk(self, wire: socket.socket) -> None:
        self.heard.append(wire.recv(4096))
        wire.sendall(self.connack)
        subscribe = wire.recv(4096)
        if not subscribe:
            return
        self.heard.append(subscribe)
        rest = subscribe[2:4] + (b"\x00" if self.version == "5" else b"") + self.granted
        wire.sendall(bytes([0x90, len(rest)]) + rest + self.afterwards)
        while data := wire.recv(4096):
            self.heard.append(data)

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()


@pytest.fixture
def broker() -> Iterator[ScriptedBroker]:
    made = ScriptedBroker()
    yield made
    made.close()


@pytest.fixture
def receive(broker: ScriptedBroker) -> Iterator[Callable[[], tuple[MqttReceiver, Taker]]]:
    made: list[MqttReceiver] = []

    def start() -> tuple[MqttReceiver, Taker]:
        broker.thread.start()
        config = MqttIn(Broker(broker.url, "port-1", broker.version), ("ais/#",), window=700, session_seconds=3600)
        receiver, taker = MqttReceiver(config, intake()), Taker()
        made.append(receiver)
        receiver.start(taker)
        return receiver, taker

    yield start
    for receiver in made:
        receiver.stop()


Receive = Callable[[], tuple[MqttReceiver, Taker]]


def test_connect_asks_for_a_session_that_outlives_it_and_a_window(broker: ScriptedBroker, receive: Receive) -> None:
    receive()
    eventually(lambda: len(broker.heard) >= 2)
    connect, subscribe = broker.heard[:2]
    assert connect[2:10] == b"\x00\x04MQTT\x05\x00"  # version 5, and no flag: Clean Start is 0
    assert b"\x11" + (3600).to_bytes(4, "big") in connect
    assert b"\x21" + (700).to_bytes(2, "big") in connect
    assert connect.endswith(b"\x00\x06port-1")
    assert subscribe.endswith(b"\x00\x05ais/#\x11")  # QoS 1, retained messages for a new subscription only


def test_mqtt_3_1_1_asks_for_a_session_that_outlives_it(broker: ScriptedBroker, receive: Receive) -> None:
    broker.version, broker.connack = "3.1.1", CONNACK_311
    receive()
    eventually(lambda: len(broker.heard) >= 2)
    assert broker.heard[0][2:10] == b"\x00\x04MQTT\x04\x00"  # no Clean Session
    assert broker.heard[1].endswith(b"\x00\x05ais/#\x01")


@pytest.mark.parametrize(
    ("connack", "granted", "trouble"),
    [
        (CONNACK_5, b"\x01", ""),
        (CONNACK_5, b"\x00", "QoS 0 only"),
        (CONNACK_5, b"\x87", "refuses ais/# (Not authorized)"),
        (SHORT_SESSION, b"\x01", "keeps the session for 60 s only"),
    ],
)
def test_what_the_broker_does_not_grant_is_told(
    broker: ScriptedBroker, receive: Receive, connack: bytes, granted: bytes, trouble: str
) -> None:
    broker.connack, broker.granted = connack, granted
    receiver, _ = receive()
    eventually(lambda: receiver._subscribed)
    assert trouble in receiver.health().trouble
    assert bool(receiver.health().trouble) == bool(trouble)


@pytest.mark.parametrize("connack", [b"\x20\x03\x00\x87\x00", b"\x20\x03\x00\x89\x00"])
def test_a_connection_that_is_refused_is_told(broker: ScriptedBroker, receive: Receive, connack: bytes) -> None:
    broker.connack = connack
    receiver, _ = receive()
    eventually(lambda: "refused the connection" in receiver.health().trouble)
    assert (receiver.health().alive, receiver.health().connected) == (True, False)


@pytest.mark.parametrize(
    "packet",
    [
        b"\x32\x01\x00",  # PUBLISH cut short
        b"\x32\x07\x00\x01\xff\x00\x01\x00x",  # a topic that is no UTF-8
        b"\xf0\x00",  # AUTH, which was not asked for
        b"\x00\x00",
        b"\x32\xff\xff\xff\xff\xff",
        b"\xe0\x02\x8e\x00",  # DISCONNECT: session taken over
    ],
)
def test_whatever_a_broker_sends_the_feed_stays_alive(broker: ScriptedBroker, receive: Receive, packet: bytes) -> None:
    broker.afterwards = packet
    receiver, taker = receive()
    eventually(lambda: bool(taker.got) or sum(heard[:1] == b"\x10" for heard in broker.heard) > 1)
    assert receiver.health().alive
