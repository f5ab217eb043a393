"""Copies of one transmission, by its digest: 30 to 60 seconds long, what several stations hear is heard once.

The digests of a ship are bytes in two spans of time, the older of which is forgotten when a third begins: eight of
each, looked for at every byte, which finds a wrong one as rarely as two transmissions have the same.
"""

from __future__ import annotations

from typing import Final, Protocol

#: The bits of a digest that are kept.
KEPT: Final = (1 << 64) - 1


class Listener(Protocol):
    """Who keeps the digests: those since `digests_at`, and those of the span before."""

    digests: bytes
    digests_before: bytes
    digests_at: float


def renew(ship: Listener, key: bytes, at: float, seconds: float) -> bool:
    """Begin a new span with a transmission, and return whether the last one had it; `seconds` is half of the window."""
    is_recent = -2 * seconds <= at - ship.digests_at <= 2 * seconds
    before = ship.digests if is_recent else b""
    ship.digests_before = before
    ship.digests = key
    ship.digests_at = at
    return key in before
