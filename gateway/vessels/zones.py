"""The zones and ports of a site, found by place: a grid of 0.1 degree, a bounding box, the edges that matter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from math import asin, cos, degrees, radians, sin
from typing import Final, NamedTuple, Self, TypeAlias

from gateway.vessels.geometry import EARTH_NM, Edge, Ring, edges, great_circle_nm, inside
from gateway.vessels.zone import Box, Circle, Port, Zone
from gateway.vessels.zone_file import read_zone_files

_ROW: Final = 2048  # more than there are cells of 0.1 degree from pole to pole
_WIDE_ROW: Final = 256  # the same for cells of 1 degree, by which ports are found
_TURNS: Final = (0.0, 360.0, -360.0)  # an area at the antimeridian is found from both sides
_SLACK: Final = 1e-9  # degrees, for what rounding may take from a box

_Covers: TypeAlias = Callable[[float, float], bool]
_Entry: TypeAlias = tuple[float, float, float, float, _Covers, Zone]


class Near(NamedTuple):
    """A port whose outermost ring a place lies in, and how far its point is, in nautical miles."""

    port: Port
    distance_nm: float


class Zones:
    """Every zone of a site. Built once; what is asked on the hot path costs less than a microsecond in open water."""

    __slots__ = ("_by_id", "_grid", "_ports", "_rings", "ports", "zones")

    def __init__(self, zones: Iterable[Zone] = (), ports: Iterable[Port] = ()) -> None:
        self.zones = tuple(zones)
        self.ports = tuple(ports)
        self._by_id = {zone.id: zone for zone in self.zones}
        self._ports = {port.unlocode: port for port in self.ports}
        grid: dict[int, list[_Entry]] = {}
        for zone in self.zones:
            for cell, entry in _entries(zone):
                grid.setdefault(cell, []).append(entry)
        self._grid = {cell: tuple(entries) for cell, entries in grid.items()}
        self._rings = _ring_grid(self.ports)

    @classmethod
    def read(cls, files: Mapping[str, bytes]) -> Self:
        """Return the zones of GeoJSON files by their paths below the site's `zones` folder.

        Raises:
            SettingsError: a line for each fault of every file: the file, the feature, what is wrong, the remedy.
        """
        return cls(*read_zone_files(files))

    def __iter__(self) -> Iterator[Zone]:
        return iter(self.zones)

    def __len__(self) -> int:
        return len(self.zones)

    def get(self, id_: str) -> Zone | None:
        """Return a zone by its id."""
        return self._by_id.get(id_)

    def port(self, unlocode: str) -> Port | None:
        """Return the port with rings that has a UN/LOCODE."""
        return self._ports.get(unlocode)

    def at(self, lon: float, lat: float) -> tuple[Zone, ...]:
        """Return the zones that cover a place (longitude -180 to 180), in the order of the files."""
        entries = self._grid.get(int(lon * 10 + 1800) * _ROW + int(lat * 10 + 900))
        if entries is None:
            return ()
        found: list[Zone] = []
        for west, south, east, north, covers, zone in entries:
            if west <= lon <= east and south <= lat <= north and covers(lon, lat) and zone not in found:
                found.append(zone)
        return tuple(found)

    def near(self, lon: float, lat: float) -> tuple[Near, ...]:
        """Return the ports whose outermost ring a place lies in, with their distances, in the order of the files."""
        ports = self._rings.get(int(lon + 180) * _WIDE_ROW + int(lat + 90))
        if ports is None:
            return ()
        distances = (Near(port, great_circle_nm(lon, lat, port.lon, port.lat)) for port in ports)
        return tuple(near for near in distances if near.distance_nm <= near.port.rings_nm[0])

    def distance_km(self, zone: Zone, lon: float, lat: float) -> float:
        """Return how far outside a zone a place is; 0 for what it covers."""
        return zone.distance_km(lon, lat)


def _entries(zone: Zone) -> Iterator[tuple[int, _Entry]]:
    """Yield the cells of a zone, each with what finds the zone there."""
    if zone.circle is not None:
        box = _circle_box(zone.circle)
        covers = _in_circle(zone.circle)
        for turn in _TURNS:
            moved = Box(box.west + turn, box.south, box.east + turn, box.north)
            for cell in _cells(moved, 10, _ROW):
                yield cell, (*moved, covers, zone)
    for polygon in zone.polygons:
        for turn in _TURNS:
            rings = tuple(tuple((lon + turn, lat) for lon, lat in ring) for ring in polygon) if turn else polygon
            box = _box(rings[0])
            outline = edges(rings)
            for cell in _cells(box, 10, _ROW):
                yield cell, (*box, _in_outline(outline), zone)


def _in_outline(outline: tuple[Edge, ...]) -> _Covers:
    return lambda lon, lat: inside(outline, lon, lat)


def _in_circle(circle: Circle) -> _Covers:
    return lambda lon, lat: great_circle_nm(lon, lat, circle.lon, circle.lat) <= circle.radius_nm


def _box(ring: Ring) -> Box:
    lons, lats = [lon for lon, _ in ring], [lat for _, lat in ring]
    return Box(min(lons), min(lats), max(lons), max(lats))


def _circle_box(circle: Circle) -> Box:
    """Return the bounds of a circle on the globe; round the globe where it holds a pole."""
    radius = circle.radius_nm / EARTH_NM
    reach = degrees(radius) + _SLACK
    south, north = max(-90.0, circle.lat - reach), min(90.0, circle.lat + reach)
    if south == -90 or north == 90:
        return Box(-180.0, south, 180.0, north)
    wide = degrees(asin(min(1.0, sin(radius) / cos(radians(circle.lat))))) + _SLACK
    return Box(circle.lon - wide, south, circle.lon + wide, north)


def _cells(box: Box, scale: int, row: int) -> Iterator[int]:
    """Yield the keys of the cells that a box touches between -180 and 180, as `Zones.at` and `near` compute them."""
    if box.east < -180 or box.west > 180:
        return
    west, east = (int(max(-180.0, min(180.0, lon)) * scale + 180 * scale) for lon in (box.west, box.east))
    south, north = (int(lat * scale + 90 * scale) for lat in (box.south, box.north))
    for column in range(west, east + 1):
        for line in range(south, north + 1):
            yield column * row + line


def _ring_grid(ports: Iterable[Port]) -> dict[int, tuple[Port, ...]]:
    """Return the ports by the cells of 1 degree that their outermost rings touch."""
    grid: dict[int, dict[int, Port]] = {}
    for number, port in enumerate(ports):
        box = _circle_box(Circle(port.lon, port.lat, port.rings_nm[0]))
        for turn in _TURNS:
            for cell in _cells(Box(box.west + turn, box.south, box.east + turn, box.north), 1, _WIDE_ROW):
                grid.setdefault(cell, {})[number] = port
    return {cell: tuple(found.values()) for cell, found in grid.items()}
