"""Lines of NMEA from a file: a recorded log read once to its end, or one that grows, followed across rotation.

How far the lines are durable is kept beside the file, in `.NAME.at`: after a restart reading goes on there. Without it
(a folder that nobody may write to) the file is read again from its start, which loses nothing.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import BinaryIO, ClassVar, Final

from gateway.plugin import Accept, Intake
from gateway.section import Section, Surroundings
from gateway.transports.batches import Batches, FeedHealth, lines
from gateway.transports.nmea_lines import LONGEST, READ, LineCutter, hand_over, needs_feed

_POLL_SECONDS: Final = 0.25
_TICK_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class NmeaFileIn:
    """The file, and whether to wait for more at its end."""

    path: Path
    follow: bool = False
    idempotent: ClassVar[bool] = False

    @property
    def place(self) -> str:
        """The file."""
        return str(self.path)

    @property
    def owns(self) -> str:
        """The file, as how far it was read is kept once."""
        return f"the file {self.path}"


class NmeaFileReceiver:
    """A reader in a thread of its own."""

    def __init__(self, config: NmeaFileIn, intake: Intake) -> None:
        self._config = config
        self._batches = Batches(intake, lines)
        self._stop = Event()
        self._thread: Thread | None = None

    @classmethod
    def configure(cls, section: Section, around: Surroundings) -> NmeaFileIn:
        """Read the keys of an endpoint: `receive_from`, `follow`."""
        needs_feed(section)
        return NmeaFileIn(section.required("receive_from", around.file, Path()), section.flag("follow", default=False))

    def start(self, accept: Accept) -> None:
        """Begin to read."""
        self._stop.clear()
        self._batches.start(accept)
        self._thread = Thread(target=self._run, name=f"nmea {self._batches.intake.endpoint}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End, and make durable what was read."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._batches.stop()

    def health(self) -> FeedHealth:
        """Return how the feed is; connected while the file is read, or waited for to grow."""
        return self._batches.health(alive=self._thread is not None and self._thread.is_alive())

    def _run(self) -> None:
        """Read the file, and in its place the next one that has its name."""
        going_on = True
        while not self._stop.is_set():
            try:
                with self._config.path.open("rb") as file:
                    self._batches.connected()
                    self._read(file, going_on=going_on)
                    going_on = False
            except OSError as error:
                self._batches.away(f"cannot read the file: {error.strerror}")
                self._stop.wait(_TICK_SECONDS)
            else:
                if not self._config.follow:
                    self._batches.away("")
                    self._stop.wait()

    def _read(self, file: BinaryIO, *, going_on: bool) -> None:
        """Hand over the lines of one file until it is at its end, or was replaced."""
        cursor = _Cursor(self._config.path, os.fstat(file.fileno()), self._batches)
        if going_on:
            file.seek(cursor.kept())
        cutter = LineCutter()
        for data in self._chunks(file):
            before = cutter.overlong
            found = cutter.feed(data) if data else cutter.end()
            if cutter.overlong > before:
                self._batches.drop(cutter.overlong - before, f"a line has more than {LONGEST} bytes")
            behind = len(data) - data.rfind(b"\n") - 1 if b"\n" in data else 0
            hand_over(self._batches, found, origin=cursor, mark=file.tell() - behind)

    def _chunks(self, file: BinaryIO) -> Iterator[bytes]:
        """Yield what the file holds; b"" at its end, when nothing more will come."""
        replaced = False
        while not self._stop.is_set():
            if not self._batches.wait_for_room(_TICK_SECONDS):
                continue
            data = file.read(READ)
            if data:
                yield data
            elif replaced or not self._config.follow:
                yield b""
                return
            else:
                replaced = self._replaced(file)  # and then once more to the end, as it may have grown meanwhile
                if not replaced:
                    self._stop.wait(_POLL_SECONDS)

    def _replaced(self, file: BinaryIO) -> bool:
        """Whether another file has the name now, or this one begins anew."""
        try:
            found = self._config.path.stat()
        except OSError:
            return False
        return found.st_ino != os.fstat(file.fileno()).st_ino or found.st_size < file.tell()


class _Cursor:
    """How far a file is durable: its inode and a byte offset."""

    def __init__(self, path: Path, status: os.stat_result, batches: Batches) -> None:
        self._path = path.with_name(f".{path.name}.at")
        self._inode, self._size = status.st_ino, status.st_size
        self._batches = batches

    def kept(self) -> int:
        """Return where to go on: the start of a file that is not the one read before, whose rest is a gap."""
        try:
            inode, at = (int(word) for word in self._path.read_text("ascii").split())
        except (OSError, ValueError):
            return 0
        if inode == self._inode and at <= self._size:
            return at
        self._batches.gap()
        return 0

    def acknowledge(self, marks: Sequence[int]) -> None:
        """Keep how far the file is durable."""
        fresh = self._path.with_name(f"{self._path.name}.tmp")
        try:
            fresh.write_text(f"{self._inode} {marks[-1]}\n", "ascii")
            fresh.replace(self._path)
        except OSError as error:
            self._batches.troubled(f"how far the file was read cannot be kept: {error.strerror}")
            with contextlib.suppress(OSError):
                fresh.unlink()
