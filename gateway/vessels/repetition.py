"""What a ship says of herself word for word again: nothing is new in it, unless something of it is still open."""

from __future__ import annotations

from typing import Final

from gateway.model.observation import Particulars
from gateway.vessels.eta import AHEAD_DAYS, PAST_DAYS
from gateway.vessels.ship import Identity, Ship

_PARTS: Final = 24  # a type that says half of it, in turn with the other half
_DAY: Final = 86400.0


def note(ship: Ship, said: Particulars) -> None:
    """Remember what was taken in, if it says all there is of an identity."""
    known = ship.identity
    whole = said.type != _PARTS and known.named == known.described == said.at
    ship.said = said.digest if whole else -1


def repeats(ship: Ship, said: Particulars) -> bool:
    """Take in what says the same as the last time, and return whether it does: every rule would find nothing."""
    affairs, eta = ship.affairs, ship.intent.eta
    if ship.said != said.digest or ship.twin is not None:
        return False
    if affairs is not None and (affairs.claims or affairs.mismatch):
        return False
    if eta is not None and not eta - AHEAD_DAYS * _DAY <= said.at <= eta + PAST_DAYS * _DAY:  # it is of another year
        return False
    ship.identity = Identity._make((*ship.identity[:-2], said.at, said.at))
    return True
