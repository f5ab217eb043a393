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
    """Return whether a ship's transmission was heard already, and remember it; `seconds` is half of the window.

    A digest is looked for at every byte, which finds a wrong one as rarely as two transmissions have the same.
    """
    key = (digest & _MASK).to_bytes(8, "little")
    digests = ship.digests
    since = at - ship.digests_at
    if -seconds <= since <= seconds:
        if key in digests or key in ship.digests_before:
            return True
        ship.digests = digests + key
        return False
    is_recent = -2 * seconds <= since <= 2 * seconds
    ship.digests_before = digests if is_recent else b""
    ship.digests = key
    ship.digests_at = at
    return is_recent and key in digests
