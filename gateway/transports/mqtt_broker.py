"""An MQTT broker as an endpoint names it, and the client that speaks to it.

| URL | wire | port when none is given |
|---|---|---|
| `mqtt://` | TCP | 1883 |
| `mqtts://` | TLS | 8883 |
| `ws://` | WebSocket | 80 |
| `wss://` | WebSocket over TLS | 443 |
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from gateway.section import Secret, Section, Surroundings
from gateway.section.values import duration
from gateway.transports.tls import USUAL, Tls, read_tls
from gateway.yaml_source import nearest

_PORTS: Final[Mapping[str, int]] = MappingProxyType({"mqtt": 1883, "mqtts": 8883, "ws": 80, "wss": 443})
_TLS: Final = ("mqtts", "wss")
_WEBSOCKETS: Final = ("ws", "wss")
_VERSIONS: Final[Mapping[str, tuple[MQTTProtocolVersion, ...]]] = MappingProxyType(
    {
        "": (MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311),
        "5": (MQTTProtocolVersion.MQTTv5,),
        "3.1.1": (MQTTProtocolVersion.MQTTv311,),
    }
)
_KEEPALIVE: Final = timedelta(seconds=60)
_WAIT: Final = timedelta(seconds=30)
_LONGEST_TEXT: Final = 65_535  # bytes of UTF-8 (MQTT 5.0, 1.5.4)


@dataclass(frozen=True, slots=True)
class Broker:
    """Where a broker is and who we are to it.

    `protocol` is "5" or "3.1.1", or "" for 5 where the broker knows it and 3.1.1 where not.
    """

    url: str
    client_id: str = ""
    protocol: str = ""
    username: str = ""
    password: Secret | None = None
    tls: Tls = USUAL
    keepalive_seconds: int = 60
    timeout_seconds: float = 30.0

    @property
    def host(self) -> str:
        """The name or address."""
        return urlsplit(self.url).hostname or ""

    @property
    def tcp_port(self) -> int:
        """The port."""
        parts = urlsplit(self.url)
        return parts.port or _PORTS[parts.scheme]

    @property
    def versions(self) -> tuple[MQTTProtocolVersion, ...]:
        """The versions of MQTT to try, in order."""
        return _VERSIONS[self.protocol]

    def client(self, version: MQTTProtocolVersion, *, persistent: bool) -> Client:
        """Return a client that is not connected; raises `OSError` when a file of `tls` cannot be read."""
        parts = urlsplit(self.url)
        made = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self.client_id,
            clean_session=None if version == MQTTProtocolVersion.MQTTv5 else not persistent,
            protocol=version,
            transport="websockets" if parts.scheme in _WEBSOCKETS else "tcp",
            reconnect_on_failure=False,
            manual_ack=True,
        )
        if parts.scheme in _WEBSOCKETS:
            made.ws_set_options(path=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        if parts.scheme in _TLS:
            made.tls_set_context(self.tls.context())
        if self.username:
            made.username_pw_set(self.username, self.password.value if self.password else None)
        made.connect_timeout = min(self.timeout_seconds, 10.0)
        return made


def read_broker(section: Section, around: Surroundings, key: str) -> Broker:
    """Read the keys of an endpoint that every use of a broker has; `key` holds the URL."""
    url = section.required(key, _url, "mqtt://none")
    tls = section.section("tls", "tls")
    if tls is not None and urlsplit(url).scheme not in _TLS:
        section.fault("tls", "'tls' needs a URL that starts with mqtts:// or wss://")
    username = section.parsed("username", text, "")
    secret = section.section("password", "password")
    if secret is not None and not username:
        section.fault("password", "a password needs a 'username'")
    password = around.secrets.read(secret) if secret else None
    if secret is not None:
        secret.done()
    keepalive = section.parsed("keepalive", duration, _KEEPALIVE).total_seconds()
    if not 5 <= keepalive <= 3600:
        section.fault("keepalive", "'keepalive' must be between 5 s and 1 h")
    return Broker(
        url=url,
        client_id=section.parsed("client_id", text, f"pierhead-{section.text('id', '')}"),
        protocol=section.choice("protocol", ("5", "3.1.1"), ""),
        username=username,
        password=password,
        tls=read_tls(tls, around),
        keepalive_seconds=int(keepalive),
        timeout_seconds=section.parsed("timeout", duration, _WAIT).total_seconds(),
    )


def _url(value: str) -> str:
    """Read the URL of a broker, without credentials."""
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ValueError(f"'{value}' is no URL: check host and port") from None
    if parts.scheme not in _PORTS:
        raise ValueError(
            f"'{parts.scheme}' is not allowed here: the URL starts with {', '.join(f'{one}://' for one in _PORTS)}"
            f"{nearest(parts.scheme, _PORTS)}"
        )
    if not parts.hostname or port == 0:
        raise ValueError(f"'{value}' is no URL: it needs a host, like mqtts://broker.example:8883")
    if parts.username or parts.password:
        raise ValueError("credentials do not belong in a URL: use 'username', and 'password' with 'env' or 'file'")
    if parts.scheme not in _WEBSOCKETS and parts.path.strip("/"):
        raise ValueError(f"'{value}' has a path: topics are named by a key of their own")
    return value


def text(value: str) -> str:
    """Read a string that MQTT can carry: UTF-8 without control characters (MQTT 5.0, 1.5.4)."""
    if not is_text(value):
        raise ValueError("MQTT takes no control characters here, and at most 65535 bytes")
    return value


def is_text(value: str) -> bool:
    """Whether MQTT can carry a string everywhere."""
    return not re.search(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]", value) and (
        len(value.encode()) <= _LONGEST_TEXT
    )


def topic_filter(value: str) -> str:
    """Read a topic filter (MQTT 5.0, 4.7.1): `+` stands for one whole level, `#` for all that are left."""
    levels = text(value).split("/")
    wrong = any(("+" in level or "#" in level) and len(level) > 1 for level in levels) or "#" in levels[:-1]
    if not value or wrong:
        raise ValueError(f"'{value}' is no topic filter: '+' stands for a whole level, '#' for all at the end")
    if value.startswith("$share/"):
        raise ValueError("shared subscriptions lose order and messages: give each gateway topics of its own")
    return value
