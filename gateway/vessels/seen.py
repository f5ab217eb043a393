"""A ship as a table of ships shows her."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.model.vessel_event import ObservedPosition, ObservedVessel
from gateway.vessels.affairs import CONFIRMED
from gateway.vessels.look import line, position, sighting_of, vessel
from gateway.vessels.ship import Ship


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a ship: times in seconds since 1970, None before a first fix; `zones` by id, confirmed visits.

    `mothership` is that of an auxiliary craft. `second` marks the second ship under one MMSI.
    """

    mmsi: int
    at: float | None
    vessel: ObservedVessel
    position: ObservedPosition | None
    destination: str | None
    unlocode: str | None
    eta: float | None
    draught: float | None
    zones: tuple[str, ...]
    call: str | None
    mothership: int | None
    feed: str
    station: str
    second: bool


def seen(ship: Ship) -> Seen:
    """Return a ship as she is known now."""
    affairs, intent = ship.affairs, ship.intent
    return Seen(
        mmsi=ship.mmsi,
        at=ship.at if ship.at > 0 else None,
        vessel=vessel(ship),
        position=position(sighting_of(ship)),
        destination=intent.destination,
        unlocode=intent.unlocode,
        eta=intent.eta,
        draught=intent.draught,
        zones=tuple(visit.zone for visit in affairs.visits if visit.told == CONFIRMED) if affairs else (),
        call=affairs.call if affairs else None,
        mothership=ship.identity.mothership,
        feed=ship.feed,
        station=line(ship.station) or "",
        second=ship.number > 0,
    )
