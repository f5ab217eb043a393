"""Arrival at and departure from port areas, pilot boarding places, anchorages and berths: one machine, four policies.

A visit begins with the first fix that looks like it, which makes the provisional event, and is confirmed by what
`Rules` ask of its kind. It ends beyond the zone's exit margin or, at anchor and berth, when she makes way; between
the edge and the margin nothing changes, so that jitter at a fence is one visit. A visit that ends unconfirmed leaves no
trace but its provisional event.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from gateway.model.observation import Fix
from gateway.model.vessel_event import EventType, VesselEvent, ZoneKind
from gateway.vessels.affairs import CONFIRMED, PROVISIONAL, Visit
from gateway.vessels.geometry import bearing
from gateway.vessels.look import Look, identifier, moment, observed_zone
from gateway.vessels.rules import Rules
from gateway.vessels.sighting import Sighting
from gateway.vessels.zone import Zone

AT_ANCHOR: Final = 1  # navigational status, ITU-R M.1371-5, message 1
MOORED: Final = 5


class Policy(NamedTuple):
    """How visits of one kind of zone go. `stops` when she has to make no way; `status` then stands for a stop."""

    arrival: EventType
    departure: EventType | None
    verb: str
    left: str
    stops: bool = False
    status: int | None = None


POLICIES: Final = {
    ZoneKind.PORT_AREA: Policy(EventType.PORT_ARRIVAL, EventType.PORT_DEPARTURE, "entered the port area", "left"),
    ZoneKind.PILOT_BOARDING_PLACE: Policy(EventType.PILOT_BOARDING, None, "reached the pilot boarding place", ""),
    ZoneKind.ANCHORAGE: Policy(
        EventType.ANCHORAGE_START, EventType.ANCHORAGE_END, "lies in the anchorage", "makes way from", True, AT_ANCHOR
    ),
    ZoneKind.BERTH: Policy(
        EventType.BERTH_ARRIVAL, EventType.BERTH_DEPARTURE, "lies at the berth", "makes way from", True, MOORED
    ),
}
#: A call begins before what happens in it, and ends after.
_ORDER: Final = tuple(POLICIES)


def visits(look: Look) -> Iterator[VesselEvent]:
    """Yield what a fix means to the visits of a ship, and begin those that it looks like."""
    fix, affairs = look.fix, look.ship.affairs
    if fix is None:
        return
    if affairs is not None:
        for visit in sorted(affairs.visits, key=lambda visit: -_rank(look, visit)):
            zone = look.site.zones.get(visit.zone)
            if zone is None:  # the site has it no more
                affairs.visits.remove(visit)
            else:
                yield from _go_on(look, fix, visit, zone)
    for zone in sorted(look.here, key=lambda zone: _ORDER.index(zone.kind) if zone.kind in POLICIES else 9):
        policy = POLICIES.get(zone.kind)
        if policy is None or not is_there(policy, fix, look.site.rules_of(zone)):
            continue
        if zone.kind is not ZoneKind.PILOT_BOARDING_PLACE or not _is_outbound(look, fix, zone):
            yield from _begin(look, fix, zone, policy)


def is_there(policy: Policy, fix: Fix, rules: Rules) -> bool:
    """Whether a fix within a zone looks like a visit to it."""
    if not policy.stops:
        return True
    if fix.sog is not None and fix.sog <= rules.stop_knots:
        return True
    return fix.status == policy.status and (fix.sog is None or fix.sog <= rules.leave_knots)


def _is_outbound(look: Look, fix: Fix, zone: Zone) -> bool:
    """Whether her course leads away from the port of a zone: a ship that goes out sets her pilot down there."""
    if fix.cog is None:
        return False
    ports = [port for port in look.site.zones.ports if port.unlocode == zone.port]
    return any(
        90 < abs(fix.cog - bearing(fix.lon, fix.lat, port.lon, port.lat)) % 360 < 270  # off her bow
        for port in ports
    )


def _rank(look: Look, visit: Visit) -> int:
    zone = look.site.zones.get(visit.zone)
    return -1 if zone is None else _ORDER.index(zone.kind)


def _begin(look: Look, fix: Fix, zone: Zone, policy: Policy) -> Iterator[VesselEvent]:
    affairs = look.ship.business()
    for other in affairs.visits:
        if other.zone == zone.id:
            return
        if policy.stops and (place := look.site.zones.get(other.zone)) is not None and place.kind is zone.kind:
            if other.out is None:  # she is at one berth at a time
                return
            yield from _end(look, other, place)
            break
    visit = Visit(zone.id, fix.at, look.sighting, look.ship.at < 0, steady=fix.at)
    affairs.visits.append(visit)
    if zone.kind is ZoneKind.PORT_AREA and affairs.call is None:
        affairs.call = visit.call = identifier("call", look.ship.key, zone.id, fix.at)
    if zone.kind is ZoneKind.BERTH and affairs.berth_left not in (None, zone.id):
        visit.from_zone = affairs.berth_left
    yield from _stay(look, fix, visit, zone, policy)


def _go_on(look: Look, fix: Fix, visit: Visit, zone: Zone) -> Iterator[VesselEvent]:
    policy, rules = POLICIES[zone.kind], look.site.rules_of(zone)
    inside = zone in look.here
    if inside:
        visit.edge = None
    elif visit.edge is None:
        visit.edge = fix.at
    if inside and is_there(policy, fix, rules):
        if visit.out is not None:
            visit.out, visit.out_fixes, visit.leaving, visit.leaving_told = None, 0, None, 0
            if visit.told < CONFIRMED:
                visit.steady = fix.at
        yield from _stay(look, fix, visit, zone, policy)
        return
    moving = policy.stops and fix.sog is not None and fix.sog > rules.leave_knots
    beyond = not inside and look.site.zones.distance_km(zone, fix.lon, fix.lat) > zone.exit_margin_km
    if moving or beyond:
        yield from _leave(look, visit, zone, beyond=beyond)


def _stay(look: Look, fix: Fix, visit: Visit, zone: Zone, policy: Policy) -> Iterator[VesselEvent]:
    visit.fixes += 1
    if visit.told == CONFIRMED:
        return
    rules = look.site.rules_of(zone)
    long = fix.at - visit.steady
    if zone.kind is ZoneKind.BERTH:
        sure = long >= rules.stop_minutes * 60 or (fix.status == policy.status and visit.fixes > 1)
    else:
        sure = visit.fixes >= rules.enter_fixes or long >= rules.enter_minutes * 60
    told = CONFIRMED if sure else PROVISIONAL
    if told > visit.told:
        visit.told = told
        yield _arrival(look, visit, zone, policy)


def _arrival(look: Look, visit: Visit, zone: Zone, policy: Policy) -> VesselEvent:
    before = look.site.zones.get(visit.from_zone) if visit.from_zone is not None else None
    type_ = policy.arrival if before is None else EventType.BERTH_SHIFT
    sure = visit.told == CONFIRMED
    confidence = (0.95 if sure else 0.6) - (0.45 if visit.unseen and sure else 0.2 if visit.unseen else 0)
    detail = f"{look.who} {policy.verb} {zone.name} since {moment(visit.since)}"
    if before is not None:
        detail += f", coming from {before.name}"
    if visit.unseen:
        detail += "; she was first heard there, and not seen to arrive"
    return look.event(
        type_,
        visit.told,
        start=visit.since,
        zone=zone,
        from_zone=observed_zone(before) if before is not None else None,
        confidence=confidence,
        detail=detail,
        evidence=_all(visit.first, look),
        destination=look.destination(),
    )


def _leave(look: Look, visit: Visit, zone: Zone, *, beyond: bool) -> Iterator[VesselEvent]:
    """Count a fix that she seems gone by; a stop is over when she makes way twice, or is beyond the margin."""
    rules, stops = look.site.rules_of(zone), POLICIES[zone.kind].stops
    if visit.out is None:
        visit.out, visit.leaving = look.at, look.sighting
    visit.out_fixes += 1
    over = visit.out_fixes >= rules.enter_fixes or look.at - visit.out >= rules.enter_minutes * 60
    if visit.told < CONFIRMED:
        if over or (beyond and not stops):
            _forget(look, visit, zone)
        return
    told = CONFIRMED if over else PROVISIONAL if beyond or visit.out_fixes > 1 else 0
    if told > visit.leaving_told:
        visit.leaving_told = told
        yield from _departure(look, visit, zone)
    if told == CONFIRMED:
        _forget(look, visit, zone)


def _end(look: Look, visit: Visit, zone: Zone) -> Iterator[VesselEvent]:
    """End a visit because she is at another place of its kind already."""
    if visit.told == CONFIRMED:
        visit.leaving_told = CONFIRMED
        yield from _departure(look, visit, zone)
    _forget(look, visit, zone)


def _departure(look: Look, visit: Visit, zone: Zone) -> Iterator[VesselEvent]:
    policy = POLICIES[zone.kind]
    if policy.departure is None or visit.leaving is None or visit.out is None:
        return
    at = visit.out if policy.stops or visit.edge is None else visit.edge
    yield look.event(
        policy.departure,
        visit.leaving_told,
        start=visit.out,
        at=at,
        since=moment(visit.since),
        zone=zone,
        call=visit.call,
        confidence=0.95 if visit.leaving_told == CONFIRMED else 0.6,
        detail=f"{look.who} {policy.left} {zone.name} at {moment(at)}, where she was since {moment(visit.since)}",
        evidence=_all(visit.leaving, look),
        destination=look.destination(),
    )


def _forget(look: Look, visit: Visit, zone: Zone) -> None:
    """Take a visit off; the call ends with the visit that it began with, and a berth counts as left within the call."""
    affairs = look.ship.business()
    affairs.visits.remove(visit)
    if visit.call is not None and visit.call == affairs.call:
        affairs.call = affairs.berth_left = None
    elif zone.kind is ZoneKind.BERTH and visit.told == CONFIRMED and affairs.call is not None:
        affairs.berth_left = zone.id


def _all(first: Sighting, look: Look) -> tuple[Sighting, ...]:
    return (first,) if first.at == look.at else (first, look.sighting)
