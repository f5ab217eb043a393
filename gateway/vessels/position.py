"""Places that a ship cannot have come to, and two ships under one MMSI, told apart by their tracks.

A place is implausible when it implies more speed than a ship has. One such fix is an anomaly, most often a fault of
transmission: it is set aside, and judged by the fix that follows. The new place is accepted with a second fix that
fits it, unless the old track goes on in between: then two ships send this MMSI, and each has her own state from there.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Final

from gateway.model.observation import Fix
from gateway.model.vessel_event import EventType, VesselEvent
from gateway.vessels.affairs import CONFIRMED, PROVISIONAL, Stray
from gateway.vessels.geometry import great_circle_nm, implied_knots
from gateway.vessels.look import Look, moment, vessel
from gateway.vessels.rules import Rules
from gateway.vessels.ship import NOBODY, Identity, Ship

_CARGO: Final = range(70, 90)  # cargo ships and tankers, ITU-R M.1371-5, table 53


def fastest(identity: Identity, rules: Rules) -> float:
    """Return the highest speed in knots that is plausible for a ship."""
    return rules.plausible_cargo_knots if identity.ship_type in _CARGO else rules.plausible_knots


def is_plausible(fix: Fix, at: float, lon: float, lat: float, identity: Identity, rules: Rules) -> bool:
    """Whether a ship can have come to a fix from a place where she was at a time."""
    nm = great_circle_nm(lon, lat, fix.lon, fix.lat)
    return nm <= rules.plausible_nm or implied_knots(nm, max(1.0, abs(fix.at - at))) <= fastest(identity, rules)


def whose(ship: Ship, fix: Fix, rules: Rules) -> Ship | None:
    """Return which ship under an MMSI sent a fix, the nearer where both can have; None when neither."""
    tracks = [
        track
        for track in (ship, ship.twin)
        if track is not None and is_plausible(fix, track.at, track.lon, track.lat, track.identity, rules)
    ]
    return min(tracks, key=lambda one: great_circle_nm(one.lon, one.lat, fix.lon, fix.lat), default=None)


def implausible(look: Look) -> tuple[Ship | None, list[VesselEvent]]:
    """Return which ship an implausible fix moves after all, if any, and what is told of it."""
    fix, ship, affairs = look.fix, look.ship, look.ship.business()
    if fix is None:
        return None, []
    stray, rules = affairs.stray, look.site.rules
    if stray is not None and fix.at <= stray.at:
        return None, []
    if stray is not None and (fix.at - stray.at > rules.stray_minutes * 60 or _is_scatter(ship, stray, rules)):
        stray = None
    if stray is None or not is_plausible(fix, stray.at, stray.lon, stray.lat, ship.identity, rules):
        affairs.stray = Stray(fix.at, fix.lon, fix.lat, look.sighting)
        return None, [_told(look, affairs.stray, PROVISIONAL, "the position is set aside")]
    affairs.stray = None
    if stray.old and ship.twin is None:
        event = _split(look, stray)
        return ship.twin, [event]
    told = [] if stray.old else [_told(look, stray, CONFIRMED, "a second position fits it, and is accepted")]
    ship.at, ship.lon, ship.lat = stray.at, stray.lon, stray.lat
    ship.due, ship.rings = -inf, None  # as if she was first heard there
    return ship, told


def _is_scatter(ship: Ship, stray: Stray, rules: Rules) -> bool:
    """Whether a stray is so near to the old track, which goes on, that it does not make another ship."""
    return stray.old and great_circle_nm(ship.lon, ship.lat, stray.lon, stray.lat) < rules.split_nm


def plausible(look: Look) -> Iterator[VesselEvent]:
    """Confirm what a fix on the old track says of a stray before it, and of a split."""
    affairs = look.ship.affairs
    if affairs is None:
        return
    if affairs.stray is not None and not affairs.stray.old:
        affairs.stray.old = True
        yield _told(look, affairs.stray, CONFIRMED, "the next position is on the old track")
    if affairs.split is not None and affairs.split[1] == PROVISIONAL and look.ship.twin is not None:
        start, _ = affairs.split
        affairs.split = (start, CONFIRMED)
        yield _two(look, start, look.ship.twin, CONFIRMED)


def _split(look: Look, stray: Stray) -> VesselEvent:
    ship = look.ship
    twin = ship.twin = Ship(ship.mmsi, 1)
    twin.at, twin.received, twin.lon, twin.lat = stray.at, stray.at, stray.lon, stray.lat
    twin.feed, twin.station = ship.feed, ship.station
    affairs = ship.business()
    affairs.split = (stray.at, PROVISIONAL)
    claim = affairs.claims.pop("identity", None)
    if claim is not None:
        twin.identity = NOBODY._replace(**claim.values)
    return _two(look, stray.at, twin, PROVISIONAL, stray)


def _two(look: Look, start: float, twin: Ship, told: int, stray: Stray | None = None) -> VesselEvent:
    nm = great_circle_nm(look.ship.lon, look.ship.lat, twin.lon, twin.lat)
    return look.event(
        EventType.IDENTITY_MISMATCH,
        told,
        start=start,
        zone="two ships",
        confidence=0.9 if told == CONFIRMED else 0.7,
        detail=f"two plausible tracks in turn, {nm:.0f} nm apart: this MMSI seems to be used by two ships",
        other=vessel(twin),
        evidence=(look.sighting,) if stray is None else (stray.first, look.sighting),
    )


def _told(look: Look, stray: Stray, told: int, what: str) -> VesselEvent:
    ship = look.ship
    nm = great_circle_nm(ship.lon, ship.lat, stray.lon, stray.lat)
    since = max(1.0, abs(stray.at - ship.at)) if stray.at >= ship.at else 1.0
    how = f"{implied_knots(nm, since):.0f} kn from where she was at {moment(ship.at)}"
    if told == CONFIRMED:
        how = f"{nm:.0f} nm from her track"
    return look.event(
        EventType.IMPLAUSIBLE_POSITION,
        told,
        start=stray.at,
        zone=f"{stray.lon:.4f} {stray.lat:.4f}",
        confidence=0.9 if told == CONFIRMED else 0.7,
        detail=f"position implausible: {how}; {what}",
        evidence=(look.sighting,) if told == PROVISIONAL else (stray.first, look.sighting),
    )
