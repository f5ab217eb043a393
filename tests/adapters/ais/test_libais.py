"""Every sentence that libais has an expected decoding of says the same to us, field by field."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from ais_lines import CORPUS, START

from adapters.ais import Message, Receiver
from adapters.ais.communication import Itdma, Sotdma

LIBAIS = CORPUS / "libais"

pytestmark = pytest.mark.skipif(not LIBAIS.is_dir(), reason="the corpus is not beside the repository")

#: Its names for our fields.
NAMES = {
    "alt": "altitude",
    "alt_sensor": "barometric",
    "course": "cog",
    "fid": "fi",
    "mode": "assigned",
    "part_num": "part",
    "power": "low_power",
    "regional": "aid_status",
    "shiptype": "ship_type",
    "shipname": "name",
    "speed": "sog",
    "stationtype": "station_type",
    "transmission_ctl": "transmission_control",
    "turn": "rot",
    "unit": "carrier_sense",
    "virtual_aid": "virtual",
    "zonesize": "zone_size",
}
#: What it adds: who decoded, codes in words, and the applications' own payloads of type 6 and 8.
BESIDE = {"device", "class", "scaled", "status_text", "shiptype_text", "epfd_text", "aid_type_text", "stationtype_text"}
PAYLOADS = {
    6: {"text", "msg_seq", "ack_required", "spare2"},
    8: {"notice_type", "notice_type_str", "sub_areas", "link_id", "duration_minutes"},
}
#: Parts of an optional field, or of the last of several, that it gives as 0 where the message ends before them.
FILLED = {"mmsi2", "mmsi3", "mmsi4", "offset2", "increment2", "spare3", "spare4", "type2_1", "offset2_1"}
#: Its own names for what type 15 has no bits for, and never sends.
NO_FIELD = {"type2_2", "offset2_2", "msg_2", "slot_offset_2"}

#: What its 32 bits cannot tell apart, in degrees.
FLOAT32 = 2e-5


def communication(message: Message) -> Any:
    return message.communication


def clock(message: Message) -> str:
    year, month, day, hour, minute, second = (
        message.raw(name) for name in ("year", "month", "day", "hour", "minute", "second")
    )
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"


def tag(message: Message, key: str) -> str | None:
    assert message.heard is not None
    assert message.heard.tag_block is not None
    return dict(message.heard.tag_block.fields).get(key)


def group(message: Message) -> dict[str, int]:
    assert message.heard is not None
    assert message.heard.tag_block is not None
    assert message.heard.tag_block.group is not None
    number, total, identity = message.heard.tag_block.group
    return {"groupsize": total, "id": identity, "sentence": number}


def sent_at(message: Message) -> str:
    assert message.heard is not None
    assert message.heard.sent_at is not None
    return message.heard.sent_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


#: What stands elsewhere in our message than among its fields.
ELSEWHERE: dict[str, Callable[[Message], Any]] = {
    "slot_timeout": lambda m: communication(m).slot_timeout,
    "sync_state": lambda m: communication(m).sync_state,
    "slot_number": lambda m: communication(m).slot_number,
    "slot_offset": lambda m: communication(m).slot_offset,
    "received_stations": lambda m: communication(m).received_stations,
    "utc_hour": lambda m: communication(m).utc_hour,
    "utc_min": lambda m: communication(m).utc_minute,
    "utc_spare": lambda m: m.raw("radio") & 3,
    "slot_increment": lambda m: communication(m).slot_increment,
    "slots_to_allocate": lambda m: communication(m).slots_to_allocate,
    "keep_flag": lambda m: communication(m).keep,
    "cs": lambda m: m["itdma"],
    "commstate_cs_fill": lambda m: m.raw("radio"),
    "timestamp": lambda m: clock(m) if m.type in (4, 11) else sent_at(m),
    "tagblock_timestamp": sent_at,
    "tagblock_T": lambda m: tag(m, "T"),
    "tagblock_q": lambda m: tag(m, "q"),
    "tagblock_station": lambda m: m.heard.station if m.heard else None,
    "tagblock_group": group,
}
#: Where it is wrong: what it says of which type and field, and why we do not.
LIBAIS_ERRS: dict[tuple[int, str], Callable[[Message, Any], bool]] = {
    # the flag is given inverted in type 6, though not in type 12
    (6, "retransmit"): lambda m, said: said is not m["retransmit"],
    # aircraft report whole knots
    (9, "speed"): lambda m, said: round(said, 1) == m.raw("sog") / 10 and m["sog"] == m.raw("sog"),
    # 1 says that the position is late, so this is no flag of GNSS
    (27, "gnss"): lambda m, said: said is not m["late"],
    # the sentence ends four bits before the field does; the four that it takes only fill a character
    (15, "offset1_2"): lambda m, said: m["offset1_2"] is None and said == m.surplus.value << 4,
    # it has other characters for two of the six-bit alphabet
    (21, "name"): lambda m, said: m["name"].translate(str.maketrans("'_", "`-")) == said,
    # what is left of the last character of a text
    (14, "spare2"): lambda m, said: m.raw("text").value & 0xF == said,
}


def expected(name: str) -> list[Any]:
    receiver = Receiver(name)
    lines = (LIBAIS / f"{name}.nmea").read_bytes().splitlines() if LIBAIS.is_dir() else []
    found = [one for line in lines for one in receiver.receive_line(line, START)]
    decodings = (LIBAIS / f"{name}.json").read_text("utf-8").splitlines() if LIBAIS.is_dir() else []
    pairs = zip(found, map(json.loads, decodings), strict=True)
    return [pytest.param(one, said, id=f"{name} {said['type']}") for one, said in pairs]


def agrees(message: Message, name: str, said: Any) -> bool:
    if (message.type, name) in LIBAIS_ERRS:
        return LIBAIS_ERRS[message.type, name](message, said)
    if name in ELSEWHERE:
        return ELSEWHERE[name](message) == said
    field = NAMES.get(name, name)
    if field not in message or message.raw(field) is None:
        return name in FILLED and said == 0
    reading = message.reading(field)
    if field in ("lon", "lat") or field.endswith(("_lon", "_lat")):
        per_degree = message.layout.fields[message.layout.index[field]].kind.per_unit  # type: ignore[attr-defined]
        return abs(reading.raw / per_degree - said) < FLOAT32 and (reading.value is None) == (  # type: ignore[operator]
            abs(said) > (180 if field.endswith("lon") else 90)
        )
    if isinstance(said, float):
        return abs((reading.value or 0.0) - said) < 0.06 and (said == 0 or reading.value is not None)  # type: ignore[operator]
    if isinstance(said, str):
        return (str(reading.value) if reading.value is not None else "0" if name == "imo" else "") == said
    return said in (reading.raw, reading.value)


@pytest.mark.parametrize(("message", "said"), [*expected("typeexamples"), *expected("tagblock")])
def test_every_expected_field_is_what_we_read(message: Message, said: dict[str, Any]) -> None:
    assert isinstance(message, Message)
    names = said.keys() - BESIDE - NO_FIELD - PAYLOADS.get(message.type, set())
    assert {name: said[name] for name in names if not agrees(message, name, said[name])} == {}


def test_there_is_an_expected_decoding_of_each_type_but_19() -> None:
    types = {parameter.values[1]["type"] for parameter in expected("typeexamples")}
    assert types == {*range(1, 28)} - {19}


def test_all_communication_states_are_met() -> None:
    receiver = Receiver("test.aivdm")
    states = [
        one.communication
        for line in (LIBAIS / "test.aivdm").read_bytes().splitlines()
        for one in receiver.receive_line(line, START)
        if isinstance(one, Message)
    ]
    kinds = {
        tuple(name for name in Sotdma.__slots__ if getattr(one, name) is not None)
        for one in states
        if isinstance(one, Sotdma)
    }
    assert len(kinds) == 4
    assert any(isinstance(one, Itdma) for one in states)
