"""Free text of a destination to a UN/LOCODE, with how it was found and how far that is to be believed.

Readings are tried from the surest down, and one that the ship cannot reach is passed over. What is only similar is a
suggestion, and never the answer. The text itself is the caller's to keep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property, lru_cache
from math import inf
from typing import Final, NamedTuple

from gateway.unlocode import Place, places
from gateway.vessels.aliases import ALIASES
from gateway.vessels.destination_reading import CONFIDENCE, DestinationReader, How, Reading
from gateway.vessels.geometry import great_circle_nm
from gateway.vessels.port_names import PortNames, folded
from gateway.vessels.zone import Port

#: How many texts are kept with their readings.
_KEPT: Final = 65_536

#: Of ports of one name, one is meant when it is so many times nearer than the next; then it is believed less.
_NEARER: Final = 3
_BY_NEARNESS: Final = 0.75


class Candidate(NamedTuple):
    """A port that a text may mean; `score` is 0 to 1."""

    unlocode: str
    name: str
    score: float


class Resolution(NamedTuple):
    """What a text was taken for: a UN/LOCODE or None, how far to believe it (0 to 1), how it was found, and others."""

    unlocode: str | None
    confidence: float
    how: How
    candidates: tuple[Candidate, ...] = ()


class _Ship(NamedTuple):
    """Where a ship is, if known, and how far she can still sail."""

    lon: float | None
    lat: float | None
    within_nm: float | None


@cache
def _listed() -> tuple[Mapping[str, Place], PortNames]:
    found = places()
    return {place.unlocode: place for place in found}, PortNames(found)


class Gazetteer:
    """The ports of UN/LOCODE, those of the site, and what ships call them.

    The list is read at the first question, which takes a fraction of a second; a text that came before is not read
    again. `ports` are known by code and name whatever the list says; `aliases` are names for UN/LOCODEs.
    """

    def __init__(self, ports: Iterable[Port] = (), aliases: Mapping[str, str] | None = None) -> None:
        self._own = {port.unlocode: Place(port.unlocode, (port.name,), port.lon, port.lat) for port in ports}
        named = {folded(place.names[0]): code for code, place in self._own.items()}
        given = {folded(name): code for name, code in (aliases or {}).items()}
        self._aliases: Mapping[str, str] = {**ALIASES, **named, **given}
        self._readings: Callable[[str], tuple[Reading, ...]] = lru_cache(_KEPT)(self._read)
        self._similar: Callable[[str], tuple[Reading, ...]] = lru_cache(_KEPT)(self._suggest)

    def resolve(
        self,
        text: str,
        lon: float | None = None,
        lat: float | None = None,
        within_nm: float | None = None,
        *,
        suggesting: bool = True,
    ) -> Resolution:
        """Return what a destination means.

        Args:
            text: as sent.
            lon: where the ship is, which tells ports of one name apart.
            lat: the same.
            within_nm: how far she can sail until her ETA: a port farther off is not meant by its name.
            suggesting: whether names are looked for that a text is only similar to.
        """
        ship = _Ship(lon, lat, within_nm)
        unsure: Resolution | None = None
        readings = self._readings(text)
        if suggesting and not readings:
            readings = self._similar(text)
        for reading in readings:
            found = self._resolution(reading, ship)
            if found.unlocode is not None:
                return found
            unsure = unsure or found
        return unsure or Resolution(None, 0.0, How.UNRESOLVED)

    def place(self, unlocode: str) -> Place | None:
        """Return a port by its code."""
        return self._own.get(unlocode) or _listed()[0].get(unlocode)

    def _read(self, text: str) -> tuple[Reading, ...]:
        return self._reader.readings(text)

    def _suggest(self, text: str) -> tuple[Reading, ...]:
        return self._reader.similar(text)

    @cached_property
    def _reader(self) -> DestinationReader:
        return DestinationReader(_listed()[1], self._aliases, lambda code: self.place(code) is not None)

    def _resolution(self, reading: Reading, ship: _Ship) -> Resolution:
        """Return the one port of a reading that can be meant, or why there is none, with all as candidates."""
        how, codes, confidence, stated, scores = reading
        away = {code: self._distance(code, ship) for code in codes}
        near = [code for code in codes if ship.within_nm is None or (away[code] or 0.0) <= ship.within_nm]
        if how not in CONFIDENCE:
            score = dict(zip(codes, scores, strict=False))
            return Resolution(None, 0.0, how, self._candidates((code, score.get(code, 0.0)) for code in near))
        if stated and len(codes) == 1:
            return Resolution(codes[0], confidence if near else confidence / 2, how)
        if not near:
            return Resolution(None, 0.0, How.OUT_OF_REACH, self._candidates((code, 0.0) for code in codes))
        share = confidence / len(near)
        meant, sure = near[0], confidence
        if len(near) > 1:
            meant, sure = self._nearest(reading, near, away), confidence * _BY_NEARNESS
        others = self._candidates((code, share) for code in near if code != meant)
        return Resolution(meant, sure, how, others) if meant else Resolution(None, 0.0, How.AMBIGUOUS, others)

    @staticmethod
    def _nearest(reading: Reading, near: list[str], away: Mapping[str, float | None]) -> str:
        """Return the port that is much nearer than any other of its name; of a route's ends none is."""
        distances = sorted((distance, code) for code in near if (distance := away[code]) is not None)
        if reading.how is How.ROUTE or len(distances) < len(near):
            return ""
        (first, code), (second, _), *_ = distances
        return code if first * _NEARER <= second else ""

    def _candidates(self, found: Iterable[tuple[str, float]]) -> tuple[Candidate, ...]:
        return tuple(Candidate(code, self._name(code), round(score, 3)) for code, score in found)

    def _name(self, code: str) -> str:
        place = self.place(code)
        return "" if place is None else place.names[0]

    def _distance(self, code: str, ship: _Ship) -> float | None:
        """Return how far a port is in nautical miles, or where the list does not say, how far its country at least."""
        place = self.place(code)
        if place is None or ship.lon is None or ship.lat is None:
            return None
        if place.lon is None or place.lat is None:
            return _nearest_port(place.unlocode[:2], place.subdivision, round(ship.lon, 1), round(ship.lat, 1))
        return great_circle_nm(ship.lon, ship.lat, place.lon, place.lat)


@lru_cache(4096)
def _nearest_port(country: str, subdivision: str, lon: float, lat: float) -> float | None:
    """Return the distance to the nearest port of a subdivision, or of its country where it has none on the map."""
    distances: dict[bool, float] = {}
    for place in _listed()[0].values():
        if place.unlocode.startswith(country) and place.lon is not None and place.lat is not None:
            here = bool(subdivision) and place.subdivision == subdivision
            distances[here] = min(distances.get(here, inf), great_circle_nm(lon, lat, place.lon, place.lat))
    return distances.get(True, distances.get(False))
