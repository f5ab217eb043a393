"""From map files to one merged rule body: include, extends, rename, drop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.errors import MappingError
from gateway.mapping import language
from gateway.yaml_source import MarkedText, load, nearest

Body = dict[MarkedText, Any]
ReadText = Callable[[str], str]
"""Gives the text of a map file by its name relative to the mappings folder; raises KeyError."""

_TOP_KEYS = ("map", "document", "message", "extends", "include", "rename", "tables", "parts", "rules", "about")


@dataclass(frozen=True, slots=True)
class MapSource:
    """A map file after its base and includes were merged into it."""

    name: str
    file: str
    document: MarkedText
    message: MarkedText
    tables: Mapping[str, Mapping[str, str]]
    parts: Mapping[str, Body]
    rules: Body
    about: str = ""
    files: tuple[str, ...] = field(default=())


def where(text: object) -> str:
    """Return "file:line:column" of a marked text."""
    mark = getattr(text, "mark", None)
    return str(mark) if mark is not None else "?"


def fault(text: object, message: str) -> MappingError:
    """Return the error that names file, line and column of `text`."""
    return MappingError(f"{where(text)}: {message}")


def read_source(file: str, read_text: ReadText) -> MapSource:
    """Return the merged source of one map file (such as "edifact/cuscar/d95b.yaml").

    Raises `MappingError` naming file, line, column and what to write instead.
    """
    merged = _merged(file, read_text, ())
    for key in ("map", "document", "message", "rules"):
        if key not in merged:
            raise MappingError(f"{file}:1:1: the map has no {key!r}")
    return MapSource(
        name=str(merged["map"]),
        file=file,
        document=merged["document"],
        message=merged["message"],
        tables=merged.get("tables", {}),
        parts=merged.get("parts", {}),
        rules=merged["rules"],
        about=str(merged.get("about", "")),
        files=tuple(merged["files"]),
    )


def _merged(file: str, read_text: ReadText, above: tuple[str, ...]) -> dict[str, Any]:
    if file in above:
        raise MappingError(f"{file}:1:1: the map extends itself: {' -> '.join((*above, file))}")
    own = _load(file, read_text)
    folder = file.rpartition("/")[0]
    result: dict[str, Any] = {"files": [file], "tables": {}, "parts": {}}
    for name in _texts(own, "include"):
        part = _load(_beside(name, folder, read_text), read_text)
        result["files"].append(_beside(name, folder, read_text))
        for kind in ("tables", "parts"):
            result[kind] = {**result[kind], **_mapping(part, kind)}
    if "extends" in own:
        base = _merged(_beside(own["extends"], folder, read_text), read_text, (*above, file))
        result["files"] += base["files"]
        result["tables"] = {**base["tables"], **result["tables"]}
        renames = _mapping(own, "rename")
        rules = _renamed(base["rules"], renames)
        parts = {name: _renamed(part, renames) for name, part in base["parts"].items()}
        _check_renames([base["rules"], *base["parts"].values()], renames)
        result = {
            **base,
            **result,
            "parts": {**parts, **result["parts"]},
            "rules": overlay(rules, _mapping(own, "rules")),
        }
    elif "rules" in own:
        result["rules"] = _mapping(own, "rules")
    for kind in ("tables", "parts"):
        result[kind] = {**result[kind], **_mapping(own, kind)}
    result.update({k: own[k] for k in ("map", "document", "message", "about") if k in own})
    return result


def _load(file: str, read_text: ReadText) -> dict[Any, Any]:
    try:
        text = read_text(file)
    except KeyError as missing:
        raise MappingError(f"{file}: there is no such map file") from missing
    document = load(text, file, MappingError)
    if not isinstance(document, dict):
        raise MappingError(f"{file}:1:1: a map file is a mapping")
    for key in document:
        if key not in _TOP_KEYS:
            raise fault(key, f"unknown key {str(key)!r}{nearest(key, _TOP_KEYS)}")
    return document


def _beside(name: MarkedText, folder: str, read_text: ReadText) -> str:
    """Resolve an include or base: beside the file, else in a folder above it."""
    while True:
        candidate = f"{folder}/{name}.yaml" if folder else f"{name}.yaml"
        try:
            read_text(candidate)
        except KeyError:
            if not folder:
                raise fault(name, f"there is no map file {str(name)!r} here or above") from None
            folder = folder.rpartition("/")[0]
        else:
            return candidate


def _texts(document: Mapping[Any, Any], key: str) -> list[MarkedText]:
    found = document.get(key, [])
    if not isinstance(found, list):
        raise fault(found, f"{key!r} is a list of names")
    return found


def _mapping(document: Mapping[Any, Any], key: str) -> dict[Any, Any]:
    found = document.get(key, {})
    if found == "":
        return {}
    if not isinstance(found, dict):
        raise fault(found, f"{key!r} is a mapping")
    return found


def _signature(key: MarkedText) -> str:
    try:
        return language.rule_key(key).signature
    except MappingError:
        return str(key)


def _renamed(body: Body, renames: Mapping[Any, Any]) -> Body:
    """Give every rule of a renamed segment its new name; a selector in the new name is joined to its own."""
    result: Body = {}
    for key, given in body.items():
        new, content = key, given
        if isinstance(given, dict):
            content = _renamed(given, renames)
            head = key.partition("[")[0].split(" ")[0]
            if head in renames:
                new = MarkedText(_joined(renames[head], key[len(head) :]), key.mark)
        result[new] = content
    return result


def _joined(new: str, rest: str) -> str:
    if new.endswith("]") and rest.startswith("["):
        return f"{new[:-1]},{rest[1:]}"
    return new + rest


def _check_renames(bodies: Iterable[Body], renames: Mapping[Any, Any]) -> None:
    used: set[str] = set()

    def walk(rules: Body) -> None:
        for key, content in rules.items():
            if isinstance(content, dict):
                used.add(key.partition("[")[0].split(" ")[0])
                walk(content)

    for body in bodies:
        walk(body)
    for name in renames:
        if name not in used:
            raise fault(name, f"rename of {str(name)!r} renames nothing{nearest(name, sorted(used))}")


def overlay(base: Body, over: Body) -> Body:
    """Lay one body over another: the same name and selector merges, `drop` removes, the rest goes last."""
    result = dict(base)
    by_signature = {_signature(key): key for key in result}
    for key, content in over.items():
        hit = by_signature.get(_signature(key))
        if content == "drop":
            if hit is None:
                raise fault(key, f"drop of {str(key)!r} drops nothing{nearest(key, list(by_signature))}")
            del result[hit]
        elif hit is not None and isinstance(content, dict) and isinstance(result[hit], dict):
            result[hit] = overlay(result[hit], content)
        elif hit is not None:
            result[hit] = content
        else:
            result[key] = content
    return result
