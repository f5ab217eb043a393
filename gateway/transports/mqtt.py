"""Messages taken from an MQTT broker: at QoS 1, in a session that outlives the connection, acknowledged once durable.

What the broker has sent and we have not acknowledged comes again after every loss of the connection, of our process or
of the machine: nothing is lost as long as the broker keeps the session. Where it does not, that is an alarm.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from threading import Event, Thread
from typing import ClassVar, Final

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from gateway.plugin import Accept, Intake
from gateway.section import Section, Surroundings
from gateway.section.values import duration, whole
from gateway.transports.backoff import waits
from gateway.transports.batches import Batches, FeedHealth, Taken, form_of
from gateway.transports.mqtt_broker import Broker, read_broker, topic_filter
from gateway.transports.mqtt_link import Link

_DAY_SECONDS: Final = 86_400
_SPARE: Final = 64  # a broker that keeps to the window finds room for whatever it sends beside messages
_STEADY_SECONDS: Final = 10.0
_IDEMPOTENCY_KEY: Final = "Idempotency-Key"


@dataclass(frozen=True, slots=True)
class MqttIn:
    """What to take from which broker. At most `window` messages are on the way to the store at once."""

    broker: Broker
    topics: tuple[str, ...]
    window: int = 1000
    session_seconds: int = _DAY_SECONDS
    idempotent: ClassVar[bool] = False

    @property
    def place(self) -> str:
        """The broker and the topics."""
        return f"{self.broker.url} {' '.join(self.topics)}"

    def apart(self) -> MqttIn:
        """Return the same as a client of its own that leaves no session, to look beside who is at work."""
        client = f"{self.broker.client_id[:12]}-{secrets.token_hex(4)}"
        return replace(self, broker=replace(self.broker, client_id=client), session_seconds=0)

    @property
    def owns(self) -> str:
        """The client id: a broker ends the connection of whoever had it before."""
        return f"the MQTT client id {self.broker.client_id!r} at {self.broker.url}"


class MqttReceiver:
    """A subscriber in a thread of its own, with another one that makes batches durable."""

    def __init__(self, config: MqttIn, intake: Intake) -> None:
        self._config = config
        self._intake = intake
        self._by_topic = intake.feed.startswith("nmea")
        self._batches = Batches(intake, form_of(intake.feed), config.window, config.window + _SPARE)
        self._stop = Event()
        self._thread: Thread | None = None
        self._link: Link | None = None
        self._origin = _Origin(None)
        self._subscribed = False
        self._trouble = ""

    @classmethod
    def configure(cls, section: Section, around: Surroundings) -> MqttIn:
        """Read the keys of an endpoint: `receive_from`, `topics`, `window`, `session`, and those of every broker."""
        broker = read_broker(section, around, "receive_from")
        topics = section.texts("topics", required=True)
        window = section.parsed("window", whole(1, 65_535), 1000)
        session = section.get("session") and section.required("session", duration, None)
        return MqttIn(
            broker,
            tuple(section.read(one.mark, one, topic_filter, "") for one in topics),
            window,
            int(session.total_seconds()) if session else _DAY_SECONDS,
        )

    def start(self, accept: Accept) -> None:
        """Begin to connect; whether that works is told by `health`."""
        self._stop.clear()
        self._batches.start(accept)
        self._thread = Thread(target=self._run, name=f"mqtt {self._intake.endpoint}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Make durable what was received, acknowledge it, and leave; the broker keeps the session."""
        self._batches.stop()
        self._stop.set()
        if self._link is not None:
            self._link.call(_nothing)
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def health(self) -> FeedHealth:
        """Return how the feed is."""
        return self._batches.health(alive=self._thread is not None and self._thread.is_alive())

    # the thread

    def _run(self) -> None:
        """Connect again and again."""
        broker = self._config.broker
        versions = cycle(broker.versions)
        version = next(versions)
        unreachable, unsteady = _pauses()
        while not self._stop.is_set():
            link = Link(
                broker,
                version,
                self,
                session=self._config.session_seconds,
                window=self._config.window,
                room=self._batches.room,
            )
            self._link = link
            started = time.monotonic()
            try:
                ended = link.run(self._stop)
            except Exception as error:  # noqa: BLE001  # the thread goes on, and the feed says what happened
                ended = f"{type(error).__name__} while receiving: {error}"
            self._batches.away(ended)
            if link.unknown_version:
                version = next(versions)
            if link.opened and time.monotonic() - started > _STEADY_SECONDS:
                unreachable, unsteady = _pauses()
            self._stop.wait(next(unsteady if link.opened else unreachable))

    # what the broker says, in the same thread

    def connected(self, link: Link, properties: Properties, *, session_present: bool) -> None:
        """Subscribe, whether or not the broker still knows our topics."""
        self._origin = _Origin(link)
        lost = self._subscribed and not session_present
        kept = getattr(properties, "SessionExpiryInterval", self._config.session_seconds)
        self._trouble = (
            "the broker has lost the session: messages may be missing"
            if lost
            else f"the broker keeps the session for {kept} s only"
            if kept < self._config.session_seconds
            else ""
        )
        if lost:
            self._batches.troubled(self._trouble)
            self._batches.gap()
        link.call(self._subscribe)

    def _subscribe(self, client: Client) -> None:
        topics = self._config.topics
        if client.protocol == MQTTProtocolVersion.MQTTv5:
            options = SubscribeOptions(qos=1, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
            client.subscribe([(topic, options) for topic in topics])
        else:
            client.subscribe([(topic, 1) for topic in topics])

    def subscribed(self, _link: Link, reasons: list[ReasonCode]) -> None:
        """Note what the broker grants: from now on it keeps for us what is published."""
        self._subscribed = True
        self._batches.connected(self._trouble)
        answers = zip(self._config.topics, reasons, strict=False)
        refused = [f"{topic} ({reason})" for topic, reason in answers if reason.is_failure]
        if refused:
            self._batches.troubled(f"the broker refuses {', '.join(refused)}")
        elif any(reason.value == 0 for reason in reasons):
            self._batches.troubled("the broker grants QoS 0 only: what it sends while we are away is lost")

    def published(self, link: Link, mid: int, reason: ReasonCode) -> None:
        """Publish nothing, hear nothing."""

    def received(self, _link: Link, message: MQTTMessage) -> None:
        """Put a message into the backlog; raises nothing whatever it holds."""
        origin = self._origin
        if message.dup:
            self._batches.duplicate()
            if message.mid in origin.unsettled:  # it is in the backlog; the broker was impatient
                return
        if message.qos:
            origin.unsettled.add(message.mid)
        payload, kept = bytes(message.payload), True
        if len(payload) > self._intake.max_bytes:
            self._batches.drop(1, f"a message of {len(payload)} bytes is more than is taken in")
            payload, kept = b"", False
        topic = _topic(message)
        self._batches.put(
            Taken(
                payload.rstrip(b"\r\n") if self._by_topic else payload,
                self._intake.clock(),
                topic if self._by_topic else "",
                topic,
                origin=origin if message.qos else None,
                mark=message.mid,
                attributes={} if self._intake.feed else _attributes(message.properties),
                kept=kept,
            )
        )


class _Origin:
    """Acknowledges messages on the connection that they came by, and on no other."""

    def __init__(self, link: Link | None) -> None:
        self._link = link
        self.unsettled: set[int] = set()  # packet identifiers; used by the link's thread alone

    def acknowledge(self, marks: Sequence[int]) -> None:
        """Have the link's thread acknowledge packet identifiers, in their order."""

        def send(client: Client) -> None:
            for mark in marks:
                self.unsettled.discard(mark)
                client.ack(mark, 1)

        if self._link is not None:
            self._link.call(send)


def _pauses() -> tuple[Iterator[float], Iterator[float]]:
    """Return how long to wait for a broker that is away, and for one whose connections do not last."""
    return waits(0.5, 60.0), waits(0.5, 5.0)


def _topic(message: MQTTMessage) -> str:
    """Return the topic of a message on one line."""
    try:
        return message.topic.replace("\n", "\\n")
    except UnicodeDecodeError:  # no broker should let it through
        return "?"


def _attributes(properties: Properties | None) -> Mapping[str, str]:
    """Return what a message of MQTT 5 says of itself, as HTTP headers would."""
    keys = [value for name, value in getattr(properties, "UserProperty", ()) if name == _IDEMPOTENCY_KEY]
    found = {"content_type": getattr(properties, "ContentType", ""), "idempotency_key": keys[0] if keys else ""}
    return {name: value for name, value in found.items() if value}


def _nothing(_client: Client) -> None:
    """Wake the link up."""
