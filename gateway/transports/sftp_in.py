"""Arrivals taken from a folder of an SFTP server: whole files only, each moved or deleted once it is durable.

A file counts as complete when its size and time have not changed between two looks. Dot files, `*.part` and `*.tmp`
are somebody's unfinished work. A crash between recording and moving makes the file arrive again with the same bytes:
the store calls that a duplicate, and it is moved then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread
from typing import ClassVar, Final

from gateway.errors import GatewayError
from gateway.model.stages import Arrival
from gateway.plugin import Accept, Intake
from gateway.section import Section, Surroundings
from gateway.section.values import duration
from gateway.transports.health import Pulse, WireHealth
from gateway.transports.names import safe_name
from gateway.transports.sftp_host import RemoteFile, SftpHost, SftpSession, read_host

_UNFINISHED: Final = (b".part", b".tmp")
_DONE: Final = "done"
_REFUSED: Final = "refused"
_POLL: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class SftpIn:
    """The folder of a server to take files from; what was taken is moved to its `done/`, or deleted."""

    host: SftpHost
    poll_seconds: float = 30.0
    deletes: bool = False
    idempotent: ClassVar[bool] = True

    @property
    def place(self) -> str:
        """The URL of the folder."""
        return self.host.url

    @property
    def owns(self) -> str:
        """The folder: nobody else may take from it."""
        return f"the folder {self.host.url}"


class SftpReceiver:
    """Looks into a folder in a thread of its own; a file larger than the intake takes goes to `refused/` unread.

    Raises:
        SettingsError: asyncssh is not installed.
    """

    def __init__(self, config: SftpIn, intake: Intake) -> None:
        self._config = config
        self._intake = intake
        self._session = SftpSession(config.host, f"sftp {intake.endpoint}")
        self._pulse = Pulse(intake.clock)
        self._stop = Event()
        self._thread: Thread | None = None
        self._seen: dict[bytes, RemoteFile] = {}
        self._recorded: dict[RemoteFile, tuple[str, str]] = {}  # what is durable and could not be moved yet

    @classmethod
    def configure(cls, section: Section, around: Surroundings) -> SftpIn:
        """Read the keys of an endpoint: `receive_from`, `poll`, `after`, and those of every server."""
        host = read_host(section, around, "receive_from")
        poll = section.parsed("poll", duration, _POLL).total_seconds()
        return SftpIn(host, poll, section.choice("after", ("move", "delete"), "move") == "delete")

    def start(self, accept: Accept) -> None:
        """Begin to look; the folders `done/` and `refused/` are made where they are missing."""
        self._stop.clear()
        self._thread = Thread(target=self._run, args=(accept,), name=f"sftp {self._intake.endpoint}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the file at hand, and close the connection."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._session.close()

    def health(self) -> WireHealth:
        """Return what the last looks showed."""
        return self._pulse.health

    def poll(self, accept: Accept) -> int:
        """Look once and take in every complete file; return how many were.

        A file that cannot be read or recorded now is left for the next look.
        """
        taken, trouble = 0, ""
        try:
            for folder in (_REFUSED,) if self._config.deletes else (_DONE, _REFUSED):
                self._session.make(folder)
            complete = self._complete()
        except OSError as error:
            self._pulse.troubled(f"cannot look: {error}")
            return 0
        for file in complete:
            if self._stop.is_set():
                break
            try:
                taken += self._take(file, accept)
            except (ConnectionError, TimeoutError, GatewayError) as error:
                trouble = str(error)
                break
            except OSError as error:
                trouble = f"cannot take {_shown(file.name)}: {error}"
        if trouble:
            self._pulse.troubled(trouble)
        else:
            self._pulse.well()
        return taken

    def _run(self, accept: Accept) -> None:
        while not self._stop.is_set():
            try:
                self.poll(accept)
            except Exception as error:  # noqa: BLE001  # the thread goes on, and health says what happened
                self._pulse.troubled(f"{type(error).__name__} while looking")
            self._stop.wait(self._config.poll_seconds)

    def _complete(self) -> list[RemoteFile]:
        """Return the files that did not change since the last look, oldest first."""
        before, self._seen = self._seen, {}
        for file in self._session.files():
            if not file.name.startswith(b".") and not file.name.lower().endswith(_UNFINISHED):
                self._seen[file.name] = file
        self._recorded = {file: one for file, one in self._recorded.items() if file in self._seen.values()}
        complete = [file for name, file in self._seen.items() if before.get(name) == file]
        return sorted(complete, key=lambda file: (file.changed, file.name))

    def _take(self, file: RemoteFile, accept: Accept) -> bool:
        """Record one file and put it away; False when it changed meanwhile; raises `OSError` when it is too large."""
        if file.size > self._intake.max_bytes:
            self._put_away(file, _REFUSED, self._intake.new_id())
            raise OSError(f"more than {self._intake.max_bytes} bytes: refused")
        if file not in self._recorded:
            content = self._session.read(file)
            if content is None:
                return False
            self._recorded[file] = self._record(file, content, accept)
        folder, id_ = self._recorded[file]
        self._put_away(file, folder, id_)
        del self._recorded[file]
        return True

    def _record(self, file: RemoteFile, content: bytes, accept: Accept) -> tuple[str, str]:
        """Have an arrival recorded; return the folder that its file belongs in, and its id."""
        attributes = {"file_name": _shown(file.name)}
        if self._intake.principal:
            attributes["principal"] = self._intake.principal
        arrival = Arrival(self._intake.new_id(), self._intake.endpoint, self._intake.clock(), content, attributes)
        return (_REFUSED if accept(arrival).conflict else _DONE), arrival.id

    def _put_away(self, file: RemoteFile, folder: str, id_: str) -> None:
        """Delete a file, or move it under a name that no other file has."""
        if folder == _DONE and self._config.deletes:
            self._session.remove(file.name)
        else:
            self._session.rename(file.name, f"{folder}/{safe_name(id_)}-{safe_name(_shown(file.name))}".encode())
        self._seen.pop(file.name, None)


def _shown(name: bytes) -> str:
    """Return a server's name of a file as text."""
    return name.decode("utf-8", "backslashreplace")
