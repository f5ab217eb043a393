"""The service segments UNB, UNG and UNH as values: the envelope, and what CONTRL repeats of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.edifact.syntax.separators import DEFAULT, Separators
from adapters.edifact.syntax.tokenizer import REPETITION, restore
from gateway.model.stages import Envelope, MessageType, Party

Record = Sequence[str]

#: Characters kept of a reference, and of each part of a message type: more than any syntax version allows.
MOST_KEPT = 70
_NUMBER = re.compile(r"-?[0-9]*[.,]?[0-9]+(?:E[-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class MessageHeader:
    """UNH, or UNO of a package, as received, its bytes (start, end), and the number of its group, if any."""

    record: tuple[str, ...]
    start: int
    end: int
    group: int | None = None


@dataclass(frozen=True, slots=True)
class GroupHeader:
    """UNG as received, and the bytes from it to the end of its UNE."""

    record: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ServiceSegments:
    """What an interchange said of itself: UNB as received (empty without one), its groups and message headers."""

    unb: tuple[str, ...] = ()
    separators: Separators = DEFAULT
    groups: tuple[GroupHeader, ...] = ()
    messages: Sequence[MessageHeader] = ()


def element(record: Record, position: int) -> str:
    """Return an element as it stands, components and stand-ins included; "" when it is absent."""
    return record[position] if position < len(record) else ""


def component(record: Record, position: int, index: int = 0) -> str:
    """Return one component (from 0) of an element, restored; "" when it is absent."""
    values = element(record, position).split(":")
    return restore(values[index]).strip() if index < len(values) else ""


def first_occurrences(record: Record) -> list[str]:
    """Return a segment of version 4 without what repeats its elements: no element of a service segment repeats."""
    return [text.partition(REPETITION)[0] for text in record]


def reference(unh: Record) -> str:
    """Return the message reference (0062) that UNH states."""
    return component(unh, 1)[:MOST_KEPT]


def miscounted(stated: str, counted: int) -> bool:
    """Whether a control count differs from what arrived; what is no number counts nothing, and is told as that."""
    if stated.isdecimal():
        return int(stated[-18:]) != counted
    return _NUMBER.fullmatch(stated) is not None


def kept(record: Record, elements: int) -> tuple[str, ...]:
    """Return the first elements of a service segment, none longer than any standard allows: they stay in memory."""
    return tuple(text[: 10 * MOST_KEPT] for text in record[: elements + 1])


def message_type(unh: Record) -> MessageType:
    """Return the type that UNH S009 states: CUSCAR, D95B, UN and the association assigned code."""
    name, version, release, agency, association = (component(unh, 2, index)[:MOST_KEPT] for index in range(5))
    return MessageType("edifact", name, version + release, agency, association)


def envelope(unb: Record, types: Sequence[MessageType]) -> Envelope:
    """Return the envelope that UNB states; `types` are those of the messages, in order."""
    return Envelope(
        "edifact",
        sender=_party(unb, 2),
        recipient=_party(unb, 3),
        reference=component(unb, 5),
        syntax=restore(element(unb, 1)).strip(),
        prepared=restore(element(unb, 4)).strip(),
        application=component(unb, 7),
        test=component(unb, 11) not in ("", "0"),
        wants_acknowledgment=component(unb, 9) in ("1", "2"),
        types=tuple(dict.fromkeys(types)),
    )


def _party(unb: Record, position: int) -> Party | None:
    identifier = component(unb, position)
    return Party(identifier, component(unb, position, 1), component(unb, position, 3)) if identifier else None
