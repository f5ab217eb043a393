"""An AMQP 0-9-1 broker as an endpoint names it, and the connection to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from gateway.section import Secret, Section, Surroundings
from gateway.section.values import duration
from gateway.transports.extra import require
from gateway.transports.tls import USUAL, Tls, read_tls

if TYPE_CHECKING:
    from aio_pika.abc import AbstractConnection

_WAIT: Final = timedelta(seconds=30)
_HEARTBEAT_SECONDS: Final = 30
_SHORT: Final = 255  # bytes of a short string (AMQP 0-9-1, 4.2.5.3)


@dataclass(frozen=True, slots=True)
class AmqpBroker:
    """Where a broker is and who we are to it; the path of the URL is the virtual host, `/` where there is none."""

    url: str
    username: str = "guest"
    password: Secret | None = None
    tls: Tls = USUAL
    timeout_seconds: float = 30.0

    @property
    def virtual_host(self) -> str:
        """The virtual host."""
        return unquote(urlsplit(self.url).path.removeprefix("/")) or "/"

    async def connect(self, name: str) -> AbstractConnection:
        """Return a connection that does not come again by itself; raises `OSError` or an error of aio-pika."""
        parts = urlsplit(self.url)
        secure = parts.scheme == "amqps"
        pika: Any = require("aio_pika", "amqp")
        made: AbstractConnection = await pika.connect(
            host=parts.hostname,
            port=parts.port or (5671 if secure else 5672),
            login=self.username,
            password=self.password.value if self.password else "guest",
            virtualhost=self.virtual_host,
            ssl=secure,
            ssl_context=self.tls.context() if secure else None,
            timeout=self.timeout_seconds,
            client_properties={"connection_name": name},
            heartbeat=_HEARTBEAT_SECONDS,
        )
        return made


def read_amqp_broker(section: Section, around: Surroundings, key: str) -> AmqpBroker:
    """Read the keys of an endpoint that both directions have; `key` holds the URL."""
    url = section.required(key, _url, "amqp://none")
    tls = section.section("tls", "tls")
    if tls is not None and not url.startswith("amqps:"):
        section.fault("tls", "'tls' needs a URL that starts with amqps://")
    secret = section.section("password", "password")
    password = around.secrets.read(secret) if secret is not None else None
    if secret is not None:
        secret.done()
    username = section.text("username", "")
    if bool(username) != (section.get("password") is not None):
        section.fault("username", "'username' and 'password' belong together")
    return AmqpBroker(
        url=url,
        username=username or "guest",
        password=password,
        tls=read_tls(tls, around),
        timeout_seconds=section.parsed("timeout", duration, _WAIT).total_seconds(),
    )


def short(text: str) -> str:
    """Read a short string; raises `ValueError`."""
    if len(text.encode("utf-8", "surrogatepass")) > _SHORT or not text.isprintable():
        raise ValueError("AMQP takes no control characters here, and at most 255 bytes")
    return text


def _url(value: str) -> str:
    """Read the URL of a broker, without credentials."""
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ValueError(f"'{value}' is no URL: check host and port") from None
    if parts.scheme not in ("amqp", "amqps") or not parts.hostname or port == 0:
        raise ValueError(f"'{value}' is no URL of AMQP: write amqp://host/vhost or amqps://host/vhost")
    if parts.username or parts.password:
        raise ValueError("credentials do not belong in a URL: use 'username', and 'password' with 'env' or 'file'")
    if parts.query or parts.fragment:
        raise ValueError(f"'{value}' has options: they are keys of the endpoint")
    return value
