"""The signature of a webhook: who sent it, that nobody changed it, and that it is fresh.

    HMAC-SHA256(secret, TIMESTAMP "." ID "." BODY), in hexadecimal

TIMESTAMP counts seconds since 1970, ID is the idempotency key. Each attempt is signed anew, with the time of the
attempt; id and body stay the same, so that a receiver tells a repeated attempt from a replayed one.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from gateway.section import Secret, Section, Surroundings
from gateway.section.values import name

ID: Final = "Idempotency-Key"
TIMESTAMP: Final = "Pierhead-Timestamp"
KEY_ID: Final = "Pierhead-Key-Id"
SIGNATURE: Final = "Pierhead-Signature"
FRESH_SECONDS: Final = 300
_SCHEME: Final = "v1="
_SHORTEST: Final = 24


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A secret shared with the receiver, and the name by which the receiver knows it."""

    secret: Secret
    id: str = "1"

    def headers(self, id_: str, body: bytes, now: datetime) -> Mapping[str, str]:
        """Return the headers of one attempt."""
        timestamp = str(int(now.timestamp()))
        signature = _SCHEME + _digest(self.secret.value, timestamp, id_, body)
        return MappingProxyType({TIMESTAMP: timestamp, KEY_ID: self.id, SIGNATURE: signature})


def verified(keys: Mapping[str, str], headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether a webhook was signed with one of these secrets (by key id) within five minutes of `now`.

    `headers` has the names as they are sent. Digests are compared in constant time.
    """
    timestamp, signature = headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    secret = keys.get(headers.get(KEY_ID, ""), "")
    wanted = _SCHEME + _digest(secret, timestamp, headers.get(ID, ""), body)
    fresh = abs(now.timestamp() - int(timestamp)) <= FRESH_SECONDS
    return hmac.compare_digest(wanted.encode(), signature.encode()) and fresh and bool(secret)


def read_signing(section: Section | None, around: Surroundings) -> SigningKey | None:
    """Read the keys of `sign`: `env` or `file` for the secret, `key_id`."""
    if section is None:
        return None
    id_ = section.parsed("key_id", name, "1")
    secret = around.secrets.read(section)
    section.done()
    if secret is None:
        return None
    if len(secret.value) < _SHORTEST:
        section.faults.at(section.mark, f"a secret to sign with has at least {_SHORTEST} characters, by chance")
    return SigningKey(secret, id_)


def _digest(secret: str, timestamp: str, id_: str, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{timestamp}.{id_}.".encode() + body, "sha256").hexdigest()
