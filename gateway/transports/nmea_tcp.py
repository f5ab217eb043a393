"""Lines of NMEA from a server that we connect to, as an AIS station or a multiplexer.

TCP has no memory: what the server sends while we are away is lost, so that each loss of the connection is a gap.
"""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Lock, Thread
from typing import ClassVar, Final

from gateway.plugin import Accept, Intake
from gateway.section import Section, Surroundings
from gateway.section.values import duration
from gateway.transports.backoff import waits
from gateway.transports.batches import Batches, FeedHealth, lines
from gateway.transports.nmea_lines import address_of, needs_feed, receive

_SILENCE: Final = timedelta(minutes=5)
_CONNECT_SECONDS: Final = 10.0
_STEADY_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class NmeaTcpIn:
    """Where to connect to, and after how long a silence to do it anew."""

    host: str
    tcp_port: int
    silence_seconds: float = 300.0
    idempotent: ClassVar[bool] = False
    owns: ClassVar[str] = ""

    @property
    def place(self) -> str:
        """The server."""
        return f"tcp://{self.host}:{self.tcp_port}"


class NmeaTcpReceiver:
    """A client in a thread of its own."""

    def __init__(self, config: NmeaTcpIn, intake: Intake) -> None:
        self._config = config
        self._batches = Batches(intake, lines)
        self._stop = Event()
        self._lock = Lock()
        self._wire: socket.socket | None = None
        self._thread: Thread | None = None

    @classmethod
    def configure(cls, section: Section, around: Surroundings) -> NmeaTcpIn:  # noqa: ARG003
        """Read the keys of an endpoint: `receive_from`, `silence`."""
        needs_feed(section)
        host, port = section.required("receive_from", address_of("tcp"), ("none", 1))
        return NmeaTcpIn(host, port, section.parsed("silence", duration, _SILENCE).total_seconds())

    def start(self, accept: Accept) -> None:
        """Begin to connect; whether that works is told by `health`."""
        self._stop.clear()
        self._batches.start(accept)
        self._thread = Thread(target=self._run, name=f"nmea {self._batches.intake.endpoint}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close the connection and make durable what was received."""
        self._stop.set()
        with self._lock:
            if self._wire is not None:
                shut(self._wire)
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._batches.stop()

    def health(self) -> FeedHealth:
        """Return how the feed is."""
        return self._batches.health(alive=self._thread is not None and self._thread.is_alive())

    def _run(self) -> None:
        """Connect again and again."""
        pauses = waits(0.5, 60.0)
        connected_before = False
        while not self._stop.is_set():
            started = time.monotonic()
            try:
                wire = socket.create_connection((self._config.host, self._config.tcp_port), _CONNECT_SECONDS)
            except OSError as error:
                self._batches.away(f"no connection: {error.strerror or error}")
            else:
                if connected_before:
                    self._batches.gap()
                connected_before = True
                self._batches.away(self._receive(wire))
            if time.monotonic() - started > _STEADY_SECONDS:
                pauses = waits(0.5, 60.0)
            self._stop.wait(next(pauses))

    def _receive(self, wire: socket.socket) -> str:
        with wire:
            wire.settimeout(self._config.silence_seconds)
            with self._lock:
                self._wire = wire
                if self._stop.is_set():
                    return "stopped"
            self._batches.connected()
            try:
                return receive(wire, self._batches, self._stop)
            finally:
                with self._lock:
                    self._wire = None


def shut(wire: socket.socket) -> None:
    """Wake whoever reads from a connection: it is over."""
    try:
        wire.shutdown(socket.SHUT_RDWR)
    except OSError:  # over already
        return
