"""Deliveries written into a folder of an SFTP server: whole files only.

Law: a file has its name only when it is whole. An attempt writes `.KEY.part`, and renames it; a repeated attempt finds
the name taken by the same number of bytes, and has nothing to do as long as the partner has not taken the file away.

| what happens | outcome |
|---|---|
| renamed | delivered |
| the name is there, as long as it should be | delivered by an earlier attempt |
| the name is there, of another length | refused |
| no connection, an unknown host key, a login that fails | busy |
| the server cannot write, rename or look (full, missing, not permitted) | busy |
| connection lost, or time out, before the rename | busy: a part is no delivery |
| connection lost, or time out, while renaming | busy and ambiguous |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from gateway.errors import TransportBusy, TransportRefused
from gateway.model.stages import Delivery, Outcome, Receipt
from gateway.plugin import Clock
from gateway.section import Section, Surroundings
from gateway.transports.health import Pulse, WireHealth
from gateway.transports.names import key_digest, unique_name
from gateway.transports.sftp_host import SftpHost, SftpSession, read_host

_LOST: Final = (ConnectionError, TimeoutError)


@dataclass(frozen=True, slots=True)
class SftpOut:
    """The folder of a server to write into."""

    host: SftpHost
    idempotent: ClassVar[bool] = False
    owns: ClassVar[str] = ""

    @property
    def place(self) -> str:
        """The URL of the folder."""
        return self.host.url


class SftpTransport:
    """Writes each delivery as one file; the connection is kept. Safe to share between threads."""

    def __init__(self, config: SftpOut, clock: Clock) -> None:
        self._session = SftpSession(config.host, "sftp out")
        self._clock = clock
        self._pulse = Pulse(clock)

    @classmethod
    def configure(cls, section: Section, around: Surroundings) -> SftpOut:
        """Read the keys of an endpoint: `send_to`, and those of every server."""
        return SftpOut(read_host(section, around, "send_to"))

    def send(self, delivery: Delivery) -> Receipt:
        """Write the delivery's bytes under its name and key.

        Raises:
            TransportBusy: try again; `ambiguous` when the file may have its name.
            TransportRefused: another file has the name.
        """
        name = unique_name(delivery.name or "message", delivery.key)
        with self._pulse.attempt():
            fresh = self._deliver(name, f".{key_digest(delivery.key)}.part", delivery.content)
        detail = name if fresh else f"{name} was delivered by an earlier attempt"
        return Receipt(delivery.id, self._clock(), Outcome.DELIVERED, detail)

    def health(self) -> WireHealth:
        """Return what the last attempts showed."""
        return self._pulse.health

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def _deliver(self, name: str, part: str, content: bytes) -> bool:
        """Write and rename; False when an earlier attempt did."""
        try:
            there = self._session.size(name)
            if there is None:
                self._session.write(part, content)
        except OSError as error:
            raise TransportBusy(f"cannot write {name}: {error}") from error
        if there is not None:
            if there != len(content):
                raise TransportRefused(f"{name} is there already, with {there} bytes and not {len(content)}")
            return False
        try:
            self._session.rename(part.encode(), name.encode())
        except OSError as error:
            raise TransportBusy(f"cannot rename to {name}: {error}", ambiguous=isinstance(error, _LOST)) from error
        return True
