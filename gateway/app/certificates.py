"""When certificates expire: the one date of X.509 (RFC 5280, 4.1) that an operator has to know of beforehand."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
_VERSION: Final = 0xA0  # [0] EXPLICIT, which the first version has not
_UTC_TIME: Final = 0x17
_LONG: Final = 0x80
_PIVOT: Final = 50  # RFC 5280, 4.1.2.5.1: a two-digit year of 50 or more is of the last century


def expiry(path: Path) -> list[datetime]:
    """Return when each certificate of a PEM or DER file expires; none where it cannot be read as such."""
    try:
        content = path.read_bytes()
    except OSError:
        return []
    found = []
    for der in _certificates(content):
        try:
            found.append(_not_after(der))
        except (ValueError, IndexError):
            continue
    return found


def _certificates(content: bytes) -> list[bytes]:
    text = content.decode("ascii", "replace")
    if _BEGIN not in text:
        return [content]
    parts = (part.partition(_END)[0] for part in text.split(_BEGIN)[1:])
    made = []
    for part in parts:
        try:
            made.append(ssl.PEM_cert_to_DER_cert(f"{_BEGIN}{part}{_END}"))
        except ValueError:
            continue
    return made


def _not_after(der: bytes) -> datetime:
    """Return notAfter: Certificate, tbsCertificate, [version], serial, signature, issuer, validity."""
    _, certificate, _ = _value(der)
    _, fields, _ = _value(certificate)
    tag, _, rest = _value(fields)
    if tag == _VERSION:
        _, _, rest = _value(rest)
    for _ in ("signature", "issuer"):
        _, _, rest = _value(rest)
    _, validity, _ = _value(rest)
    _, _, rest = _value(validity)
    tag, time, _ = _value(rest)
    return _time(tag, time.decode("ascii"))


def _value(der: bytes) -> tuple[int, bytes, bytes]:
    """Return tag and content of the first value, and what follows it."""
    tag, length, start = der[0], der[1], 2
    if length & _LONG:
        count = length & ~_LONG
        length, start = int.from_bytes(der[2 : 2 + count], "big"), 2 + count
    if start + length > len(der):
        raise ValueError("cut short")
    return tag, der[start : start + length], der[start + length :]


def _time(tag: int, text: str) -> datetime:
    if tag == _UTC_TIME:
        text = f"{'19' if int(text[:2]) >= _PIVOT else '20'}{text}"
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
