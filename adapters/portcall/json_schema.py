"""A table as JSON Schema (draft-07), for those who read what we write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.portcall.fields import (
    Counted,
    Derived,
    Fixed,
    Joined,
    Kind,
    Member,
    Moment,
    Number,
    Numbers,
    Object,
    Sender,
    Table,
    Text,
    Texts,
)
from adapters.portcall.structure import Declared

_ISO_8601 = r"^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$"


def schema(table: Table) -> Mapping[str, Any]:
    """Return the schema of a message as it is written here: the CloudEvent with its data."""
    return {"title": f"{table.title} ({table.name} {table.version})", **_object(table.root)}


def _object(declared: Object) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    required: list[str] = []
    rules: list[Any] = []
    for one in declared.members:
        for name, shape, needed in _members(one):
            properties[name] = shape
            if needed:
                required.append(name)
        if isinstance(one, Joined):
            rules += _together(one)
    made: dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        made["required"] = required
    if declared.any_of:
        made["anyOf"] = [{"required": [name]} for name in declared.any_of]
    if rules:
        made["allOf"] = rules
    if not declared.open:
        made["additionalProperties"] = False
    return made


def _members(one: Declared) -> Iterator[tuple[str, Mapping[str, Any], bool]]:
    match one:
        case Joined():
            yield from ((member.name, _kind(member.kind), member.required) for member in one.members)
        case Object():
            yield one.name, {"type": "array", "items": _object(one)} if one.repeats else _object(one), one.required
        case Member():
            yield one.name, _kind(one.kind), one.required
        case Counted():
            yield one.name, _counted(one), one.required
        case Fixed():
            yield one.name, {"const": one.value}, one.required
        case Sender():
            yield one.name, {"type": "string", "format": "uri-reference", "minLength": 1}, True
        case Derived():
            yield one.name, {"type": "string", **({"format": "uuid"} if one.uuid else {})}, one.codes is None


def _kind(kind: Kind) -> dict[str, Any]:
    match kind:
        case Text():
            return _text(kind)
        case Number():
            bounds = {"minimum": kind.least, "maximum": kind.most}
            given = {name: bound for name, bound in bounds.items() if bound is not None}
            return {"type": "integer" if kind.whole else "number", **given}
        case Moment():
            return {"type": "string", **({"pattern": _ISO_8601} if kind.any_precision else {"format": "date-time"})}
        case Texts():
            return {"type": "array", "items": {"type": "string", "minLength": 1}}
        case Numbers():
            return {
                "type": "array",
                "items": {"type": "number"},
                "minItems": len(kind.names),
                "maxItems": len(kind.names),
            }


def _text(kind: Text) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "string"}
    if kind.values:
        return {**made, "enum": list(kind.values)}
    made["minLength"] = kind.most if kind.fixed else 1
    if kind.most:
        made["maxLength"] = kind.most
    if kind.form or kind.digits:
        made["pattern"] = f"^({_ecma(kind.form)})$" if kind.form else "^[0-9]*$"
    return made


def _counted(one: Counted) -> dict[str, Any]:
    plain = [text for text in one.kind.values if text not in one.counted]
    rings = "|".join(text.replace(".", "\\.") for text in one.counted)
    return {"type": "string", "anyOf": [{"enum": plain}, {"pattern": f"^[0-9]+(\\.[0-9]+)?({rings})$"}]}


def _ecma(form: str) -> str:
    """Return a pattern as ECMA-262 spells it: named groups are of Python alone in this form."""
    return form.replace("(?P<", "(?<")


def _together(one: Joined) -> Iterator[Mapping[str, Any]]:
    """Yield which codes go together: if the one is this, then the other is one of those, or absent."""
    for pair in one.pairs:
        for first, allowed in pair.allowed.items():
            given = [text for text in allowed if text]
            then: dict[str, Any] = {"properties": {pair.second: {"enum": given}}} if given else {}
            if "" not in allowed:
                then["required"] = [pair.second]
            if not given:
                then = {"not": {"required": [pair.second]}}
            yield {"if": {"properties": {pair.first: {"const": first}}}, "then": then}
