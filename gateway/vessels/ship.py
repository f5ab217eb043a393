"""One ship as the watch knows her, and the bytes that she is kept in: a fixed head, texts, and JSON for the rest.

A fix that is held back, without its sentences, has a form of its own: most ships have one whenever they are stored.

Packed, a ship under way takes some 250 bytes; the version is the first byte, and other versions are not read.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from math import inf, isnan, nan
from struct import Struct, unpack_from
from struct import pack as pack_array
from typing import Any, Final, NamedTuple

from gateway.model.observation import Fix, Observation, Particulars
from gateway.vessels.affairs import Affairs
from gateway.vessels.sighting import Held, Source, heard

VERSION: Final = 2
_HEAD: Final = Struct("<BBdddddddddhhbBdIhhhIddddddHHI")
#: A fix: time, place, speed and course, heading, status, type, receptions (their times follow), record, digest.
_FIX: Final = Struct("<dddddhhBHI16s")
_SECOND, _STOPPED, _HELD = 1, 2, 4
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
    identity, intent, sog, cog = ship.identity, ship.intent, ship.sog, ship.cog
    imo, name, call_sign, ship_type, length, beam, mothership, named, described = identity
    eta, eta_told, destination, unlocode, confidence, draught, bound, bound_text = intent
    texts = [ship.feed, ship.station, name or "", call_sign or "", destination or "", unlocode or "", bound or ""]
    texts.append(bound_text or "")
    pending = ship.pending
    fix = b""
    if pending and not quoting and len(pending) == 1 and isinstance(one := pending[0][2], Fix):
        fix = _pack_fix(one, pending[0], texts)
        pending = None
    joined = _GAP.join(text.replace(_GAP, " ") for text in texts).encode()
    digests = ship.digests_before + ship.digests
    head = _HEAD.pack(
        VERSION,
        ship.number | ship.stopped << 1 | (_HELD if fix else 0),
        ship.at,
        ship.received,
        ship.lon,
        ship.lat,
        nan if sog is None else sog,
        nan if cog is None else cog,
        ship.due,
        ship.timer,
        ship.offing,
        -1 if ship.heading is None else ship.heading,
        -1 if ship.status is None else ship.status,
        ship.type,
        len(ship.digests_before) // 8,
        ship.digests_at,
        imo or 0,
        -1 if ship_type is None else ship_type,
        -1 if length is None else length,
        -1 if beam is None else beam,
        mothership or 0,
        nan if named is None else named,
        nan if described is None else described,
        confidence,
        nan if eta is None else eta,
        nan if eta_told is None else eta_told,
        nan if draught is None else draught,
        len(digests) // 8,
        len(joined),
        ship.mmsi,
    )
    if not (pending or ship.affairs or ship.rings or ship.twin):
        return head + digests + joined + fix
    return b"".join((head, digests, joined, fix, _pack_rest(ship, pending, quoting=quoting)))


def _pack_fix(fix: Fix, held: Held, texts: list[str]) -> bytes:
    """Return a fix that is held back; feeds and stations go to the texts."""
    _, at, received, lon, lat, sog, cog, heading, status, type_, station, digest, record = fix
    texts += (held[3].feed, station)
    times = [received]
    for one, source in held[4]:
        texts += (source.feed, one.station)
        times.append(one.received)
    return _FIX.pack(
        at,
        lon,
        lat,
        nan if sog is None else sog,
        nan if cog is None else cog,
        -1 if heading is None else heading,
        -1 if status is None else status,
        type_,
        len(times),
        record,
        digest.to_bytes(16, "little"),
    ) + pack_array(f"<{len(times)}d", *times)


def _unpack_fix(packed: bytes, start: int, mmsi: int, texts: list[str]) -> tuple[Held, int]:
    """Return a fix that was held back, and where it ends."""
    at, lon, lat, sog, cog, heading, status, type_, count, record, digest = _FIX.unpack_from(packed, start)
    start += _FIX.size
    times = unpack_from(f"<{count}d", packed, start)
    fix = Fix(
        mmsi, at, times[0], lon, lat, _present(sog), _present(cog), _known(heading), _known(status), type_, texts[1],
        int.from_bytes(digest, "little"), record,
    )  # fmt: skip
    quote = _quoting(())
    copies = tuple(
        (fix._replace(received=received, station=station), Source(feed, quote))
        for received, feed, station in zip(times[1:], texts[2::2], texts[3::2], strict=True)
    )
    return (at, fix.digest, fix, Source(texts[0], quote), copies), start + 8 * count


def unpack(packed: bytes) -> Ship:
    """Return the ship that `pack` gave bytes of; raises `ValueError` for another version."""
    if packed[0] != VERSION:
        raise ValueError(f"a ship of version {packed[0]}, not {VERSION}")
    values = iter(_HEAD.unpack_from(packed))
    next(values)
    flags = next(values)
    ship = Ship(0, flags & _SECOND)
    ship.stopped = bool(flags & _STOPPED)
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
    name, call_sign, destination, unlocode, bound, bound_text = (text or None for text in texts[2:8])
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
    if flags & _HELD:
        held, stop = _unpack_fix(packed, stop, ship.mmsi, texts[8:])
        ship.pending = [held]
    if stop < len(packed):
        _unpack_rest(ship, json.loads(packed[stop:]))
    return ship


def _pack_rest(ship: Ship, pending: list[Held] | None, *, quoting: bool) -> bytes:
    rest: dict[str, Any] = {}
    if ship.rings:
        rest["rings"] = ship.rings
    if ship.affairs is not None and not ship.affairs.idle():
        rest["affairs"] = ship.affairs.to_json()
    if pending:
        rest["pending"] = [(type(held[2]) is Fix, held[2], heard(held, quoting=quoting)) for held in pending]
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


def _present(value: float) -> float | None:
    return None if isnan(value) else value


def _known(value: int) -> int | None:
    return None if value < 0 else value
