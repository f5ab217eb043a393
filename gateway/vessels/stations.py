"""Copies of one transmission, by its digest: 30 to 60 seconds long, what several stations hear is heard once.

The digests of a ship are bytes in two spans of time, the older of which is forgotten when a third begins.
"""

from __future__ import annotations

from typing import Final, Protocol

_MASK: Final = (1 << 64) - 1


class Listener(Protocol):
    """Who keeps the digests."""

    digests: bytes
    digests_before: bytes
    digests_at: float


def is_copy(ship: Listener, digest: int, at: float, seconds: float) -> bool:
    """Return whether a ship's transmission was heard already, and remember it; `seconds` is half of the window."""
    key = (digest & _MASK).to_bytes(8, "little")
    digests = ship.digests
    if -seconds <= at - ship.digests_at <= seconds:
        if _holds(digests, key) or _holds(ship.digests_before, key):
            return True
        ship.digests = digests + key
        return False
    known = _holds(digests, key) and abs(at - ship.digests_at) <= 2 * seconds
    ship.digests_before = digests if abs(at - ship.digests_at) <= 2 * seconds else b""
    ship.digests = key
    ship.digests_at = at
    return known


def _holds(digests: bytes, key: bytes) -> bool:
    found = digests.find(key)
    while found % 8 > 0:  # -1 % 8 is 7
        if found < 0:
            return False
        found = digests.find(key, found + 1)
    return found >= 0
