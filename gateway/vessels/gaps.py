"""Silences of a ship where others are heard: AIS gaps.

How often a ship reports is laid down by her class, speed and status (ITU-R M.1371-5, tables 1 and 2). A silence is a
gap when many reports in a row are missing, in port only after hours. It is told only where another ship was heard in
the same or a neighbouring half degree meanwhile: otherwise the station was silent, or she left its range.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import floor
from typing import Final

from gateway.model.vessel_event import EventType, VesselEvent
from gateway.vessels.affairs import CONFIRMED, PROVISIONAL
from gateway.vessels.look import Look, Surroundings, moment, sighting_of
from gateway.vessels.rules import Rules
from gateway.vessels.ship import Ship
from gateway.vessels.sighting import Sighting

_AT_REST: Final = (1, 5)  # at anchor, moored
_CLASS_B: Final = (18, 19)
_LONG_RANGE: Final = 27
_ROW: Final = 1024  # more than there are cells from pole to pole


class Coverage:
    """When ships were heard last in each half degree: the latest two, by different ships.

    It is no more exact than a few minutes, and is learned anew from the ships' last places after a restart.
    """

    def __init__(self) -> None:
        self._cells: dict[int, tuple[float, int, float]] = {}

    def mark(self, mmsi: int, at: float, lon: float, lat: float) -> None:
        """Note that a ship was heard."""
        cell = floor(lon * 2) * _ROW + floor(lat * 2)
        latest, who, other = self._cells.get(cell, (at, mmsi, 0.0))
        if who == mmsi:
            self._cells[cell] = (max(at, latest), mmsi, other)
        elif at >= latest:
            self._cells[cell] = (at, mmsi, latest)
        else:
            self._cells[cell] = (latest, who, max(at, other))

    def heard(self, mmsi: int, lon: float, lat: float) -> float:
        """Return when a ship other than this one was heard last round a place, in seconds since 1970; 0 for never."""
        east, north = floor(lon * 2), floor(lat * 2)
        found = 0.0
        for column in (east - 1, east, east + 1):
            for row in (north - 1, north, north + 1):
                latest, who, other = self._cells.get(((column + 360) % 720 - 360) * _ROW + row, (0.0, -1, 0.0))
                found = max(found, other if who == mmsi else latest)
        return found

    def forget(self, before: float) -> None:
        """Drop what was heard before a time."""
        for cell in [cell for cell, (latest, _, _) in self._cells.items() if latest < before]:
            del self._cells[cell]


def expected_interval(ship: Ship) -> float:
    """Return how often a ship should be heard, in seconds."""
    if ship.type == _LONG_RANGE or (ship.status in _AT_REST and (ship.sog is None or ship.sog <= 3)):
        return 180.0
    if ship.type in _CLASS_B:
        return 180.0 if ship.sog is not None and ship.sog <= 2 else 30.0
    return 10.0


def longest_silence(ship: Ship, site: Surroundings) -> float:
    """Return after how many seconds the silence of a ship is a gap."""
    rules: Rules = site.rules
    if ship.affairs is not None:
        in_port = [
            site.rules_of(zone).gap_minutes
            for visit in ship.affairs.visits
            if visit.told == CONFIRMED and (zone := site.zones.get(visit.zone)) is not None
        ]
        if in_port:
            return max(in_port) * 60
    return max(rules.gap_least_minutes * 60, rules.gap_intervals * expected_interval(ship))


def is_covered(ship: Ship, coverage: Coverage, silence: float) -> bool:
    """Whether another ship was heard where this one fell silent, in the later half of what makes a gap, or after."""
    return coverage.heard(ship.mmsi, ship.lon, ship.lat) >= ship.at + silence / 2


def fallen_silent(look: Look, coverage: Coverage) -> Iterator[VesselEvent]:
    """Yield the provisional gap of a ship that time has made one."""
    ship = look.ship
    silence = longest_silence(ship, look.site)
    told = ship.affairs is not None and ship.affairs.gap == ship.at
    if look.at - ship.at > silence and not told and is_covered(ship, coverage, silence):
        ship.business().gap = ship.at
        yield _told(look, PROVISIONAL, ship.at + silence, (look.sighting,))


def heard_again(look: Look, coverage: Coverage) -> Iterator[VesselEvent]:
    """Yield the confirmed gap that a fix ends."""
    ship = look.ship
    silence = longest_silence(ship, look.site)
    told = ship.affairs is not None and ship.affairs.gap == ship.at
    if ship.affairs is not None:
        ship.affairs.gap = None
    if told or (look.at - ship.at > silence and is_covered(ship, coverage, silence)):
        yield _told(look, CONFIRMED, look.at, (sighting_of(ship), look.sighting))


def _told(look: Look, told: int, at: float, evidence: tuple[Sighting, ...]) -> VesselEvent:
    ship = look.ship
    until = f"to {moment(at)}" if told == CONFIRMED else "on"
    return look.event(
        EventType.AIS_GAP,
        told,
        start=ship.at,
        at=at,
        since=moment(ship.at),
        confidence=0.7 if told == CONFIRMED else 0.5,
        detail=f"{look.who} was not heard from {moment(ship.at)} {until}, where other ships were",
        evidence=evidence,
    )
