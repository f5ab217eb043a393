"""API keys in the files of a site: digests, never keys, and what each opens."""

from __future__ import annotations

import re
from collections.abc import Collection

from gateway.model.access import USUAL, ApiKey, Scope
from gateway.section.secret import SecretSource, key_digest
from gateway.section.section import Section

#: What a partner's key can be given: nobody but an operator sees what is another's.
PARTNERS = (Scope.SUBMIT, Scope.READ, Scope.REPLAY)
OPERATORS = (Scope.OPERATOR, Scope.METRICS)


def read_partner_key(section: Section, secrets: SecretSource, partner: str) -> ApiKey | None:
    """Read one key of a partner: `sha256`, or a secret; `scopes` and `agreements` narrow what it opens."""
    digest = _digest(section, secrets)
    scopes = _scopes(section, PARTNERS)
    agreements = frozenset(str(text) for text in section.texts("agreements"))
    name = section.text("name", "")
    section.done()
    return None if digest is None else ApiKey(partner, digest, scopes or USUAL, agreements, name or partner)


def read_operator_key(section: Section, secrets: SecretSource) -> ApiKey | None:
    """Read one key of an operator, which opens what is everybody's and sends nothing in."""
    name = section.text("name")
    digest = _digest(section, secrets)
    scopes = _scopes(section, OPERATORS)
    section.done()
    return None if digest is None else ApiKey("", digest, scopes or frozenset({Scope.OPERATOR}), name=name)


def _scopes(section: Section, known: Collection[Scope]) -> frozenset[Scope]:
    found = set()
    for text in section.texts("scopes"):
        if str(text) in list(map(str, known)):
            found.add(Scope(str(text)))
        else:
            section.faults.at(text.mark, f"there is no scope '{text}' here: use {', '.join(known)}")
    return frozenset(found)


def _digest(section: Section, secrets: SecretSource) -> bytes | None:
    """Return the digest of one API key, given as such, or made from a secret."""
    written = section.text("sha256", "")
    if not written:
        secret = secrets.read(section)
        return None if secret is None else key_digest(secret.value)
    if re.fullmatch(r"[0-9a-f]{64}", written):
        return bytes.fromhex(written)
    section.fault("sha256", "a SHA-256 has 64 hexadecimal digits: never write the key itself here")
    return None
