from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.errors import SettingsError
from gateway.settings import Site

Load = Callable[[], Site]

AREA = {
    "type": "Feature",
    "id": "area",
    "geometry": {"type": "Polygon", "coordinates": [[[8, 54], [9, 54], [9, 55], [8, 54]]]},
    "properties": {"kind": "port area", "name": "Exampleport", "port": "XXEXP"},
}


def write(folder: Path, name: str, *features: object) -> None:
    path = folder / "zones" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))


def faults(load: Load) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load()
    return str(caught.value).splitlines()


def test_a_site_without_zones_has_none(load: Load) -> None:
    assert len(load().zones) == 0


def test_zones_are_read_with_the_site(load: Load, folder: Path) -> None:
    write(folder, "a.geojson", AREA)
    write(folder, "b.geojson", AREA | {"id": "other"})
    (folder / "zones" / ".draft.geojson").write_text("not yet")
    (folder / "zones" / "README.md").write_text("how they were drawn")
    site = load()
    assert [zone.id for zone in site.zones.at(8.9, 54.1)] == ["area", "other"]


def test_faults_of_zones_stand_beside_those_of_other_files(load: Load, folder: Path) -> None:
    write(folder, "a.geojson", AREA | {"id": ""})
    write(folder, "b.json", AREA)
    (folder / "partners" / "acme.yaml").write_text("id: acme\nname: Acme\ncolour: red\n")
    (folder / "zones" / "c.geojson").mkdir()
    found = faults(load)
    assert "zones/b.json: would not be read: zones are GeoJSON: name it b.geojson" in found
    assert "zones/c.geojson: cannot be read: Is a directory" in found
    assert any(line.startswith('zones/a.geojson: feature 1 ("Exampleport"): has no id: ') for line in found)
    assert any(line.startswith("partners/acme.yaml:3:1: ") for line in found)
