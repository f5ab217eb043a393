from __future__ import annotations

import copy
import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import SettingsError
from gateway.model.base import Coded
from gateway.model.location import Location
from gateway.model.vessel_event import ZoneKind
from gateway.vessels.destination_reading import CONFIDENCE, How
from gateway.vessels.thresholds import THRESHOLDS
from gateway.vessels.zone import EXIT_MARGIN_KM, RINGS_NM, Circle
from gateway.vessels.zone_file import MAX_BYTES
from gateway.vessels.zones import Zones

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = ROOT / "samples" / "site" / "zones"
PAGE = (ROOT / "docs" / "reference" / "zones.md").read_text("utf-8")

SQUARE = [[8.0, 54.0], [8.1, 54.0], [8.1, 54.1], [8.0, 54.1], [8.0, 54.0]]


def feature(geometry: Any = None, id_: Any = "z1", **properties: Any) -> dict[str, Any]:
    given_ = {"kind": "anchorage", "name": "Roads"} | properties
    return {
        "type": "Feature",
        "id": id_,
        "geometry": {"type": "Polygon", "coordinates": [SQUARE]} if geometry is None else geometry,
        "properties": {key: value for key, value in given_.items() if value is not None},
    }


def polygon(*rings: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def point(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def collection(*features: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def read(*features: Any) -> Zones:
    return Zones.read({"x.geojson": collection(*features)})


def faults(files: dict[str, bytes]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        Zones.read(files)
    return str(caught.value).splitlines()


def told(files: dict[str, bytes]) -> list[str]:
    """Return every fault of files, if any."""
    try:
        Zones.read(files)
    except SettingsError as error:
        return str(error).splitlines()
    return []


def fault(*features: Any) -> str:
    (line,) = faults({"x.geojson": collection(*features)})
    return line


def test_a_zone_has_what_its_feature_says() -> None:
    (zone,) = read(
        feature(
            id_="b1",
            kind="berth",
            name="Berth 1",
            port="XZEXP",
            terminal="EXT1",
            terminal_name="Example Terminal One",
            exit_margin_km=0.2,
            thresholds={"stop_minutes": 10, "stop_knots": 0.1},
            note="free text: [anything]\nat all",
        )
    )
    assert (zone.id, zone.kind, zone.name, zone.exit_margin_km) == ("b1", ZoneKind.BERTH, "Berth 1", 0.2)
    assert zone.location == Location(
        unlocode="XZEXP", terminal=Coded(value="EXT1"), terminal_name="Example Terminal One"
    )
    assert zone.thresholds == {"stop_minutes": 10, "stop_knots": 0.1}
    assert zone.polygons == ((tuple(map(tuple, SQUARE)),),)


def test_a_port_area_names_its_port() -> None:
    (zone,) = read(feature(kind="port area", name="Exampleport", port="XZEXP"))
    assert zone.location == Location(unlocode="XZEXP", name="Exampleport")


def test_an_anchorage_may_belong_to_no_port() -> None:
    (zone,) = read(feature())
    assert zone.location is None
    assert zone.thresholds == {}


def test_a_point_with_a_radius_is_a_circle() -> None:
    (zone,) = read(feature(point(8, 54), kind="pilot boarding place", radius_nm=1.5))
    assert (zone.circle, zone.polygons) == (Circle(8, 54, 1.5), ())


def test_an_approach_is_a_port_with_rings() -> None:
    zones = read(
        feature(point(8, 54), id_="a", kind="approach", name="Exampleport", port="XZEXP"),
        feature(point(9, 55), id_="b", kind="approach", name="Sampleholm", port="XZSMP", rings_nm=[12, 60, 12]),
    )
    assert [(port.id, port.unlocode, port.rings_nm) for port in zones.ports] == [
        ("a", "XZEXP", (240, 120, 60, 12)),
        ("b", "XZSMP", (60, 12)),
    ]
    assert len(zones) == 0


def test_a_ring_that_jumps_over_the_antimeridian_goes_the_short_way() -> None:
    jump = [[179.9, 0], [-179.9, 0], [-179.9, 1], [179.9, 1], [179.9, 0]]
    for ring in (jump, jump[::-1], [*jump[1:], jump[1]]):
        zones = read(feature(polygon(ring)))
        assert [len(zones.at(lon, 0.5)) for lon in (180, -180, 179.95, -179.95, 0, 179, -179)] == [1, 1, 1, 1, 0, 0, 0]


def test_a_hole_across_the_antimeridian_is_in_the_turn_of_its_ring() -> None:
    outer = [[179, 0], [-179, 0], [-179, 2], [179, 2], [179, 0]]
    hole = [[-179.8, 0.5], [-179.2, 0.5], [-179.2, 1.5], [-179.8, 1.5], [-179.8, 0.5]]
    zones = read(feature(polygon(outer, hole)))
    assert [len(zones.at(lon, 1)) for lon in (179.5, -179.9, -179.5, -179.1)] == [1, 1, 0, 1]


def test_rings_may_run_either_way_and_carry_heights() -> None:
    high = [[*place, 3.5] for place in SQUARE]
    for ring in (SQUARE, SQUARE[::-1], high):
        assert len(read(feature(polygon(ring))).at(8.05, 54.05)) == 1


def test_a_multi_polygon_is_one_zone() -> None:
    far = [[lon + 1, lat] for lon, lat in SQUARE]
    (zone,) = read(feature({"type": "MultiPolygon", "coordinates": [[SQUARE], [far]]}))
    assert zone.covers(8.05, 54.05)
    assert zone.covers(9.05, 54.05)


BOW = [[8, 54], [9, 55], [9, 54], [8, 55], [8, 54]]
SPIKE = [[8, 54], [9, 54], [9, 55], [9, 56], [9, 55.5], [8, 55], [8, 54]]
PINCH = [[8, 54], [9, 54], [8.5, 54.5], [9, 55], [8, 55], [8.5, 54.5], [8, 54]]


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        (point(8, 54), "a Point needs 'radius_nm'"),
        ({"type": "LineString", "coordinates": SQUARE}, "its geometry is LineString: draw a Polygon"),
        ({"type": "GeometryCollection", "geometries": []}, "its geometry is GeometryCollection"),
        ([], "its geometry is missing"),
        ({"coordinates": []}, "its geometry is missing"),
        (polygon(), "a polygon is a list of rings"),
        ({"type": "Polygon", "coordinates": 5}, "a polygon is a list of rings"),
        ({"type": "MultiPolygon", "coordinates": []}, "a MultiPolygon is a list of polygons"),
        (polygon(SQUARE[:3]), "the outer ring has fewer than four positions"),
        (polygon(SQUARE[:-1]), "the outer ring is not closed: repeat its first position"),
        (polygon(SQUARE, SQUARE[:-1]), "hole 1 is not closed"),
        (polygon([[54.0, 108.0]] * 5), "latitude 108 is beyond 90: GeoJSON puts longitude first: write [108, 54]"),
        (polygon([[181, 54]] * 5), "[181, 54] is nowhere"),
        (polygon([[570000, 6000000]] * 5), "[570000, 6000000] is nowhere"),
        (polygon([["8", "54"]] * 5), "['8', '54'] is no position"),
        (polygon([[True, False]] * 5), "[True, False] is no position"),
        (polygon([[8]] * 5), "[8] is no position"),
        (polygon([[8, 54]] * 5), "the outer ring has no area"),
        (polygon([[8, 54], [9, 54], [8.5, 54], [8, 54]]), "the outer ring has no area"),
        (polygon(BOW), "the outer ring crosses or touches itself near ["),
        (polygon(SPIKE), "the outer ring crosses or touches itself near ["),
        (polygon(PINCH), "the outer ring crosses or touches itself near ["),
        (polygon(SQUARE, [[8.05, 54.05], [8.2, 54.05], [8.2, 54.06], [8.05, 54.05]]), "crosses"),
        (polygon(SQUARE, [[9, 55], [9.1, 55], [9.1, 55.1], [9, 55]]), "hole 1 lies outside the outer ring"),
        (polygon([[0, 0], [25, 0], [25, 1], [0, 1], [0, 0]]), "is larger than 20 degrees"),
        (polygon([[0, 80], [120, 80], [-120, 80], [0, 80]]), "goes round the globe"),
    ],
)
def test_a_geometry_that_cannot_be_relied_on_is_refused(geometry: Any, said: str) -> None:
    line = fault(feature(geometry))
    assert line.startswith('zones/x.geojson: feature 1 ("Roads"): ')
    assert said in line


def corners(spokes: list[float]) -> list[list[float]]:
    """Return corners at rising angles round a place: edges that never cross."""
    steps = [2 * math.pi * number / len(spokes) for number in range(len(spokes))]
    return [
        [8 + spoke * math.cos(step), 54 + spoke * math.sin(step)] for spoke, step in zip(spokes, steps, strict=True)
    ]


@given(st.lists(st.floats(0.1, 1), min_size=3, max_size=40))
def test_a_ring_that_does_not_cross_itself_is_taken(spokes: list[float]) -> None:
    ring = corners(spokes)
    assert len(read(feature(polygon([*ring, ring[0]]))).at(8.001, 54.001)) == 1


@given(st.integers(5, 40), st.data())  # with four, opposite corners turn the ring round
def test_a_ring_with_two_corners_in_each_others_place_is_refused(count: int, data: st.DataObject) -> None:
    ring = corners([1.0] * count)
    first = data.draw(st.integers(0, count - 1))
    second = (first + data.draw(st.integers(1, count - 1))) % count
    ring[first], ring[second] = ring[second], ring[first]
    assert "the outer ring crosses or touches itself" in fault(feature(polygon([*ring, ring[0]])))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "ankorage"}, "'ankorage' is no kind: write one of port area, anchorage, berth"),
        ({"kind": "ankorage"}, "did you mean anchorage?"),
        ({"kind": None}, "has no 'kind'"),
        ({"kind": "berth"}, "has no 'port', to which a zone of kind 'berth' belongs"),
        ({"kind": "port area"}, "has no 'port'"),
        ({"port": "NL RTM"}, "'NL RTM' is no UN/LOCODE"),
        ({"port": 5}, "'port' must be a text"),
        ({"terminal": "T1"}, "a terminal belongs to a port"),
        ({"exit_margin_km": -1}, "'exit_margin_km' must be a number from 0 to 100, not -1"),
        ({"exit_margin_km": "1 km"}, "'exit_margin_km' must be a number"),
        ({"radius_nm": 1}, "'radius_nm' is for a Point, and this is a Polygon"),
        ({"thresholds": [1]}, "'thresholds' must be an object"),
        ({"thresholds": {"stop_knot": 1}}, "'stop_knot' is no threshold: write one of enter_fixes"),
        ({"thresholds": {"stop_knot": 1}}, "did you mean stop_knots?"),
        ({"thresholds": {"stop_knots": 99}}, "'stop_knots' must be a number from 0 to 10, not 99"),
        ({"thresholds": {"stop_knots": True}}, "'stop_knots' must be a number"),
        ({"thresholds": {"stop_knots": 1, "leave_knots": 0.5}}, "'stop_knots' is above 'leave_knots'"),
        ({"colour": "red"}, "a zone of this kind has no 'colour'"),
        ({"teminal": "T1"}, "did you mean terminal?"),
        ({"rings_nm": [12]}, "a zone of this kind has no 'rings_nm'"),
    ],
)
def test_a_property_that_is_wrong_is_told(change: dict[str, Any], said: str) -> None:
    line = fault(feature(**change))
    assert line.startswith('zones/x.geojson: feature 1 ("Roads"): ')
    assert said in line


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"geometry": polygon(SQUARE)}, "a port's rings are drawn round a Point"),
        ({"rings_nm": []}, "'rings_nm' must be a list of one to ten radii"),
        ({"rings_nm": [0]}, "'rings_nm' must be a number from 0.1 to 1000, not 0"),
        ({"port": None}, "has no 'port'"),
        ({"radius_nm": 3}, "a zone of this kind has no 'radius_nm'"),
    ],
)
def test_an_approach_that_is_wrong_is_told(change: dict[str, Any], said: str) -> None:
    given_ = {"geometry": point(8, 54), "kind": "approach", "name": "Exampleport", "port": "XZEXP"} | change
    assert said in fault(feature(**given_))


@pytest.mark.parametrize("id_", ["", "Berth 1", "ü", "x" * 65, 1.5, True, ["b"]])
def test_an_id_is_of_the_letters_that_ids_have(id_: Any) -> None:
    assert "give the feature an 'id' beside its 'type'" in fault(feature(id_=id_))


def test_a_number_is_an_id() -> None:
    assert read(feature(id_=17)).get("17") is not None


def test_an_id_is_given_once_in_all_files() -> None:
    (line,) = faults({"b.geojson": collection(feature()), "a.geojson": collection(feature(name="First"))})
    assert line == (
        'zones/b.geojson: feature 1 ("Roads"): the id \'z1\' is that of zones/a.geojson: feature 1 ("First") already: '
        "choose another"
    )


def test_a_port_has_rings_once() -> None:
    one = feature(point(8, 54), kind="approach", name="Exampleport", port="XZEXP")
    assert "the port XZEXP has its rings from zones/x.geojson: feature 1" in fault(one, one | {"id": "z2"})


@pytest.mark.parametrize("name", ["", " Roads", "a\nb", 7, "x" * 300])
def test_a_name_is_one_line_of_text(name: Any) -> None:
    line = fault(feature(name=name))
    assert line.startswith("zones/x.geojson: feature 1: ")
    assert "'name'" in line


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"{", "is no JSON at line 1, column 2"),
        (b"\xff\xfe{}", "is not UTF-8 at byte 1"),
        (b"[" * 100_000, "is nested too deep"),
        (b'{"a":' * 100_000, "is nested too deep"),
        (b"[]", "is no FeatureCollection"),
        (b'{"type": "Feature"}', "is no FeatureCollection"),
        (b'{"type": "FeatureCollection"}', "'features' must be a list of at least one feature"),
        (b'{"type": "FeatureCollection", "features": []}', "'features' must be a list of at least one feature"),
        (b'{"type": "FeatureCollection", "type": 1}', "'type' is given twice in one object"),
        (b'{"type": NaN}', "NaN is no number"),
        (b'{"type": ' + b"9" * 5000 + b"}", "is no number of JSON or of a map"),
        (b" " * (MAX_BYTES + 1), "has more than 50 MB"),
    ],
)
def test_a_file_that_is_no_collection_is_refused(content: bytes, said: str) -> None:
    (line,) = faults({"x.geojson": content})
    assert line.startswith("zones/x.geojson: ")
    assert said in line


@pytest.mark.parametrize("wrong", [None, 5, [], {}, {"type": "Feature"}, {"type": "Feature", "properties": []}])
def test_what_is_no_feature_is_refused(wrong: Any) -> None:
    assert fault(wrong).startswith("zones/x.geojson: feature 1: ")


def test_every_fault_of_every_file_is_told_at_once() -> None:
    lines = faults(
        {
            "b.geojson": b"",
            "a.geojson": collection(
                feature(id_="", kind="berth", colour="red"),
                feature(polygon(SQUARE[:-1]), thresholds={"x": 1}),
                feature(id_="sound"),
            ),
        }
    )
    assert [line.split(": ")[1] for line in lines] == ['feature 1 ("Roads")'] * 3 + ['feature 2 ("Roads")'] * 2 + [
        "is empty"
    ]


def test_without_files_there_are_no_zones() -> None:
    zones = Zones.read({})
    assert (zones.zones, zones.ports, zones.at(0, 0)) == ((), (), ())


def test_the_zones_of_the_example_site_are_sound() -> None:
    zones = Zones.read({path.name: path.read_bytes() for path in SAMPLES.glob("*.geojson")})
    assert {port.unlocode for port in zones.ports} == {"XZEXP", "XZSMP"}
    for port in zones.ports:
        kinds = sorted(zone.kind for zone in zones if zone.port == port.unlocode)
        assert kinds == ["anchorage", "berth", "berth", "pilot boarding place", "port area"]
        (area,) = (zone for zone in zones if zone.port == port.unlocode and zone.kind is ZoneKind.PORT_AREA)
        for berth in (zone for zone in zones if zone.port == port.unlocode and zone.kind is ZoneKind.BERTH):
            lon, lat = berth.polygons[0][0][0]
            assert area.covers(lon, lat)


def test_the_example_of_the_page_is_sound() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    zones = Zones.read({"x.geojson": example.encode()})
    assert ([zone.id for zone in zones], [port.unlocode for port in zones.ports]) == (
        ["exampleport-berth-1"],
        ["XXEXP"],
    )


def test_the_page_has_every_kind_property_threshold_and_default() -> None:
    assert all(f"`{kind}`" in PAGE for kind in ZoneKind)
    assert re.findall(r"^\| `(\w+)` \| ([\d.]+), ([\d.]+) \|", PAGE, re.MULTILINE) == [
        (name, f"{low:.10g}", f"{high:.10g}") for name, (low, high) in THRESHOLDS.items()
    ]
    assert str(list(map(int, RINGS_NM))) in PAGE
    assert all(f"{margin:g} for a{'n' * (kind[0] == 'a')} {kind}" in PAGE for kind, margin in EXIT_MARGIN_KM.items())


def test_the_page_has_every_confidence_of_a_destination() -> None:
    table = dict(re.findall(r"^\| `([^`]+)` \| (0\.\d+)", PAGE, re.MULTILINE))
    assert table == {str(how): f"{confidence:g}" for how, confidence in CONFIDENCE.items()}
    assert all(f"`{how}`" in PAGE for how in How)


@pytest.fixture(scope="module")
def sound() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SAMPLES / "exampleport.geojson").read_bytes())
    return found


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


@given(data=st.data())
def test_any_change_of_a_sound_file_is_read_or_refused(sound: dict[str, Any], data: st.DataObject) -> None:
    changed = copy.deepcopy(sound)
    at: Any = changed
    key: Any = "features"
    while True:
        inner = at[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.integers(0, 4)) == 0:
            break
        at = inner
        key = data.draw(st.sampled_from(list(inner) if isinstance(inner, dict) else range(len(inner))))
    at[key] = data.draw(JUNK)
    content = json.dumps(changed, ensure_ascii=data.draw(st.booleans())).encode("utf-8", "replace")
    assert all(line.startswith("zones/x.geojson: ") for line in told({"x.geojson": content}))


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with pytest.raises(SettingsError):
        Zones.read({"x.geojson": content})
