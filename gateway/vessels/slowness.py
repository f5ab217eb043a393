"""Ships that make little or no way: stops, which a changed draught belongs to, and loitering off the ports.

Loitering is told of ships within the rings of the site's ports only, not of those that say they are moored, at anchor
or aground: without a coastline, open water elsewhere cannot be told from a harbour.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isinf
from typing import Final

from gateway.model.observation import Fix
from gateway.model.vessel_event import EventType, VesselEvent
from gateway.vessels.affairs import CONFIRMED, PROVISIONAL, Slow
from gateway.vessels.geometry import great_circle_nm, implied_knots
from gateway.vessels.look import Look, moment
from gateway.vessels.ship import Ship

_HELD: Final = (1, 5, 6)  # at anchor, moored, aground: ITU-R M.1371-5, message 1


def speed(ship: Ship, fix: Fix) -> float | None:
    """Return how fast a ship goes: as sent, else as her last two places say."""
    if fix.sog is not None:
        return fix.sog
    if ship.at < 0 or fix.at <= ship.at:
        return None
    return implied_knots(great_circle_nm(ship.lon, ship.lat, fix.lon, fix.lat), fix.at - ship.at)


def stops(look: Look) -> None:
    """Note how long a ship has made no way."""
    fix, ship = look.fix, look.ship
    if fix is None or fix.sog is None:
        return
    rules = look.site.rules
    if fix.sog <= rules.stop_knots:
        affairs = ship.business()
        if affairs.still is None:
            affairs.still = fix.at
        elif fix.at - affairs.still >= rules.stop_minutes * 60:
            ship.stopped = True
    elif ship.affairs is not None and fix.sog > rules.leave_knots:
        ship.affairs.still = None


def slowness(look: Look) -> Iterator[VesselEvent]:
    """Begin, go on with or end the slowness of a ship; yield her loitering at half of its time and at all of it."""
    fix, ship, rules = look.fix, look.ship, look.site.rules
    if fix is None:
        return
    knots = speed(ship, fix)
    off = not isinf(ship.offing) and ship.offing >= min(rules.loitering_off_nm, rules.rendezvous_off_nm)
    slow = ship.affairs.slow if ship.affairs is not None else None
    if slow is None:
        if knots is not None and knots < rules.slow_knots and off and not look.here:
            ship.business().slow = Slow(fix.at, look.sighting)
        return
    if _is_over(look, slow, fix, knots) or not off or look.here:
        ship.business().slow = None
        return
    lasted, whole = fix.at - slow.since, rules.loitering_hours * 3600
    told = CONFIRMED if lasted >= whole else PROVISIONAL if lasted >= whole / 2 else 0
    if told > slow.told and ship.offing >= rules.loitering_off_nm and fix.status not in _HELD:
        slow.told = told
        yield _loiters(look, slow, told)


def _is_over(look: Look, slow: Slow, fix: Fix, knots: float | None) -> bool:
    """Add a fix to a slowness, and return whether it ends by it."""
    rules, since = look.site.rules, fix.at - look.ship.at
    if since > rules.slow_break_minutes * 60:
        return True
    if knots is not None:
        slow.knot_seconds += knots * since
        if knots < rules.slow_knots:
            slow.fast = None
        elif slow.fast is None:
            slow.fast = fix.at
    mean = slow.knot_seconds / (fix.at - slow.since) if fix.at > slow.since else 0.0
    return mean >= rules.slow_knots or (slow.fast is not None and fix.at - slow.fast >= rules.fast_minutes * 60)


def _loiters(look: Look, slow: Slow, told: int) -> VesselEvent:
    hours = (look.at - slow.since) / 3600
    mean = slow.knot_seconds / (look.at - slow.since)
    return look.event(
        EventType.LOITERING,
        told,
        start=slow.since,
        at=look.at,
        since=moment(slow.since),
        confidence=0.8 if told == CONFIRMED else 0.5,
        detail=f"{look.who} went {mean:.1f} kn on average for {hours:.1f} hours, {look.ship.offing:.0f} nm off",
        evidence=(slow.first, look.sighting),
    )
