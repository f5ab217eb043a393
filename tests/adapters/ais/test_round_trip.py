"""Decoding undoes encoding and encoding undoes decoding, for every type and form."""

from __future__ import annotations

import pytest
from ais_lines import START
from ais_strategies import messages, payloads
from hypothesis import given
from hypothesis import strategies as st

from adapters.ais import Bits, Message, Reason, Receiver, State, bits_of, decode, encode, message
from adapters.ais.armour import armour, dearmour
from adapters.ais.fields import fits
from adapters.ais.tables import LAYOUTS
from gateway.errors import EncodeError


@given(messages())
def test_a_message_is_decoded_from_its_own_bits(one: Message) -> None:
    assert decode(bits_of(one)) == one


@given(messages(), st.integers(0, 9))
def test_a_message_is_received_from_its_own_sentences(one: Message, sequence: int) -> None:
    receiver = Receiver("feed")
    lines = encode(one, sequence=sequence)
    assert all(len(line) <= 80 for line in lines)  # 82 with the line end
    assert [found for line in lines for found in receiver.receive_line(line, START)] == [one]
    assert not receiver.counts


@given(payloads())
def test_bits_that_are_a_message_come_back_to_the_last(bits: Bits) -> None:
    found = decode(bits)
    if isinstance(found, Message):
        assert bits_of(found) == bits
    else:
        assert found in (Reason.TOO_SHORT, Reason.TOO_LONG, Reason.UNKNOWN_TYPE)


@given(st.integers(0, 1100).flatmap(lambda length: st.integers(0, (1 << length) - 1).map(lambda v: Bits(v, length))))
def test_armour_gives_back_any_bits(bits: Bits) -> None:
    assert dearmour(*armour(bits)) == bits


@given(messages(whole=True))
def test_what_a_message_says_makes_a_message_that_says_the_same(one: Message) -> None:
    values = {name: one[name] for name in one if one.state(name) is State.VALUE}
    made = message(one.layout.name, **values)
    assert {name: made[name] for name in values} == values


@given(messages())
def test_every_field_is_a_value_or_says_why_it_is_none(one: Message) -> None:
    for name in one:
        reading = one.reading(name)
        assert (reading.value is not None) == (reading.state is State.VALUE)
        field = one.layout.fields[one.layout.index[name]]
        if isinstance(reading.raw, int):
            assert fits(reading.raw, field.width, signed=field.kind.signed)
    assert one.values() == {name: one[name] for name in one}


@pytest.mark.parametrize("form", LAYOUTS)
def test_a_message_that_says_nothing_has_no_value_where_its_type_has_a_word_for_that(form: str) -> None:
    made = message(form, **({"mmsi": 982440001} if form == "24B auxiliary" else {}))
    said = {name for name in made if made.state(name) is State.VALUE}
    assert {made.state(name) for name in made} <= {State.VALUE, State.NOT_AVAILABLE}
    assert not said & {
        "lon",
        "lat",
        "sog",
        "cog",
        "heading",
        "rot",
        "imo",
        "name",
        "callsign",
        "destination",
        "altitude",
    }
    assert decode(bits_of(made)) == made


@pytest.mark.parametrize(
    ("form", "values", "words"),
    [
        ("28", {}, "no message '28'"),
        ("1", {"speed": 3}, "no field 'speed': say one of type, repeat, mmsi"),
        ("1", {"sog": 102.3}, "sog: 102.3 knots is no value of this field"),
        ("1", {"sog": "fast"}, "sog: 'fast' is no number"),
        ("1", {"lon": 180.5}, "lon: 180.5 degrees is no value"),
        ("1", {"rot": 800}, "rot: 800 is no rate of turn"),
        ("1", {"type": 2}, "type is 1 in this message, not 2: leave it out"),
        ("1", {"raim": 2}, "raim: 2 is no flag"),
        ("5", {"name": "lower case"}, "name: 'lower case' is no text"),
        ("5", {"name": "A" * 21}, "is no text of 20 characters"),
        ("5", {"name": "A@B"}, "without @"),
        ("24B auxiliary", {"mmsi": 244000001}, "would be read as 24B"),
        ("8", {"data": "text"}, "is no payload of at most 952 bits"),
    ],
)
def test_what_cannot_be_sent_is_said(form: str, values: dict[str, object], words: str) -> None:
    with pytest.raises(EncodeError) as raised:
        message(form, **values)  # type: ignore[arg-type]
    assert words in str(raised.value)
