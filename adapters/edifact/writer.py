"""Message bodies to one interchange of syntax version 1 to 4, by passes over the whole text rather than value by value.

A body is a sequence of records, the tag first, GS (0x1D) before each element and US (0x1F) between components;
values are unescaped and hold no control character. UNH, UNT and the envelope are made here. Repeating elements stand
at consecutive positions; version 4 writes their occurrences side by side (RS, 0x1E, until the separator is put in).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from adapters.edifact.checks.elements import Rules
from adapters.edifact.checks.specification import built_in_library
from adapters.edifact.directories.dictionary import Dictionary, shipped
from adapters.edifact.directories.repetition import folded
from adapters.edifact.syntax.charset import Charset, charset
from adapters.edifact.syntax.versions import Syntax, syntax
from gateway.errors import EncodeError
from gateway.model.stages import Envelope, Message, MessageType, Party, Written

#: Between elements, between components, and behind a record, until the service characters take their places.
ELEMENT, COMPONENT, TERMINATOR, REPETITION = "\x1d", "\x1f", "\x1c", "\x1e"
UNA, UNA_4 = "UNA:+.? '", "UNA:+.?*'"
#: What the interchange is written in when its envelope does not say: all of Latin-1, syntax version 3.
SYNTAX = "UNOC:3"

_SYNTAX = re.compile(r"([A-Z]{4}):([1234])")
_PREPARED = re.compile(r"(?:\d\d)?\d{6}:\d{4}")
_ISO = re.compile(r"(\d\d)(\d\d)-(\d\d)-(\d\d)T(\d\d):(\d\d)")
_EMPTY = (
    (COMPONENT, REPETITION),
    (COMPONENT, ELEMENT),
    (COMPONENT, TERMINATOR),
    (REPETITION, ELEMENT),
    (REPETITION, TERMINATOR),
    (ELEMENT, TERMINATOR),
)
_SERVICE = ((COMPONENT, ":"), (ELEMENT, "+"), (REPETITION, "*"))
_CONTROLS = b"\x1c\x1d\x1e\x1f"

Repair = Callable[[str], str]
"""Given a character outside the character set, returns what to write instead."""


def encode(
    messages: Sequence[Written],
    envelope: Envelope,
    dictionary: Dictionary | None = None,
    *,
    newline: str = "\r\n",
    repair: Repair | None = None,
) -> bytes:
    """Return one interchange with the messages in order; raises `EncodeError` when it cannot be expressed.

    `newline` follows each terminator. A character outside the declared set is an error unless `repair` is given.
    """
    declared = envelope.syntax or SYNTAX
    used, rules = _syntax(declared)
    records = [_unb(envelope, declared, rules)]
    for number, written in enumerate(messages, 1):
        if not written.body:
            raise EncodeError(f"message {number} ({written.type}) is empty")
        records.append(_record("UNH", str(number), _s009(written.type)))
        records.extend(_repeating(written, dictionary or shipped()) if rules.repetition else written.body)
        records.append(_record("UNT", str(len(written.body) + 2), str(number)))
    records.append(_record("UNZ", str(len(messages)), envelope.reference))
    text = _within(TERMINATOR.join(records) + TERMINATOR, used, repair)
    una, service = (UNA_4, "?+:'*") if rules.repetition else (UNA, "?+:'")
    return (una + newline + _serviced(text, newline, service)).encode(used.codec)


def _repeating(written: Written, dictionary: Dictionary) -> Iterator[str]:
    """Yield the records of a body with the occurrences of each repeating element side by side."""
    for record in written.body:
        tag, *elements = record.split(ELEMENT)
        definition = dictionary.segment(tag, written.type.version, service="4", folded=True)
        repeats = definition is not None and definition.repeats
        yield _record(tag, *folded(elements, definition, REPETITION)) if definition and repeats else record


def exact(message: Message) -> bytes:
    """Return the bytes of a message as they were received, UNH to UNT."""
    raw: bytes = message.origin.raw
    return raw


def _serviced(text: str, newline: str, service: str) -> str:
    """Return the text with empty ends cut off, data escaped and the service characters in place."""
    text = _collapsed(text)
    for character in service:
        if character in text:
            text = text.replace(character, "?" + character)
    for stand_in, character in _SERVICE:
        text = text.replace(stand_in, character)
    return text.replace(TERMINATOR, "'" + newline)


def _collapsed(text: str) -> str:
    """Return the text without separators that have nothing behind them."""
    for empty, end in _EMPTY:
        while empty + end in text:
            text = text.replace(empty + end, end)
    return text


def _syntax(declared: str) -> tuple[Charset, Syntax]:
    match = _SYNTAX.fullmatch(declared)
    used, rules = (charset(match[1]), syntax(match[2])) if match else (None, None)
    if used is None or rules is None:
        raise EncodeError(
            f"cannot write syntax {declared!r}: a character set and version 1 to 4 is needed, like UNOC:3"
        )
    return used, rules


def _within(text: str, used: Charset, repair: Repair | None) -> str:
    """Return the text if the character set holds all of it, repaired where asked for."""
    if repair is not None:
        outside = {ord(character): repair(character) for character in sorted(set(text)) if not _holds(used, character)}
        text = text.translate(outside) if outside else text
    try:
        strange = used.intruders(text.encode(used.codec), _CONTROLS)
    except UnicodeEncodeError as error:
        raise _outside(text, error.start, used) from None
    if strange or "\r" in text or "\n" in text:
        known = (strange or b"\r\n").decode(used.codec)
        raise _outside(text, min(text.index(character) for character in known if character in text), used)
    return text


def _holds(used: Charset, character: str) -> bool:
    try:
        return not used.intruders(character.encode(used.codec), _CONTROLS)
    except UnicodeEncodeError:
        return False


def _outside(text: str, at: int, used: Charset) -> EncodeError:
    record = text[text.rfind(TERMINATOR, 0, at) + 1 : text.find(TERMINATOR, at)]
    return EncodeError(f"{text[at]!r} is not in the character set {used.code}: segment {record[:3]}")


def _record(tag: str, *elements: str) -> str:
    return ELEMENT.join((tag, *elements))


def _s009(kind: MessageType) -> str:
    if not (kind.name and kind.version):
        raise EncodeError(f"a message needs a type and a directory, {str(kind)!r} has not both")
    parts = (kind.name, kind.version[:1], kind.version[1:], kind.agency or "UN", kind.association)
    return COMPONENT.join(parts)


def _unb(envelope: Envelope, declared: str, rules: Syntax) -> str:
    """Return UNB, checked: our own envelope must be right."""
    record = _record(
        "UNB",
        declared.replace(":", COMPONENT),
        _party(envelope.sender, "sender"),
        _party(envelope.recipient, "recipient"),
        _prepared(envelope.prepared, rules),
        envelope.reference,
        "",
        envelope.application,
        "",
        "1" if envelope.wants_acknowledgment else "",
        "",
        "1" if envelope.test else "",
    )
    segment = record.translate({ord(character): "\ue000" for character in "+:'"})
    segment = _collapsed(segment + TERMINATOR)[:-1].replace(ELEMENT, "+").replace(COMPONENT, ":")
    known = built_in_library().specification(MessageType("edifact", ""), Rules(rules))
    for fault in known.checks.faults((segment,)).get(segment, ()):
        raise EncodeError(f"the envelope cannot be written: {fault.text} (UNB element {fault.element})")
    return record


def _party(party: Party | None, role: str) -> str:
    if party is None:
        raise EncodeError(f"the envelope names no {role}")
    return f"{party.id}{COMPONENT}{party.qualifier}"


def _prepared(prepared: str, rules: Syntax) -> str:
    """Return S004 of a moment as UNB has it (250314:1230) or as ISO 8601 has it; version 4 writes the century too."""
    if _PREPARED.fullmatch(prepared):
        date, _, time = prepared.partition(":")
    else:
        match = _ISO.match(prepared)
        if match is None:
            raise EncodeError(f"the time of preparation {prepared!r} is neither YYMMDD:HHMM nor ISO 8601")
        date, time = "".join(match.groups()[:4]), "".join(match.groups()[4:])
    if rules.service == "4":
        date = date if len(date) == 8 else f"20{date}"
    return f"{date[-8 if rules.service == '4' else -6 :]}{COMPONENT}{time}"
