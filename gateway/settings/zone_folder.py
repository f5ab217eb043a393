"""`zones/*.geojson`: places at sea, by which vessel events are told."""

from __future__ import annotations

from pathlib import Path

from gateway.errors import SettingsError
from gateway.section import Faults
from gateway.vessels.zone_file import MAX_BYTES
from gateway.vessels.zones import Zones

_SUFFIX = ".geojson"


def read_zones(folder: Path, faults: Faults) -> Zones:
    """Return the zones of a site folder, none where it has no `zones`; with any fault noted, none as well."""
    files: dict[str, bytes] = {}
    for path in sorted((folder / "zones").glob("[!.]*")):
        shown = str(path.relative_to(folder))
        if path.suffix != _SUFFIX:
            if path.suffix in {".json", ".kml", ".gpx", ".yaml"}:
                faults.file(f"{shown}: would not be read: zones are GeoJSON: name it {path.stem}{_SUFFIX}")
            continue
        try:
            with path.open("rb") as file:
                files[path.name] = file.read(MAX_BYTES + 1)
        except OSError as error:
            faults.file(f"{shown}: cannot be read: {error.strerror}")
    try:
        return Zones.read(files)
    except SettingsError as error:
        for line in str(error).splitlines():
            faults.file(line)
        return Zones()
