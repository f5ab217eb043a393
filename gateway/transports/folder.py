"""Deliveries written into a folder: whole files only, each key once.

Law: a reader that ignores dot files never sees a part of a file, and an attempt made again never writes a
file twice, even if the reader has taken the first one away. The steps, each durable before the next:

    .KEY.part written          again: written anew
    .pierhead/KEY noted        again: the part is still there, so it only has to be renamed
    .KEY.part -> NAME          again: noted, and no part: it was delivered
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from gateway.errors import TransportBusy
from gateway.model.stages import Delivery, Outcome, Receipt
from gateway.plugin import Clock
from gateway.section import Section, Surroundings
from gateway.transports.health import Pulse, WireHealth
from gateway.transports.names import key_digest, unique_name

_LEDGER: Final = ".pierhead"


@dataclass(frozen=True, slots=True)
class FolderOut:
    """A folder to write deliveries into; it is made where it is missing."""

    path: Path
    idempotent: ClassVar[bool] = True  # by its ledger of the keys delivered

    @property
    def place(self) -> str:
        """The folder."""
        return str(self.path)

    @property
    def owns(self) -> str:
        """The folder: nobody else may write here or take from it."""
        return f"the folder {self.path}" if self.path.name else ""


class FolderTransport:
    """Writes each delivery as one file; idempotent by key."""

    def __init__(self, config: FolderOut, clock: Clock) -> None:
        self._folder = config.path
        self._clock = clock
        self._pulse = Pulse(clock)

    @classmethod
    def configure(cls, section: Section, around: Surroundings) -> FolderOut:
        """Read the key of an endpoint: `send_to`."""
        return FolderOut(section.required("send_to", around.exchange_folder, Path()))

    def send(self, delivery: Delivery) -> Receipt:
        """Write the delivery's bytes under its name and key.

        Raises:
            TransportBusy: the folder cannot be written now (full, missing, not permitted).
        """
        name = unique_name(delivery.name or "message", delivery.key)
        with self._pulse.attempt():
            try:
                fresh = self._deliver(name, key_digest(delivery.key), delivery.content)
            except OSError as error:
                raise TransportBusy(f"cannot write {name}: {error.strerror or error}") from error
        detail = name if fresh else f"{name} was delivered by an earlier attempt"
        return Receipt(delivery.id, self._clock(), Outcome.DELIVERED, detail)

    def health(self) -> WireHealth:
        """Return what the last attempts showed."""
        return self._pulse.health

    def close(self) -> None:
        """Hold nothing, give nothing back."""

    def _deliver(self, name: str, key: str, content: bytes) -> bool:
        """Take the steps that are not yet taken; False when all of them were."""
        ledger = self._folder / _LEDGER
        ledger.mkdir(parents=True, exist_ok=True)
        part, noted = self._folder / f".{key}.part", ledger / key
        if noted.exists():
            if not part.exists():
                return False
        else:
            _write(part, content)
            _sync(self._folder)
            _write(noted, b"")
            _sync(ledger)
        part.rename(self._folder / name)
        _sync(self._folder)
        return True


def _write(path: Path, content: bytes) -> None:
    """Write a file, durably; a symbolic link in its place is not followed."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o640)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Make what was created or renamed in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
