"""A sample beside the fields it becomes: each segment or line as sent, with what it carries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gateway.errors import EncodeError
from gateway.mapping.checking import type_of
from gateway.mapping.guide_page import Example, ExampleLine
from gateway.mapping.registry import Entry
from gateway.model.base import Coded, Measure, Part
from gateway.model.finding import Finding, Kind, Position
from gateway.model.stages import Envelope, Interchange, Message, Party
from gateway.pipeline.standards import Standards
from gateway.plugin import Adapter

_ENVELOPE = Envelope("", Party("SENDER"), Party("RECIPIENT"), "SAMPLE", "UNOC:3", "250101:0000")
_STEP = re.compile(r"(\w+)|\[(\d+)\]")
_MOST_LINES = 120
_MOST_CHARACTERS = 300  # of one line, or of one value


@dataclass(frozen=True, slots=True)
class _Carried:
    """One value of a message that became a field."""

    path: str
    value: str
    position: Position


def example(standards: Standards, entry: Entry, name: str, content: bytes) -> Example | None:
    """Return the first message of a sample that the map of `entry` reads and nothing rejects; None without one."""
    adapter = standards.recognise(content)
    if adapter is None or adapter.standard != entry.standard:
        return None
    for item in standards.read(adapter, [content]):
        if isinstance(item, Interchange) or item.rejected or item.document is None:
            continue
        if standards.registry.find(item.message.type) is entry:
            return _of(standards, adapter, item.message, item.document, name, content)
    return None


def rewritten(standards: Standards, entry: Entry, content: bytes) -> bytes | None:
    """Return a sample of another version as the map of `entry` writes it; None where it cannot."""
    adapter = standards.recognise(content)
    for item in standards.read(adapter, [content]) if adapter is not None else ():
        if isinstance(item, Interchange) or item.rejected or item.document is None:
            continue
        served = (type_of(entry, version) for version in entry.versions)
        wanted = next((kind for kind in served if standards.registry.find(kind) is entry), None)
        if wanted is None or type(item.document).__name__ != entry.head.document:
            return None
        try:
            return standards.write(item.document, wanted, _ENVELOPE).content
        except EncodeError:
            return None
    return None


def _of(
    standards: Standards, adapter: Adapter, message: Message, document: Part, name: str, content: bytes
) -> Example | None:
    origins = standards.origins(adapter, message)
    if origins is None:
        return None
    carried = [
        _Carried(made.path, _value(document, made.path), adapter.position(message, made.record, made.locator))
        for made in origins.reading.lineage
        if made.locator is not None
    ]
    reported = [finding.position for finding in origins.reading.mapped.findings]
    lines = _segments(adapter, message, content, carried, reported) or _physical(content, carried, reported)
    return Example(name, str(message.type), tuple(lines[:_MOST_LINES]), max(len(lines) - _MOST_LINES, 0))


def _segments(
    adapter: Adapter, message: Message, content: bytes, carried: Sequence[_Carried], reported: Sequence[Position]
) -> list[ExampleLine]:
    """Return the records as received, where the standard quotes them; else nothing."""
    made = []
    for record in range(len(message.records)):
        at = adapter.position(message, record)
        quote = adapter.quote(Finding("", Kind.SYNTAX, "", at), message, lambda start, stop: content[start:stop])
        if quote is None:
            return []
        text = content[quote.start : quote.stop].decode(quote.codec, "backslashreplace").strip()
        here = [one for one in carried if one.position.segment == at.segment]
        made.append(_line(text, here, reported=any(one.segment == at.segment for one in reported)))
    return made


def _physical(content: bytes, carried: Sequence[_Carried], reported: Sequence[Position]) -> list[ExampleLine]:
    """Return the lines as received, of a standard that counts lines."""
    texts = content.decode("utf-8", "backslashreplace").splitlines()
    return [
        _line(
            text,
            [one for one in carried if one.position.line == number],
            reported=any(one.line == number for one in reported),
        )
        for number, text in enumerate(texts, 1)
    ]


def _line(text: str, carried: Sequence[_Carried], *, reported: bool) -> ExampleLine:
    fields = tuple((one.path, _cut(one.value), str(one.position)) for one in carried)
    return ExampleLine(_cut(text), fields, reported)


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"


def _value(document: Part, path: str) -> str:
    """Return a value of a document as people read it."""
    here: Any = document
    for name, index in _STEP.findall(path):
        here = getattr(here, name) if name else here[int(index)]
    if isinstance(here, Measure):
        return f"{here.value} {here.unit or ''}".strip()
    if isinstance(here, Coded):
        return " ".join(part for part in (here.value, here.list, here.agency) if part)
    return ", ".join(here) if isinstance(here, tuple) else str(here)
