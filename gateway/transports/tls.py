"""TLS as an endpoint names it: whom to trust, and our own certificate."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.errors import SettingsError
from gateway.section import Section, Surroundings


class _Wire(ssl.SSLSocket):
    """A connection that is closed when its handshake fails; paho would leave that to the garbage collector."""

    def do_handshake(self, block: bool = False) -> None:  # as its base has it
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


@dataclass(frozen=True, slots=True)
class Tls:
    """Files in PEM: whose certificates are trusted ("" for the system's), and our own certificate with its key."""

    ca: str = ""
    certificate: str = ""
    key: str = ""

    def context(self) -> ssl.SSLContext:
        """Return what checks a server by name and shows our certificate; the files are read anew each time.

        Raises:
            OSError: a file cannot be read, or is no PEM, or the key is not that of the certificate.
        """
        made = ssl.create_default_context(cafile=self.ca or None)
        made.sslsocket_class = _Wire
        if self.certificate:
            made.load_cert_chain(self.certificate, self.key or None)
        return made

    def settled(self) -> ssl.SSLContext:
        """Return the same for a connection that outlives a change of the files; raises `SettingsError`."""
        try:
            return self.context()
        except OSError as error:
            names = ", ".join(name for name in (self.ca, self.certificate, self.key) if name)
            raise SettingsError(f"TLS cannot use {names}: {error.strerror or error}") from error


#: The system's trust, and no certificate of ours.
USUAL: Final = Tls()


@dataclass(frozen=True, slots=True)
class ServerTls:
    """Files in PEM of a server: its certificate with its key, and whose client certificates it takes ("" for none)."""

    certificate: str
    key: str = ""
    clients_ca: str = ""

    def context(self) -> ssl.SSLContext:
        """Return what shows our certificate, and checks a client's where it shows one; raises `SettingsError`."""
        try:
            made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=self.clients_ca or None)
            made.load_cert_chain(self.certificate, self.key or None)
        except OSError as error:
            names = ", ".join(name for name in (self.certificate, self.key, self.clients_ca) if name)
            raise SettingsError(f"TLS cannot use {names}: {error.strerror or error}") from error
        made.verify_mode = ssl.CERT_OPTIONAL if self.clients_ca else ssl.CERT_NONE
        return made


def read_server_tls(section: Section | None, file: Callable[[str], Path]) -> ServerTls | None:
    """Read the keys of a server's `tls`: `certificate`, `key`, `clients_ca`; `file` reads a path."""
    if section is None:
        return None
    nothing = Path()
    certificate = str(section.required("certificate", file, nothing))
    key, clients_ca = (
        str(section.parsed(name, file, nothing)) if section.text(name, "") else "" for name in ("key", "clients_ca")
    )
    section.done()
    return ServerTls(certificate, key, clients_ca)


def read_tls(section: Section | None, around: Surroundings) -> Tls:
    """Read the keys of `tls`: `ca`, `certificate`, `key`."""
    if section is None:
        return USUAL
    nothing = Path()
    ca, certificate, key = (
        str(section.parsed(name, around.file, nothing)) if section.text(name, "") else ""
        for name in ("ca", "certificate", "key")
    )
    if key and not certificate:
        section.fault("key", "a 'key' needs the 'certificate' that it belongs to")
    section.done()
    return Tls(ca, certificate, key)
