"""What every test of the mapping needs: the shipped maps, the real adapters, and one trip through both."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from adapters.portcall import writer as json_writer
from adapters.wco import writer as wco_writer
from adapters.wco.intermediate import markup
from adapters.wco.profile import built_in
from gateway import app
from gateway.mapping.checking import type_of
from gateway.mapping.reading import Reader
from gateway.mapping.rules import CheckedMap
from gateway.mapping.writing import Writer
from gateway.model.base import Part
from gateway.model.stages import Envelope, Mapped, Message, MessageType, Party, Written
from gateway.pipeline.standards import Standards
from gateway.plugin import Adapter


@cache
def standards() -> Standards:
    """The installed adapters with the shipped maps: what the gateway itself works with."""
    return app.standards()


CUSCAR = [MessageType("edifact", "CUSCAR", v) for v in ("D95B", "D96B", "D03B", "D11A", "D13B", "D16A", "D24A")]
CUSRES = [MessageType("edifact", "CUSRES", v) for v in ("D96B", "D03B", "D24A")]
WCO = [MessageType("wco", name, "1") for name in ("cargo-report", "conveyance-report", "response")]
SHIPS = [
    MessageType("edifact", name, version)
    for name, versions in (
        ("BERMAN", ("D01B", "D16A")),
        ("CALINF", ("D95B", "D00B")),
        ("CUSREP", ("D95B", "D98B", "D16A")),
        ("GOVCBR", ("D15A",)),
        ("PAXLST", ("D97A", "D16A")),
        ("VESDEP", ("D95B", "D16A")),
        ("WASDIS", ("D97A", "D03B", "D16A")),
    )
    for version in versions
]
PORTCALL = [
    MessageType("portcall", name, version) for name, version in (("vessel-event", "1"), ("dcsa", "2"), ("itpco", "3"))
]
EDIFACT = [*CUSCAR, *CUSRES, *SHIPS]
TERMINAL = [
    type_of(entry, entry.versions[-1])
    for entry in standards().registry.entries()
    if entry.message in ("BAPLIE", "MOVINS", "COPRAR", "COARRI", "CODECO", "COPARN", "COREOR")
]
_CARRIAGE = ("IFCSUM", "IFTDGN", "IFTMBC", "IFTMBF", "IFTMCS", "IFTMIN", "IFTSAI", "IFTSTA", "VERMAS", "CUSDEC")
TRANSPORT = [
    type_of(entry, entry.versions[-1]) for entry in standards().registry.entries() if entry.message in _CARRIAGE
]
TYPES = [*EDIFACT, *WCO, *PORTCALL]


def type_id(type_: MessageType) -> str:
    return str(type_)


@cache
def checked(type_: MessageType) -> CheckedMap:
    found = standards().registry.checked(type_)
    assert found is not None
    return found


@cache
def reader(type_: MessageType) -> Reader:
    found = standards().registry.reader(type_)
    assert found is not None
    return found


@cache
def writer(type_: MessageType) -> Writer:
    found = standards().registry.writer(type_)
    assert found is not None
    return found


def adapter(type_: MessageType) -> Adapter:
    return standards().adapters[type_.standard]


def envelope(standard: str) -> Envelope:
    syntax = "UNOC:3" if standard == "edifact" else ""
    return Envelope(standard, Party("SENDER"), Party("RECIPIENT"), "1", syntax, "250314:1230")


def content(written: Written) -> bytes:
    """The bytes of one written message in an interchange of its own."""
    return adapter(written.type).encode([written], envelope(written.type.standard))


def messages(standard: str, raw: bytes) -> Iterator[Message]:
    for item in standards().adapters[standard].decode([raw]):
        if isinstance(item, Message):
            yield item


def received(written: Written) -> Message:
    """The message that the receiver of a written one decodes."""
    (message,) = messages(written.type.standard, content(written))
    return message


def received_unchecked(written: Written) -> Message:
    """As `received`, of bytes that need not pass the schema: what is missing was reported as a loss."""
    if written.type.standard == "edifact":
        return received(written)
    if written.type.standard == "portcall":
        (message,) = messages("portcall", json_writer.unchecked([written], envelope("portcall")))
        return message
    profile = built_in()
    text = wco_writer._document(profile, wco_writer._kind(profile, written), written)
    (message,) = messages(written.type.standard, markup(text).encode())
    return message


def read(message: Message) -> Mapped:
    return reader(message.type).read(message, adapter(message.type).position)


def edifact(segments: str, type_: MessageType, syntax: str = "UNOC:3") -> bytes:
    """An interchange of one message, given its segments without UNH and UNT, a line each or not."""
    body = segments.strip("\n")
    count = sum(bool(line.strip()) for line in body.replace("'", "'\n").splitlines()) + 2
    kind = f"{type_.name}:{type_.version[0]}:{type_.version[1:]}:UN"
    text = f"UNB+{syntax}+SENDER+RECIPIENT+250314:1230+1'\nUNH+1+{kind}'\n{body}\nUNT+{count}+1'\nUNZ+1+1'\n"
    return text.encode("latin-1")


def message_of(segments: str, type_: MessageType) -> Message:
    (message,) = messages("edifact", edifact(segments, type_))
    return message


def canonical(map_: CheckedMap, document: Part | None) -> Any:
    """Plain values of a document, its keyed lists in the order of their keys: those compare as sets."""
    assert document is not None
    values = document.model_dump()
    for name in _keys(map_):
        values[name] = sorted(values[name], key=repr)
    return values


def differences(map_: CheckedMap, first: Part | None, second: Part | None) -> list[str]:
    """The paths, in the first, of the values in which two documents differ."""
    assert first is not None
    assert second is not None
    here, there = first.model_dump(), second.model_dump()
    for name, key in _keys(map_).items():
        there[name] = _in_order(here[name], there[name], key)
    return list(_differences("", here, there))


def _keys(map_: CheckedMap) -> dict[str, str]:
    """The key of each list that is shared by key."""
    return {rule.prefix[0]: rule.by for rule in map_.rules if rule.by}


def _in_order(entries: Any, others: Any, key: str) -> list[Any]:
    """The other entries in the order in which the keys come first, None for those that are missing."""
    left, found = list(others), []
    for entry in entries:
        match = next((other for other in left if other[key] == entry[key]), None)
        found.append(match)
        if match is not None:
            left.remove(match)
    return found + left


def _differences(path: str, first: Any, second: Any) -> Iterator[str]:
    if isinstance(first, dict) and isinstance(second, dict):
        for name in first:
            yield from _differences(f"{path}.{name}".lstrip("."), first[name], second[name])
    elif isinstance(first, list | tuple) and isinstance(second, list | tuple):
        for index in range(max(len(first), len(second))):
            here = f"{path}[{index}]"
            if index < min(len(first), len(second)):
                yield from _differences(here, first[index], second[index])
            else:
                yield here
    elif first != second:
        yield path
