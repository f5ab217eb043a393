"""Two slow ships side by side off the ports, found through a hash of places that holds slow ships alone.

Between ships the order of arrival counts, not only the times: each fix is compared with where the others were last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import cos, floor, radians
from typing import Final

from gateway.model.vessel_event import EventType, VesselEvent
from gateway.vessels.affairs import CONFIRMED, PROVISIONAL, Meeting, Slow
from gateway.vessels.geometry import KM_PER_NM, great_circle_nm
from gateway.vessels.look import Look, moment, sighting_of, vessel
from gateway.vessels.rules import Rules
from gateway.vessels.ship import Ship

_MOORED: Final = 5
_APART: Final = 1.5  # times the distance at which a meeting begins, it ends
_CELL: Final = 0.02  # degrees of latitude, some 2.2 km; cells are about as wide


class SlowShips:
    """Where slow ships are, in cells of about two kilometres."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], set[int]] = {}
        self._where: dict[int, tuple[int, int]] = {}

    def place(self, mmsi: int, lon: float, lat: float) -> None:
        """Note where a ship is."""
        row = floor(lat / _CELL)
        cell = (_column(lon, row), row)
        if self._where.get(mmsi) != cell:
            self.remove(mmsi)
            self._where[mmsi] = cell
            self._cells.setdefault(cell, set()).add(mmsi)

    def remove(self, mmsi: int) -> bool:
        """Take a ship out, and return whether she was in."""
        cell = self._where.pop(mmsi, None)
        if cell is None:
            return False
        self._cells[cell].discard(mmsi)
        if not self._cells[cell]:
            del self._cells[cell]
        return True

    def near(self, lon: float, lat: float) -> list[int]:
        """Return who is in the cell of a place and those round it, by MMSI."""
        found: set[int] = set()
        row = floor(lat / _CELL)
        for one in (row - 1, row, row + 1):
            column = _column(lon, one)
            for other in (column - 1, column, column + 1):
                found |= self._cells.get((other, one), set())
        return sorted(found)


def _column(lon: float, row: int) -> int:
    """Return the number of the cell of a longitude in a row of latitude."""
    return floor(lon * max(0.01, cos(radians(row * _CELL))) / _CELL)


def is_slow(ship: Ship) -> bool:
    """Whether a ship goes slowly off the ports."""
    return ship.affairs is not None and ship.affairs.slow is not None


def is_free(ship: Ship, status: int | None, rules: Rules) -> bool:
    """Whether a ship can meet another: slow now, far enough off, and not moored by her own words."""
    slow = ship.affairs.slow if ship.affairs is not None else None
    return slow is not None and slow.fast is None and ship.offing >= rules.rendezvous_off_nm and status != _MOORED


def rendezvous(look: Look, slow_ships: SlowShips, ships: Mapping[int, Ship]) -> Iterator[VesselEvent]:
    """Yield what a fix means to meetings of its ship: begun, lasting, over."""
    fix, ship, rules = look.fix, look.ship, look.site.rules
    if fix is None or ship.number:
        return
    slow = ship.affairs.slow if ship.affairs is not None else None
    if slow is None or not is_free(ship, fix.status, rules):
        if slow_ships.remove(ship.mmsi):
            _part(ship, slow_ships.near(ship.lon, ship.lat), ships)
        return
    slow_ships.place(ship.mmsi, fix.lon, fix.lat)
    near = slow_ships.near(fix.lon, fix.lat)
    meetings = ship.business().meetings
    for mmsi in [mmsi for mmsi in meetings if mmsi not in near]:
        del meetings[mmsi]
    for mmsi in near:
        other = ships.get(mmsi)
        if other is None or other is ship or other.affairs is None or other.affairs.slow is None:
            continue
        yield from _pair(look, slow, other, other.affairs.slow, rules)


def _part(ship: Ship, near: list[int], ships: Mapping[int, Ship]) -> None:
    """End every meeting of a ship that goes her way again."""
    ship.business().meetings.clear()
    for mmsi in near:
        other = ships.get(mmsi)
        if other is not None and other.affairs is not None:
            other.affairs.meetings.pop(ship.mmsi, None)


def _pair(look: Look, slow: Slow, other: Ship, others: Slow, rules: Rules) -> Iterator[VesselEvent]:
    fix, ship = look.fix, look.ship
    if fix is None:
        return
    first, second = (ship, other) if ship.mmsi < other.mmsi else (other, ship)
    meetings = first.business().meetings
    metres = great_circle_nm(fix.lon, fix.lat, other.lon, other.lat) * KM_PER_NM * 1000
    meeting = meetings.get(second.mmsi)
    old = abs(fix.at - other.at) > rules.slow_break_minutes * 60
    if meeting is None:
        if metres <= rules.rendezvous_metres and not old:
            mine = (look.sighting, sighting_of(other))
            since = max(fix.at, other.at)
            meetings[second.mmsi] = Meeting(
                max(slow.since, others.since), since, *(mine if first is ship else mine[::-1])
            )
        return
    if old or metres > rules.rendezvous_metres * _APART:
        del meetings[second.mmsi]
        return
    lasted, whole = min(fix.at, other.at) - meeting.since, rules.rendezvous_hours * 3600
    told = CONFIRMED if lasted >= whole else PROVISIONAL if lasted >= whole / 2 else 0
    if told > meeting.told:
        meeting.told = told
        yield _told(look, meeting, first, second, told)


def _told(look: Look, meeting: Meeting, first: Ship, second: Ship, told: int) -> VesselEvent:
    other = second if look.ship is first else first
    now = (sighting_of(other), look.sighting)
    hours = (min(look.at, other.at) - meeting.since) / 3600
    mine = Look(look.site, first, look.held, look.here) if look.ship is not first else look
    return mine.event(
        EventType.RENDEZVOUS,
        told,
        start=meeting.start,
        at=look.at,
        since=moment(meeting.since),
        zone=second.key,
        other=vessel(second),
        confidence=0.8 if told == CONFIRMED else 0.5,
        detail=f"{first.key} and {second.key} lay within {look.site.rules.rendezvous_metres:g} m for {hours:.1f} hours",
        evidence=(meeting.mine, meeting.theirs, *(now if look.ship is first else now[::-1])),
    )
