"""Bits to a message and a message to bits and sentences, by the tables."""

from __future__ import annotations

from typing import Literal

from adapters.ais.armour import armour
from adapters.ais.bits import Bits
from adapters.ais.fields import Raw, Value
from adapters.ais.layout import Field, Plan, Presence
from adapters.ais.message import Heard, Message
from adapters.ais.reasons import Reason
from adapters.ais.sentence import sentence
from adapters.ais.tables import LAYOUTS, layout_of
from gateway.errors import EncodeError

#: Characters of payload in one sentence: with them it has the 82 characters that IEC 61162-1 allows.
_PAYLOAD = 60
_MOST_PARTS = 9


def decode(bits: Bits, heard: Heard | None = None) -> Message | Reason:
    """Return the message of bits, heard as that says, or why they are none; never raises, whatever the bits are."""
    value, length = bits
    if length == 0:
        return Reason.EMPTY
    if length < 38:
        return Reason.TOO_SHORT
    layout = layout_of(value >> length - 6, bits)
    if layout is None:
        return Reason.UNKNOWN_TYPE
    plan = layout.plan(length)
    return Message.received(layout, plan, value, heard) if isinstance(plan, Plan) else plan


def message(form: str, **values: Value) -> Message:
    """Return a message of a type, given by the name of its table ("5", "24A"), with values in the units of its fields.

    A field that is not given, or None, says "not available", or is zero where its type has no word for that.

    Raises:
        EncodeError: the type or a field does not exist, or a value does not fit.
    """
    layout = LAYOUTS.get(form)
    if layout is None:
        raise EncodeError(f"there is no message {form!r}: say one of {', '.join(LAYOUTS)}")
    unknown = [name for name in values if name not in layout.index]
    if unknown:
        raise EncodeError(f"message {form} has no field {unknown[0]!r}: say one of {', '.join(layout.index)}")
    raws: list[Raw] = [_raw(one, values.get(one.name)) for one in layout.fields]
    while layout.fields[len(raws) - 1].presence is Presence.EXTRA and layout.fields[len(raws) - 1].name not in values:
        raws.pop()
    made = Message(layout, (*raws, *(None,) * (len(layout.fields) - len(raws))))
    read_as = layout_of(layout.type, bits_of(made))
    if read_as != layout:
        name = read_as.name if read_as else "none"
        raise EncodeError(f"message {form} would be read as {name}: only the MMSI of an auxiliary craft begins with 98")
    return made


def _raw(one: Field, value: Value) -> int | Bits:
    """Return a value as the bits of its field."""
    if one.fixed is not None:
        if value not in (None, one.fixed):
            raise EncodeError(f"{one.name} is {one.fixed} in this message, not {value!r}: leave it out")
        return one.fixed
    try:
        return one.kind.write(value, one.width)
    except EncodeError as error:
        raise EncodeError(f"{one.name}: {error}") from None


def bits_of(message: Message) -> Bits:
    """Return the bits of a message, to the last as they were received.

    Raises:
        EncodeError: it came from a feed that does not carry every field.
    """
    value = length = 0
    missing = ""
    for one, raw in zip(message.layout.fields, message.raws, strict=True):
        if raw is None:
            missing = missing or one.name
            if one.presence is Presence.REQUIRED:
                break
            continue
        if missing:
            break
        number, width = raw if isinstance(raw, Bits) else (raw & (1 << one.width) - 1, one.width)
        value, length = value << width | number, length + width
    else:
        return Bits(value, length).followed_by(message.surplus)
    raise EncodeError(f"message {message.layout.name} has no {missing}: only a message with every field can be sent")


def encode(
    message: Message,
    *,
    talker: str = "AI",
    formatter: Literal["VDM", "VDO"] = "VDM",
    channel: str = "A",
    sequence: int = 0,
) -> tuple[bytes, ...]:
    """Return the sentences of a message, without line ends; `sequence` (0 to 9) ties several of them together.

    Raises:
        EncodeError: a field is missing, or the message is longer than nine sentences.
    """
    payload, fill = armour(bits_of(message))
    parts = [payload[start : start + _PAYLOAD] for start in range(0, len(payload), _PAYLOAD)]
    total = len(parts)
    if total > _MOST_PARTS:
        raise EncodeError(f"{len(payload)} characters are more than {_MOST_PARTS} sentences hold: shorten the message")
    tie = str(sequence % 10) if total > 1 else ""
    return tuple(
        sentence(f"{talker}{formatter},{total},{number},{tie},{channel},", part, fill if number == total else 0)
        for number, part in enumerate(parts, 1)
    )
