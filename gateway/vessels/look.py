"""One transmission as the rules of every event see it: the ship before it, what it says, and how events are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any, Final

from gateway.model.location import Location
from gateway.model.observation import Fix
from gateway.model.vessel import Vessel
from gateway.model.vessel_event import (
    Certainty,
    Destination,
    EventType,
    Evidence,
    ObservedPosition,
    ObservedVessel,
    ObservedZone,
    VesselEvent,
)
from gateway.vessels.affairs import CONFIRMED
from gateway.vessels.destinations import Gazetteer
from gateway.vessels.rules import Rules
from gateway.vessels.ship import Identity, Ship
from gateway.vessels.sighting import Heard, Held, Sighting, heard
from gateway.vessels.zone import Port, Zone
from gateway.vessels.zones import Zones

Registry = Mapping[int, Vessel]
"""What is declared of ships, by MMSI or IMO number."""

_LINE: Final = 200


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a watch knows besides the ships: places, names of places, declared ships, and its rules.

    `ports` are those of the zones by their key.
    """

    zones: Zones
    gazetteer: Gazetteer
    registry: Registry
    rules: Rules
    zone_rules: Mapping[str, Rules]
    ports: Mapping[str, Port]

    def rules_of(self, zone: Zone) -> Rules:
        """Return the rules that hold in a zone."""
        return self.zone_rules.get(zone.id, self.rules)


class Look:
    """A transmission of a ship who is still as she was before it; `here` are the zones that it was sent from.

    Without a transmission it is the passing of time that is looked at, up to `at`.
    """

    __slots__ = ("_sighting", "at", "fix", "held", "here", "ship", "site")

    def __init__(
        self,
        site: Surroundings,
        ship: Ship,
        held: Held | None,
        here: tuple[Zone, ...] = (),
        at: float = 0.0,
    ) -> None:
        self.site = site
        self.ship = ship
        self.held = held
        one = held[2] if held is not None else None
        self.fix = one if isinstance(one, Fix) else None
        self.here = here
        self.at = one.at if one is not None else at
        self._sighting: Sighting | None = None

    @property
    def sighting(self) -> Sighting:
        """The transmission as it is kept, with its sentences; of time alone, her latest fix without them."""
        if self._sighting is None:
            where: Fix | Ship = self.fix if self.fix is not None else self.ship
            self._sighting = sighting_of(where, heard(self.held) if self.held is not None else ())
            if self.held is not None:
                self._sighting = self._sighting._replace(at=self.at)
        return self._sighting

    @property
    def who(self) -> str:
        """The ship in a sentence: her name, if she gave one, and MMSI."""
        name = self.ship.identity.name
        return f"{name} ({self.ship.key})" if name else self.ship.key

    def event(
        self,
        type_: EventType,
        told: int,
        *,
        start: float,
        confidence: float,
        detail: str,
        evidence: Sequence[Sighting],
        zone: Zone | ObservedZone | str = "",
        **values: Any,
    ) -> VesselEvent:
        """Return an event of the ship; `told` is `PROVISIONAL` or `CONFIRMED`, `values` are further fields of it.

        `at` is `start` unless given. Type, ship, zone and start make the id; where there is no zone, a text that tells
        it from others may stand for it. It was noticed when the last of its evidence was received, and is placed there.
        """
        business = self.ship.affairs
        received = [one.received for sighting in evidence for one in sighting.heard]
        noticed = max(received, default=self.at) if self.held is not None else self.at
        return VesselEvent(
            id=identifier(type_, self.ship.key, zone if isinstance(zone, str) else zone.id, start),
            type=type_,
            certainty=Certainty.CONFIRMED if told == CONFIRMED else Certainty.PROVISIONAL,
            at=moment(values.pop("at", start)),
            recorded_at=moment(noticed),
            vessel=vessel(self.ship),
            position=position(evidence[-1]),
            zone=None if isinstance(zone, str) else zone if isinstance(zone, ObservedZone) else observed_zone(zone),
            port=values.pop("port", None) or (self._port() if isinstance(zone, str) else zone.location),
            call=values.pop("call", None) or (business.call if business else None),
            confidence=amount(confidence, 2),
            detail=line(detail) or type_,
            evidence=tuple(one for sighting in evidence for one in _evidence(sighting)),
            **values,
        )

    def destination(self) -> Destination | None:
        """Return her destination as told last."""
        intent = self.ship.intent
        if not intent.destination:
            return None
        known = intent.unlocode
        return Destination(
            text=intent.destination, unlocode=known, confidence=amount(intent.confidence, 2) if known else None
        )

    def _port(self) -> Location | None:
        """Return the port whose area she is visiting."""
        if self.ship.affairs is None or self.ship.affairs.call is None:
            return None
        for visit in self.ship.affairs.visits:
            zone = self.site.zones.get(visit.zone)
            if zone is not None and visit.call == self.ship.affairs.call:
                return zone.location
        return None


def port_key(port: Port) -> str:
    """Return what tells a port from every other of the site."""
    return port.id or port.unlocode


def identifier(*parts: str | float) -> str:
    """Return the name of an event or call: the digest of what makes it; times count in milliseconds."""
    words = [str(round(part * 1000)) if isinstance(part, float) else str(part) for part in parts]
    return blake2b("\n".join(words).encode(), digest_size=16).hexdigest()


def sighting_of(where: Fix | Ship, receptions: tuple[Heard, ...] = ()) -> Sighting:
    """Return where a ship is, by a fix or as known last, which was received without its sentences being kept."""
    if isinstance(where, Ship) and where.at == -float("inf"):
        return Sighting(0.0, None, None, None, None, None, None, receptions)
    known = (
        receptions if isinstance(where, Fix) or receptions else (Heard(where.received, where.feed, where.station, ()),)
    )
    return Sighting(where.at, where.lon, where.lat, where.sog, where.cog, where.heading, where.status, known)


def vessel(ship: Ship) -> ObservedVessel:
    """Return a ship as events name her."""
    return _vessel(ship.mmsi, ship.identity)


def _vessel(mmsi: int, identity: Identity) -> ObservedVessel:
    imo, name, call_sign = identity.imo, identity.name, identity.call_sign
    named = imo is not None or name or call_sign
    return ObservedVessel(
        mmsi=f"{mmsi:09d}",
        particulars=Vessel(imo=None if imo is None else f"{imo:07d}", name=name, call_sign=call_sign)
        if named
        else None,
        ship_type=identity.ship_type,
        length=identity.length,
        beam=identity.beam,
    )


def position(sighting: Sighting) -> ObservedPosition | None:
    """Return where a ship was seen."""
    if sighting.lon is None or sighting.lat is None:
        return None
    return ObservedPosition(
        longitude=amount(sighting.lon, 6),
        latitude=amount(sighting.lat, 6),
        speed=None if sighting.sog is None else amount(sighting.sog, 1),
        course=None if sighting.cog is None else amount(sighting.cog, 1),
        heading=sighting.heading,
        status=sighting.status,
    )


def observed_zone(zone: Zone) -> ObservedZone:
    """Return a zone as events name it."""
    return ObservedZone(id=zone.id, kind=zone.kind, name=line(zone.name), location=zone.location)


def _evidence(sighting: Sighting) -> list[Evidence]:
    return [
        Evidence(
            received_at=moment(one.received),
            feed=line(one.feed) or "?",
            station=line(one.station),
            sentences=tuple(clean for text in one.sentences if (clean := line(text, 1000))),
        )
        for one in sighting.heard
    ]


def moment(at: float) -> str:
    """Return a time in seconds since 1970 as documents write it."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def amount(value: float, places: int) -> Decimal:
    """Return a number with so many decimals at most."""
    return Decimal(repr(round(value, places)))


def line(text: str | None, longest: int = _LINE) -> str | None:
    """Return a text as one line that a document can hold; None when nothing is left of it."""
    if not text:
        return None
    if text.isascii() and text.isprintable():
        return text.strip()[:longest].strip() or None
    kept = "".join(
        character if character.isprintable() and not "\ue000" <= character <= "\uf8ff" else " " for character in text
    )
    return kept.strip()[:longest].strip() or None
