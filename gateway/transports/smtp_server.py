"""Arrivals taken in as mail, without a mailbox: each attachment, or the body where there is none, is an arrival.

| answer | meaning |
|---|---|
| 250 to the message | everything in it is durable |
| 451 | nothing can be recorded now: send it again |
| 550 | a sender or recipient that is not configured |
| 552 | too large |
| 554 | nothing in it that can be taken: broken MIME, empty, too many parts |
| 421 | too many connections |

A message that comes again is recorded again, with the same bytes: the store calls that a duplicate. An envelope's
sender is what anybody can write; who may reach the port is the network's matter.
"""

from __future__ import annotations

import asyncio
import email
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.message import Message as Mail
from types import MappingProxyType
from typing import Any, ClassVar, Final, NamedTuple
from urllib.parse import urlsplit

from gateway.errors import SettingsError, StoreError
from gateway.model.stages import Arrival
from gateway.plugin import Accept, Intake
from gateway.section import Section, Surroundings
from gateway.section.values import duration, whole
from gateway.transports.event_loop import EventLoop
from gateway.transports.extra import require
from gateway.transports.health import Pulse, WireHealth
from gateway.transports.mail_address import address, address_or_domain, smtp_url
from gateway.transports.tls import ServerTls, read_server_tls

_PORTS: Final = MappingProxyType({"smtp": 25, "smtps": 465})
_WAIT: Final = timedelta(minutes=1)
_PARTS: Final = 100
_HEADERS: Final = 65_536
_LAST_SECONDS: Final = 10.0
_LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class SmtpIn:
    """Where to listen, and whose mail to take for whom; with `tls` on a port of SMTP, STARTTLS is demanded."""

    url: str
    recipients: tuple[str, ...]
    senders: tuple[str, ...]
    tls: ServerTls | None = None
    connections: int = 50
    timeout_seconds: float = 60.0
    idempotent: ClassVar[bool] = True

    @property
    def place(self) -> str:
        """The address and the recipients."""
        return f"{self.url} {' '.join(self.recipients)}"

    @property
    def owns(self) -> str:
        """The port."""
        return f"the address {self.url}"


class SmtpReceiver:
    """A mail server in a thread of its own that keeps nothing.

    Raises:
        SettingsError: aiosmtpd is not installed.
    """

    def __init__(self, config: SmtpIn, intake: Intake) -> None:
        self._smtp: Any = require("aiosmtpd.smtp", "mail")
        self._config = config
        self._intake = intake
        self._loop = EventLoop(f"smtp {intake.endpoint}")
        self._pulse = Pulse(intake.clock)
        self._server: asyncio.Server | None = None
        self._open: set[Any] = set()

    @classmethod
    def configure(cls, section: Section, around: Surroundings) -> SmtpIn:
        """Read the keys of an endpoint: `receive_from`, `recipients`, `senders`, `tls`, `connections`, `timeout`."""
        url = section.required("receive_from", smtp_url, "smtp://none")
        tls = read_server_tls(section.section("tls", "tls"), around.file)
        if url.startswith("smtps:") and tls is None:
            section.fault("receive_from", "smtps:// needs 'tls' with a 'certificate'")
        to, by = section.texts("recipients", required=True), section.texts("senders", required=True)
        return SmtpIn(
            url=url,
            recipients=tuple(section.read(one.mark, one, address, "").lower() for one in to),
            senders=tuple(section.read(one.mark, one, address_or_domain, "").lower() for one in by),
            tls=tls,
            connections=section.parsed("connections", whole(1, 10_000), 50),
            timeout_seconds=section.parsed("timeout", duration, _WAIT).total_seconds(),
        )

    @property
    def listens_on(self) -> int:
        """The TCP port that is listened on."""
        return 0 if self._server is None else int(self._server.sockets[0].getsockname()[1])

    def start(self, accept: Accept) -> None:
        """Listen; returns once connections are taken.

        Raises:
            SettingsError: the address cannot be listened on, or the files of `tls` cannot be used.
        """
        context = self._config.tls.context() if self._config.tls is not None else None
        parts = urlsplit(self._config.url)
        implicit = parts.scheme == "smtps"
        handler = _Handler(self._config, self._intake, accept, self._pulse)

        def connected() -> asyncio.BaseProtocol:
            if len(self._open) >= self._config.connections:
                return _Full()
            return self._protocol(handler, None if implicit else context)

        async def listen() -> asyncio.Server:
            port = _PORTS[parts.scheme] if parts.port is None else parts.port
            loop = asyncio.get_running_loop()
            return await loop.create_server(connected, parts.hostname, port, ssl=context if implicit else None)

        try:
            self._server = self._loop.run(listen())
        except OSError as error:
            self._loop.stop()
            raise SettingsError(f"cannot listen on {self._config.url}: {error.strerror or error}") from error

    def stop(self) -> None:
        """Take no more connections, finish the messages at hand, close."""
        if self._server is not None:
            self._loop.run(self._end(self._server))
            self._server = None
        self._loop.stop()

    def health(self) -> WireHealth:
        """Return what the last messages showed."""
        return self._pulse.health

    def _protocol(self, handler: _Handler, starttls: Any) -> asyncio.BaseProtocol:
        """Return what speaks to one client."""
        opened = self._open

        class Protocol(self._smtp.SMTP):  # type: ignore[misc,name-defined]
            def connection_made(self, transport: Any) -> None:
                opened.add(self)
                super().connection_made(transport)

            def connection_lost(self, error: Exception | None) -> None:
                opened.discard(self)
                super().connection_lost(error)

        made: asyncio.BaseProtocol = Protocol(
            handler,
            data_size_limit=self._intake.max_bytes * 3 // 2 + _HEADERS,  # base64 in lines is less than half more
            hostname=urlsplit(self._config.url).hostname,
            ident="Pierhead",
            tls_context=starttls,
            require_starttls=starttls is not None,
            timeout=self._config.timeout_seconds,
            loop=asyncio.get_running_loop(),
        )
        return made

    async def _end(self, server: asyncio.Server) -> None:
        server.close()
        speaking = {one._handler_coroutine: one for one in self._open}  # noqa: SLF001  # aiosmtpd has no other way
        if busy := [task for task, one in speaking.items() if one.envelope is not None and one.envelope.content]:
            await asyncio.wait(busy, timeout=_LAST_SECONDS)
        for one in list(self._open):
            one.transport.abort()  # which ends what speaks on it
        if speaking:
            await asyncio.wait(speaking)
        await server.wait_closed()


class _Full(asyncio.Protocol):
    """Tells a client that there are too many."""

    def connection_made(self, transport: Any) -> None:
        transport.write(b"421 too many connections: try again later\r\n")
        transport.close()


class Part(NamedTuple):
    """What becomes one arrival."""

    content: bytes
    file_name: str
    content_type: str


class _Handler:
    """What aiosmtpd asks, in the loop's thread."""

    def __init__(self, config: SmtpIn, intake: Intake, accept: Accept, pulse: Pulse) -> None:
        self._config = config
        self._intake = intake
        self._accept = accept
        self._pulse = pulse

    async def handle_MAIL(  # noqa: N802  # aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, sender: str | None, options: Sequence[str]
    ) -> str:
        """Take the sender of a message."""
        asked = (sender or "").lower()
        if asked not in self._config.senders and asked.rpartition("@")[2] not in self._config.senders:
            return "550 5.7.1 no mail is taken from this sender"
        envelope.mail_from = sender
        envelope.mail_options.extend(options)
        return "250 2.1.0 ok"

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, recipient: str, options: Sequence[str]
    ) -> str:
        """Take a recipient of a message."""
        if recipient.lower() not in self._config.recipients:
            return "550 5.1.1 no such recipient"
        envelope.rcpt_tos.append(recipient)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 ok"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        """Take a message: what is said here is said to the sender, after everything in it is durable."""
        return await asyncio.get_running_loop().run_in_executor(None, self._take, envelope.content, envelope.mail_from)

    def _take(self, content: bytes, sender: str) -> str:
        """Have everything in a message recorded; return the answer."""
        try:
            mail = email.message_from_bytes(content)
            found = list(parts(mail))
            attributes = {"sender": sender, "message_id": _header(mail, "Message-ID")}
        except Exception as error:  # noqa: BLE001  # email's parser is not free of them, whatever a sender writes
            return f"554 5.6.0 this message cannot be read ({type(error).__name__})"
        if not found or not all(part.content for part in found):
            return "554 5.6.0 there is nothing in this message, or something empty or broken"
        if len(found) > _PARTS:
            return f"554 5.6.0 more than {_PARTS} attachments"
        if any(len(part.content) > self._intake.max_bytes for part in found):
            return f"552 5.3.4 more than {self._intake.max_bytes} bytes"
        try:
            for part in found:
                self._record(part, attributes)
        except StoreError as error:
            self._pulse.troubled(str(error))
            return "451 4.3.0 nothing can be recorded now: send it again"
        except Exception as error:  # noqa: BLE001  # the sender keeps the message, and health says what happened
            self._pulse.troubled(f"{type(error).__name__} while recording")
            return "451 4.3.0 something is wrong here: send it again"
        self._pulse.well()
        return f"250 2.0.0 recorded: {len(found)}"

    def _record(self, part: Part, attributes: dict[str, str]) -> None:
        said = {"file_name": part.file_name, "content_type": part.content_type, **attributes}
        if self._intake.principal:
            said["principal"] = self._intake.principal
        intake = self._intake
        kept = {name: value for name, value in said.items() if value}
        self._accept(Arrival(intake.new_id(), intake.endpoint, intake.clock(), part.content, kept))


def parts(mail: Mail) -> Iterator[Part]:
    """Yield the attachments of a message in order, or its body where it has none; b"" for what is broken."""
    leaves = [part for part in mail.walk() if not part.is_multipart()]
    attached = [part for part in leaves if part.get_content_disposition() == "attachment" or part.get_filename()]
    for part in attached or leaves[:1]:
        content = part.get_payload(decode=True)
        broken = part.defects or not isinstance(content, bytes)
        yield Part(b"" if broken else content, _shown(part.get_filename("")), _shown(part.get_content_type()))  # type: ignore[arg-type]


def _header(mail: Mail, name: str) -> str:
    return _shown(str(mail.get(name, "")))


def _shown(text: str) -> str:
    """Return a sender's words on one line, not too long, and as UTF-8 can hold them."""
    plain = text.encode("utf-8", "backslashreplace").decode()
    return "".join(c if c.isprintable() else " " for c in plain)[:_LONGEST].strip()
