"""Records to JSON bytes: what the adapter makes itself is added, then our own check.

What we write is read back: an output that the reader would find fault with is ours, raises `EncodeError` with pointer
and rule, and is never sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from json.encoder import encode_basestring as _text
from urllib.parse import quote

from adapters.portcall import reader
from adapters.portcall.faults import MADE_OTHERWISE
from adapters.portcall.fields import (
    Counted,
    Derived,
    Fixed,
    Joined,
    Kind,
    Member,
    Object,
    Sender,
    Text,
)
from adapters.portcall.intermediate import entries
from adapters.portcall.structure import Declared, Structure, structures, takes_numbers, value_names
from adapters.portcall.tree import Entry, derived
from gateway.errors import EncodeError
from gateway.model.finding import Finding, Severity
from gateway.model.stages import Envelope, Loss, Message, Written

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?", re.ASCII)
_INDENT = "  "
#: The fields of an event that say what it is: without a word for them there is nothing to send.
_SAYING = ("type", "certainty", "at", "recorded_at")


def encode(messages: Sequence[Written], envelope: Envelope) -> bytes:
    """Return one event, or a list where there are several.

    Raises `EncodeError` when there is no such message, or its vocabulary cannot say what the document says.
    """
    if not messages:
        raise EncodeError("there is no message to write")
    content = unchecked(messages, envelope)
    losses = [loss for message in messages for loss in message.losses]
    file = reader.opened(content)
    for one in (file.findings, *reader.placed(file)):
        about, found = (str(one.type), one.findings) if isinstance(one, Message) else ("the list of events", one)
        wrong = [finding for finding in found if finding.severity is Severity.ERROR or finding.code == MADE_OTHERWISE]
        if wrong:
            raise EncodeError(_told(wrong, about, losses))
    return content


def unchecked(messages: Sequence[Written], envelope: Envelope) -> bytes:
    """Return the bytes of messages whether or not they are complete."""
    texts = [_message(message, envelope) for message in messages]
    text = texts[0] if len(texts) == 1 else "[\n" + ",\n".join(texts) + "\n]"
    return (text + "\n").encode()


def _told(findings: Sequence[Finding], about: str, losses: Sequence[Loss]) -> str:
    """Return why a message cannot be sent: what the reader found, and what of the document had no word."""
    wordless = [f"{loss.path} {loss.value!r}: {loss.why}" for loss in losses if loss.value and loss.path in _SAYING]
    faults = [f"{one.position.xpath}: {one.text}" for one in findings[:3]]
    return "; ".join([f"{about} cannot say this event", *wordless, *faults])


def _message(message: Written, envelope: Envelope) -> str:
    structure = structures().get(message.type.name)
    if structure is None:
        raise EncodeError(f"there is no message {message.type}; there are {', '.join(structures())}")
    _, (root, *more) = entries(structure, message.body)
    if more:
        raise EncodeError(f"the map of {message.type} wrote more than one event")
    return _Writer(structure, root, envelope).object(root, "")


class _Writer:
    """Writes one event."""

    def __init__(self, structure: Structure, root: Entry, envelope: Envelope) -> None:
        self.structure = structure
        self.root = root
        party = envelope.sender.id if envelope.sender is not None else "pierhead"
        root.own["source"] = reader.OUR_SOURCE + quote(party, safe="")

    def object(self, entry: Entry, indent: str) -> str:
        """Return an object, a member on each line."""
        inner = indent + _INDENT
        members = [
            f"{inner}{_quoted(name)}: {written}"
            for one in self.structure.objects[entry.place.id].members
            for name, written in self._member(entry, one, inner)
        ]
        return "{\n" + ",\n".join(members) + f"\n{indent}}}" if members else "{}"

    def _member(self, entry: Entry, one: Declared, indent: str) -> Iterable[tuple[str, str]]:
        if isinstance(one, Member):
            written = self._value(entry, one.name, one.kind)
            return ((one.name, written),) if written else ()
        if isinstance(one, Joined):
            return self._joined(entry, one)
        if isinstance(one, Object):
            return self._objects(entry, one, indent)
        written = self._single(entry, one)
        return ((one.name, written),) if written else ()

    def _single(self, entry: Entry, one: Fixed | Sender | Derived | Counted) -> str:
        """Return the value of one member in JSON, "" where it is absent."""
        match one:
            case Fixed():
                alone = one.beside and not any(entry.values.get(name) for name in one.beside)
                return "" if alone else _text(one.value)
            case Sender():
                return _text(entry.own["source"])
            case Derived():
                return _optional(derived(self.root, one))
            case Counted():
                text = str(entry.values.get(one.name, ""))
                return _optional((self.root.find(one.source) if text in one.counted else "") + text)

    @staticmethod
    def _joined(entry: Entry, one: Joined) -> Iterator[tuple[str, str]]:
        texts = str(entry.values.get(one.name, "")).split("/")
        for member, text in zip(one.members, texts, strict=False):
            if text:
                yield member.name, _text(text)

    def _objects(self, entry: Entry, one: Object, indent: str) -> Iterator[tuple[str, str]]:
        below = [child for child in entry.children if child.place.name == one.name]
        if one.repeats and below:
            items = ",\n".join(f"{indent}{_INDENT}{self.object(each, indent + _INDENT)}" for each in below)
            yield one.name, f"[\n{items}\n{indent}]"
        elif below:
            yield one.name, self.object(below[0], indent)

    def _value(self, entry: Entry, name: str, kind: Kind) -> str:
        """Return a value in JSON, "" where it is absent."""
        names = value_names(kind)
        if names:
            parts = [str(entry.values.get(f"{name}/{part}", "")) for part in names]
            if not all(parts):
                return ""
            if isinstance(kind, Text):
                return _text(kind.written.format(**dict(zip(names, parts, strict=True))))
            return f"[{', '.join(map(_number, parts))}]"
        value = entry.values.get(name)
        if not value:
            return ""
        if not isinstance(value, str):
            return f"[{', '.join(map(_text, value))}]"
        return _number(value) if takes_numbers(kind) else _text(value)


@cache
def _quoted(name: str) -> str:
    return _text(name)


def _optional(text: str) -> str:
    return _text(text) if text else ""


def _number(text: str) -> str:
    if not _NUMBER.fullmatch(text):
        raise EncodeError(f"{text!r} is no number")
    return text
