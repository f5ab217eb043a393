"""GeoJSON geometry (RFC 7946, 3.1) to rings that can be relied on. Each reader raises `ValueError`: wrong, and remedy.

A ring that passes the antimeridian by a jump from one side of it to the other is read as going the short way, its
longitudes then running on beyond 180; one that was cut there into a MultiPolygon (3.1.9) stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, Final, TypeAlias

from gateway.vessels.geometry import Ring, edges, inside

#: What one polygon may hold and span: it is kept for each cell of 0.1 degree that it touches.
_MAX_POSITIONS: Final = 20_000
_MAX_DEGREES: Final = 20

_Place: TypeAlias = tuple[float, float]
_Segment: TypeAlias = tuple[_Place, _Place]


def position(value: Any) -> _Place:
    """Read a position: longitude, latitude, and a height that is not kept."""
    if not isinstance(value, list) or not 2 <= len(value) <= 4 or not all(map(_is_number, value)):
        raise ValueError(f"{_shown(value)} is no position: write [longitude, latitude] in degrees")
    lon, lat = value[0], value[1]
    if abs(lat) > 90 and abs(lon) <= 90 and abs(lat) <= 180:
        raise ValueError(
            f"latitude {lat:.10g} is beyond 90: GeoJSON puts longitude first: write [{lat:.10g}, {lon:.10g}]"
        )
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        raise ValueError(
            f"[{lon:.10g}, {lat:.10g}] is nowhere: longitude is -180 to 180, latitude -90 to 90, in degrees WGS 84"
        )
    return float(lon), float(lat)


def polygon(value: Any) -> tuple[Ring, ...]:
    """Read the coordinates of a Polygon: the outer ring, then holes within it."""
    if not isinstance(value, list) or not value:
        raise ValueError("a polygon is a list of rings: give it at least the outer one")
    if sum(len(ring) for ring in value if isinstance(ring, list)) > _MAX_POSITIONS:
        raise ValueError(f"a polygon has more than {_MAX_POSITIONS} positions: simplify it")
    rings = [_ring(ring, _called(number)) for number, ring in enumerate(value)]
    west = min(lon for lon, _ in rings[0])
    placed = tuple(_beside(ring, west) for ring in rings)
    _check_crossings(placed)
    outline = edges(placed[:1])
    for number, hole in enumerate(placed[1:], 1):
        if not any(inside(outline, lon, lat) for lon, lat in _middles(hole)):
            raise ValueError(f"{_called(number)} lies outside the outer ring: make it a polygon of its own")
    return placed


def multi_polygon(value: Any) -> tuple[tuple[Ring, ...], ...]:
    """Read the coordinates of a MultiPolygon."""
    if not isinstance(value, list) or not value:
        raise ValueError("a MultiPolygon is a list of polygons: give it at least one")
    return tuple(polygon(part) for part in value)


def _called(number: int) -> str:
    return f"hole {number}" if number else "the outer ring"


def _ring(value: Any, called: str) -> Ring:
    """Read one ring: closed, of three corners at least, with an area."""
    if not isinstance(value, list) or len(value) < 4:
        raise ValueError(f"{called} has fewer than four positions: three corners, and the first again at the end")
    places = [position(each) for each in value]
    if places[0] != places[-1]:
        raise ValueError(f"{called} is not closed: repeat its first position at the end")
    ring = _short_way(places)
    if ring[0] != ring[-1]:
        raise ValueError(f"{called} goes round the globe: cut it at the antimeridian into a MultiPolygon")
    if any(max(axis) - min(axis) > _MAX_DEGREES for axis in zip(*ring, strict=True)):
        raise ValueError(f"{called} is larger than {_MAX_DEGREES} degrees: cut it into several polygons")
    if not edges([ring]) or len(set(ring)) < 3:
        raise ValueError(f"{called} has no area: give it three corners that are not in one line")
    return ring


def _short_way(places: Iterable[_Place]) -> Ring:
    """Return places without jumps across the antimeridian, and without one that repeats the one before it."""
    made: list[_Place] = []
    turn = 0.0
    before = None
    for lon, lat in places:
        if before is not None and abs(lon - before) > 180:
            turn += 360.0 if lon < before else -360.0
        before = lon
        if not made or made[-1] != (lon + turn, lat):
            made.append((lon + turn, lat))
    low = min(lon for lon, _ in made)
    shift = 360.0 if low < -180 else 0.0
    return tuple((lon + shift, lat) for lon, lat in made)


def _beside(ring: Ring, west: float) -> Ring:
    """Return a ring in the turn of the globe that the outer ring is in."""
    if min(lon for lon, _ in ring) < west and min(lon for lon, _ in ring) + 360 < west + 180:
        return tuple((lon + 360, lat) for lon, lat in ring)
    return ring


def _middles(ring: Ring) -> Iterator[_Place]:
    for (x1, y1), (x2, y2) in pairwise(ring):
        yield (x1 + x2) / 2, (y1 + y2) / 2


def _check_crossings(rings: tuple[Ring, ...]) -> None:
    """Refuse edges that meet other than as neighbours at their corner; a hole may touch the outer ring at corners.

    Edges are taken from west to east, each compared with those that reach as far.
    """
    found = sorted(
        (min(a[0], b[0]), number, at, len(ring) - 1, (a, b))
        for number, ring in enumerate(rings)
        for at, (a, b) in enumerate(pairwise(ring))
    )
    open_: list[tuple[float, float, float, int, int, _Segment]] = []
    for west, number, at, count, edge in found:
        south, north = sorted((edge[0][1], edge[1][1]))
        open_ = [other for other in open_ if other[0] >= west]
        for _, other_south, other_north, other_number, other_at, other in open_:
            if other_south > north or other_north < south:
                continue
            if number != other_number:
                faulty = _cross(edge, other)
            elif (at - other_at) % count in (1, count - 1):
                faulty = _folds_back(edge, other)
            else:
                faulty = _meet(edge, other)
            if faulty:
                raise ValueError(
                    f"{_called(number)} {_met(number, other_number)} near [{_at(edge)}]: "
                    "draw it so that edges meet at their ends only"
                )
        open_.append((max(edge[0][0], edge[1][0]), south, north, number, at, edge))


def _met(number: int, other: int) -> str:
    return "crosses or touches itself" if number == other else f"crosses {_called(other)}"


def _at(edge: _Segment) -> str:
    lon, lat = edge[0]
    return f"{lon if lon <= 180 else lon - 360:.6g}, {lat:.6g}"


def _side(a: _Place, b: _Place, c: _Place) -> float:
    """Return on which side of a line through a and b lies c: positive is left, 0 on it."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _within(a: _Place, b: _Place, c: _Place) -> bool:
    """Tell whether c, on the line through a and b, is between them."""
    return min(a[0], b[0]) <= c[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= c[1] <= max(a[1], b[1])


def _cross(one: _Segment, other: _Segment) -> bool:
    """Tell whether two segments cross at a place inside both."""
    (a, b), (c, d) = one, other
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _meet(one: _Segment, other: _Segment) -> bool:
    """Tell whether two segments have any place in common."""
    (a, b), (c, d) = one, other
    return (
        _cross(one, other)
        or any(_side(a, b, end) == 0 and _within(a, b, end) for end in other)
        or any(_side(c, d, end) == 0 and _within(c, d, end) for end in one)
    )


def _folds_back(one: _Segment, other: _Segment) -> bool:
    """Tell whether two neighbours run back over each other."""
    (common,) = set(one) & set(other) or {one[0]}
    a = one[1] if one[0] == common else one[0]
    b = other[1] if other[0] == common else other[0]
    return _side(common, a, b) == 0 and (_within(common, a, b) or _within(common, b, a))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
