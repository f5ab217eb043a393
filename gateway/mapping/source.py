"""From map files to one merged rule body: include, extends, rename, drop; and what their heads alone say.

Whoever looks for the map of a message reads heads; the body of a map is read when it is compiled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from gateway.errors import MappingError
from gateway.mapping import language
from gateway.yaml_source import MarkedText, Node, load, nearest

Body = dict[MarkedText, Any]
ReadText = Callable[[str], str]
"""Gives the text of a map file by its name relative to the mappings folder; raises KeyError."""

_HEAD_KEYS = ("map", "document", "message", "extends", "include", "about")
_TOP_KEYS = (*_HEAD_KEYS, "rename", "tables", "parts", "rules")
_TOP_KEY = re.compile(r"^(\w+)\s*:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Head:
    """What a map says of itself, or has from its base: its name, document, message, and the texts it is made of.

    `texts` holds each file's name and text: its own, of bases and of includes.
    """

    name: str
    file: str
    document: MarkedText
    message: MarkedText
    about: str
    texts: tuple[tuple[str, str], ...]


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


def read_head(file: str, read_text: ReadText) -> Head:
    """Return the head of one map file.

    Raises `MappingError` naming file, line, column and what to write instead; what is wrong in a body is told by
    `read_source`.
    """
    texts: dict[str, str] = {}

    def text(name: str) -> str:
        texts[name] = read_text(name)
        return texts[name]

    said = _headed(file, text, ())
    for key in ("map", "document", "message"):
        if key not in said:
            raise MappingError(f"{file}:1:1: the map has no {key!r}")
    return Head(
        name=str(said["map"]),
        file=file,
        document=said["document"],
        message=said["message"],
        about=str(said.get("about", "")),
        texts=tuple(texts.items()),
    )


def _headed(file: str, read_text: ReadText, above: tuple[str, ...]) -> dict[Any, Any]:
    """Return the keys of a head, with those of its bases; every file that the map is made of is read on the way."""
    if file in above:
        raise MappingError(f"{file}:1:1: the map extends itself: {' -> '.join((*above, file))}")
    own = _checked(_parsed(_head_of(_text(file, read_text)), file), file)
    folder = file.rpartition("/")[0]
    for name in _texts(own, "include"):
        _beside(name, folder, read_text)
    if "extends" not in own:
        return own
    return _headed(_beside(own["extends"], folder, read_text), read_text, (*above, file)) | own


def _head_of(text: str) -> str:
    """Return the text before the body, or all of it where a key of the head comes later."""
    keys = [*_TOP_KEY.finditer(text)]
    body = next((one.start() for one in keys if one[1] not in _HEAD_KEYS), len(text))
    return text if any(one.start() > body and one[1] in _HEAD_KEYS for one in keys) else text[:body]


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
    return _checked(_parsed(_text(file, read_text), file), file)


def _text(file: str, read_text: ReadText) -> str:
    try:
        return read_text(file)
    except KeyError as missing:
        raise MappingError(f"{file}: there is no such map file") from missing


@lru_cache(1024)  # a base and an include are read for each map that is made of them; nobody changes what is returned
def _parsed(text: str, file: str) -> Node:
    return load(text, file, MappingError)


def _checked(document: Node, file: str) -> dict[Any, Any]:
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
