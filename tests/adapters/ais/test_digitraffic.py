"""The JSON of Digitraffic's topics, with its traps."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from ais_lines import CORPUS, START
from hypothesis import given
from hypothesis import strategies as st

from adapters.ais import DigitrafficReceiver, Message, Reason, Reject, State, bits_of
from gateway.errors import EncodeError

LOCATION = {
    "time": 1793610000,
    "sog": 10.7,
    "cog": 326.6,
    "navStat": 0,
    "rot": -5,
    "posAcc": True,
    "raim": False,
    "heading": 325,
    "lon": 20.345818,
    "lat": 60.03802,
}
METADATA = {
    "timestamp": 1793610000035,
    "destination": "NOWHERE",
    "name": "ALDER",
    "draught": 68,
    "eta": 733376,
    "posType": 15,
    "refA": 160,
    "refB": 33,
    "refC": 20,
    "refD": 12,
    "callSign": "DA0001",
    "imo": 9000003,
    "type": 70,
}


def received(form: str, content: object, mmsi: int | str = 211000001) -> Message | Reject:
    payload = content if isinstance(content, bytes) else json.dumps(content).encode()
    return DigitrafficReceiver("digitraffic").receive(f"vessels-v2/{mmsi}/{form}", payload, START)


def values(found: Message | Reject, *names: str) -> list[Any]:
    assert isinstance(found, Message)
    return [found[name] for name in names]


def test_a_location_is_a_message_of_type_1_of_the_ship_in_the_topic() -> None:
    found = received("location", LOCATION)
    assert isinstance(found, Message)
    assert (found.type, found.mmsi, found.raw("lon"), found.raw("rot")) == (1, 211000001, 12207491, -5)
    assert found.position == (20.345818, 60.03802)
    assert values(found, "sog", "cog", "heading", "status", "accuracy", "raim") == [10.7, 326.6, 325, 0, True, False]


def test_the_time_of_a_location_is_in_seconds_and_that_of_metadata_in_milliseconds() -> None:
    for form, content, milliseconds in (("location", LOCATION, 0), ("metadata", METADATA, 35)):
        found = received(form, content)
        assert isinstance(found, Message)
        assert found.heard is not None
        assert found.heard.sent_at == datetime(2026, 11, 2, 9, 0, 0, milliseconds * 1000, tzinfo=UTC)


def test_a_time_in_the_other_unit_is_not_believed() -> None:
    assert received("location", LOCATION | {"time": 1793610000035}) == Reject(
        Reason.FOREIGN_JSON, json.dumps(LOCATION | {"time": 1793610000035}).encode()
    )
    assert isinstance(received("metadata", METADATA | {"timestamp": 1793610000}), Reject)


def test_metadata_is_a_message_of_type_5_with_draught_in_tenths_and_a_packed_eta() -> None:
    found = received("metadata", METADATA)
    assert isinstance(found, Message)
    assert (found.type, found.name, found.raw("draught")) == (5, "ALDER", 68)
    assert values(found, "draught", "eta_month", "eta_day", "eta_hour", "eta_minute") == [6.8, 11, 6, 3, 0]
    assert values(found, "to_bow", "to_stern", "to_port", "to_starboard", "epfd") == [160, 33, 20, 12, 15]
    assert values(found, "imo", "callsign", "ship_type", "destination") == [9000003, "DA0001", 70, "NOWHERE"]


@pytest.mark.parametrize(
    ("form", "member", "value", "field", "state"),
    [
        ("location", "sog", 102.3, "sog", State.NOT_AVAILABLE),
        ("location", "cog", 360, "cog", State.NOT_AVAILABLE),
        ("location", "cog", 360.1, "cog", State.INVALID),
        ("location", "heading", 511, "heading", State.NOT_AVAILABLE),
        ("location", "rot", -128, "rot", State.NOT_AVAILABLE),
        ("location", "lon", 181.0, "lon", State.NOT_AVAILABLE),
        ("location", "lat", 91, "lat", State.NOT_AVAILABLE),
        ("location", "lat", 90.5, "lat", State.INVALID),
        ("location", "navStat", 15, "status", State.NOT_AVAILABLE),
        ("location", "sog", None, "sog", State.NOT_AVAILABLE),
        ("metadata", "imo", 0, "imo", State.NOT_AVAILABLE),
        ("metadata", "draught", 0, "draught", State.NOT_AVAILABLE),
        ("metadata", "eta", 1596, "eta_hour", State.NOT_AVAILABLE),
        ("metadata", "eta", 1596, "eta_minute", State.NOT_AVAILABLE),
        ("metadata", "destination", "", "destination", State.NOT_AVAILABLE),
    ],
)
def test_what_is_not_available_or_cannot_be_is_so_here_too(
    form: str, member: str, value: object, field: str, state: State
) -> None:
    found = received(form, (LOCATION if form == "location" else METADATA) | {member: value})
    assert isinstance(found, Message)
    assert (found.state(field), found[field]) == (state, None)


def test_what_the_service_does_not_carry_is_not_made_up() -> None:
    found = received("location", LOCATION)
    assert isinstance(found, Message)
    assert (found.raw("second"), found.raw("radio"), found.communication) == (None, None, None)
    with pytest.raises(EncodeError, match="has no repeat: only a message with every field can be sent"):
        bits_of(found)


@pytest.mark.parametrize(
    ("topic", "payload", "reason"),
    [
        ("vessels-v2/status", b'{"updated":1676628995}', Reason.OTHER),
        ("vessels-v2/x/location", b"{}", Reason.FOREIGN_JSON),
        ("vessels-v2/1/place", b"{}", Reason.FOREIGN_JSON),
        ("vessels-v2/1/location", b"{}", Reason.FOREIGN_JSON),
        ("vessels-v2/1/location", b"[1]", Reason.FOREIGN_JSON),
        ("vessels-v2/1/location", b"\xff{", Reason.FOREIGN_JSON),
        ("vessels-v2/1/location", b"[" * 10_000, Reason.FOREIGN_JSON),
        ("vessels-v2/1/location", b" " * 100_000, Reason.FOREIGN_JSON),
        ("vessels-v2/1/location", b'{"time":1793610000,"sog":NaN}', Reason.FOREIGN_JSON),
        ("vessels-v2/1/location", b'{"time":1793610000,"sog":1e999}', Reason.FOREIGN_JSON),
        ("vessels-v2/1/location", b'{"time":1793610000,"sog":"7"}', Reason.FOREIGN_JSON),
        ("vessels-v2/1/location", b'{"time":1793610000,"sog":true}', Reason.FOREIGN_JSON),
        ("vessels-v2/1/location", b'{"time":1793610000,"heading":512}', Reason.FOREIGN_JSON),
        ("vessels-v2/1/location", b'{"time":true}', Reason.FOREIGN_JSON),
        ("vessels-v2/1/metadata", b'{"timestamp":1793610000000,"name":"lower"}', Reason.FOREIGN_JSON),
        ("vessels-v2/1/metadata", b'{"timestamp":1793610000000,"name":7}', Reason.FOREIGN_JSON),
        ("vessels-v2/1/metadata", b'{"timestamp":1793610000000,"eta":1048576}', Reason.FOREIGN_JSON),
    ],
)
def test_what_is_none_of_its_forms_is_counted_and_kept(topic: str, payload: bytes, reason: Reason) -> None:
    receiver = DigitrafficReceiver("digitraffic")
    assert receiver.receive(topic, payload, START) == Reject(reason, payload)
    assert receiver.counts == {reason: 1}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*LOCATION, *METADATA]), inner),
    max_leaves=20,
)


@given(st.sampled_from(["location", "metadata"]), JSON | st.binary())
def test_any_payload_is_a_message_or_a_reject(form: str, content: object) -> None:
    found = received(form, content)
    if isinstance(found, Message):
        found.values()


@given(st.sampled_from(["location", "metadata"]), st.data())
def test_any_value_of_a_member_is_read_or_rejected(form: str, data: st.DataObject) -> None:
    base = LOCATION if form == "location" else METADATA
    member = data.draw(st.sampled_from(sorted(base)))
    found = received(form, base | {member: data.draw(st.integers() | st.floats() | st.text() | st.booleans())})
    if isinstance(found, Message):
        found.values()


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the repository")
def test_the_documented_payloads_are_read() -> None:
    receiver = DigitrafficReceiver("digitraffic")
    lines = (CORPUS / "digitraffic" / "mqtt_samples.jsonl").read_text("utf-8").splitlines()
    samples = [json.loads(line) for line in lines]
    found = [receiver.receive(one["topic"], json.dumps(one["payload"]).encode(), START) for one in samples]
    assert values(found[0], "sog", "cog", "heading") == [10.7, 326.6, 325]
    eta = samples[1]["expected"]["eta"]
    assert values(found[1], "draught") == [samples[1]["expected"]["draught_m"]]
    assert values(found[1], *(f"eta_{name}" for name in eta)) == [*eta.values()]
    assert isinstance(found[2], Reject)
