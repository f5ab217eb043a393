"""NMEA sentences as they come over a wire: bytes to lines in bounded memory, and lines to the backlog."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Sequence
from threading import Event
from typing import Final
from urllib.parse import urlsplit

from gateway.section import Section
from gateway.transports.batches import Batches, Origin, Taken

LONGEST: Final = 4096
"""Bytes of a line; several sentences and a tag block have less."""

READ: Final = 65_536
"""Bytes read at once."""

_IN_ONE: Final = 250
_TICK_SECONDS: Final = 0.5


class LineCutter:
    """Cuts a stream into lines, without line ends and without empty lines. A line too long is left out whole."""

    def __init__(self, longest: int = LONGEST) -> None:
        self._longest = longest
        self._rest = b""
        self._skipping = False
        #: How many lines were too long.
        self.overlong = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Return the lines that these bytes complete."""
        first, *others = data.split(b"\n")
        if not others:
            self._keep(first)
            return []
        whole = [] if self._skipping else [self._rest + first]
        self._rest, self._skipping = b"", False
        whole += others[:-1]
        self._keep(others[-1])
        return self._fitting(whole)

    def end(self) -> list[bytes]:
        """Return what stands behind the last line end, and begin anew."""
        rest, self._rest, self._skipping = self._rest, b"", False
        return self._fitting([rest])

    def _keep(self, piece: bytes) -> None:
        """Keep the beginning of a line, unless it is too long already."""
        if self._skipping:
            return
        self._rest += piece
        if len(self._rest) > self._longest:
            self._rest, self._skipping = b"", True
            self.overlong += 1

    def _fitting(self, whole: Sequence[bytes]) -> list[bytes]:
        lines = [line for line in (one.strip(b"\r\0 ") for one in whole) if line]
        fitting = [line for line in lines if len(line) <= self._longest]
        self.overlong += len(lines) - len(fitting)
        return fitting


def hand_over(
    batches: Batches, lines: Sequence[bytes], *, source: str = "", origin: Origin | None = None, mark: int = 0
) -> None:
    """Put lines that were just received into the backlog; the mark stands for the last of them."""
    now = batches.intake.clock()
    last = len(lines) - 1 - (len(lines) - 1) % _IN_ONE
    for start in range(0, len(lines), _IN_ONE):
        some = lines[start : start + _IN_ONE]
        whose = origin if start == last else None
        batches.put(Taken(b"\n".join(some), now, source, messages=len(some), origin=whose, mark=mark))


def receive(wire: socket.socket, batches: Batches, stop: Event, source: str = "") -> str:
    """Hand over the lines of a connection until it ends or `stop` is set; return why it ended.

    Nothing is read while there is no room: the sender is held back.
    """
    cutter = LineCutter()
    why = ""
    while not why:
        while not batches.wait_for_room(_TICK_SECONDS):
            if stop.is_set():
                return "stopped"
        try:
            data = wire.recv(READ)
        except TimeoutError:
            why, data = "nothing was received for too long", b""
        except OSError as error:
            why, data = f"the connection was lost: {error.strerror or error}", b""
        else:
            why = "" if data else "the connection was closed"
        before = cutter.overlong
        lines = cutter.feed(data) if data else cutter.end()
        if cutter.overlong > before:
            batches.drop(cutter.overlong - before, f"a line has more than {LONGEST} bytes")
        hand_over(batches, lines, source=source)
    return why


def address_of(scheme: str) -> Callable[[str], tuple[str, int]]:
    """Return a reader of `SCHEME://HOST:PORT`."""

    def read(value: str) -> tuple[str, int]:
        example = f"'{value}' is no address: write {scheme}://HOST:PORT, like {scheme}://station.example:4001"
        try:
            parts = urlsplit(value)
            port = parts.port
        except ValueError:
            raise ValueError(example) from None
        if parts.scheme != scheme or not parts.hostname or not port or parts.path.strip("/") or parts.username:
            raise ValueError(example)
        return parts.hostname, port

    return read


def needs_feed(section: Section) -> None:
    """Note a fault where an endpoint does not say that its lines are a feed of NMEA."""
    if not re.match("nmea", section.text("feed", "")):
        section.fault("feed", "lines of NMEA are a vessel feed: write 'feed: nmea'")
