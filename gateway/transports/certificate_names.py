"""The names of a certificate, as they are written in a partner's file: `dns:`, `uri:`, `email:` and `subject:`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

_KINDS: Final[Mapping[str, str]] = MappingProxyType({"DNS": "dns", "URI": "uri", "email": "email"})

#: RFC 4514, 3, and what else is common in certificates of organisations.
_ATTRIBUTES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "commonName": "CN",
        "organizationName": "O",
        "organizationalUnitName": "OU",
        "countryName": "C",
        "localityName": "L",
        "stateOrProvinceName": "ST",
        "streetAddress": "STREET",
        "domainComponent": "DC",
        "userId": "UID",
    }
)


def names(certificate: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a verified certificate names (as `ssl.SSLObject.getpeercert` gives it)."""
    for kind, value in certificate.get("subjectAltName", ()):
        if kind in _KINDS:
            yield f"{_KINDS[kind]}:{value.lower() if kind == 'DNS' else value}"
    subject = [pair for group in certificate.get("subject", ()) for pair in group]
    if subject:
        written = (f"{_ATTRIBUTES.get(key, key)}={_escaped(value)}" for key, value in subject)
        yield f"subject:{','.join(written)}"


def _escaped(value: str) -> str:
    """Return a value with a backslash before what would end it, so that no value can write another attribute."""
    return re.sub(r"([,+\\=])", r"\\\1", value)


def certificate_name(text: str) -> str:
    """Read one name of a partner's file; raises `ValueError`."""
    kind, _, value = text.partition(":")
    if kind not in (*_KINDS.values(), "subject") or not value or (kind == "subject" and "=" not in value):
        raise ValueError(
            f"'{text}' is no name of a certificate: write dns:host, uri:URI, email:address or subject:CN=.."
        )
    return text.lower() if kind == "dns" else text
