"""File names from outside, made harmless: one component, of characters that every file system takes."""

from __future__ import annotations

import hashlib
import re

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_LONGEST = 80


def safe_name(name: str) -> str:
    """Return a name that cannot leave its folder, hide, or pass for a temporary file; never empty."""
    plain = _UNSAFE.sub("_", name).lstrip(".-").rstrip(".")[:_LONGEST]
    if not plain or _RESERVED.fullmatch(plain):
        return f"message_{plain}" if plain else "message"
    return plain


def key_digest(key: str) -> str:
    """Return the hexadecimal digest that stands for an idempotency key in file names."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def unique_name(name: str, key: str) -> str:
    """Return a safe name that is the same for every attempt of one key, and of no other key."""
    stem, dot, suffix = safe_name(name).rpartition(".")
    if not stem:
        stem, dot, suffix = suffix, "", ""
    ending = suffix.lower()
    if ending in ("part", "tmp"):  # what readers of folders leave alone
        ending = f"{ending}_"
    return f"{stem}-{key_digest(key)[:12]}{dot}{ending}"
