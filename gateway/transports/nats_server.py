"""A NATS server as an endpoint names it, and the connection to it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from gateway.section import Secret, Section, Surroundings
from gateway.section.values import duration
from gateway.transports.extra import require
from gateway.transports.tls import USUAL, Tls, read_tls

if TYPE_CHECKING:
    from nats.aio.client import Client

_WAIT: Final = timedelta(seconds=10)
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class NatsServer:
    """Where a server is and who we are to it: a user, a token, or a file of credentials."""

    url: str
    username: str = ""
    password: Secret | None = None
    token: Secret | None = None
    credentials: str = ""
    tls: Tls = USUAL
    timeout_seconds: float = 10.0

    async def connect(self, name: str, closed: Callable[[], Awaitable[None]] | None = None) -> Client:
        """Return a connection that does not come again by itself, and tells `closed` when it is over.

        Raises `OSError` or an error of nats-py.
        """
        nats: Any = require("nats", "nats")
        options: dict[str, Any] = {}
        if self.username and self.password:
            options |= {"user": self.username, "password": self.password.value}
        if self.token:
            options["token"] = self.token.value
        if self.credentials:
            options["user_credentials"] = self.credentials
        if urlsplit(self.url).scheme == "tls":
            options |= {"tls": self.tls.context(), "tls_hostname": urlsplit(self.url).hostname}
        connecting = nats.connect(
            self.url,
            name=name,
            allow_reconnect=False,
            max_reconnect_attempts=1,  # 0 stands for as many as it takes
            reconnect_time_wait=0,
            connect_timeout=self.timeout_seconds,
            ping_interval=20,
            error_cb=_said,
            closed_cb=closed,
            **options,
        )
        made: Client = await asyncio.wait_for(connecting, self.timeout_seconds)
        return made


async def _said(_error: Exception) -> None:
    """Leave to the caller of a method what that method raises."""


def read_nats_server(section: Section, around: Surroundings, key: str) -> NatsServer:
    """Read the keys of an endpoint that both directions have; `key` holds the URL."""
    url = section.required(key, _url, "nats://none")
    tls = section.section("tls", "tls")
    if tls is not None and not url.startswith("tls:"):
        section.fault("tls", "'tls' needs a URL that starts with tls://")
    secrets = {}
    for name in ("password", "token"):
        named = section.section(name, name)
        secrets[name] = around.secrets.read(named) if named is not None else None
        if named is not None:
            named.done()
    username = section.text("username", "")
    if bool(username) != (section.get("password") is not None):
        section.fault("username", "'username' and 'password' belong together")
    credentials = section.text("credentials", "")
    return NatsServer(
        url=url,
        username=username,
        password=secrets["password"],
        token=secrets["token"],
        credentials=str(section.parsed("credentials", around.file, Path())) if credentials else "",
        tls=read_tls(tls, around),
        timeout_seconds=section.parsed("timeout", duration, _WAIT).total_seconds(),
    )


def name(text: str) -> str:
    """Read the name of a stream or consumer; raises `ValueError`."""
    if not _NAME.fullmatch(text):
        raise ValueError(f"'{text}' is no name in NATS: use letters, digits, '_' and '-', at most 64")
    return text


def subject(text: str) -> str:
    """Read a subject, `*` and `>` included; raises `ValueError`."""
    tokens = text.split(".")
    wrong = any(not token or re.search(r"[^\x21-\x7e]", token) for token in tokens)
    wild = any(len(token) > 1 and re.search(r"[*>]", token) for token in tokens) or ">" in tokens[:-1]
    if wrong or wild or text.startswith("$") or len(text) > 255:
        raise ValueError(f"'{text}' is no subject: write words with dots between, like customs.inbox")
    return text


def _url(value: str) -> str:
    """Read the URL of a server, without credentials."""
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ValueError(f"'{value}' is no URL: check host and port") from None
    if parts.scheme not in ("nats", "tls") or not parts.hostname or port == 0 or parts.path.strip("/"):
        raise ValueError(f"'{value}' is no URL of NATS: write nats://host:4222 or tls://host:4222")
    if parts.username or parts.password:
        raise ValueError("credentials do not belong in a URL: use 'username' and 'password', 'token' or 'credentials'")
    return value
