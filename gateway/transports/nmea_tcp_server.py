"""Lines of NMEA from stations that connect to us.

Each connection is a source of its own: its lines stand in arrivals of their own, named by the attribute `source`, so
that parts of two stations' messages never meet.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Lock, Thread
from typing import ClassVar, Final

from gateway.errors import SettingsError
from gateway.plugin import Accept, Intake
from gateway.section import Section, Surroundings
from gateway.section.values import duration, whole
from gateway.transports.batches import Batches, FeedHealth, lines
from gateway.transports.nmea_lines import address_of, needs_feed, receive
from gateway.transports.nmea_tcp import shut

_SILENCE: Final = timedelta(minutes=5)
_TICK_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class NmeaTcpServerIn:
    """Where to listen: `tcp_port` 0 means any free one. A station that is silent for too long is hung up on."""

    host: str
    tcp_port: int
    silence_seconds: float = 300.0
    stations: int = 50
    idempotent: ClassVar[bool] = False

    @property
    def place(self) -> str:
        """Where stations connect to."""
        return f"tcp://{self.host}:{self.tcp_port}"

    @property
    def owns(self) -> str:
        """The port."""
        return f"the TCP port {self.tcp_port} of {self.host}"


class NmeaTcpServer:
    """A server with a thread for each station."""

    def __init__(self, config: NmeaTcpServerIn, intake: Intake) -> None:
        self._config = config
        self._batches = Batches(intake, lines)
        self._stop = Event()
        self._lock = Lock()
        self._stations: dict[str, tuple[socket.socket, Thread]] = {}
        self._socket: socket.socket | None = None
        self._thread: Thread | None = None

    @classmethod
    def configure(cls, section: Section, around: Surroundings) -> NmeaTcpServerIn:  # noqa: ARG003
        """Read the keys of an endpoint: `receive_from`, `silence`, `stations`."""
        needs_feed(section)
        host, port = section.required("receive_from", address_of("tcp"), ("none", 1))
        return NmeaTcpServerIn(
            host,
            port,
            section.parsed("silence", duration, _SILENCE).total_seconds(),
            section.parsed("stations", whole(1, 1000), 50),
        )

    @property
    def tcp_port(self) -> int:
        """The port that is listened on."""
        return self._config.tcp_port if self._socket is None else int(self._socket.getsockname()[1])

    def start(self, accept: Accept) -> None:
        """Listen; returns once connections are taken.

        Raises:
            SettingsError: the address cannot be listened on.
        """
        self._stop.clear()
        try:
            self._socket = socket.create_server((self._config.host, self._config.tcp_port))
        except OSError as error:
            raise SettingsError(f"cannot listen on {self._config.place}: {error.strerror or error}") from error
        self._socket.settimeout(_TICK_SECONDS)
        self._batches.start(accept)
        self._thread = Thread(
            target=self._run, args=(self._socket,), name=f"nmea {self._batches.intake.endpoint}", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Hang up on every station and make durable what was received."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        with self._lock:
            stations = list(self._stations.values())
        for wire, _ in stations:
            shut(wire)
        for _, thread in stations:
            thread.join()
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self._batches.stop()

    def health(self) -> FeedHealth:
        """Return how the feed is; connected while there is a station."""
        return self._batches.health(alive=self._thread is not None and self._thread.is_alive())

    def _run(self, listener: socket.socket) -> None:
        """Take stations in."""
        while not self._stop.is_set():
            try:
                wire, (host, port, *_) = listener.accept()
            except TimeoutError:
                continue
            except OSError as error:  # out of descriptors, or gone again
                self._batches.troubled(f"a station cannot be taken in: {error.strerror or error}")
                self._stop.wait(_TICK_SECONDS)
                continue
            source = f"{host}:{port}"
            thread = Thread(target=self._receive, args=(wire, source), name=f"nmea from {source}", daemon=True)
            with self._lock:
                taken = len(self._stations) < self._config.stations
                if taken:
                    self._stations[source] = (wire, thread)
            if taken:
                thread.start()
            else:
                wire.close()
                self._batches.troubled(f"more than {self._config.stations} stations: {source} was hung up on")

    def _receive(self, wire: socket.socket, source: str) -> None:
        with wire:
            wire.settimeout(self._config.silence_seconds)
            self._batches.connected()
            why = receive(wire, self._batches, self._stop, source)
        with self._lock:
            del self._stations[source]
            left = len(self._stations)
        if left:
            self._batches.troubled(f"{source}: {why}")
        else:
            self._batches.away(f"{source}: {why}")
