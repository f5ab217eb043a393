from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gateway.vessels.geometry import (
    EARTH_NM,
    KM_PER_NM,
    Ring,
    bearing,
    edge_distance_km,
    edges,
    great_circle_nm,
    implied_knots,
    inside,
)

LONS = st.floats(-180, 180)
LATS = st.floats(-90, 90)
#: Coordinates that often are equal, so that rays pass through corners and along edges.
COARSE = st.integers(-6, 6).map(lambda number: number / 4)
FINE = st.floats(-1.5, 1.5)


def vector(lon: float, lat: float) -> tuple[float, float, float]:
    east, north = math.radians(lon), math.radians(lat)
    return math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north)


def cross(a: tuple[float, ...], b: tuple[float, ...]) -> tuple[float, float, float]:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def angle(a: tuple[float, float, float], b: tuple[float, float, float]) -> float:
    return math.atan2(math.hypot(*cross(a, b)), math.sumprod(a, b) if hasattr(math, "sumprod") else dot(a, b))


def dot(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


@given(LONS, LATS, LONS, LATS)
def test_a_distance_is_the_angle_between_two_vectors(lon: float, lat: float, to_lon: float, to_lat: float) -> None:
    expected = EARTH_NM * angle(vector(lon, lat), vector(to_lon, to_lat))
    # Near the antipode the haversine formula has half of the digits left: some metres.
    assert great_circle_nm(lon, lat, to_lon, to_lat) == pytest.approx(expected, abs=1e-3 if expected > 10_000 else 1e-7)


@given(LONS, LATS, LONS, LATS)
def test_a_distance_is_the_same_both_ways(lon: float, lat: float, to_lon: float, to_lat: float) -> None:
    assert great_circle_nm(lon, lat, to_lon, to_lat) == pytest.approx(great_circle_nm(to_lon, to_lat, lon, lat))


def test_a_minute_of_latitude_is_about_a_nautical_mile() -> None:
    assert great_circle_nm(8, 54, 8, 54 + 1 / 60) == pytest.approx(1, abs=0.001)


def test_a_distance_goes_across_the_antimeridian_the_short_way() -> None:
    assert great_circle_nm(179.5, 0, -179.5, 0) == pytest.approx(great_circle_nm(-0.5, 0, 0.5, 0))


@given(LONS, st.floats(-89, 89), LONS, st.floats(-89, 89))
def test_a_bearing_is_the_angle_from_north_on_the_tangent_plane(
    lon: float, lat: float, to_lon: float, to_lat: float
) -> None:
    here, there = vector(lon, lat), vector(to_lon, to_lat)
    assume(1e-3 < angle(here, there) < math.pi - 1e-3)
    east = (-math.sin(math.radians(lon)), math.cos(math.radians(lon)), 0.0)
    north = cross(here, east)
    expected = math.degrees(math.atan2(dot(there, east), dot(there, north))) % 360
    found = bearing(lon, lat, to_lon, to_lat)
    assert 0 <= found < 360
    assert min(abs(found - expected), 360 - abs(found - expected)) < 1e-6


@pytest.mark.parametrize(
    ("to_lon", "to_lat", "expected"), [(0, 1, 0), (1, 0, 90), (0, -1, 180), (-1, 0, 270), (0, 0, 0)]
)
def test_bearings_of_the_four_winds(to_lon: float, to_lat: float, expected: float) -> None:
    assert bearing(0, 0, to_lon, to_lat) == pytest.approx(expected)


def test_a_bearing_a_hair_west_of_north_is_below_360() -> None:
    assert bearing(0, 0, -1e-300, 1) < 360


@pytest.mark.parametrize(
    ("nm", "seconds", "knots"),
    [(10, 3600, 10), (1, 60, 60), (0, 0, 0), (1, 0, math.inf), (0, -5, 0), (1, -5, math.inf)],
)
def test_an_implied_speed_is_distance_over_time(nm: float, seconds: float, knots: float) -> None:
    assert implied_knots(nm, seconds) == pytest.approx(knots)


def winding(ring: Ring, lon: float, lat: float) -> int:
    """Return how often a ring goes round a place, in exact numbers (after Hormann and Agathos, half-open edges)."""
    x, y, turns = Fraction(lon), Fraction(lat), 0
    exact = [(Fraction(a), Fraction(b)) for a, b in ring]
    for (x1, y1), (x2, y2) in pairwise(exact):
        side = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1)
        if y1 <= y < y2 and side > 0:
            turns += 1
        elif y2 <= y < y1 and side < 0:
            turns -= 1
    return turns


def off_edges(ring: Ring, lon: float, lat: float) -> bool:
    """Tell whether a place is farther from every edge than rounding can move it."""
    for (x1, y1), (x2, y2) in pairwise(ring):
        dx, dy = x2 - x1, y2 - y1
        length = dx * dx + dy * dy
        along = min(1.0, max(0.0, ((lon - x1) * dx + (lat - y1) * dy) / length)) if length else 0.0
        if math.hypot(lon - x1 - along * dx, lat - y1 - along * dy) < 1e-9:
            return False
    return True


def star(center: tuple[float, float], spokes: list[float]) -> Ring:
    """Return a ring that never crosses itself: corners at rising angles round a centre."""
    corners = [
        (
            center[0] + spoke * math.cos(2 * math.pi * number / len(spokes)),
            center[1] + spoke * math.sin(2 * math.pi * number / len(spokes)),
        )
        for number, spoke in enumerate(spokes)
    ]
    return (*corners, corners[0])


STARS = st.builds(star, st.tuples(COARSE, COARSE), st.lists(st.floats(0.1, 1), min_size=3, max_size=12))


@given(STARS, FINE, FINE)
def test_a_place_in_a_ring_is_what_the_ring_winds_round(ring: Ring, lon: float, lat: float) -> None:
    assume(off_edges(ring, lon, lat))
    assert inside(edges([ring]), lon, lat) == (winding(ring, lon, lat) != 0)


@given(st.lists(st.tuples(COARSE, COARSE), min_size=3, max_size=9), COARSE, COARSE)
def test_parity_holds_for_any_ring_and_through_its_corners(
    corners: list[tuple[float, float]], lon: float, lat: float
) -> None:
    ring = (*corners, corners[0])
    assume(off_edges(ring, lon, lat))
    assert inside(edges([ring]), lon, lat) == (winding(ring, lon, lat) % 2 == 1)


@given(STARS, FINE, FINE, st.booleans())
def test_a_hole_is_outside(ring: Ring, lon: float, lat: float, backwards: bool) -> None:
    frame: Ring = ((-4, -4), (4, -4), (4, 4), (-4, 4), (-4, -4))
    hole = ring[::-1] if backwards else ring
    assert inside(edges([frame, hole]), lon, lat) != inside(edges([hole]), lon, lat)


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1))
def test_areas_side_by_side_share_no_place_and_leave_none_out(x: float, y: float, lon: float, lat: float) -> None:
    corners = ((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))
    assume(abs(x) < 1 and abs(y) < 1)
    fan = [(a, b, (x, y), a) for a, b in zip(corners, (*corners[1:], corners[0]), strict=True)]
    frame = (*corners, corners[0])
    holding = sum(inside(edges([triangle]), lon, lat) for triangle in fan)
    assert holding == inside(edges([frame]), lon, lat)


@given(STARS, st.floats(-60, 60), st.floats(0, 360), st.floats(0.01, 0.5))
def test_the_distance_to_an_edge_is_to_its_nearest_place(
    ring: Ring, shift: float, direction: float, away: float
) -> None:
    moved = tuple((lon, lat + shift) for lon, lat in ring)
    corner = moved[0]
    lon, lat = corner[0] + away * math.cos(direction), corner[1] + away * math.sin(direction)
    steps = 200
    places = [
        (x1 + (x2 - x1) * step / steps, y1 + (y2 - y1) * step / steps)
        for (x1, y1), (x2, y2) in pairwise(moved)
        for step in range(steps + 1)
    ]
    sampled = min(KM_PER_NM * great_circle_nm(lon, lat, *place) for place in places)
    longest = max(KM_PER_NM * great_circle_nm(*a, *b) for a, b in pairwise(moved))
    found = edge_distance_km([moved], lon, lat)
    assert found <= sampled * 1.001 + 1e-6
    assert found >= sampled - longest / steps - sampled * 0.001 - 1e-6


def test_the_distance_to_an_edge_goes_across_the_antimeridian() -> None:
    ring: Ring = ((179.0, 0.0), (179.9, 0.0), (179.9, 1.0), (179.0, 1.0), (179.0, 0.0))
    assert edge_distance_km([ring], -179.9, 0.5) == pytest.approx(KM_PER_NM * great_circle_nm(-179.9, 0.5, 179.9, 0.5))


def test_without_rings_an_edge_is_infinitely_far() -> None:
    assert edge_distance_km([], 0, 0) == math.inf
