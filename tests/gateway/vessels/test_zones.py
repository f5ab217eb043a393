from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model.location import Location
from gateway.model.vessel_event import ZoneKind
from gateway.vessels.geometry import KM_PER_NM, Ring, great_circle_nm
from gateway.vessels.zone import Circle, Port, Zone
from gateway.vessels.zones import Zones

#: Where grids and longitudes have their seams, and a place without any.
SEAMS = ((0.0, 0.0), (180.0, 0.0), (-180.0, 10.0), (179.95, -45.0), (8.1, 54.0), (-0.05, 51.5), (20.0, 89.8))


def zone(id_: str, *polygons: tuple[Ring, ...], circle: Circle | None = None) -> Zone:
    return Zone(id_, ZoneKind.ANCHORAGE, id_, polygons=polygons, circle=circle)


def square(west: float, south: float, east: float, north: float) -> Ring:
    return ((west, south), (east, south), (east, north), (west, north), (west, south))


def ids(found: Iterable[Zone]) -> list[str]:
    return [each.id for each in found]


def holds(ring: Ring, lon: float, lat: float) -> bool:
    """Tell by angles whether a ring goes round a place off its edges."""
    turned = 0.0
    for (x1, y1), (x2, y2) in pairwise(ring):
        step = math.atan2(y2 - lat, x2 - lon) - math.atan2(y1 - lat, x1 - lon)
        turned += (step + math.pi) % (2 * math.pi) - math.pi
    return abs(turned) > math.pi


def on_edge(ring: Ring, lon: float, lat: float) -> bool:
    """Tell whether a place is as near to an edge as rounding can move it: which side it is on is not for angles."""
    for (x1, y1), (x2, y2) in pairwise(ring):
        dx, dy = x2 - x1, y2 - y1
        along = min(1.0, max(0.0, ((lon - x1) * dx + (lat - y1) * dy) / (dx * dx + dy * dy)))
        if math.hypot(lon - x1 - along * dx, lat - y1 - along * dy) < 1e-9:
            return True
    return False


@st.composite
def fields(draw: st.DrawFn) -> tuple[list[Ring], list[tuple[float, float]]]:
    """Draw rings round one of the seams, and places there: longitudes of rings may run beyond 180."""
    lon, lat = draw(st.sampled_from(SEAMS))
    size = draw(st.sampled_from((0.02, 0.2, 0.5)))
    rings = []
    for _ in range(draw(st.integers(1, 4))):
        x = lon + draw(st.floats(-size, size))
        y = min(lat + draw(st.floats(-size, size)), 88.0)
        spokes = draw(st.lists(st.floats(size / 10, size), min_size=3, max_size=10))
        corners = [
            (x + spoke * math.cos(2 * math.pi * at / len(spokes)), y + spoke * math.sin(2 * math.pi * at / len(spokes)))
            for at, spoke in enumerate(spokes)
        ]
        rings.append((*corners, corners[0]))
    offset = st.floats(-2 * size, 2 * size)
    places = draw(st.lists(st.tuples(offset, offset), min_size=5, max_size=30))
    return rings, [(_wrapped(lon + x), max(-90.0, min(90.0, lat + y))) for x, y in places]


def _wrapped(lon: float) -> float:
    return lon - 360 if lon > 180 else lon + 360 if lon < -180 else lon


@given(fields())
def test_the_grid_finds_what_rings_go_round(field: tuple[list[Ring], list[tuple[float, float]]]) -> None:
    rings, places = field
    zones = Zones([zone(str(number), (ring,)) for number, ring in enumerate(rings)])
    for lon, lat in places:
        if any(on_edge(ring, lon + turn, lat) for ring in rings for turn in (0, 360, -360)):
            continue
        expected = [
            str(number)
            for number, ring in enumerate(rings)
            if any(holds(ring, lon + turn, lat) for turn in (0, 360, -360))
        ]
        assert ids(zones.at(lon, lat)) == expected == ids(each for each in zones if each.covers(lon, lat))


@given(st.sampled_from(SEAMS), st.floats(0.05, 30), st.lists(st.tuples(st.floats(-2, 2), st.floats(-1, 1)), min_size=5))
def test_the_grid_finds_circles(place: tuple[float, float], radius: float, offsets: list[tuple[float, float]]) -> None:
    circle = Circle(*place, radius)
    zones = Zones([zone("circle", circle=circle)])
    for x, y in offsets:
        lon, lat = _wrapped(place[0] + x), max(-90.0, min(90.0, place[1] + y))
        within = great_circle_nm(*place, lon, lat) <= radius
        assert bool(zones.at(lon, lat)) is within


def test_both_names_of_the_antimeridian_are_one_place() -> None:
    cut = zone("cut", (square(179.9, 0, 180, 1),), (square(-180, 0, -179.9, 1),))
    run_on = zone("run on", (square(179.9, 0, 180.1, 1),))
    zones = Zones([cut, run_on])
    for lon in (180, -180, 179.95, -179.95):
        assert ids(zones.at(lon, 0.5)) == ["cut", "run on"]
    assert ids(zones.at(-179.8, 0.5)) == ids(zones.at(179.8, 0.5)) == []


def test_a_zone_of_overlapping_polygons_is_found_once() -> None:
    twice = zone("twice", (square(0, 0, 1, 1),), (square(0.5, 0.5, 2, 2),))
    assert ids(Zones([twice]).at(0.75, 0.75)) == ["twice"]


def test_a_hole_is_open_water() -> None:
    holed = zone("holed", (square(0, 0, 1, 1), square(0.4, 0.4, 0.6, 0.6)))
    zones = Zones([holed])
    assert ids(zones.at(0.2, 0.5)) == ["holed"]
    assert zones.at(0.5, 0.5) == ()
    assert zones.distance_km(holed, 0.5, 0.5) == pytest.approx(11.12, abs=0.01)


def test_zones_are_found_in_the_order_of_the_files() -> None:
    zones = Zones([zone("port", (square(0, 0, 1, 1),)), zone("berth", (square(0.5, 0.5, 0.6, 0.6),))])
    assert ids(zones.at(0.55, 0.55)) == ["port", "berth"]


def test_places_beyond_the_globe_are_in_no_zone() -> None:
    zones = Zones([zone("all", (square(-10, -10, 10, 10),))])
    assert zones.at(181, 91) == zones.near(181, 91) == ()


def test_the_poles_are_places() -> None:
    zones = Zones([zone("polar", circle=Circle(0, 89.99, 10))])
    assert ids(zones.at(0, 90)) == ids(zones.at(180, 89.95)) == ["polar"]


def test_a_place_outside_is_as_far_as_the_edge_and_one_inside_is_not_away() -> None:
    area, round_ = zone("area", (square(0, 0, 1, 1),)), zone("round", circle=Circle(5, 0, 2))
    zones = Zones([area, round_])
    assert zones.distance_km(area, 1.1, 0.5) == pytest.approx(KM_PER_NM * great_circle_nm(1, 0.5, 1.1, 0.5))
    assert zones.distance_km(round_, 5.1, 0) == pytest.approx(KM_PER_NM * (great_circle_nm(5, 0, 5.1, 0) - 2))
    assert zones.distance_km(area, 0.5, 0.5) == zones.distance_km(round_, 5, 0) == 0


@pytest.mark.parametrize(("lon", "lat"), [(4, 52), (179.9, -18), (-179.9, 60), (0, 0), (15, 88)])
def test_ports_are_near_within_their_outermost_ring(lon: float, lat: float) -> None:
    port = Port("XZEXP", "Exampleport", lon, lat)
    zones = Zones(ports=[port])
    for east in (-9.9, -3.3, -0.1, 0.0, 0.1, 2.2, 6.6):
        for north in (-4.5, -3.9, -0.5, 0.0, 1.1, 2.0):
            at = (_wrapped(lon + east), lat + north)
            away = great_circle_nm(*at, lon, lat)
            found = zones.near(*at)
            assert [near.port for near in found] == ([port] if away <= 240 else [])
            assert [near.distance_nm for near in found] == ([pytest.approx(away, abs=1e-6)] if away <= 240 else [])


def test_a_zone_is_found_by_its_id() -> None:
    area = zone("area", (square(0, 0, 1, 1),))
    zones = Zones([area])
    assert zones.get("area") is area
    assert zones.get("other") is None
    assert len(zones) == 1


def test_a_zone_and_a_port_say_where_they_belong() -> None:
    berth = Zone("b1", ZoneKind.BERTH, "Berth 1", Location(unlocode="XZEXP"))
    assert berth.port == "XZEXP"
    assert zone("sea").port is None
    assert Port("XZEXP", "Exampleport", 0, 0).location == Location(unlocode="XZEXP", name="Exampleport")
