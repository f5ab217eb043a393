"""Message bodies to one interchange of syntax version 3, by passes over the whole text rather than value by value.

A body is a sequence of records, the tag first, GS (0x1D) before each element and US (0x1F) between components;
values are unescaped and hold no control character. UNH, UNT and the envelope are made here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from adapters.edifact import directory as directories
from adapters.edifact.charset import Charset, charset
from adapters.edifact.elements import checks
from adapters.edifact.separators import DEFAULT
from gateway.errors import EncodeError
from gateway.model.stages import Envelope, Message, MessageType, Party, Written

#: Between elements, between components, and behind a record, until the service characters take their places.
ELEMENT, COMPONENT, TERMINATOR = "\x1d", "\x1f", "\x1c"
UNA = "UNA:+.? '"
#: What the interchange is written in when its envelope does not say: all of Latin-1, syntax version 3.
SYNTAX = "UNOC:3"

_SYNTAX = re.compile(r"([A-Z]{4}):([123])")
_PREPARED = re.compile(r"\d{6}:\d{4}")
_ISO = re.compile(r"\d\d(\d\d)-(\d\d)-(\d\d)T(\d\d):(\d\d)")
_EMPTY = ((COMPONENT, ELEMENT), (COMPONENT, TERMINATOR), (ELEMENT, TERMINATOR))
_SERVICE = ((COMPONENT, ":"), (ELEMENT, "+"))

Repair = Callable[[str], str]
"""Given a character outside the character set, returns what to write instead."""


def encode(
    messages: Sequence[Written], envelope: Envelope, *, newline: str = "\r\n", repair: Repair | None = None
) -> bytes:
    """Return one interchange with the messages in order; raises `EncodeError` when it cannot be expressed.

    `newline` follows each terminator. A character outside the declared set is an error unless `repair` is given.
    """
    used, syntax = _charset(envelope.syntax or SYNTAX)
    records = [_unb(envelope, syntax)]
    for number, written in enumerate(messages, 1):
        if not written.body:
            raise EncodeError(f"message {number} ({written.type}) is empty")
        records.append(_record("UNH", str(number), _s009(written.type)))
        records.extend(written.body)
        records.append(_record("UNT", str(len(written.body) + 2), str(number)))
    records.append(_record("UNZ", str(len(messages)), envelope.reference))
    text = _within(TERMINATOR.join(records) + TERMINATOR, used, repair)
    return (UNA + newline + _serviced(text, newline)).encode(used.codec)


def exact(message: Message) -> bytes:
    """Return the bytes of a message as they were received, UNH to UNT."""
    raw: bytes = message.origin.raw
    return raw


def _serviced(text: str, newline: str) -> str:
    """Return the text with empty ends cut off, data escaped and the service characters in place."""
    for empty, end in _EMPTY:
        while empty + end in text:
            text = text.replace(empty + end, end)
    for character in "?+:'":
        if character in text:
            text = text.replace(character, "?" + character)
    for stand_in, character in _SERVICE:
        text = text.replace(stand_in, character)
    return text.replace(TERMINATOR, "'" + newline)


def _charset(syntax: str) -> tuple[Charset, str]:
    match = _SYNTAX.fullmatch(syntax)
    used = charset(match[1]) if match else None
    if used is None:
        raise EncodeError(f"cannot write syntax {syntax!r}: a character set and version 1 to 3 is needed, like UNOC:3")
    return used, syntax


def _within(text: str, used: Charset, repair: Repair | None) -> str:
    """Return the text if the character set holds all of it, repaired where asked for."""
    if repair is not None:
        outside = {ord(character): repair(character) for character in sorted(set(text)) if not _holds(used, character)}
        text = text.translate(outside) if outside else text
    try:
        strange = used.intruders(text.encode(used.codec), b"\x1c\x1d\x1f")
    except UnicodeEncodeError as error:
        raise _outside(text, error.start, used) from None
    if strange or "\r" in text or "\n" in text:
        known = (strange or b"\r\n").decode(used.codec)
        raise _outside(text, min(text.index(character) for character in known if character in text), used)
    return text


def _holds(used: Charset, character: str) -> bool:
    try:
        return not used.intruders(character.encode(used.codec), b"\x1c\x1d\x1f")
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


def _unb(envelope: Envelope, syntax: str) -> str:
    """Return UNB, checked: our own envelope must be right."""
    record = _record(
        "UNB",
        syntax.replace(":", COMPONENT),
        _party(envelope.sender, "sender"),
        _party(envelope.recipient, "recipient"),
        _prepared(envelope.prepared),
        envelope.reference,
        "",
        envelope.application,
        "",
        "1" if envelope.wants_acknowledgment else "",
        "",
        "1" if envelope.test else "",
    )
    segment = record.translate({ord(character): "\ue000" for character in "+:'"})
    segment = segment.replace(ELEMENT, "+").replace(COMPONENT, ":").rstrip("+")
    found = checks(directories.SERVICE, DEFAULT.decimal).faults((segment,))
    for fault in found.get(segment, ()):
        raise EncodeError(f"the envelope cannot be written: {fault.text} (UNB element {fault.element})")
    return record


def _party(party: Party | None, role: str) -> str:
    if party is None:
        raise EncodeError(f"the envelope names no {role}")
    return f"{party.id}{COMPONENT}{party.qualifier}"


def _prepared(prepared: str) -> str:
    """Return S004 of a moment as UNB has it (250314:1230) or as ISO 8601 has it."""
    if _PREPARED.fullmatch(prepared):
        return prepared.replace(":", COMPONENT)
    match = _ISO.match(prepared)
    if match is None:
        raise EncodeError(f"the time of preparation {prepared!r} is neither YYMMDD:HHMM nor ISO 8601")
    year, month, day, hour, minute = match.groups()
    return f"{year}{month}{day}{COMPONENT}{hour}{minute}"
