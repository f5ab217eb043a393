"""Deliveries sent as mail, and what each answer means.

The delivery is the one attachment of its message, in base64, which carries every byte. The `Message-ID` is the
idempotency key, and everything else is the same in every attempt too.

| answer | outcome |
|---|---|
| 250 to the whole message | delivered: the server is responsible now |
| 4xx to sender, recipient or message | busy |
| 5xx to sender, recipient or message | refused; with several recipients, as soon as one is |
| larger than the server takes (SIZE) | refused |
| no connection, no TLS, a login that fails | busy: nothing was sent |
| connection lost, or time out, before the end of the message | busy: half a message is none (RFC 5321, 4.1.1.4) |
| connection lost, or time out, after it | busy and ambiguous |
"""

from __future__ import annotations

import base64
import contextlib
import re
import smtplib
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from threading import Lock
from typing import ClassVar, Final
from urllib.parse import urlsplit

from gateway.errors import TransportBusy, TransportRefused
from gateway.model.stages import Delivery, Outcome, Receipt
from gateway.plugin import Clock
from gateway.section import Secret, Section, Surroundings
from gateway.section.values import duration
from gateway.transports.health import Pulse, WireHealth
from gateway.transports.mail_address import address, smtp_url
from gateway.transports.names import key_digest, unique_name
from gateway.transports.placeholders import bare, filled
from gateway.transports.tls import USUAL, Tls, read_tls

_WAIT: Final = timedelta(seconds=60)
_LINE: Final = 57  # bytes that make a line of 76 characters (RFC 2045, 6.8)
_LINES: Final = 4096  # at once
_ATOM: Final = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_PRINTABLE: Final = re.compile(r"[\x20-\x7e]+")


@dataclass(frozen=True, slots=True)
class SmtpOut:
    """Which server to hand mail to, from whom and to whom. `starttls` is demanded, not only tried."""

    url: str
    sender: str
    recipients: tuple[str, ...]
    subject: str = "{name}"
    username: str = ""
    password: Secret | None = None
    starttls: bool = True
    tls: Tls = USUAL
    timeout_seconds: float = 60.0
    idempotent: ClassVar[bool] = False
    owns: ClassVar[str] = ""

    @property
    def place(self) -> str:
        """The server and the recipients."""
        return f"{self.url} {' '.join(self.recipients)}"

    @property
    def implicit_tls(self) -> bool:
        """Whether the connection is TLS from its first byte."""
        return urlsplit(self.url).scheme == "smtps"


class SmtpTransport:
    """Sends each delivery as a message of its own; the connection is kept. Safe to share between threads."""

    def __init__(self, config: SmtpOut, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._lock = Lock()
        self._connection: smtplib.SMTP | None = None
        self._pulse = Pulse(clock)

    @classmethod
    def configure(cls, section: Section, around: Surroundings) -> SmtpOut:
        """Read the keys of an endpoint.

        These are `send_to`, `from`, `to`, `subject`, `username`, `password`, `starttls`, `tls`, `timeout`.
        """
        url = section.required("send_to", smtp_url, "smtp://none")
        starttls = section.flag("starttls", default=True)
        secret = section.section("password", "password")
        password = around.secrets.read(secret) if secret is not None else None
        if secret is not None:
            secret.done()
        username = section.text("username", "")
        if bool(username) != (section.get("password") is not None):
            section.fault("username", "'username' and 'password' belong together")
        if username and not starttls and url.startswith("smtp:"):
            section.fault("starttls", "a password is not sent without TLS: leave out 'starttls: false'")
        recipients = section.texts("to", required=True)
        return SmtpOut(
            url=url,
            sender=section.required("from", address, "nobody@none"),
            recipients=tuple(section.read(one.mark, one, address, "") for one in recipients),
            subject=section.parsed("subject", _subject, "{name}"),
            username=username,
            password=password,
            starttls=starttls,
            tls=read_tls(section.section("tls", "tls"), around),
            timeout_seconds=section.parsed("timeout", duration, _WAIT).total_seconds(),
        )

    def send(self, delivery: Delivery) -> Receipt:
        """Send the delivery's bytes once, unchanged.

        Raises:
            TransportBusy: try again; `ambiguous` when the server may have the message.
            TransportRefused: the server will not take it as it is, or it cannot be expressed in mail.
        """
        with self._lock, self._pulse.attempt():
            head = self._head(delivery)
            connection = self._connected()
            try:
                said = self._transfer(connection, head, delivery.content)
            except (OSError, smtplib.SMTPException) as error:
                self._hang_up()
                raise TransportBusy(f"the connection was lost: {_told(error)}") from error
            except TransportBusy:
                self._hang_up()
                raise
        return Receipt(delivery.id, self._clock(), Outcome.DELIVERED, said)

    def health(self) -> WireHealth:
        """Return what the last attempts showed."""
        return self._pulse.health

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._hang_up()

    def _head(self, delivery: Delivery) -> bytes:
        """Return the header section of a message, the empty line included."""
        if not _PRINTABLE.fullmatch(delivery.content_type or "-"):
            raise TransportRefused("mail cannot carry this content type")
        config, key = self._config, delivery.key
        made = EmailMessage(policy=SMTP)
        made["From"] = config.sender
        made["To"] = ", ".join(config.recipients)
        made["Subject"] = filled(config.subject, delivery)
        made["Date"] = delivery.due_at
        unique = key if _ATOM.fullmatch(key) and len(key) <= 64 else key_digest(key)
        made["Message-ID"] = f"<{unique}@{config.sender.rpartition('@')[2]}>"
        made["MIME-Version"] = "1.0"
        made["Content-Type"] = delivery.content_type or "application/octet-stream"
        made["Content-Transfer-Encoding"] = "base64"
        name = unique_name(delivery.name or "message", key)
        made.add_header("Content-Disposition", "attachment", filename=name)
        return made.as_bytes()

    def _connected(self) -> smtplib.SMTP:
        """Return a connection that answers, made anew where there is none."""
        if self._connection is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                if self._connection.noop()[0] == 250:
                    return self._connection
            self._hang_up()
        try:
            self._connection = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise TransportBusy(f"no connection: {_told(error)}") from error
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        config, parts = self._config, urlsplit(self._config.url)
        host, ours = parts.hostname or "", config.sender.rpartition("@")[2]
        made: smtplib.SMTP
        if config.implicit_tls:
            context = config.tls.context()
            made = smtplib.SMTP_SSL(host, parts.port or 465, ours, timeout=config.timeout_seconds, context=context)
        else:
            made = smtplib.SMTP(host, parts.port or 587, ours, timeout=config.timeout_seconds)
        try:
            if config.starttls and not config.implicit_tls:
                made.starttls(context=config.tls.context())
            made.ehlo_or_helo_if_needed()
            if config.username:
                made.login(config.username, config.password.value if config.password else "")
        except BaseException:
            made.close()
            raise
        return made

    def _hang_up(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._connection.quit()
            self._connection.close()
            self._connection = None

    def _transfer(self, connection: smtplib.SMTP, head: bytes, content: bytes) -> str:
        """Send one message; return what the server said to it."""
        size = len(head) + -(-len(content) // _LINE) * 2 + -(-len(content) // 3) * 4
        most = connection.esmtp_features.get("size", "")
        if most.isdigit() and 0 < int(most) < size:
            raise TransportRefused(f"the server takes {most} bytes at most, this is {size}")
        options = [f"SIZE={size}"] if connection.has_extn("size") else []
        config = self._config
        _demand(connection, connection.mail(config.sender, options), 250)
        for recipient in config.recipients:
            _demand(connection, connection.rcpt(recipient), 250, 251)
        _demand(connection, connection.docmd("DATA"), 354)
        connection.send(head)
        for start in range(0, len(content), _LINE * _LINES):
            connection.send(_encoded(content[start : start + _LINE * _LINES]))
        try:
            connection.send(b".\r\n")
            answer = connection.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise TransportBusy(f"no answer to the whole message: {_told(error)}", ambiguous=True) from error
        _demand(connection, answer, 250)
        return _line(*answer)


def _demand(connection: smtplib.SMTP, answer: tuple[int, bytes], *wanted: int) -> None:
    """Raise what an answer means that is none of those wanted; the transaction is over then."""
    code = answer[0]
    if code in wanted:
        return
    said = _line(*answer)
    if code == 421 or not 400 <= code < 600:  # it hangs up, or talks of something else
        raise TransportBusy(said)
    connection.rset()
    raise TransportRefused(said) if code >= 500 else TransportBusy(said)


def _encoded(content: bytes) -> bytes:
    """Return whole lines of base64; none of them begins with the dot that would end a message."""
    lines = (base64.b64encode(content[start : start + _LINE]) for start in range(0, len(content), _LINE))
    return b"".join(line + b"\r\n" for line in lines)


def _subject(text: str) -> str:
    """Read a subject: printable ASCII and placeholders."""
    if re.search(r"[{}]", bare(text, "subject")) or not _PRINTABLE.fullmatch(text) or len(text) > 200:
        raise ValueError("a subject is one line of printable ASCII, without single braces")
    return text


def _line(code: int, text: bytes) -> str:
    """Return an answer for people, on one line."""
    return f"{code} {''.join(chr(c) if 0x20 <= c < 0x7F else ' ' for c in text[:200])}".strip()


def _told(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return _line(error.smtp_code, text if isinstance(text, bytes) else text.encode())
    return f"{type(error).__name__} {error}".strip()
