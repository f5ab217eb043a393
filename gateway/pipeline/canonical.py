"""Canonical documents as JSON: one object for each, whose only key is the document's class.

    {"CargoReport": {"reference": "MAN1", "voyage": {"number": "12W"}, ...}}

Several stand one after the other, or in a list. A bare document is read too, if it fits one class only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from gateway.model.base import Part
from gateway.model.documents import DOCUMENTS
from gateway.model.finding import Finding, Kind, Position

_DECODER = json.JSONDecoder(parse_float=Decimal)
_REMEDY = f'write {{"CLASS": {{...}}}}, where CLASS is {" or ".join(DOCUMENTS)}'


@dataclass(frozen=True, slots=True)
class CanonicalReading:
    """One document as read from JSON, or what is wrong with it."""

    document: Part | None
    findings: tuple[Finding, ...] = ()


def to_values(document: Part) -> dict[str, Any]:
    """Return a document as plain JSON values under its class; what is absent is left out."""
    return {type(document).__name__: document.model_dump(mode="json", exclude_defaults=True)}


def from_json(text: str) -> Iterator[CanonicalReading]:
    """Yield each document of a JSON text; never raises for what the text holds."""
    at, found = 0, 0
    while at < len(text):
        at += len(text[at:]) - len(text[at:].lstrip("\ufeff \t\r\n"))
        if at >= len(text):
            break
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (json.JSONDecodeError, RecursionError) as error:
            yield _broken(text, error)
            return
        for one in value if isinstance(value, list) else [value]:
            found += 1
            yield from_values(one)
    if not found:
        yield CanonicalReading(None, (Finding("PH-0002", Kind.SYNTAX, "there is no document here", remedy=_REMEDY),))


def from_values(value: Any) -> CanonicalReading:
    """Return the document that plain JSON values hold, under its class or bare."""
    if not isinstance(value, Mapping):
        return CanonicalReading(None, (Finding("PH-0002", Kind.SYNTAX, "a document is a JSON object", remedy=_REMEDY),))
    if len(value) == 1 and next(iter(value)) in DOCUMENTS:
        name = next(iter(value))
        return _validated(DOCUMENTS[name], value[name])
    readings = [_validated(document, value) for document in DOCUMENTS.values()]
    fitting = [reading for reading in readings if reading.document is not None]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        text = "this fits several classes of document"
        return CanonicalReading(None, (Finding("PH-0002", Kind.SYNTAX, text, remedy=_REMEDY),))
    return min(readings, key=lambda reading: len(reading.findings))


def _validated(document: type[Part], value: Any) -> CanonicalReading:
    try:
        return CanonicalReading(document.model_validate(value))
    except ValidationError as error:
        return CanonicalReading(None, tuple(_fault(fault) for fault in error.errors(include_url=False)))


def _fault(fault: Mapping[str, Any]) -> Finding:
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in fault["loc"]).lstrip(".")
    value = fault["input"] if isinstance(fault["input"], str | int | Decimal) else ""
    text = f"{path}: {fault['msg']}"
    return Finding("PH-0002", Kind.SCHEMA, text, path=path, value=str(value), remedy="correct the value")


def _broken(text: str, error: Exception) -> CanonicalReading:
    if isinstance(error, json.JSONDecodeError):
        position = Position(line=error.lineno, offset=len(text[: error.pos].encode("utf-8", "replace")))
        what = f"this is no JSON: {error.msg}"
    else:
        position, what = Position(), "the JSON is nested too deeply"
    return CanonicalReading(None, (Finding("PH-0002", Kind.SYNTAX, what, position, remedy=_REMEDY),))


def differences(before: Any, after: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield (path, before, after) wherever two plain values differ; None stands for what is absent."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys((*before, *after)):
            yield from differences(before.get(name), after.get(name), f"{path}.{name}" if path else name)
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple):
        for number in range(max(len(before), len(after))):
            one = before[number] if number < len(before) else None
            other = after[number] if number < len(after) else None
            yield from differences(one, other, f"{path}[{number}]")
    elif before != after:
        yield path, before, after
