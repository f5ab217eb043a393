"""pyais as an oracle: it reads the same in every field, but for the differences listed here, each with its reason."""

from __future__ import annotations

from collections.abc import Callable
from operator import eq
from typing import Any, NamedTuple

import pyais
import pytest
from ais_lines import ALDER, BIRCH, CORPUS, at, heard, static
from ais_lines import messages as only_messages
from ais_strategies import messages
from hypothesis import given

from adapters.ais import Bits, Message, Reason, Receiver, Reject, encode, message
from adapters.ais.armour import text_of
from adapters.ais.layout import Field

#: Its names for our fields.
NAMES = {
    "msg_type": "type",
    "turn": "rot",
    "speed": "sog",
    "course": "cog",
    "shipname": "name",
    "alt": "altitude",
    "virtual_aid": "virtual",
    "name_ext": "name_extension",
    "fid": "fi",
    "cs": "carrier_sense",
    "gnss": "late",
    "partno": "part",
    "vendorid": "vendor",
    "zonesize": "zone_size",
    "power": "low_power",
    **{f"mmsiseq{place}": f"seqno{place}" for place in (1, 2, 3, 4)},
}
#: Its fields for what are spare bits and flags of ours, or what it makes of others.
BESIDE = {"reserved_1", "reserved_2", "full_name", "app_id", "increment2", "offset2", "mmsi2"}
ETA = {name: f"eta_{name}" for name in ("month", "day", "hour", "minute")}


class Seen(NamedTuple):
    """One field, as pyais has it and as we do."""

    said: Any
    raw: Any
    value: Any
    field: Field

    @property
    def text(self) -> str:
        """All characters, with those behind an @."""
        return text_of(self.raw if isinstance(self.raw, Bits) else Bits(self.raw, self.field.width))

    @property
    def bytes(self) -> bytes:
        """Bits filled up to whole bytes."""
        filled = -self.raw.length % 8
        return (self.raw.value << filled).to_bytes((self.raw.length + filled) // 8)


ALL = frozenset(range(1, 28))
TEXTS = ("name", "callsign", "destination", "vendor", "name_extension", "text")
CORNERS = ("ne_lon", "ne_lat", "sw_lon", "sw_lat")

#: Where it differs: of which types, in which fields (in any, where none is named), and what it says there.
DIFFERENCES: tuple[tuple[frozenset[int], tuple[str, ...], Callable[[Seen], bool]], ...] = (
    # what stands for "not available", and what cannot be, is a number to it
    (ALL, ("lon", "lat", "sog", "cog"), lambda seen: seen.value is None and as_number(seen)),
    # it takes blanks at the front away, and an absent text is an empty one
    (ALL, TEXTS, lambda seen: seen.said == (seen.value or "").strip()),
    # it goes on behind an @, and takes a piece of a character at the end for one
    (ALL, TEXTS, lambda seen: seen.text.strip("@ ") in seen.said),
    # it rounds the rate of turn to whole degrees, and says 720 or so where none is known
    (frozenset((1, 2, 3)), ("rot",), lambda seen: seen.value is None or abs(seen.said - seen.value) < 0.56),
    # it keeps six decimals of tenths of a minute, where three tell all apart
    (frozenset((27,)), ("lon", "lat"), lambda seen: abs(seen.said - seen.value) < 0.001),
    # a correction's position is unsigned to it, and in minutes
    (frozenset((17,)), ("lon", "lat"), lambda seen: round(seen.said * 10) == seen.raw % (1 << seen.field.width)),
    # so are the corners of an area, but signed
    (frozenset((22, 23)), CORNERS, lambda seen: round(seen.said * 10) == seen.raw),
    # its lists of codes end before the field does: what is not in them becomes another
    (frozenset((5, 19, 23, 24)), ("ship_type",), lambda seen: seen.raw in RESERVED_SHIP_TYPES),
    (frozenset((23,)), ("station_type",), lambda seen: seen.raw > 6),
    (frozenset((22, 23)), ("txrx",), lambda seen: seen.raw > 2),
    (frozenset((23,)), ("interval",), lambda seen: seen.raw > 10),
    (frozenset((1, 2, 3)), ("maneuver",), lambda seen: seen.raw == 3),
    (ALL, ("epfd",), lambda seen: seen.raw > 8),
    # the flag that tells the access scheme is the first bit of the communication state to it
    (frozenset((9, 18)), ("radio",), lambda seen: seen.said & 0x7FFFF == seen.raw),
    # it reads data and communication state of type 26 as one, cut after a thousand bits or so, and where the message is
    # addressed two bytes of an application id that is not there
    (frozenset((26,)), ("data",), lambda seen: begins(whole_bytes(seen), seen.said)),
    (frozenset((26,)), ("data",), lambda seen: begins(whole_bytes(seen)[2:], seen.said)),
    (frozenset((26,)), ("radio",), lambda seen: seen.said != seen.raw),
    # data are bytes to it, filled up
    (ALL, ("data",), lambda seen: (seen.said or b"") == seen.bytes),
    # it makes something of the first bits of a field that the message ends in
    (frozenset((5, 7, 13, 15, 20, 24)), (), lambda seen: seen.raw is None),
)
#: Ship types that its list does not have; 57 becomes 56.
RESERVED_SHIP_TYPES = frozenset((*range(1, 20), *range(25, 30), 38, 39, *range(45, 49), 56, 57, *range(65, 69))) | {
    *range(75, 79),
    *range(85, 89),
    *range(95, 99),
    *range(100, 256),
}


def begins(ours: bytes, said: bytes | None) -> bool:
    """Whether one of them begins with the other."""
    return all(map(eq, ours, said or b""))


def whole_bytes(seen: Seen) -> bytes:
    return seen.bytes[: seen.raw.length // 8]


def as_number(seen: Seen) -> bool:
    return abs(seen.said * seen.field.kind.per_unit - seen.raw) < 1  # type: ignore[attr-defined]


def explained(number: int, seen: Seen) -> bool:
    return any(
        number in types and (not names or seen.field.name in names) and holds(seen)
        for types, names, holds in DIFFERENCES
    )


def unexplained(one: Message) -> dict[str, tuple[Any, Any, Any]]:
    """Return what pyais reads otherwise than we do, without a reason that we know."""
    found = {}
    for name, said in pyais.decode(*encode(one)).asdict(enum_as_int=True).items():
        ours_name = ETA[name] if one.type == 5 and name in ETA else NAMES.get(name, name)
        if ours_name not in one:
            continue
        reading = one.reading(ours_name)
        raw, value = reading.raw, reading.value
        seen = Seen(said, raw, value, one.layout.fields[one.layout.index[ours_name]])
        if said not in (value, raw) and not explained(one.type, seen):
            found[ours_name] = (said, raw, value)
    return found


# Types 6 and 8 are application payloads to pyais, which the corpus is enough for.
@given(messages(whole=True).filter(lambda one: one.type not in (6, 8)))
def test_any_message_is_read_alike(one: Message) -> None:
    assert unexplained(one) == {}


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the repository")
def test_recorded_messages_are_read_alike() -> None:
    count = 0
    for path in (*CORPUS.glob("*/*.nmea"), *CORPUS.glob("pyais/*.txt"), CORPUS / "libais" / "test.aivdm"):
        receiver = Receiver(path.name)
        for place, line in enumerate(path.read_bytes().splitlines()):
            for one in only_messages(receiver.receive_line(line, at(place / 10))):
                count += 1
                assert unexplained(one) == {}, line
    assert count > 1000


@pytest.mark.parametrize("code", [6, 15, 38, 39, 57, 100, 255])
def test_pyais_knows_no_reserved_ship_type_and_we_keep_every_one(code: int) -> None:
    one = message("5", mmsi=211000001, ship_type=code)
    assert one["ship_type"] == one.raw("ship_type") == code
    assert pyais.decode(*encode(one)).asdict(enum_as_int=True)["ship_type"] in (0, 56)


def test_pyais_has_no_negative_position_of_a_differential_correction() -> None:
    one = message("17", mmsi=2110001, lon=-9.5, lat=-53.25)
    assert one.position == (-9.5, -53.25)
    assert pyais.decode(*encode(one)).asdict()["lon"] > 180


def test_pyais_takes_a_sentence_whose_checksum_is_wrong() -> None:
    (line,) = encode(message("1", mmsi=211000001, sog=7.5))
    wrong = line[:-2] + (b"00" if line[-2:] != b"00" else b"01")
    assert pyais.decode(wrong).asdict()["speed"] == 7.5
    receiver = Receiver("feed")
    assert [one.reason.name for one in receiver.receive_line(wrong, at(0))] == ["CHECKSUM_WRONG"]  # type: ignore[union-attr]


def test_pyais_makes_one_ship_of_two_where_parts_are_lost_and_we_lose_both() -> None:
    alder = static(ALDER | {"destination": "HAMBURG VIA KIEL"}, sequence=3)
    birch = static(BIRCH | {"destination": "MAASVLAKTE ROTTERDAM"}, sequence=3)
    lines = [alder[0], birch[1]]
    (chimera,) = [one.decode().asdict() for one in pyais.IterMessages(lines)]
    assert (chimera["shipname"], chimera["destination"][:8]) == ("ALDER", "HAMBURG ")
    assert chimera["destination"].endswith("ROTTERDAM")
    assert heard(Receiver("feed"), lines, pace=6) == [Reject(Reason.INCOMPLETE, lines[0])]
