"""The zones and ports of a site, found by place: a grid of 0.1 degree, a bounding box, the edges that matter there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import asin, cos, degrees, pi, radians, sin, sqrt
from typing import Final, NamedTuple, Self, TypeAlias

from gateway.vessels.geometry import EARTH_NM, Edge, edges
from gateway.vessels.zone import Box, Circle, Polygon, Port, Zone
from gateway.vessels.zone_file import read_zone_files

_ROW: Final = 2048  # more than there are cells of 0.1 degree from pole to pole
_TURNS: Final = (0.0, 360.0, -360.0)  # an area at the antimeridian is found from both sides
_SLACK: Final = 1e-6  # degrees, for what rounding may take from a box or a cell

_Outline: TypeAlias = tuple[Edge, ...] | None
"""The edges of a polygon that a ray from a cell can meet; None for a circle."""

_Entry: TypeAlias = tuple[float, float, float, float, bool, _Outline, Zone]
"""A bounding box; whether the edges left out make a place odd (see `geometry.inside`); the others; their zone."""


_Ringed: TypeAlias = tuple[float, float, float, float, Port]
"""A port's point as a unit vector, and the square of the chord to its outermost ring."""


class Near(NamedTuple):
    """A port whose outermost ring a place lies in, and how far its point is, in nautical miles."""

    port: Port
    distance_nm: float


class Zones:
    """Every zone of a site. Built once; asked of open water it answers in less than half a microsecond."""

    __slots__ = ("_grid", "_rings", "_zones", "ports", "zones")

    def __init__(self, zones: Iterable[Zone] = (), ports: Iterable[Port] = ()) -> None:
        self.zones = tuple(zones)
        self.ports = tuple(ports)
        self._zones = {zone.id: zone for zone in self.zones}
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
        return self._zones.get(id_)

    def at(self, lon: float, lat: float) -> tuple[Zone, ...]:
        """Return the zones that cover a place (longitude -180 to 180), in the order of the files.

        `geometry.inside` stands here in full: calls would be half of the time.
        """
        entries = self._grid.get(int(lon * 10) * 2048 + int(lat * 10))
        if entries is None:
            return ()
        found: tuple[Zone, ...] = ()
        for west, south, east, north, odd, outline, zone in entries:
            if west <= lon <= east and south <= lat <= north:
                if outline is None:
                    odd = zone.covers(lon, lat)  # noqa: PLW2901  # the entry's own is False
                else:
                    for low, high, at_low, slope in outline:
                        if low <= lat < high and lon < at_low + slope * (lat - low):
                            odd = not odd  # noqa: PLW2901  # counted on from what the cell knows
                if odd and zone not in found:
                    found = (*found, zone)
        return found

    def is_open(self, lon: float, lat: float, nm: float) -> bool:
        """Whether nothing within a distance of a place is in a cell of a zone; False where it is not looked for."""
        high = nm / 60 + _SLACK
        wide = high / max(cos(radians(abs(lat) + high)), 0.01)
        if wide > 1 or abs(lon) + wide > 180:
            return False
        columns = range(int((lon - wide) * 10), int((lon + wide) * 10) + 1)
        rows = range(int((lat - high) * 10), int((lat + high) * 10) + 1)
        return not any(column * _ROW + row in self._grid for column in columns for row in rows)

    def near(self, lon: float, lat: float) -> tuple[Near, ...]:
        """Return the ports whose outermost ring a place lies in, with their distances, in the order of the files."""
        ports = self._rings.get(int(lon) * 2048 + int(lat))
        if ports is None:
            return ()
        east, north = radians(lon), radians(lat)
        across = cos(north)
        x, y, z = across * cos(east), across * sin(east), sin(north)
        found: tuple[Near, ...] = ()
        for port_x, port_y, port_z, most, port in ports:
            dx, dy, dz = x - port_x, y - port_y, z - port_z
            squared = dx * dx + dy * dy + dz * dz
            if squared <= most:
                found = (*found, Near(port, 2 * EARTH_NM * asin(sqrt(squared) / 2)))
        return found

    def distance_km(self, zone: Zone, lon: float, lat: float) -> float:
        """Return how far outside a zone a place is; 0 for what it covers."""
        return zone.distance_km(lon, lat)


def _entries(zone: Zone) -> Iterator[tuple[int, _Entry]]:
    """Yield the cells of a zone, each with what tells whether a place there is in the zone."""
    if zone.circle is not None:
        for box in _turned(circle_box(zone.circle)):
            for column in _cells(box.west, box.east, 180, 10):
                for row in _cells(box.south, box.north, 90, 10):
                    yield column * _ROW + row, (*box, False, None, zone)
    for polygon in zone.polygons:
        for turn in _TURNS:
            yield from _polygon_entries(zone, polygon, turn)


def _polygon_entries(zone: Zone, polygon: Polygon, turn: float) -> Iterator[tuple[int, _Entry]]:
    outline = edges(tuple((lon + turn, lat) for lon, lat in ring) for ring in polygon)
    lons, lats = [lon + turn for lon, _ in polygon[0]], [lat for _, lat in polygon[0]]
    box = Box(min(lons), min(lats), max(lons), max(lats))
    columns = _cells(box.west, box.east, 180, 10)
    for row in _cells(box.south, box.north, 90, 10) if columns else ():
        south, north = _bounds(row)
        across = [(*_lons(edge), edge) for edge in outline if edge[0] <= north and edge[1] >= south]
        for column in columns:
            west, east = _bounds(column)
            always = [
                low > east and edge[0] < south and edge[1] > north  # every ray from the cell meets it
                for low, _, edge in across
            ]
            odd = sum(always) % 2 == 1
            met = tuple(edge for (_, high, edge), sure in zip(across, always, strict=True) if not sure and high >= west)
            if odd or met:
                yield column * _ROW + row, (*box, odd, met, zone)


def _lons(edge: Edge) -> tuple[float, float]:
    """Return the western and eastern longitude of an edge."""
    south, north, at_south, slope = edge
    at_north = at_south + slope * (north - south)
    return (at_south, at_north) if at_south < at_north else (at_north, at_south)


def _turned(box: Box) -> Iterator[Box]:
    for turn in _TURNS:
        yield Box(box.west + turn, box.south, box.east + turn, box.north)


def circle_box(circle: Circle) -> Box:
    """Return the bounds of a circle on the globe; round the globe where it holds a pole."""
    radius = circle.radius_nm / EARTH_NM
    reach = degrees(radius) + _SLACK
    south, north = max(-90.0, circle.lat - reach), min(90.0, circle.lat + reach)
    if south == -90 or north == 90:
        return Box(-180.0, south, 180.0, north)
    wide = degrees(asin(min(1.0, sin(radius) / cos(radians(circle.lat))))) + _SLACK
    return Box(circle.lon - wide, south, circle.lon + wide, north)


def _cells(low: float, high: float, limit: int, scale: int) -> range:
    """Return the numbers of the cells between two degrees, as `Zones.at` and `near` count them: rounded towards 0."""
    if high < -limit or low > limit:
        return range(0)
    return range(int(max(-limit, low) * scale), int(min(limit, high) * scale) + 1)


def _bounds(cell: int) -> tuple[float, float]:
    """Return the degrees between which a cell of 0.1 degree lies, and a little more; the one at 0 is double."""
    return (cell - (cell <= 0)) / 10 - _SLACK, (cell + (cell >= 0)) / 10 + _SLACK


def _ring_grid(ports: Iterable[Port]) -> dict[int, tuple[_Ringed, ...]]:
    """Return the ports by the cells of 1 degree that their outermost rings touch."""
    grid: dict[int, dict[int, _Ringed]] = {}
    for number, port in enumerate(ports):
        ringed = _ringed(port)
        for box in _turned(circle_box(Circle(port.lon, port.lat, port.rings_nm[0]))):
            for column in _cells(box.west, box.east, 180, 1):
                for row in _cells(box.south, box.north, 90, 1):
                    grid.setdefault(column * _ROW + row, {})[number] = ringed
    return {cell: tuple(found.values()) for cell, found in grid.items()}


def _ringed(port: Port) -> _Ringed:
    east, north = radians(port.lon), radians(port.lat)
    chord = 2 * sin(min(port.rings_nm[0] / EARTH_NM, pi) / 2)
    return cos(north) * cos(east), cos(north) * sin(east), sin(north), chord * chord, port
