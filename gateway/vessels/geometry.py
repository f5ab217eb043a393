"""Geometry on the globe and in the plane of longitude and latitude, for zones and tracks.

Distances and bearings are of the great circle on a sphere; outlines are straight in longitude and latitude, as GeoJSON
has them (RFC 7946, 3.1.1). Angles are degrees WGS 84, distances nautical miles or kilometres as the name says, speeds
knots, times seconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from math import asin, atan2, cos, degrees, inf, radians, sin, sqrt
from typing import Final, TypeAlias

#: The mean radius of the earth (IUGG), and a nautical mile.
EARTH_KM: Final = 6371.0088
KM_PER_NM: Final = 1.852
EARTH_NM: Final = EARTH_KM / KM_PER_NM

Ring: TypeAlias = tuple[tuple[float, float], ...]
"""Longitudes and latitudes, the first again at the end; without jumps, so a longitude may lie beyond 180."""

Edge: TypeAlias = tuple[float, float, float, float]
"""South end, north end, longitude at the south end, longitudes for each degree of latitude."""


def great_circle_nm(lon: float, lat: float, to_lon: float, to_lat: float) -> float:
    """Return the distance in nautical miles by the haversine formula, which holds for any two places."""
    north, to_north = radians(lat), radians(to_lat)
    half_lat = sin((to_north - north) / 2)
    half_lon = sin(radians(to_lon - lon) / 2)
    squared = half_lat * half_lat + cos(north) * cos(to_north) * half_lon * half_lon
    return 2 * EARTH_NM * asin(min(1.0, sqrt(squared)))


def bearing(lon: float, lat: float, to_lon: float, to_lat: float) -> float:
    """Return the initial bearing of the great circle, 0 (north) to below 360; 0 where both places are one."""
    north, to_north, east = radians(lat), radians(to_lat), radians(to_lon - lon)
    towards_east = sin(east) * cos(to_north)
    towards_north = cos(north) * sin(to_north) - sin(north) * cos(to_north) * cos(east)
    found = degrees(atan2(towards_east, towards_north)) % 360
    return 0.0 if found == 360 else found  # % rounds a tiny negative angle up to 360 exactly


def implied_knots(nm: float, seconds: float) -> float:
    """Return the speed that a distance in a time takes; infinite where there was no time for it."""
    if seconds > 0:
        return nm / (seconds / 3600)
    return inf if nm > 0 else 0.0


def edges(rings: Iterable[Ring]) -> tuple[Edge, ...]:
    """Return the edges of rings for `inside`; those along a parallel are left out, since no ray along it meets them.

    Every edge runs northward whatever the ring does, so that two areas with a common edge see the same line.
    """
    made: list[Edge] = []
    for ring in rings:
        for one, other in pairwise(ring):
            (west, south), (east, north) = sorted((one, other), key=lambda place: place[1])
            if south < north:
                made.append((south, north, west, (east - west) / (north - south)))
    return tuple(made)


def inside(outline: Iterable[Edge], lon: float, lat: float) -> bool:
    """Tell whether a place lies within an outline, by the parity of edges to its east; holes count by themselves.

    On an edge, the western and southern ones belong to the area and the others do not: areas side by side share
    no place and leave none out.
    """
    odd = False
    for south, north, at_south, slope in outline:
        if south <= lat < north and lon < at_south + slope * (lat - south):
            odd = not odd
    return odd


def edge_distance_km(rings: Iterable[Ring], lon: float, lat: float) -> float:
    """Return the distance in kilometres to the nearest edge, from within or without; infinite without rings.

    The nearest place of each edge is found on a plane round the given one, its distance on the globe: right to a
    thousandth for what is within some 100 km and below 80 degrees of latitude.
    """
    shrink = cos(radians(lat))
    nearest = inf
    for ring in rings:
        turns = 360 * round((ring[0][0] - lon) / 360)
        before: tuple[float, float] | None = None
        for at_lon, at_lat in ring:
            place = ((at_lon - turns - lon) * shrink, at_lat - lat)
            x, y = place if before is None else _nearest_to_origin(before, place)
            before = place
            squared = x * x + y * y
            if squared < nearest:
                nearest, found_x, found_y = squared, x, y
    if nearest == inf:
        return inf
    return KM_PER_NM * great_circle_nm(lon, lat, lon + (found_x / shrink if shrink else 0.0), lat + found_y)


def _nearest_to_origin(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """Return the place of a segment that is nearest to 0, 0."""
    x, y = one
    dx, dy = other[0] - x, other[1] - y
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else min(1.0, max(0.0, -(x * dx + y * dy) / length))
    return x + along * dx, y + along * dy
