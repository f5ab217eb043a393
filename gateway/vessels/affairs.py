"""What a ship is about: visits to zones, slowness, meetings, what she says anew, places that cannot be hers.

Most ships at sea have none of it, so that it stands apart from `Ship`. Everything here can be written as JSON.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.vessels.sighting import Sighting

PROVISIONAL: Final = 1
CONFIRMED: Final = 2


def _sighting(values: Sequence[Any] | None) -> Sighting | None:
    return None if values is None else Sighting.read(values)


@dataclass(slots=True)
class Visit:
    """A ship in a zone. `since` names the visit for good; `told` is how far its beginning, `leaving_told` its end.

    `steady` is since when she has been there without a break; `out` since when and how often she seems gone.
    """

    zone: str
    since: float
    first: Sighting
    unseen: bool  # she was first heard here: nobody saw her come
    from_zone: str | None = None
    call: str | None = None
    fixes: int = 0
    steady: float = 0.0
    told: int = 0
    edge: float | None = None  # the first fix outside since she was last inside
    out: float | None = None
    out_fixes: int = 0
    leaving: Sighting | None = None
    leaving_told: int = 0

    def to_json(self) -> list[Any]:
        """Return the values in order."""
        return [getattr(self, name) for name in self.__slots__]

    @classmethod
    def read(cls, values: Sequence[Any]) -> Visit:
        """Return a visit from `to_json`."""
        visit = cls(*values)
        visit.first = Sighting.read(values[2])
        visit.leaving = _sighting(visit.leaving)
        return visit


@dataclass(slots=True)
class Crossing:
    """An approach ring that a ship has crossed and that is not confirmed yet."""

    ring_nm: float
    at: float
    distance_nm: float
    first: Sighting
    unseen: bool  # she was first heard inside of it

    def to_json(self) -> list[Any]:
        """Return the values in order."""
        return [self.ring_nm, self.at, self.distance_nm, self.first, self.unseen]

    @classmethod
    def read(cls, values: Sequence[Any]) -> Crossing:
        """Return a crossing from `to_json`."""
        return cls(values[0], values[1], values[2], Sighting.read(values[3]), values[4])


@dataclass(slots=True)
class Slow:
    """A ship that goes slowly off the ports: the sum of knots times seconds, and how far that is told.

    `fast` is since when she is not.
    """

    since: float
    first: Sighting
    knot_seconds: float = 0.0
    told: int = 0
    fast: float | None = None

    def to_json(self) -> list[Any]:
        """Return the values in order."""
        return [self.since, self.first, self.knot_seconds, self.told, self.fast]

    @classmethod
    def read(cls, values: Sequence[Any]) -> Slow:
        """Return a slowness from `to_json`."""
        return cls(values[0], Sighting.read(values[1]), *values[2:])


@dataclass(slots=True)
class Meeting:
    """Two slow ships side by side; kept with the one of the lower MMSI. `start` names it, `since` counts."""

    start: float
    since: float
    mine: Sighting
    theirs: Sighting
    told: int = 0

    def to_json(self) -> list[Any]:
        """Return the values in order."""
        return [self.start, self.since, self.mine, self.theirs, self.told]

    @classmethod
    def read(cls, values: Sequence[Any]) -> Meeting:
        """Return a meeting from `to_json`."""
        return cls(values[0], values[1], Sighting.read(values[2]), Sighting.read(values[3]), values[4])


@dataclass(slots=True)
class Claim:
    """Something that a ship says of herself otherwise than before, not yet said twice in a row.

    `denied` is when the old value was said since, `returns` how often the new one came back after that.
    """

    values: dict[str, Any]
    start: float
    first: Sighting
    denied: float | None = None
    returns: int = 0

    def to_json(self) -> list[Any]:
        """Return the values in order."""
        return [self.values, self.start, self.first, self.denied, self.returns]

    @classmethod
    def read(cls, values: Sequence[Any]) -> Claim:
        """Return a claim from `to_json`."""
        return cls(values[0], values[1], Sighting.read(values[2]), values[3], values[4])


@dataclass(slots=True)
class Stray:
    """A place where a ship was said to be and could not have come to; `old` when she was heard at the old one since."""

    at: float
    lon: float
    lat: float
    first: Sighting
    old: bool = False

    def to_json(self) -> list[Any]:
        """Return the values in order."""
        return [self.at, self.lon, self.lat, self.first, self.old]

    @classmethod
    def read(cls, values: Sequence[Any]) -> Stray:
        """Return a stray from `to_json`."""
        return cls(values[0], values[1], values[2], Sighting.read(values[3]), values[4])


@dataclass(slots=True)
class Affairs:
    """All of it for one ship. `split` is since when her MMSI is that of two ships, and how far that is told."""

    visits: list[Visit] = field(default_factory=list)
    crossings: dict[str, list[Crossing]] = field(default_factory=dict)
    meetings: dict[int, Meeting] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    mismatch: tuple[str, float, int] | None = None  # the differences as a text, since when, how far told
    slow: Slow | None = None
    stray: Stray | None = None
    split: tuple[float, int] | None = None
    still: float | None = None  # since when she has made no way
    call: str | None = None
    berth_left: str | None = None  # during a call
    gap: float | None = None  # the silence that was told provisionally, by its start

    def idle(self) -> bool:
        """Whether there is nothing to remember."""
        return not (
            self.visits
            or self.crossings
            or self.meetings
            or self.claims
            or self.mismatch
            or self.slow
            or self.stray
            or self.split
            or self.still is not None
            or self.call
            or self.berth_left
            or self.gap is not None
        )

    def to_json(self) -> dict[str, Any]:
        """Return what there is, by name."""
        packed: dict[str, Any] = {
            "visits": [visit.to_json() for visit in self.visits],
            "crossings": {port: [one.to_json() for one in found] for port, found in self.crossings.items()},
            "meetings": {str(mmsi): meeting.to_json() for mmsi, meeting in self.meetings.items()},
            "claims": {subject: claim.to_json() for subject, claim in self.claims.items()},
            "slow": self.slow and self.slow.to_json(),
            "stray": self.stray and self.stray.to_json(),
            "mismatch": self.mismatch,
            "split": self.split,
            "still": self.still,
            "call": self.call,
            "berth_left": self.berth_left,
            "gap": self.gap,
        }
        return {name: value for name, value in packed.items() if value not in (None, [], {})}

    @classmethod
    def read(cls, packed: Mapping[str, Any]) -> Affairs:
        """Return affairs from `to_json`."""
        return cls(
            visits=[Visit.read(one) for one in packed.get("visits", ())],
            crossings={
                port: [Crossing.read(one) for one in found] for port, found in packed.get("crossings", {}).items()
            },
            meetings={int(mmsi): Meeting.read(one) for mmsi, one in packed.get("meetings", {}).items()},
            claims={subject: Claim.read(one) for subject, one in packed.get("claims", {}).items()},
            slow=Slow.read(packed["slow"]) if "slow" in packed else None,
            stray=Stray.read(packed["stray"]) if "stray" in packed else None,
            mismatch=tuple(packed["mismatch"]) if "mismatch" in packed else None,
            split=tuple(packed["split"]) if "split" in packed else None,
            still=packed.get("still"),
            call=packed.get("call"),
            berth_left=packed.get("berth_left"),
            gap=packed.get("gap"),
        )
