"""Lines of NMEA from datagrams, each with one line or several.

UDP can hold nobody back: what finds no room is dropped and counted, and is a gap. Each sender is a source of its own.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from threading import Event, Thread
from typing import ClassVar, Final

from gateway.errors import SettingsError
from gateway.plugin import Accept, Intake
from gateway.section import Section, Surroundings
from gateway.section.values import whole
from gateway.transports.batches import Batches, FeedHealth, lines
from gateway.transports.nmea_lines import LONGEST, LineCutter, address_of, hand_over, needs_feed

_TICK_SECONDS: Final = 0.2
_LARGEST: Final = 65_535
_KERNEL_BYTES: Final = 4 << 20  # what the kernel may hold, if it allows as much


@dataclass(frozen=True, slots=True)
class NmeaUdpIn:
    """Where to listen: `udp_port` 0 means any free one. So many lines wait for the store at most."""

    host: str
    udp_port: int
    backlog: int = 20_000
    idempotent: ClassVar[bool] = False

    @property
    def place(self) -> str:
        """Where stations send to."""
        return f"udp://{self.host}:{self.udp_port}"

    @property
    def owns(self) -> str:
        """The port."""
        return f"the UDP port {self.udp_port} of {self.host}"


class NmeaUdpReceiver:
    """A socket in a thread of its own."""

    def __init__(self, config: NmeaUdpIn, intake: Intake) -> None:
        self._config = config
        self._batches = Batches(intake, lines, config.backlog, config.backlog)
        self._stop = Event()
        self._socket: socket.socket | None = None
        self._thread: Thread | None = None
        self._dropping = False

    @classmethod
    def configure(cls, section: Section, around: Surroundings) -> NmeaUdpIn:  # noqa: ARG003
        """Read the keys of an endpoint: `receive_from`, `backlog`."""
        needs_feed(section)
        host, port = section.required("receive_from", address_of("udp"), ("none", 1))
        return NmeaUdpIn(host, port, section.parsed("backlog", whole(100, 1_000_000), 20_000))

    @property
    def udp_port(self) -> int:
        """The port that is listened on."""
        return self._config.udp_port if self._socket is None else int(self._socket.getsockname()[1])

    def start(self, accept: Accept) -> None:
        """Listen.

        Raises:
            SettingsError: the address cannot be listened on.
        """
        self._stop.clear()
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(
                self._config.host, self._config.udp_port, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE
            )[0]
            self._socket = socket.socket(family, kind, protocol)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _KERNEL_BYTES)
            self._socket.bind(address)
        except OSError as error:
            if self._socket is not None:
                self._socket.close()
                self._socket = None
            raise SettingsError(f"cannot listen on {self._config.place}: {error.strerror or error}") from error
        self._socket.settimeout(_TICK_SECONDS)
        self._batches.start(accept)
        self._batches.connected()
        self._thread = Thread(
            target=self._run, args=(self._socket,), name=f"nmea {self._batches.intake.endpoint}", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Receive nothing more and make durable what was received."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self._batches.stop()
        self._batches.away("")

    def health(self) -> FeedHealth:
        """Return how the feed is; connected means that it listens."""
        return self._batches.health(alive=self._thread is not None and self._thread.is_alive())

    def _run(self, wire: socket.socket) -> None:
        while not self._stop.is_set():
            try:
                datagram, (host, port, *_) = wire.recvfrom(_LARGEST)
            except TimeoutError:
                continue
            except OSError as error:  # an earlier answer of ICMP, on some systems
                self._batches.troubled(f"cannot receive: {error.strerror or error}")
                self._stop.wait(_TICK_SECONDS)
                continue
            self._take(datagram, f"{host}:{port}")

    def _take(self, datagram: bytes, source: str) -> None:
        cutter = LineCutter()
        found = cutter.feed(datagram) + cutter.end()
        if cutter.overlong:
            self._batches.drop(cutter.overlong, f"a line has more than {LONGEST} bytes")
        if self._batches.room() >= len(found):
            self._dropping = False
            hand_over(self._batches, found, source=source)
            return
        if not self._dropping:
            self._dropping = True
            self._batches.gap()
        self._batches.drop(len(found), "datagrams came faster than they could be recorded")
