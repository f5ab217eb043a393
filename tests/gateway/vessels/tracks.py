"""Scripted tracks: legs, stays, silences and words of invented ships off an invented port, and a watch that sees them.

The port's point is at 4 E 52 N, where a degree of longitude is 36.9 nm; ships come along 52 N from the west.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from math import ceil
from typing import Any

from gateway.model.location import Location
from gateway.model.observation import Fix, Observation, Particulars
from gateway.model.vessel import Vessel
from gateway.model.vessel_event import EventType, VesselEvent, ZoneKind
from gateway.vessels.destinations import Gazetteer
from gateway.vessels.geometry import bearing, great_circle_nm
from gateway.vessels.rules import Rules
from gateway.vessels.watch import Watch
from gateway.vessels.zone import Circle, Port, Zone
from gateway.vessels.zones import Zones

START = datetime(2026, 3, 1, 6, tzinfo=UTC).timestamp()
MMSI = 211_000_001
OTHER = 244_000_002
HERE = Location(unlocode="XXPRT", name="Invented")
MILE = 1 / 36.94  # of longitude


def box(west: float, south: float, east: float, north: float) -> tuple[tuple[tuple[float, float], ...], ...]:
    return (((west, south), (east, south), (east, north), (west, north), (west, south)),)


PORT_AREA = Zone("port", ZoneKind.PORT_AREA, "Invented port", HERE, (box(3.95, 51.95, 4.05, 52.05),))
BERTH = Zone("berth 1", ZoneKind.BERTH, "Berth 1", HERE, (box(3.99, 51.998, 3.996, 52.002),), exit_margin_km=0.05)
BERTH_2 = Zone("berth 2", ZoneKind.BERTH, "Berth 2", HERE, (box(4.01, 51.998, 4.016, 52.002),), exit_margin_km=0.05)
ANCHORAGE = Zone("roads", ZoneKind.ANCHORAGE, "Roads", HERE, (box(3.7, 51.95, 3.8, 52.05),), exit_margin_km=0.2)
PILOT = Zone("pilot", ZoneKind.PILOT_BOARDING_PLACE, "Pilot", HERE, circle=Circle(3.85, 52.0, 1.0), exit_margin_km=0.5)
ZONES = (PORT_AREA, BERTH, BERTH_2, ANCHORAGE, PILOT)
POINT = Port("XXPRT", "Invented", 4.0, 52.0, id="point")
GAZETTEER = Gazetteer()


class Track:
    """What one ship sends. Every leg begins where the last one ended; fixes stand at its end too."""

    def __init__(self, lon: float, lat: float = 52.0, *, mmsi: int = MMSI, at: float = START) -> None:
        self.mmsi, self.at, self.lon, self.lat, self.type = mmsi, at, lon, lat, 1
        self.sent: list[Observation] = []
        self._chance = random.Random(mmsi)

    def fix(self, *, sog: float | None, cog: float | None = None, status: int | None = 0, **other: Any) -> Track:
        fields = {"mmsi": self.mmsi, "at": self.at, "received": self.at + 0.5, "type": self.type, "station": "east"}
        fields |= {"lon": self.lon, "lat": self.lat, "sog": sog, "cog": cog, "heading": None, "status": status}
        fields |= self._number()
        self.sent.append(Fix(**(fields | other)))
        return self

    def go(self, lon: float, lat: float = 52.0, *, knots: float = 12.0, every: float = 60.0, status: int = 0) -> Track:
        nm = great_circle_nm(self.lon, self.lat, lon, lat)
        seconds = nm / knots * 3600
        steps = max(1, ceil(seconds / every))
        begin, from_lon, from_lat = self.at, self.lon, self.lat
        cog = bearing(self.lon, self.lat, lon, lat)
        for step in range(1, steps + 1):
            part = step / steps
            self.at = begin + seconds * part
            self.lon, self.lat = from_lon + (lon - from_lon) * part, from_lat + (lat - from_lat) * part
            self.fix(sog=knots, cog=cog, status=status)
        return self

    def stay(
        self, minutes: float, *, sog: float = 0.0, status: int = 0, every: float = 60.0, jitter: float = 0.0
    ) -> Track:
        lon, lat = self.lon, self.lat
        for _ in range(round(minutes * 60 / every)):
            self.at += every
            self.lon = lon + self._chance.uniform(-jitter, jitter)
            self.lat = lat + self._chance.uniform(-jitter, jitter)
            self.fix(sog=sog, status=status)
        self.lon, self.lat = lon, lat
        return self

    def silent(self, minutes: float) -> Track:
        self.at += minutes * 60
        return self

    def say(self, *, type_: int = 5, seconds: float = 6.0, **values: Any) -> Track:
        self.at += seconds
        fields = dict.fromkeys(Particulars._fields) | values
        fields |= {"mmsi": self.mmsi, "at": self.at, "received": self.at + 0.5, "type": type_, "station": "east"}
        self.sent.append(Particulars(**(fields | self._number())))
        return self

    def say_twice(self, **values: Any) -> Track:
        return self.say(**values).say(seconds=360, **values)

    def _number(self) -> dict[str, int]:
        number = self._chance.getrandbits(60)
        return {"digest": number, "record": number % 100_000}


def site(
    rules: Rules | None = None, registry: Mapping[int, Vessel] | None = None, zones: Sequence[Zone] = ZONES
) -> Watch:
    return Watch(Zones(zones, (POINT,)), GAZETTEER, rules or Rules(), registry or {})


def quote(record: int) -> tuple[str, ...]:
    return (f"!AIVDM,{record}",)


def merged(*tracks: Track) -> list[Observation]:
    """Everything that was sent, by time."""
    return sorted((one for track in tracks for one in track.sent), key=lambda one: (one.at, one.digest))


def watched(watch: Watch, sent: Iterable[Observation], *, batch: int = 50, elapse: bool = True) -> list[VesselEvent]:
    """Return the events of a stream; time passes with every batch, and at the end until nothing is held back."""
    sent = list(sent)
    events: list[VesselEvent] = []
    for start in range(0, len(sent), batch):
        part = sent[start : start + batch]
        now = max(one.received for one in sent[: start + batch])
        events += watch.observe(part, "feed", quote, now)
        if elapse:
            events += watch.elapse(now)
    return events + watch.elapse(max(one.received for one in sent) + 60)


def seen(*tracks: Track, rules: Rules | None = None, registry: Mapping[int, Vessel] | None = None) -> list[VesselEvent]:
    return watched(site(rules, registry), merged(*tracks))


def told(events: Iterable[VesselEvent], type_: EventType | None = None) -> list[tuple[str, str]]:
    """Return type and certainty of events in the order they were told, of one type or all."""
    return [(str(one.type), str(one.certainty)) for one in events if type_ is None or one.type is type_]


def once(events: Sequence[VesselEvent], type_: EventType) -> VesselEvent:
    """Return the confirmed event of a type, told provisionally before, which is the only one of it."""
    found = [one for one in events if one.type is type_]
    assert [str(one.certainty) for one in found] == ["provisional", "confirmed"], (type_, told(events))
    assert found[0].id == found[1].id
    return found[1]
