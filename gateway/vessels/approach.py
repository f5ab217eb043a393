"""Approach rings: circles round a port's point that a ship crosses inbound, and when they have to be looked at again.

A ship crosses no ring before she could have come to it at the highest plausible speed, so that most fixes cost one
comparison. A ring counts again once she was outside of it by `Rules.ring_exit_nm`. Of a ship first heard within rings,
the innermost is told once she heads for a port that she says she is bound for.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Final

from gateway.model.observation import Fix
from gateway.model.vessel_event import EventType, ObservedZone, VesselEvent, ZoneKind
from gateway.vessels.affairs import CONFIRMED, PROVISIONAL, Crossing
from gateway.vessels.geometry import bearing, great_circle_nm
from gateway.vessels.look import Look, amount, port_key
from gateway.vessels.zone import Port

LONGEST: Final = 300.0  # seconds until rings are looked at again, for ports further away than their outermost
_SHORTEST: Final = 1.0


def approach(look: Look) -> Iterator[VesselEvent]:
    """Yield the rings that a fix is the first within, and confirm those that she went further in from."""
    fix, ship = look.fix, look.ship
    if fix is None:
        return
    near = look.site.zones.near(fix.lon, fix.lat)
    ship.offing = min((distance for _, distance in near), default=inf)
    margin = LONGEST / 3600 * look.site.rules.plausible_knots
    for port, distance in near:
        yield from _port(look, fix, port, distance)
        margin = min(margin, _margin(look, port, distance))
    if ship.rings is not None and len(ship.rings) > len(near):
        _forget(look, fix, ship.rings, {port_key(port) for port, _ in near})
    crossings = ship.affairs is not None and ship.affairs.crossings
    ship.due = fix.at if crossings else fix.at + max(_SHORTEST, margin / look.site.rules.plausible_knots * 3600)
    ship.open = look.site.zones.is_open(fix.lon, fix.lat, LONGEST / 3600 * look.site.rules.plausible_knots)


def _port(look: Look, fix: Fix, port: Port, distance: float) -> Iterator[VesselEvent]:
    ship, key = look.ship, port_key(port)
    inner = sum(distance <= ring for ring in port.rings_nm)
    before = great_circle_nm(ship.lon, ship.lat, port.lon, port.lat) if ship.at > 0 else None
    rings = ship.rings = {} if ship.rings is None else ship.rings
    level = rings.get(key, 0 if ship.due > -inf else _first(inner))
    inbound = before is not None and distance < before and _towards(look, fix, port)
    unseen = level < 0 and inner == _first(level) and inbound and _is_bound(look, port)
    if unseen:
        level = inner - 1
    elif level < 0 and inner != _first(level):
        level = min(inner, _first(level))
    yield from _confirm(look, port, distance, inbound=inbound)
    if inner > level >= 0 and inbound:
        for ring in port.rings_nm[level:inner]:
            yield from _cross(look, port, Crossing(ring, fix.at, distance, look.sighting, unseen))
        level = inner
    while level > inner and distance > port.rings_nm[level - 1] + look.site.rules.ring_exit_nm:
        level -= 1
    rings[key] = level


def _first(rings: int) -> int:
    """Return the level of a ship that was first heard within so many rings, and the other way round."""
    return -1 - rings


def _is_bound(look: Look, port: Port) -> bool:
    """Whether she says she is bound for a port, and is not in it."""
    in_port = any(zone.kind is ZoneKind.PORT_AREA for zone in look.here)
    return look.ship.intent.bound == port.unlocode and not in_port


def _makes_way(look: Look, fix: Fix) -> bool:
    return fix.sog is None or fix.sog > look.site.rules.leave_knots


def _towards(look: Look, fix: Fix, port: Port) -> bool:
    """Whether she makes way and her course, where she sends one, is within so many degrees of the port's bearing."""
    if not _makes_way(look, fix):
        return False
    if fix.cog is None:
        return True
    off = abs(fix.cog - bearing(fix.lon, fix.lat, port.lon, port.lat)) % 360
    return min(off, 360 - off) <= look.site.rules.inbound_degrees


def _margin(look: Look, port: Port, distance: float) -> float:
    """Return how far she is from anything that changes: the next ring inside, the exit of the last one."""
    level = (look.ship.rings or {}).get(port_key(port), 0)
    level = max(level, _first(level))
    inwards = distance - port.rings_nm[level] if level < len(port.rings_nm) else inf
    outwards = port.rings_nm[level - 1] + look.site.rules.ring_exit_nm - distance if level else inf
    return min(inwards, outwards)


def _confirm(look: Look, port: Port, distance: float, *, inbound: bool) -> Iterator[VesselEvent]:
    affairs = look.ship.affairs
    if affairs is None:
        return
    for crossing in affairs.crossings.pop(port_key(port), ()):
        if inbound and distance < crossing.distance_nm:
            yield _told(look, port, crossing, CONFIRMED)
        elif distance <= crossing.ring_nm + look.site.rules.ring_exit_nm:
            affairs.crossings.setdefault(port_key(port), []).append(crossing)


def _cross(look: Look, port: Port, crossing: Crossing) -> Iterator[VesselEvent]:
    look.ship.business().crossings.setdefault(port_key(port), []).append(crossing)
    yield _told(look, port, crossing, PROVISIONAL)


def _told(look: Look, port: Port, crossing: Crossing, told: int) -> VesselEvent:
    ring, bound = crossing.ring_nm, look.ship.intent.bound
    likely = 0.75 if bound is None else 0.95 if bound == port.unlocode else 0.4
    seen = "was first heard within" if crossing.unseen else "came within"
    return look.event(
        EventType.APPROACH,
        told,
        start=crossing.at,
        port=port.location,
        zone=ObservedZone(
            id=f"{port_key(port)}/{ring:g}nm", kind=ZoneKind.APPROACH, name=port.name, location=port.location
        ),
        distance_nm=amount(ring, 1),
        confidence=likely if told == CONFIRMED else likely - 0.2,
        detail=f"{look.who} {seen} {ring:g} nm of {port.name}, inbound, {crossing.distance_nm:.1f} nm off",
        evidence=(crossing.first,) if crossing.first.at == look.at else (crossing.first, look.sighting),
        destination=look.destination(),
    )


def _forget(look: Look, fix: Fix, rings: dict[str, int], near: set[str]) -> None:
    """Drop what is known of ports whose outermost ring she has left for good."""
    for key in [key for key in rings if key not in near]:
        port = look.site.ports.get(key)
        off = inf if port is None else great_circle_nm(fix.lon, fix.lat, port.lon, port.lat)
        if port is None or off > port.rings_nm[0] + look.site.rules.ring_exit_nm:
            del rings[key]
            if look.ship.affairs is not None:
                look.ship.affairs.crossings.pop(key, None)
    if not rings:
        look.ship.rings = None
