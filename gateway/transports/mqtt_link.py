"""One connection to an MQTT broker, from CONNECT to its end.

Law: a link never connects again. Whoever wants the next connection makes another, with a client of its own; so what
belongs to one connection (packet identifiers above all) can never be taken for another's: an acknowledgment that comes
late goes nowhere.

One thread does all that the client does: it runs `run`, others hand it jobs by `call`. It never waits for a job; while
there is no room it reads nothing, which holds the broker back, and still keeps the connection alive.
"""

from __future__ import annotations

import select
import socket
import time
from collections import deque
from collections.abc import Callable
from threading import Event, Lock
from typing import Any, Final, Protocol

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from gateway.transports.mqtt_broker import Broker

_TICK_SECONDS: Final = 1.0
_ROOM_SECONDS: Final = 0.05
_CONNACK_SECONDS: Final = 20.0
_AT_ONCE: Final = 64
_READ = select.POLLIN | select.POLLPRI
_OVER = select.POLLHUP | select.POLLERR | select.POLLNVAL

Job = Callable[[Client], None]


class Listener(Protocol):
    """Who is told what the broker says, always in the thread of the link. What it raises ends the link."""

    def connected(self, link: Link, properties: Properties, *, session_present: bool) -> None:
        """Hear that the broker has accepted the connection."""
        ...

    def received(self, link: Link, message: MQTTMessage) -> None:
        """Hear of a message."""
        ...

    def subscribed(self, link: Link, reasons: list[ReasonCode]) -> None:
        """Hear what the broker grants of a subscription."""
        ...

    def published(self, link: Link, mid: int, reason: ReasonCode) -> None:
        """Hear what the broker says of a message that was published."""
        ...


class Link:
    """A connection that has not been made, until `run` is called.

    Args:
        broker: where to.
        version: of MQTT.
        listener: who is told.
        session: for how many seconds the broker keeps the session when the connection is gone; 0 for none.
        window: how many messages the broker may send that are not acknowledged (MQTT 5.0, 3.1.2.11.3).
        room: how many messages may be received now.
    """

    def __init__(
        self,
        broker: Broker,
        version: MQTTProtocolVersion,
        listener: Listener,
        *,
        session: int = 0,
        window: int = 65_535,
        room: Callable[[], int] = lambda: _AT_ONCE,
    ) -> None:
        self.version = version
        self._broker = broker
        self._listener = listener
        self._session = session
        self._window = window
        self._room = room
        self._jobs: deque[Job] = deque()
        self._lock = Lock()
        self._waker: socket.socket | None = None
        self._over = False
        self._open = False
        self._ended = ""
        self._received = 0
        #: Set when the broker has accepted the connection, and when it is over.
        self.settled = Event()
        #: Whether the broker said that it does not know this version of MQTT, or hung up on it without a word.
        self.unknown_version = False

    @property
    def open(self) -> bool:
        """Whether the broker has accepted the connection and it is not over."""
        return self._open and not self._over

    @property
    def opened(self) -> bool:
        """Whether the broker has accepted the connection, be it over or not."""
        return self._open

    @property
    def ended(self) -> str:
        """Why the connection is over, "" when it is not or was closed by us."""
        return self._ended

    def call(self, job: Job) -> bool:
        """Have a job done by the link's thread, in order; False when the connection is over."""
        with self._lock:
            if self._over:
                return False
            self._jobs.append(job)
            if self._waker is not None and len(self._jobs) == 1:
                self._waker.send(b"\0")
        return True

    def run(self, stop: Event) -> str:
        """Connect, and stay until the connection is over or `stop` is set and `call` used; return why it is over."""
        ours, self._waker = socket.socketpair()
        try:
            self._ended = self._run(stop, ours)
        finally:
            with self._lock:
                self._over = True
                self._jobs.clear()
                self._waker.close()
            ours.close()
            self.settled.set()
        return self._ended

    def _run(self, stop: Event, waker: socket.socket) -> str:
        try:
            client = self._client()
        except (OSError, ValueError) as error:  # a host name or a certificate can be malformed too
            return f"no connection: {_said(error)}"
        try:
            self._loop(client, stop, waker)
            if stop.is_set() and not self._ended:
                client.disconnect()
        finally:
            wire = client.socket()
            if wire is not None:
                wire.close()
        if not self._open and not self._ended:
            self.unknown_version = True
            return "the broker closed the connection without an answer"
        return self._ended

    def _client(self) -> Client:
        """Return a client that has sent CONNECT."""
        client = self._broker.client(self.version, persistent=self._session > 0)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_subscribe = lambda _c, _u, _mid, reasons, _p: self._listener.subscribed(self, reasons)
        client.on_publish = lambda _c, _u, mid, reason, _p: self._listener.published(self, mid, reason)
        options: dict[str, Any] = {}
        if self.version == MQTTProtocolVersion.MQTTv5:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            properties.ReceiveMaximum = self._window
            if self._session:
                properties.SessionExpiryInterval = self._session
            options = {"clean_start": not self._session, "properties": properties}
        client.connect(self._broker.host, self._broker.tcp_port, self._broker.keepalive_seconds, **options)
        return client

    def _loop(self, client: Client, stop: Event, waker: socket.socket) -> None:
        """Read, write and do jobs until the connection is over."""
        wire = client.socket()
        if wire is None:
            return
        poller = select.poll()
        poller.register(waker.fileno(), _READ)
        by = time.monotonic() + _CONNACK_SECONDS
        while not stop.is_set():
            reading = not self._open or self._room() > 0
            mask = (_READ if reading else 0) | (select.POLLOUT if client.want_write() else 0)
            poller.register(wire.fileno(), mask)
            tick = 0.0 if reading and _pending(wire) else _TICK_SECONDS if reading else _ROOM_SECONDS
            ready = dict(poller.poll(tick * 1000))
            if waker.fileno() in ready:
                waker.recv(4096)
            self._work(client)
            found = ready.get(wire.fileno(), 0)
            if reading and (found or _pending(wire)):
                self._read(client)
            elif found & _OVER:
                self._ended = "the connection was lost while nothing could be taken in"
            if client.want_write():
                client.loop_write()
            if client.loop_misc() != MQTTErrorCode.MQTT_ERR_SUCCESS or client.socket() is None or self._ended:
                return
            if not self._open and time.monotonic() > by:
                self._ended = "the broker did not answer CONNECT"
        self._work(client)

    def _work(self, client: Client) -> None:
        """Do the jobs at hand."""
        while self._jobs:
            with self._lock:
                jobs = list(self._jobs)
                self._jobs.clear()
            for job in jobs:
                job(client)

    def _read(self, client: Client) -> None:
        """Read packets while messages come and there is room."""
        for _ in range(_AT_ONCE):
            before = self._received
            if client.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS:
                return
            if self._received == before or self._room() == 0:
                return

    def _on_connect(
        self, _client: Client, _userdata: Any, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        if reason.is_failure:
            self.unknown_version = reason == "Unsupported protocol version"
            self._ended = f"the broker refused the connection: {reason}"
            return
        self._open = True
        granted = properties or Properties(PacketTypes.CONNACK)  # type: ignore[no-untyped-call]
        self._listener.connected(self, granted, session_present=flags.session_present)
        self.settled.set()

    def _on_disconnect(
        self,
        _client: Client,
        _userdata: Any,
        flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if self._open and not self._ended:
            told = flags.is_disconnect_packet_from_server
            self._ended = f"{'the broker ended the connection' if told else 'the connection was lost'}: {reason}"

    def _on_message(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        self._received += 1
        self._listener.received(self, message)


def _pending(wire: Any) -> int:
    """Return how many bytes are decrypted, or unframed, and would not wake anybody."""
    pending = getattr(wire, "pending", None)
    return int(pending()) if pending is not None else 0


def _said(error: Exception) -> str:
    return f"{type(error).__name__} {error}".strip()
