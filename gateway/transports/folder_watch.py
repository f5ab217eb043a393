"""Arrivals taken from a folder: whole files only, each moved away once it is durable.

A file counts as complete when its size and time have not changed between two polls. Dot files, `*.part` and
`*.tmp` are somebody's unfinished work. A crash between recording and moving makes the file arrive again
with the same bytes: the store calls that a duplicate, and it is moved then.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import ClassVar, Final

from gateway.errors import GatewayError, StoreError
from gateway.model.stages import Arrival
from gateway.plugin import Accept, Intake
from gateway.section import Section, Surroundings
from gateway.section.values import duration
from gateway.transports.names import safe_name

_UNFINISHED: Final = (".part", ".tmp")
_DONE: Final = "done"
_REFUSED: Final = "refused"
_POLL: Final = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class FolderIn:
    """A folder to take files from."""

    path: Path
    poll_seconds: float = 2.0
    idempotent: ClassVar[bool] = True

    @property
    def place(self) -> str:
        """The folder."""
        return str(self.path)

    @property
    def owns(self) -> str:
        """The folder: nobody else may write here or take from it."""
        return f"the folder {self.path}" if self.path.name else ""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What told that a file was still being written: inode, size, time of change."""

    inode: int
    size: int
    changed: int


class FolderReceiver:
    """Polls a folder in a thread of its own; a file larger than the intake takes goes to `refused/` unread."""

    def __init__(self, config: FolderIn, intake: Intake) -> None:
        self._config = config
        self._intake = intake
        self._stop = Event()
        self._thread: Thread | None = None
        self._seen: dict[str, _Seen] = {}
        self._recorded: dict[str, tuple[_Seen, str, str]] = {}  # what is durable and could not be moved yet
        #: Why the last poll could not do its work, "" when it could: for health checks.
        self.trouble = ""

    @classmethod
    def configure(cls, section: Section, around: Surroundings) -> FolderIn:
        """Read the keys of an endpoint: `receive_from` and `poll`."""
        path = section.required("receive_from", around.exchange_folder, Path())
        return FolderIn(path, section.parsed("poll", duration, _POLL).total_seconds())

    def start(self, accept: Accept) -> None:
        """Begin to poll; the folder and its `done/` and `refused/` are made where they are missing."""
        self._stop.clear()
        self._thread = Thread(target=self._run, args=(accept,), name=f"folder {self._intake.endpoint}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the file at hand."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    @property
    def alive(self) -> bool:
        """Whether the thread is at work."""
        return self._thread is not None and self._thread.is_alive()

    def poll(self, accept: Accept) -> int:
        """Look once and take in every complete file; return how many were.

        A file that cannot be read or recorded now is left for the next poll.
        """
        self.trouble = ""
        try:
            for folder in (_DONE, _REFUSED):
                (self._config.path / folder).mkdir(parents=True, exist_ok=True)
            complete = self._complete()
        except OSError as error:
            self.trouble = f"cannot read {self._config.path}: {error.strerror}"
            return 0
        taken = 0
        for name in complete:
            if self._stop.is_set():
                break
            try:
                taken += self._take(name, accept)
            except StoreError as error:
                self.trouble = str(error)
                break
            except OSError as error:
                self.trouble = f"cannot take {safe_name(name)}: {error.strerror}"
        return taken

    def _run(self, accept: Accept) -> None:
        while not self._stop.is_set():
            try:
                self.poll(accept)
            except GatewayError as error:
                self.trouble = str(error)
            self._stop.wait(self._config.poll_seconds)

    def _complete(self) -> list[str]:
        """Return the names of files that did not change since the last look, oldest first."""
        before, self._seen = self._seen, {}
        complete = []
        with os.scandir(self._config.path) as entries:
            for entry in entries:
                if entry.name.startswith(".") or entry.name.lower().endswith(_UNFINISHED):
                    continue
                if not entry.is_file(follow_symlinks=False):
                    continue
                seen = _seen(entry.stat(follow_symlinks=False))
                self._seen[entry.name] = seen
                if before.get(entry.name) == seen:
                    complete.append((seen.changed, entry.name))
        return [name for _, name in sorted(complete)]

    def _take(self, name: str, accept: Accept) -> bool:
        """Record one file and move it away; False when it changed meanwhile, or is too large."""
        seen = self._seen[name]
        recorded, folder, id_ = self._recorded.pop(name, (None, "", ""))
        if recorded != seen:
            if seen.size > self._intake.max_bytes:
                self._move(name, _REFUSED, self._intake.new_id())
                self.trouble = f"{safe_name(name)} has more than {self._intake.max_bytes} bytes: refused"
                return False
            content = self._read(name, seen)
            if content is None:
                return False
            id_, folder = self._record(name, content, accept)
        self._recorded[name] = (seen, folder, id_)
        self._move(name, folder, id_)
        del self._recorded[name]
        return True

    def _record(self, name: str, content: bytes, accept: Accept) -> tuple[str, str]:
        """Have an arrival recorded; return its id and the folder that its file belongs in."""
        attributes = {"file_name": name.encode("utf-8", "backslashreplace").decode()}
        if self._intake.principal:
            attributes["principal"] = self._intake.principal
        arrival = Arrival(self._intake.new_id(), self._intake.endpoint, self._intake.clock(), content, attributes)
        accepted = accept(arrival)
        return arrival.id, _REFUSED if accepted.conflict else _DONE

    def _read(self, name: str, seen: _Seen) -> bytes | None:
        """Return a file's bytes, or None when it is not, or no longer, what was seen."""
        descriptor = os.open(self._config.path / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or _seen(status) != seen:
                return None
            content = file.read(seen.size + 1)
            unchanged = _seen(os.fstat(file.fileno())) == seen and len(content) == seen.size
        return content if unchanged else None

    def _move(self, name: str, folder: str, id_: str) -> None:
        """Move a file away under a name that no other file has; moved before means moved."""
        target = self._config.path / folder / f"{safe_name(id_)}-{safe_name(name)}"
        (self._config.path / name).rename(target)
        self._seen.pop(name, None)
        for changed in (self._config.path, target.parent):
            _sync(changed)


def _seen(status: os.stat_result) -> _Seen:
    return _Seen(status.st_ino, status.st_size, status.st_mtime_ns)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
