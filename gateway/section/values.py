"""The small notations of a site's YAML: durations, sizes, parties, URLs, paths. Each raises `ValueError`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from gateway.model.stages import Party
from gateway.yaml_source import nearest

_SECONDS: Final = MappingProxyType({"ms": 0.001, "s": 1, "min": 60, "h": 3600, "d": 86400})
_BYTES: Final = MappingProxyType({"": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20})
_URL_SCHEMES: Final = ("http", "https")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def name(text: str) -> str:
    """Read an id: lower-case letters, digits, '.', '_' and '-'."""
    if not _NAME.fullmatch(text):
        raise ValueError(f"'{text}' is no id: use lower-case letters, digits, '.', '_' and '-', at most 64")
    return text


def duration(text: str) -> timedelta:
    """Read `200 ms`, `30 s`, `5 min`, `1 h` or `3 d`."""
    found = re.fullmatch(r"(\d{1,6})\s*(ms|s|min|h|d)", text)
    if not found or int(found[1]) == 0:
        raise ValueError(f"'{text}' is no duration: write a number above 0 and ms, s, min, h or d, like '30 s'")
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])


def size(text: str) -> int:
    """Read `50 MB` or `1048576` as a number of bytes."""
    found = re.fullmatch(r"(\d{1,12})\s*(|kB|MB|GB|KiB|MiB)", text)
    if not found or int(found[1]) == 0:
        raise ValueError(f"'{text}' is no size: write a number above 0, and kB, MB or GB, like '50 MB'")
    return int(found[1]) * _BYTES[found[2]]


def whole(low: int, high: int) -> Callable[[str], int]:
    """Return a reader of whole numbers within bounds, both included."""

    def read(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text) or not low <= int(text) <= high:
            raise ValueError(f"'{text}' must be a whole number from {low} to {high}")
        return int(text)

    return read


def party(text: str) -> Party:
    """Read `ACME:ZZ`, `ACME`, or `ACME:*` for any qualifier."""
    found = re.fullmatch(r"([^:\s](?:[^:]*[^:\s])?)(?::([^:\s]{1,4}))?", text)
    if not found or len(found[1]) > 35:
        raise ValueError(f"'{text}' is no identifier: write id:qualifier, like 'ACME:ZZ', or the id alone")
    return Party(found[1], found[2] or "")


def http_url(text: str) -> str:
    """Read an absolute http or https address without credentials."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(f"'{text}' is no URL: check host and port") from None
    if parts.scheme not in _URL_SCHEMES:
        hint = nearest(parts.scheme, _URL_SCHEMES)
        raise ValueError(f"'{parts.scheme}' is not allowed here: the URL starts with http:// or https://{hint}")
    if not parts.hostname or port == 0:
        raise ValueError(f"'{text}' is no URL: it needs a host, like https://customs.example/messages")
    if parts.username or parts.password:
        raise ValueError("credentials do not belong in a URL: use 'authorization' with 'env' or 'file'")
    return text


def header_name(text: str) -> str:
    """Read the name of an HTTP header (RFC 9110, 5.6.2: token)."""
    if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", text):
        raise ValueError(f"'{text}' is no header name")
    return text


def header_value(text: str) -> str:
    """Read the value of an HTTP header: printable ASCII."""
    if not re.fullmatch(r"[\x20-\x7e]*", text):
        raise ValueError("a header's value is printable ASCII on one line")
    return text


def inside(folder: Path, text: str) -> Path:
    """Return a path below a folder, with symbolic links followed; whatever leads out of it is refused."""
    if "\0" in text:
        raise ValueError("a path holds no NUL")
    base = folder.resolve()
    path = (base / text).resolve()
    if not path.is_relative_to(base):
        raise ValueError(f"'{text}' leads out of the site folder: keep it inside")
    return path
