"""One ship as the watch knows her, and the bytes that she is kept in: a fixed head, texts, and JSON for the rest.

Packed, a ship under way takes some 250 bytes; the version is the first byte, and other versions are not read.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from math import inf, isnan, nan
from struct import Struct
from typing import Any, Final, NamedTuple

from gateway.model.observation import Fix, Observation, Particulars
from gateway.vessels.affairs import Affairs
from gateway.vessels.sighting import Held, Source, heard

VERSION: Final = 1
_HEAD: Final = Struct("<BBdddddddddhhbBdIhhhIddddddHHI")
_GAP: Final = "\x1f"
_JSON: Final = json.JSONEncoder(separators=(",", ":"), check_circular=False)


class Identity(NamedTuple):
    """What a ship says of herself; metres. `named` and `described` are when name and the rest of type 24 came last."""

    imo: int | None = None
    name: str | None = None
    call_sign: str | None = None
    ship_type: int | None = None
    length: int | None = None
    beam: int | None = None
    mothership: int | None = None
    named: float | None = None
    described: float | None = None


class Intent(NamedTuple):
    """What a ship says of her voyage: `eta` in seconds since 1970, `eta_told` the one events go by, metres of draught.

    `destination` is as said last, `unlocode` what it is taken for; `bound` and `bound_text` are the last that was
    understood and confirmed.
    """

    eta: float | None = None
    eta_told: float | None = None
    destination: str | None = None
    unlocode: str | None = None
    confidence: float = 0.0
    draught: float | None = None
    bound: str | None = None
    bound_text: str | None = None


NOBODY: Final = Identity()
NOWHERE: Final = Intent()


class Ship:
    """The state of one ship, after her latest fix. `at` is -inf before the first; None is "not known".

    `number` is 1 for the second ship under one MMSI, who hangs on the first as her `twin`. `due` is when the approach
    rings have to be looked at again, and `open` whether no zone can be reached until then; `timer` is when her silence
    is looked at; `offing` is the distance to the nearest port point when
    rings were looked at, infinite without one.
    """

    __slots__ = (
        "affairs",
        "at",
        "cog",
        "digests",
        "digests_at",
        "digests_before",
        "due",
        "feed",
        "heading",
        "identity",
        "intent",
        "lat",
        "lon",
        "mmsi",
        "number",
        "offing",
        "open",
        "pending",
        "received",
        "rings",
        "said",
        "sog",
        "station",
        "status",
        "stopped",
        "timer",
        "twin",
        "type",
    )

    def __init__(self, mmsi: int, number: int = 0) -> None:
        self.mmsi = mmsi
        self.number = number
        self.at = -inf
        self.received = -inf
        self.lon = 0.0
        self.lat = 0.0
        self.sog: float | None = None
        self.cog: float | None = None
        self.heading: int | None = None
        self.status: int | None = None
        self.type = 0
        self.feed = ""
        self.station = ""
        self.due = -inf
        self.timer = inf
        self.offing = inf
        self.digests = b""
        self.digests_before = b""
        self.digests_at = -inf
        self.said = -1  # the digest of what she said last of herself; not kept
        self.open = False  # not kept either
        self.stopped = False  # since the draught was said last
        self.pending: list[Held] | None = None  # by time, not looked at yet
        self.rings: dict[str, int] | None = None  # rings that she is inside of, by port
        self.identity = NOBODY
        self.intent = NOWHERE
        self.affairs: Affairs | None = None
        self.twin: Ship | None = None

    @property
    def key(self) -> str:
        """What tells her from every other ship."""
        return f"{self.mmsi:09d}" if self.number == 0 else f"{self.mmsi:09d}/{self.number + 1}"

    def move(self, fix: Fix, feed: str) -> None:
        """Take in where she is now."""
        _, self.at, self.received, self.lon, self.lat, self.sog, self.cog, self.heading, self.status = fix[:9]
        self.type, self.station, self.feed = fix.type, fix.station, feed

    def business(self) -> Affairs:
        """Return her affairs, which she has from now on."""
        if self.affairs is None:
            self.affairs = Affairs()
        return self.affairs


def pack(ship: Ship, *, quoting: bool = True) -> bytes:
    """Return the bytes that a ship can be restored from; with the sentences of what is pending, if asked for."""
    identity, intent = ship.identity, ship.intent
    texts = _GAP.join(
        (
            ship.feed,
            ship.station.replace(_GAP, " "),
            identity.name or "",
            identity.call_sign or "",
            intent.destination or "",
            intent.unlocode or "",
            intent.bound or "",
            intent.bound_text or "",
        )
    ).encode()
    digests = ship.digests_before + ship.digests
    head = _HEAD.pack(
        VERSION,
        ship.number | ship.stopped << 1,
        ship.at,
        ship.received,
        ship.lon,
        ship.lat,
        _real(ship.sog),
        _real(ship.cog),
        ship.due,
        ship.timer,
        ship.offing,
        _whole(ship.heading),
        _whole(ship.status),
        ship.type,
        len(ship.digests_before) // 8,
        ship.digests_at,
        identity.imo or 0,
        _whole(identity.ship_type),
        _whole(identity.length),
        _whole(identity.beam),
        identity.mothership or 0,
        _real(identity.named),
        _real(identity.described),
        intent.confidence,
        _real(intent.eta),
        _real(intent.eta_told),
        _real(intent.draught),
        len(digests) // 8,
        len(texts),
        ship.mmsi,
    )
    return b"".join((head, digests, texts, _pack_rest(ship, quoting=quoting)))


def unpack(packed: bytes) -> Ship:
    """Return the ship that `pack` gave bytes of; raises `ValueError` for another version."""
    if packed[0] != VERSION:
        raise ValueError(f"a ship of version {packed[0]}, not {VERSION}")
    values = iter(_HEAD.unpack_from(packed))
    next(values)
    flags = next(values)
    ship = Ship(0, flags & 1)
    ship.stopped = bool(flags & 2)
    ship.at, ship.received, ship.lon, ship.lat = next(values), next(values), next(values), next(values)
    ship.sog, ship.cog = _present(next(values)), _present(next(values))
    ship.due, ship.timer, ship.offing = next(values), next(values), next(values)
    ship.heading, ship.status = _known(next(values)), _known(next(values))
    ship.type = next(values)
    before = next(values) * 8
    ship.digests_at = next(values)
    imo, ship_type, length, beam, mothership = (next(values) for _ in range(5))
    named, described, confidence = next(values), next(values), next(values)
    eta, eta_told, draught = next(values), next(values), next(values)
    start = _HEAD.size
    end = start + next(values) * 8
    ship.digests_before, ship.digests = packed[start : start + before], packed[start + before : end]
    stop = end + next(values)
    ship.mmsi = next(values)
    texts = packed[end:stop].decode().split(_GAP)
    ship.feed, ship.station = texts[:2]
    name, call_sign, destination, unlocode, bound, bound_text = (text or None for text in texts[2:])
    ship.identity = Identity(
        imo or None,
        name,
        call_sign,
        _known(ship_type),
        _known(length),
        _known(beam),
        mothership or None,
        _present(named),
        _present(described),
    )
    ship.intent = Intent(
        _present(eta),
        _present(eta_told),
        destination,
        unlocode,
        confidence,
        _present(draught),
        bound,
        bound_text,
    )
    if stop < len(packed):
        _unpack_rest(ship, json.loads(packed[stop:]))
    return ship


def _pack_rest(ship: Ship, *, quoting: bool) -> bytes:
    if not (ship.pending or ship.affairs or ship.rings or ship.twin):
        return b""
    rest: dict[str, Any] = {}
    if ship.rings:
        rest["rings"] = ship.rings
    if ship.affairs is not None and not ship.affairs.idle():
        rest["affairs"] = ship.affairs.to_json()
    if ship.pending:
        rest["pending"] = [(type(held[2]) is Fix, held[2], heard(held, quoting=quoting)) for held in ship.pending]
    if ship.twin is not None:
        rest["twin"] = pack(ship.twin).decode("latin-1")
    return _JSON.encode(rest).encode() if rest else b""


def _unpack_rest(ship: Ship, rest: dict[str, Any]) -> None:
    ship.rings = rest.get("rings")
    if "affairs" in rest:
        ship.affairs = Affairs.read(rest["affairs"])
    if "pending" in rest:
        ship.pending = [_held(*one) for one in rest["pending"]]
    if "twin" in rest:
        ship.twin = unpack(rest["twin"].encode("latin-1"))


def _held(is_fix: bool, values: list[Any], receptions: list[Any]) -> Held:
    """Return a transmission whose receptions are known already, the earliest first."""
    one: Observation = Fix(*values) if is_fix else _particulars(values)
    first, *others = (
        (
            one._replace(received=float(received), station=station),
            Source(feed, _quoting(tuple(sentences))),
        )
        for received, feed, station, sentences in receptions
    )
    return one.at, one.digest, *first, tuple(others)


def _particulars(values: list[Any]) -> Particulars:
    return Particulars._make(tuple(value) if isinstance(value, list) else value for value in values)  # the ETA


def _quoting(sentences: tuple[str, ...]) -> Callable[[int], tuple[str, ...]]:
    return lambda _: sentences


def _real(value: float | None) -> float:
    return nan if value is None else value


def _present(value: float) -> float | None:
    return None if isnan(value) else value


def _whole(value: int | None) -> int:
    return -1 if value is None else value


def _known(value: int) -> int | None:
    return None if value < 0 else value
