"""Mail addresses of a site's YAML: ASCII, without names and comments (RFC 5321, 4.1.2). Each raises `ValueError`."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

_LOCAL: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_DOMAIN: Final = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"


def address(text: str) -> str:
    """Read `edi@port.example`."""
    if not re.fullmatch(f"{_LOCAL}@{_DOMAIN}", text) or len(text) > 254:
        raise ValueError(f"'{text}' is no mail address: write it alone, like edi@port.example")
    return text


def address_or_domain(text: str) -> str:
    """Read `edi@line.example`, or `line.example` for every address there."""
    if "@" in text:
        return address(text)
    if not re.fullmatch(_DOMAIN, text) or len(text) > 253:
        raise ValueError(f"'{text}' is no domain: write it like line.example, or a whole address")
    return text


def smtp_url(text: str) -> str:
    """Read `smtp://host:port` or `smtps://host:port`, without credentials."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(f"'{text}' is no URL: check host and port") from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or port == 0 or parts.path.strip("/"):
        raise ValueError(f"'{text}' is no URL of SMTP: write smtp://host:587 or smtps://host:465")
    if parts.username or parts.password:
        raise ValueError("credentials do not belong in a URL: use 'username', and 'password' with 'env' or 'file'")
    return text
