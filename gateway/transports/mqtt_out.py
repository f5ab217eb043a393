"""Deliveries published to an MQTT broker at QoS 1, and what each answer means.

| answer | outcome |
|---|---|
| PUBACK | delivered: the broker is responsible now |
| PUBACK "Not authorized", "Topic Name invalid", "Payload format invalid" | refused |
| PUBACK with another error, as "Quota exceeded" | busy |
| larger than the broker takes | refused |
| no connection, or the broker refuses it | busy: nothing was sent |
| connection lost, or time out, after publishing | busy and ambiguous |

MQTT 3.1.1 has no errors in PUBACK; a broker that will not take a message closes the connection.
"""

from __future__ import annotations

import re
import time
import uuid
from collections import deque
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, replace
from itertools import cycle
from threading import Event, Lock, Thread
from typing import Any, ClassVar, Final

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from gateway.errors import TransportBusy, TransportRefused
from gateway.model.stages import Delivery, Outcome, Receipt
from gateway.plugin import Clock
from gateway.section import Section, Surroundings
from gateway.transports.health import Pulse, WireHealth
from gateway.transports.mqtt_broker import Broker, is_text, read_broker, text
from gateway.transports.mqtt_link import Link
from gateway.transports.placeholders import bare, filled

_IDEMPOTENCY_KEY: Final = "Idempotency-Key"
_FINAL: Final = frozenset({0x87, 0x90, 0x99})  # MQTT 5.0, 3.4.2.1
_OVERHEAD: Final = 1000  # what a PUBLISH holds beside payload, topic and key, at most
_AT_ONCE: Final = 20
_UNSENT: Final = "the connection was lost before anything was sent"


@dataclass(frozen=True, slots=True)
class MqttOut:
    """Where to publish. `topic` may hold placeholders in braces; with `retain` the broker keeps the latest message."""

    broker: Broker
    topic: str
    retain: bool = False
    idempotent: ClassVar[bool] = False
    owns: ClassVar[str] = ""

    @property
    def place(self) -> str:
        """The broker and the topic."""
        return f"{self.broker.url} {self.topic}"


@dataclass(frozen=True, slots=True)
class _Publication:
    """One message on its way: `acknowledged` becomes the reason that the broker gives."""

    topic: str
    content: bytes
    content_type: str
    key: str
    acknowledged: Future[ReasonCode]


class MqttTransport:
    """Publishes each delivery with its idempotency key; the connection is kept. Safe to share between threads."""

    def __init__(self, config: MqttOut, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._pulse = Pulse(clock)
        self._lock = Lock()
        self._session: _Session | None = None
        self._versions = cycle(config.broker.versions)
        self._version = next(self._versions)

    @classmethod
    def configure(cls, section: Section, around: Surroundings) -> MqttOut:
        """Read the keys of an endpoint: `send_to`, `topic`, `retain`, and those of every broker."""
        broker = read_broker(section, around, "send_to")
        if not section.text("client_id", ""):  # two processes that publish do not disturb each other
            broker = replace(broker, client_id="")
        return MqttOut(broker, section.required("topic", _topic, ""), section.flag("retain", default=False))

    def send(self, delivery: Delivery) -> Receipt:
        """Publish the delivery's bytes once, unchanged.

        Raises:
            TransportBusy: try again; `ambiguous` when the broker may have the message.
            TransportRefused: the broker will not take it as it is, or it cannot be expressed in MQTT.
        """
        with self._pulse.attempt():
            return self._send(delivery)

    def health(self) -> WireHealth:
        """Return what the last attempts showed."""
        return self._pulse.health

    def _send(self, delivery: Delivery) -> Receipt:
        until = time.monotonic() + self._config.broker.timeout_seconds
        made = self._publication(delivery)
        session = self._connected(until)
        session.publish(made)
        try:
            reason = made.acknowledged.result(max(until - time.monotonic(), 0.0))
        except FutureTimeout:
            self._give_up(session)
            raise TransportBusy("no acknowledgment in time", ambiguous=True) from None
        if reason.is_failure:
            said = f"the broker answered: {reason}"
            raise TransportRefused(said) if reason.value in _FINAL else TransportBusy(said)
        return Receipt(delivery.id, self._clock(), Outcome.DELIVERED, f"acknowledged on {made.topic}")

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            if self._session is not None:
                self._session.close()
                self._session = None

    def _give_up(self, session: _Session) -> None:
        """Close a connection whose broker answers nothing, so that the next delivery finds another."""
        with self._lock:
            session.close()

    def _publication(self, delivery: Delivery) -> _Publication:
        topic = filled(self._config.topic, delivery)
        texts = {"idempotency key": delivery.key, "content type": delivery.content_type, "topic": topic}
        for what, value in texts.items():
            if not is_text(value):
                raise TransportRefused(f"MQTT cannot carry this {what}")
        return _Publication(topic, delivery.content, delivery.content_type, delivery.key, Future())

    def _connected(self, until: float) -> _Session:
        """Return a session that is open, made anew where there is none."""
        with self._lock:
            if self._session is None or self._session.over:
                if self._session is not None:
                    self._session.close()
                self._session = self._open(until)
            return self._session

    def _open(self, until: float) -> _Session:
        """Connect, in another version of MQTT where the broker does not know this one."""
        why = ""
        for _ in self._config.broker.versions:
            session = _Session(self._config, self._version)
            why = session.wait(max(until - time.monotonic(), 0.1))
            if not why:
                return session
            session.close()
            if not session.unknown_version:
                break
            self._version = next(self._versions)
        raise TransportBusy(why)


class _Session:
    """One connection and what was published on it."""

    def __init__(self, config: MqttOut, version: MQTTProtocolVersion) -> None:
        broker = config.broker
        if not broker.client_id:
            broker = replace(broker, client_id=f"pierhead-{uuid.uuid4().hex[:12]}")
        self._retain = config.retain
        self._stop = Event()
        self._waiting: deque[_Publication] = deque()
        self._on_the_way: dict[int, _Publication] = {}  # this and the rest belong to the link's thread alone
        self._at_once = _AT_ONCE
        self._largest = 0
        self._link = Link(broker, version, self)
        self._thread = Thread(target=self._run, name=f"mqtt to {broker.host}", daemon=True)
        self._thread.start()

    @property
    def over(self) -> bool:
        return not self._link.open

    @property
    def unknown_version(self) -> bool:
        return self._link.unknown_version

    def wait(self, seconds: float) -> str:
        """Wait until the connection can be used; return why it cannot, "" when it can."""
        if not self._link.settled.wait(seconds):
            return "no connection in time"
        return "" if self._link.open else self._link.ended or "the connection was closed"

    def publish(self, made: _Publication) -> None:
        """Begin to publish; the answer comes by `made.acknowledged`."""
        self._waiting.append(made)
        if not self._link.call(self._send):
            raise TransportBusy(_UNSENT)

    def close(self) -> None:
        self._stop.set()
        self._link.call(lambda _client: None)
        self._thread.join()

    # the thread

    def _run(self) -> None:
        ended = ""
        try:
            ended = self._link.run(self._stop)
        except Exception as error:  # noqa: BLE001  # whoever waits for an answer is told
            ended = f"{type(error).__name__} {error}"
        for made in self._on_the_way.values():
            made.acknowledged.set_exception(
                TransportBusy(f"no acknowledgment before the connection was over: {ended}", ambiguous=True)
            )
        for made in self._waiting:
            made.acknowledged.set_exception(TransportBusy(f"no connection: {ended}"))

    def _send(self, client: Client) -> None:
        """Publish what waits, as far as the broker takes more at once."""
        while self._waiting and len(self._on_the_way) < self._at_once:
            made = self._waiting.popleft()
            size = len(made.content) + len(made.topic.encode()) + len(made.key.encode()) + _OVERHEAD
            if self._largest and size > self._largest:
                made.acknowledged.set_exception(TransportRefused(f"the broker takes {self._largest} bytes at most"))
                continue
            info = client.publish(made.topic, made.content, 1, self._retain, _properties(made, client.protocol))
            if info.rc == MQTTErrorCode.MQTT_ERR_NO_CONN:
                made.acknowledged.set_exception(TransportBusy(_UNSENT))
            else:
                self._on_the_way[info.mid] = made

    # what the broker says, in the same thread

    def connected(self, _link: Link, properties: Properties, *, session_present: bool) -> None:  # noqa: ARG002
        """Note the limits of the broker."""
        self._at_once = min(_AT_ONCE, getattr(properties, "ReceiveMaximum", _AT_ONCE))
        self._largest = getattr(properties, "MaximumPacketSize", 0)

    def published(self, link: Link, mid: int, reason: ReasonCode) -> None:
        """Give the answer to whoever waits for it."""
        made = self._on_the_way.pop(mid, None)
        if made is not None:
            made.acknowledged.set_result(reason)
        if self._waiting:
            link.call(self._send)

    def received(self, link: Link, message: MQTTMessage) -> None:
        """Subscribe to nothing, receive nothing."""

    def subscribed(self, link: Link, reasons: list[ReasonCode]) -> None:
        """Subscribe to nothing."""


def _properties(made: _Publication, version: MQTTProtocolVersion) -> Properties | None:
    if version != MQTTProtocolVersion.MQTTv5:
        return None
    properties: Any = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    if made.content_type:
        properties.ContentType = made.content_type
    properties.UserProperty = (_IDEMPOTENCY_KEY, made.key)
    return properties  # type: ignore[no-any-return]


def _topic(value: str) -> str:
    """Read the topic of an endpoint: levels and placeholders, no wildcards."""
    if re.search(r"[{}+#]", bare(text(value), "topic")) or value.startswith(("$", "/")):
        raise ValueError(f"'{value}' is no topic to publish to: leave out '+', '#', single braces, and '$' in front")
    return value
