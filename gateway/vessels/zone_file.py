"""GeoJSON files (RFC 7946) of a site's zones to zones and ports, with every fault of every file in one report.

    {"type": "FeatureCollection", "features": [{"type": "Feature", "id": "berth-1", "geometry": {...},
     "properties": {"kind": "berth", "name": "Berth 1", "port": "XZEXP", "terminal": "EXT1"}}]}

docs/reference/zones.md describes every property.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf
from types import MappingProxyType
from typing import Any, Final, TypeVar

from gateway.errors import SettingsError
from gateway.model.base import Coded
from gateway.model.location import Location
from gateway.model.vessel_event import ZoneKind
from gateway.vessels.outline import multi_polygon, polygon, position
from gateway.vessels.thresholds import THRESHOLDS
from gateway.vessels.zone import EXIT_MARGIN_KM, RINGS_NM, Circle, Polygon, Port, Zone
from gateway.yaml_source import nearest

T = TypeVar("T")

#: What one file may hold, in bytes and in features.
MAX_BYTES: Final = 50_000_000
_MAX_FEATURES: Final = 100_000

_KINDS: Final = tuple(kind.value for kind in ZoneKind)
_WITH_PORT: Final = (ZoneKind.PORT_AREA, ZoneKind.BERTH, ZoneKind.APPROACH)
_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_UNLOCODE: Final = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")  # UN/ECE Recommendation 16
_LINE: Final = re.compile(
    r"[^\x00-\x20\x7f\ue000-\uf8ff]([^\x00-\x1f\x7f\ue000-\uf8ff]{0,254}[^\x00-\x20\x7f\ue000-\uf8ff])?"
)


@dataclass(slots=True)
class _Report:
    """Every fault found, in order; `at` is the file and feature that is read."""

    at: str = ""
    lines: list[str] = field(default_factory=list)

    def fault(self, text: str) -> None:
        """Note what is wrong and the remedy, on one line whatever the file holds."""
        line = f"{self.at}: {text}"
        self.lines.append("".join(each if each.isprintable() else "?" for each in line))


@dataclass(slots=True)
class _Found:
    """What the files held, and which feature first had an id or a port's rings."""

    zones: list[Zone] = field(default_factory=list)
    ports: list[Port] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    ringed: dict[str, str] = field(default_factory=dict)


def read_zone_files(files: Mapping[str, bytes]) -> tuple[tuple[Zone, ...], tuple[Port, ...]]:
    """Return the zones and ports of files by path below the site's `zones` folder, in order of path.

    Raises:
        SettingsError: a line for each fault: `zones/x.geojson: feature 3 ("Name"): what is wrong: remedy`.
    """
    report, found = _Report(), _Found()
    for path in sorted(files):
        report.at = f"zones/{path}"
        for number, feature in enumerate(_features(files[path], report), 1):
            report.at = _place(path, number, feature)
            _Feature(feature, report).read(found)
    if report.lines:
        raise SettingsError("\n".join(report.lines))
    return tuple(found.zones), tuple(found.ports)


def _place(path: str, number: int, feature: Any) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    called = f' ("{name}")' if isinstance(name, str) and _LINE.fullmatch(name) else ""
    return f"zones/{path}: feature {number}{called}"


def _features(content: bytes, report: _Report) -> list[Any]:
    """Return the features of one file, or none with the fault noted."""
    try:
        return _collection(content)
    except ValueError as error:
        report.fault(str(error))
    except RecursionError:
        report.fault("is nested too deep: a FeatureCollection needs a dozen levels")
    return []


def _collection(content: bytes) -> list[Any]:
    if len(content) > MAX_BYTES:
        raise ValueError(f"has more than {MAX_BYTES // 1_000_000} MB: split it, or simplify its outlines")
    if not content.strip():
        raise ValueError("is empty: write a FeatureCollection, or remove the file")
    found = _json(content)
    if not isinstance(found, dict) or found.get("type") != "FeatureCollection":
        raise ValueError('is no FeatureCollection: put the features into {"type": "FeatureCollection", "features": []}')
    features = found.get("features")
    if not isinstance(features, list) or not features:
        raise ValueError("'features' must be a list of at least one feature: add one, or remove the file")
    if len(features) > _MAX_FEATURES:
        raise ValueError(f"has more than {_MAX_FEATURES} features: split it")
    return features


def _json(content: bytes) -> Any:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 at byte {error.start + 1}: save the file as UTF-8") from None
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_int=_whole)
    except json.JSONDecodeError as error:
        raise ValueError(
            f"is no JSON at line {error.lineno}, column {error.colno} ({error.msg}): correct it there"
        ) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        twice = next(key for at, (key, _) in enumerate(pairs) if any(key == other for other, _ in pairs[:at]))
        raise ValueError(f"'{twice[:40]}' is given twice in one object: keep one")
    return made


def _no_number(text: str) -> Any:
    raise ValueError(f"{text[:20]} is no number of JSON or of a map: write degrees, nautical miles or kilometres")


def _whole(text: str) -> int:
    return int(text) if len(text) <= 20 else _no_number(text)


class _Feature:
    """One feature, read property by property; what is wrong is noted, and then nothing is made of it."""

    def __init__(self, feature: Any, report: _Report) -> None:
        self.report = report
        self.before = len(report.lines)
        self.feature: dict[str, Any] = feature if isinstance(feature, dict) else {}
        properties = self.feature.get("properties")
        self.properties: dict[str, Any] = properties if isinstance(properties, dict) else {}
        self.asked: set[str] = set()
        if self.feature.get("type") != "Feature":
            report.fault('is no feature: write {"type": "Feature", "id": ..., "geometry": ..., "properties": ...}')
        elif not self.properties:
            report.fault("has no properties: give it at least 'kind' and 'name'")

    @property
    def _sound(self) -> bool:
        return len(self.report.lines) == self.before

    def read(self, found: _Found) -> None:
        """Add the feature to what was found, unless it has a fault."""
        if not self._sound:
            return
        kind = self._kind()
        if kind is None:
            return
        id_ = self._id(found)
        name = self._text("name", required=True)
        unlocode = self._unlocode(kind)
        thresholds = self._thresholds()
        if kind is ZoneKind.APPROACH:
            self._approach(id_, name, unlocode, thresholds, found)
            return
        location = self._location(name if kind is ZoneKind.PORT_AREA else "", unlocode)
        margin = self._number("exit_margin_km", 0, 100, EXIT_MARGIN_KM[kind])
        outlines, circle = self._area()
        self._done()
        if self._sound:
            found.zones.append(Zone(id_, kind, name, location, outlines, circle, margin, thresholds))

    def _approach(self, id_: str, name: str, unlocode: str, thresholds: Mapping[str, float], found: _Found) -> None:
        rings = self._rings()
        self._done()
        place = self._point("a port's rings are drawn round a Point")
        first = found.ringed.setdefault(unlocode, self.report.at) if unlocode else self.report.at
        if first != self.report.at:
            self.report.fault(f"the port {unlocode} has its rings from {first} already: keep one")
        if self._sound and place is not None:
            found.ports.append(Port(unlocode, name, *place, rings, id_, thresholds))

    def _kind(self) -> ZoneKind | None:
        text = self._text("kind", required=True)
        if text in _KINDS:
            return ZoneKind(text)
        if text:
            self.report.fault(f"'{text}' is no kind: write one of {', '.join(_KINDS)}{nearest(text, _KINDS)}")
        return None

    def _id(self, found: _Found) -> str:
        value = self.feature.get("id", "")
        id_ = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if not isinstance(id_, str) or not _ID.fullmatch(id_):
            self.report.fault(
                f"{'has no id' if value == '' else f'{str(value)[:70]!r} is no id'}: give the feature an 'id' beside "
                "its 'type', of lower-case letters, digits, '.', '_' and '-', at most 64"
            )
            return ""
        first = found.ids.setdefault(id_, self.report.at)
        if first != self.report.at:
            self.report.fault(f"the id '{id_}' is that of {first} already: choose another")
        return id_

    def _text(self, key: str, *, required: bool = False) -> str:
        self.asked.add(key)
        value = self.properties.get(key)
        if value is None or value == "":
            if required:
                self.report.fault(f"has no '{key}': give it one among its properties")
            return ""
        if not isinstance(value, str) or not _LINE.fullmatch(value):
            self.report.fault(f"'{key}' must be a text on one line, at most 256 characters, no blank at either end")
            return ""
        return value

    def _unlocode(self, kind: ZoneKind) -> str:
        code = self._text("port")
        if not code and kind in _WITH_PORT:
            self.report.fault(f"has no 'port', to which a zone of kind '{kind}' belongs: give its UN/LOCODE")
        if code and not _UNLOCODE.fullmatch(code):
            self.report.fault(f"'{code}' is no UN/LOCODE: write five characters without a blank, like NLRTM")
        return code

    def _location(self, name: str, unlocode: str) -> Location | None:
        terminal, terminal_name = self._text("terminal"), self._text("terminal_name")
        if (terminal or terminal_name) and not unlocode:
            self.report.fault("a terminal belongs to a port: give its UN/LOCODE as 'port'")
        if not unlocode:
            return None
        return Location(
            unlocode=unlocode,
            name=name or None,
            terminal=Coded(value=terminal) if terminal else None,
            terminal_name=terminal_name or None,
        )

    def _number(self, key: str, low: float, high: float, default: float) -> float:
        self.asked.add(key)
        value = self.properties.get(key)
        return default if value is None else self._bounded(key, value, low, high, default)

    def _bounded(self, key: str, value: Any, low: float, high: float, stand_in: float) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
            return float(value)
        self.report.fault(f"'{key}' must be a number from {low} to {high}, not {str(value)[:40]}: correct it")
        return stand_in

    def _thresholds(self) -> Mapping[str, float]:
        self.asked.add("thresholds")
        value = self.properties.get("thresholds")
        if value is None:
            return MappingProxyType({})
        if not isinstance(value, dict):
            self.report.fault("'thresholds' must be an object of names and numbers")
            return MappingProxyType({})
        made = {}
        for name, number in value.items():
            if name in THRESHOLDS:
                made[name] = self._bounded(name, number, *THRESHOLDS[name], 0)
            else:
                self.report.fault(
                    f"'{name[:40]}' is no threshold: write one of {', '.join(THRESHOLDS)}{nearest(name, THRESHOLDS)}"
                )
        if made.get("stop_knots", 0) > made.get("leave_knots", inf):
            self.report.fault(
                "'stop_knots' is above 'leave_knots': a ship that stops must be slower than one that leaves"
            )
        return MappingProxyType(made)

    def _rings(self) -> tuple[float, ...]:
        self.asked.add("rings_nm")
        value = self.properties.get("rings_nm")
        if value is None:
            return RINGS_NM
        if not isinstance(value, list) or not 1 <= len(value) <= 10:
            self.report.fault(
                "'rings_nm' must be a list of one to ten radii in nautical miles, like [240, 120, 60, 12]"
            )
            return RINGS_NM
        return tuple(sorted({self._bounded("rings_nm", each, 0.1, 1000, 1) for each in value}, reverse=True))

    def _area(self) -> tuple[tuple[Polygon, ...], Circle | None]:
        """Return polygons, or a circle for a Point with a radius."""
        geometry, type_ = self._geometry()
        radius = self._number("radius_nm", 0.01, 50, 0)
        if type_ == "Point":
            if not radius:
                self.report.fault("a Point needs 'radius_nm' among its properties: a radius in nautical miles")
            place = self._point("")
            return (), None if place is None else Circle(*place, radius)
        read = _AREAS.get(type_)
        if read is None:
            self.report.fault(
                f"its geometry is {type_ or 'missing'}: draw a Polygon or MultiPolygon, or a Point with 'radius_nm'"
            )
            return (), None
        if radius:
            self.report.fault(f"'radius_nm' is for a Point, and this is a {type_}: remove it")
        return self._tried(read, geometry.get("coordinates"), ()), None

    def _point(self, demand: str) -> tuple[float, float] | None:
        geometry, type_ = self._geometry()
        if type_ != "Point":
            self.report.fault(f"its geometry is {type_ or 'missing'}: {demand}")
            return None
        return self._tried(position, geometry.get("coordinates"), None)

    def _geometry(self) -> tuple[dict[str, Any], str]:
        geometry = self.feature.get("geometry")
        if not isinstance(geometry, dict):
            return {}, ""
        return geometry, str(geometry.get("type", ""))[:40]

    def _tried(self, read: Callable[[Any], T], value: Any, stand_in: T) -> T:
        try:
            return read(value)
        except ValueError as error:
            self.report.fault(str(error))
            return stand_in

    def _done(self) -> None:
        for key in self.properties:
            if key not in self.asked and key != "note":
                self.report.fault(
                    f"a zone of this kind has no '{key[:40]}'{nearest(key, self.asked)}: remove it, or make it a 'note'"
                )


def _polygon(value: Any) -> tuple[Polygon, ...]:
    return (polygon(value),)


_AREAS: Final[Mapping[str, Callable[[Any], tuple[Polygon, ...]]]] = MappingProxyType(
    {"Polygon": _polygon, "MultiPolygon": multi_polygon}
)
