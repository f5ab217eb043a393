"""What a site says of places at sea: zones with an area, and ports with rings round their point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from gateway.model.location import Location
from gateway.model.vessel_event import ZoneKind
from gateway.vessels.geometry import KM_PER_NM, Ring, edge_distance_km, edges, great_circle_nm, inside

#: The rings of a port that says nothing else, in nautical miles, the outermost first.
RINGS_NM: Final = (240.0, 120.0, 60.0, 12.0)

#: How far from the edge a ship must be to have left a zone.
EXIT_MARGIN_KM: Final = {
    ZoneKind.PORT_AREA: 1.0,
    ZoneKind.ANCHORAGE: 0.2,
    ZoneKind.BERTH: 0.05,
    ZoneKind.PILOT_BOARDING_PLACE: 0.5,
}

Polygon: TypeAlias = tuple[Ring, ...]
"""The outer ring, then the holes."""


class Box(NamedTuple):
    """Bounds in degrees; `east` is beyond 180 where the area lies across the antimeridian."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Circle:
    """A place and a radius on the globe."""

    lon: float
    lat: float
    radius_nm: float


@dataclass(frozen=True, slots=True, eq=False)
class Zone:
    """One zone of a site, by polygons or a circle. One zone is itself only: equal is who is the same.

    `thresholds` are the rules that hold otherwise here, by the names of `gateway.vessels.thresholds`.
    """

    id: str
    kind: ZoneKind
    name: str
    location: Location | None = None
    polygons: tuple[Polygon, ...] = ()
    circle: Circle | None = None
    exit_margin_km: float = 1.0
    thresholds: Mapping[str, float] = field(default_factory=dict)

    @property
    def port(self) -> str | None:
        """The UN/LOCODE of its port."""
        return None if self.location is None else self.location.unlocode

    def covers(self, lon: float, lat: float) -> bool:
        """Tell whether a place lies in the zone; slow beside `Zones.at`, which finds the zones of a place."""
        if self.circle is not None:
            return great_circle_nm(lon, lat, self.circle.lon, self.circle.lat) <= self.circle.radius_nm
        return any(
            inside(edges(polygon), lon + turn, lat) for polygon in self.polygons for turn in (0.0, 360.0, -360.0)
        )

    def distance_km(self, lon: float, lat: float) -> float:
        """Return how far outside a place is; 0 for what the zone covers."""
        if self.circle is not None:
            nm = great_circle_nm(lon, lat, self.circle.lon, self.circle.lat) - self.circle.radius_nm
            return max(0.0, nm * KM_PER_NM)
        if self.covers(lon, lat):
            return 0.0
        return edge_distance_km((ring for polygon in self.polygons for ring in polygon), lon, lat)


@dataclass(frozen=True, slots=True, eq=False)
class Port:
    """A port's point and the rings round it, nautical miles, the outermost first. `id` is that of its feature."""

    unlocode: str
    name: str
    lon: float
    lat: float
    rings_nm: tuple[float, ...] = RINGS_NM
    id: str = ""
    thresholds: Mapping[str, float] = field(default_factory=dict)

    @property
    def location(self) -> Location:
        """The port as documents name it."""
        return Location(unlocode=self.unlocode, name=self.name)
