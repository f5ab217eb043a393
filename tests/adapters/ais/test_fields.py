"""What fields say: values in their units, words for "not available", and what cannot be."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from ais_lines import ALDER
from ais_strategies import messages
from hypothesis import given

from adapters.ais import Bits, Message, Reason, State, bits_of, decode, message
from adapters.ais.codec import encode
from adapters.ais.communication import Itdma, Sotdma
from adapters.ais.tables import LAYOUTS
from gateway.errors import EncodeError

N, V, X = State.NOT_AVAILABLE, State.VALUE, State.INVALID


def with_raw(form: str, name: str, raw: int) -> Message:
    """Return a message whose field has that raw number."""
    one = message(form)
    place = one.layout.index[name]
    made = Message(one.layout, (*one.raws[:place], raw, *one.raws[place + 1 :]))
    assert decode(bits_of(made)) == made
    return made


@pytest.mark.parametrize(
    ("form", "name", "raw", "state", "value"),
    [
        ("1", "lon", 0x6791AC0, N, None),
        ("1", "lon", 108_000_000, V, 180.0),
        ("1", "lon", 108_000_001, X, None),
        ("1", "lon", -108_000_000, V, -180.0),
        ("1", "lon", -42208143, V, -70.346905),
        ("1", "lat", 54_600_000, N, None),
        ("1", "lat", 54_000_001, X, None),
        ("1", "lat", 0, V, 0.0),  # null island is a place: whether to believe it is not for a decoder
        ("1", "sog", 1023, N, None),
        ("1", "sog", 1022, V, 102.2),
        ("1", "sog", 123, V, 12.3),
        ("1", "cog", 3600, N, None),
        ("1", "cog", 3599, V, 359.9),
        ("1", "cog", 3601, X, None),
        ("1", "cog", 4095, X, None),
        ("1", "heading", 511, N, None),
        ("1", "heading", 359, V, 359),
        ("1", "heading", 360, X, None),
        ("1", "second", 59, V, 59),
        ("1", "second", 60, N, None),
        ("1", "second", 61, N, None),
        ("1", "second", 62, N, None),
        ("1", "second", 63, N, None),
        ("1", "rot", -128, N, None),
        ("1", "rot", 127, N, None),
        ("1", "rot", -127, N, None),
        ("1", "rot", 0, V, 0.0),
        ("1", "rot", 126, V, 708.7),
        ("1", "rot", -31, V, -42.9),
        ("1", "status", 15, N, None),
        ("1", "status", 0, V, 0),
        ("1", "mmsi", 0, N, None),
        ("1", "mmsi", 999_999_999, V, 999_999_999),
        ("1", "mmsi", 1_000_000_000, X, None),
        ("4", "year", 0, N, None),
        ("4", "year", 10_000, X, None),
        ("4", "hour", 24, N, None),
        ("4", "hour", 26, X, None),
        ("4", "second", 60, N, None),
        ("5", "imo", 0, N, None),
        ("5", "imo", 999_999, X, None),
        ("5", "imo", 9_000_003, V, 9_000_003),
        ("5", "draught", 0, N, None),
        ("5", "draught", 68, V, 6.8),
        ("5", "eta_month", 0, N, None),
        ("5", "eta_month", 13, X, None),
        ("5", "eta_day", 0, N, None),
        ("5", "eta_hour", 24, N, None),
        ("5", "eta_hour", 25, X, None),
        ("5", "eta_minute", 60, N, None),
        ("5", "eta_minute", 61, X, None),
        ("5", "ship_type", 0, N, None),
        *(("5", "ship_type", code, V, code) for code in (6, 15, 38, 39, 57, 100, 255)),
        ("9", "altitude", 4095, N, None),
        ("9", "altitude", 4094, V, 4094),
        ("9", "sog", 168, V, 168),  # whole knots
        ("9", "sog", 1023, N, None),
        ("17", "lon", -5700, V, -9.5),
        ("27", "lon", 108_600, N, None),
        ("27", "lat", 54_600, N, None),
        ("27", "lat", -46781, V, -77.968),
        ("27", "sog", 63, N, None),
        ("27", "sog", 62, V, 62),
        ("27", "cog", 511, N, None),
        ("27", "cog", 360, X, None),
    ],
)
def test_a_raw_number_is_a_value_or_none_or_invalid(form: str, name: str, raw: int, state: State, value: Any) -> None:
    reading = with_raw(form, name, raw).reading(name)
    assert (reading.raw, reading.state, reading.value) == (raw, state, value)


def test_every_position_keeps_what_its_resolution_tells_apart() -> None:
    for form, step in (("1", 600_000), ("27", 600)):
        for raw in (1, 2, 3, 100 * step + 1, 179 * step + 7, -179 * step - 7):
            value = with_raw(form, "lon", raw)["lon"]
            assert round(value * step) == raw  # type: ignore[operator]


@pytest.mark.parametrize(
    ("characters", "text"),
    [
        ("ALDER@@@@@", "ALDER"),
        ("ALDER@BIRCH", "ALDER"),  # what is behind the first @ is left of another text
        ("ALDER     ", "ALDER"),
        ("ALDER  @  ", "ALDER"),
        ("  ALDER", "  ALDER"),  # kept as sent
        ("@@@@@", None),
        ("     ", None),
        ("@ALDER", None),
    ],
)
def test_text_is_cut_at_the_first_at_sign(characters: str, text: str | None) -> None:
    from adapters.ais.armour import bits_of as text_bits

    bits = text_bits(characters.ljust(20, "@"))
    one = with_raw("5", "name", bits.value)
    assert one["name"] == one.name == text


def test_a_name_of_an_aid_goes_on_in_its_extension() -> None:
    one = message("21", mmsi=992110001, name="BUOY AT THE LONG END", name_extension=" OF THE PIER")
    assert one.name == "BUOY AT THE LONG END OF THE PIER"
    assert one["name"] == "BUOY AT THE LONG END"
    assert decode(bits_of(one)) == one


def test_an_extension_behind_a_short_name_is_none_of_it() -> None:
    assert message("21", mmsi=992110001, name="BUOY", name_extension="X").name == "BUOY"
    assert message("21", mmsi=992110001).name is None
    assert message("1").name is None


def test_a_position_is_both_or_none() -> None:
    assert message("1", lon=9.5, lat=53.25).position == (9.5, 53.25)
    assert message("1", lon=9.5).position is None
    assert message("5").position is None


def test_the_codes_of_inland_locations_are_text_like_any_other() -> None:
    assert message("5", destination="FRCLPVN188BRDG101986")["destination"] == "FRCLPVN188BRDG101986"


def cut(form: str, length: int, **values: Any) -> Message | Reason:
    """Return what a message of that form is when it has so many bits: cut, or filled up with zeros."""
    bits = bits_of(message(form, **values))
    if length >= bits.length:
        return decode(Bits(bits.value << length - bits.length, length))
    return decode(Bits(bits.value >> bits.length - length, length))


@pytest.mark.parametrize(
    ("form", "shortest", "longest"),
    [("1", 168, 176), ("4", 168, 176), ("5", 422, 432), ("9", 168, 176), ("18", 168, 176), ("19", 312, 320),
     ("23", 160, 168), ("24A", 160, 176), ("24B", 162, 176), ("27", 96, 104)],
)  # fmt: skip
def test_a_message_has_the_bits_of_its_type_or_a_few_more(form: str, shortest: int, longest: int) -> None:
    accepted = [length for length in range(shortest - 20, longest + 20) if isinstance(cut(form, length), Message)]
    assert accepted == [*range(shortest, longest + 1)]
    assert cut(form, shortest - 1) is Reason.TOO_SHORT
    assert cut(form, longest + 1) is Reason.TOO_LONG


def test_a_type_5_of_422_bits_has_all_but_what_was_cut() -> None:
    one = cut("5", 422, **ALDER)
    assert isinstance(one, Message)
    assert (one.name, one["destination"], one.raw("dte"), one.raw("spare")) == ("ALDER", "HAMBURG", None, None)
    assert one.state("dte") is N


def test_a_type_5_of_426_bits_keeps_its_surplus() -> None:
    one = cut("5", 426, **ALDER)
    assert isinstance(one, Message)
    assert (one.name, one.surplus) == ("ALDER", Bits(0, 2))
    assert bits_of(one).length == 426


def test_a_short_message_of_any_type_is_never_decoded_as_a_full_one() -> None:
    for form, layout in LAYOUTS.items():
        values = {"mmsi": 982440001} if form == "24B auxiliary" else {}
        for length in range(layout.shortest):
            found = cut(form, length, **values)
            assert not (isinstance(found, Message) and found.layout == layout), (form, length)


def test_part_b_of_an_auxiliary_craft_names_its_mothership() -> None:
    one = message("24B auxiliary", mmsi=982440001, mothership_mmsi=244000002)
    found = decode(bits_of(one))
    assert isinstance(found, Message)
    assert found["mothership_mmsi"] == 244000002
    assert "to_bow" not in found


def test_a_third_part_of_type_24_is_unknown() -> None:
    bits = bits_of(message("24A", mmsi=211000001))
    assert decode(Bits(bits.value | 2 << bits.length - 40, bits.length)) is Reason.UNKNOWN_TYPE


@pytest.mark.parametrize(("receivers", "length"), [(1, 72), (2, 104), (3, 136), (4, 168)])
def test_an_acknowledgment_is_for_one_to_four(receivers: int, length: int) -> None:
    values = {f"mmsi{place}": place for place in range(1, receivers + 1)} | {f"seqno{receivers}": 3}
    one = message("7", mmsi=2110001, **values)  # type: ignore[arg-type]
    assert bits_of(one).length == length
    found = decode(bits_of(one))
    assert isinstance(found, Message)
    assert [found[f"mmsi{place}"] for place in (1, 2, 3, 4)] == [*range(1, receivers + 1), *[None] * (4 - receivers)]


def test_an_acknowledgment_that_was_cut_inside_a_field_is_too_short() -> None:
    assert cut("7", 72 + 20, mmsi=2110001, mmsi1=1) is Reason.TOO_SHORT


def test_binary_payloads_are_bits_behind_the_application_they_are_for() -> None:
    data = Bits.of("1011001")
    for form in ("6", "8", "25 structured", "26 addressed structured"):
        found = decode(bits_of(message(form, mmsi=2110001, dac=200, fi=10, data=data)))
        assert isinstance(found, Message)
        assert (found["dac"], found["fi"], found["data"]) == (200, 10, data)
    assert str(data) == "1011001"


@pytest.mark.parametrize(
    ("form", "values", "state"),
    [
        ("1", {"radio": 0b01_000_00000000000101}, Sotdma(1, 0, slot_offset=5)),
        ("2", {"radio": 0b01_001_01010_0111100_00}, Sotdma(1, 1, utc_hour=10, utc_minute=60)),
        ("4", {"radio": 0b01_010_00000000000101}, Sotdma(1, 2, slot_number=5)),
        ("11", {"radio": 0b01_111_00000000000101}, Sotdma(1, 7, received_stations=5)),
        ("3", {"radio": 0b10_0000000000101_011_1}, Itdma(2, 5, 3, keep=True)),
        ("9", {"itdma": True, "radio": 0b10_0000000000101_011_0}, Itdma(2, 5, 3, keep=False)),
        ("18", {"itdma": False, "radio": 5}, Sotdma(0, 0, slot_offset=5)),
        ("18", {"carrier_sense": True, "itdma": True, "radio": 393222}, None),
        ("5", {}, None),
    ],
)
def test_the_communication_state_is_kept_and_read(form: str, values: dict[str, Any], state: object) -> None:
    one = message(form, **values)
    assert one.communication == state
    assert "radio" not in values or one.raw("radio") == values["radio"]


def test_messages_that_say_the_same_are_equal_whoever_heard_them() -> None:
    assert message("1", sog=7.5) == message("1", sog=7.5)
    assert len({message("1", sog=7.5), message("1", sog=7.5), message("1", sog=7.6)}) == 2


def test_a_message_too_long_for_nine_sentences_is_refused() -> None:
    one = message("14", mmsi=2110001)
    long = Message(one.layout, (*one.raws[:-1], Bits(0, 6 * 600)))
    with pytest.raises(EncodeError, match="more than 9 sentences"):
        encode(long)


@given(messages())
def test_values_of_received_bits_are_those_of_their_fields(one: Message) -> None:
    received = decode(bits_of(one))
    assert isinstance(received, Message)
    assert received == one
    assert received.values() == one.values() == {name: one[name] for name in one}
    assert {name: received[name] for name in one} == one.values()
    assert [received.raw(name) for name in one] == list(one.raws)
    assert pickle.loads(pickle.dumps(received)) == one


def test_a_message_does_not_change() -> None:
    with pytest.raises(AttributeError, match="a message does not change"):
        message("1", mmsi=211000001).surplus = Bits(1, 1)  # type: ignore[misc]
