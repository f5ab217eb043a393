"""JSON texts to values that know where they stand: strict as RFC 8259 asks, bounded in size and depth.

    {"a": [1]} -> Value("object", 0, members=[("a", 1, Value("list", 6, items=[Value("number", 7, "1")]))])

Numbers keep their spelling, so that nothing is rounded. A name that stands twice is kept twice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

MAX_BYTES = 4_000_000
MAX_DEPTH = 32

_BLANK = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
#: A member whose value is a text, with nothing escaped in either, and what stands behind it.
_PLAIN_MEMBER = re.compile(r'"([^"\\\x00-\x1f]*)"[ \t\n\r]*:[ \t\n\r]*"([^"\\\x00-\x1f]*)"[ \t\n\r]*([,}])?[ \t\n\r]*')
_NEXT = re.compile(r"[ \t\n\r]*([],}])[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_WORD = re.compile(r"true|false|null")
_SURROGATE = re.compile("[\ud800-\udfff]")


class BrokenError(ValueError):
    """The text is no JSON: what is wrong, and at which character."""

    def __init__(self, text: str, at: int, *, deep: bool = False) -> None:
        super().__init__(text)
        self.at = at
        self.deep = deep


@dataclass(slots=True)
class Value:
    """One JSON value: `what` is object, list, text, number, word (true, false) or null; `at` its first character."""

    what: str
    at: int
    text: str = ""
    members: Sequence[tuple[str, int, Value]] = ()
    items: Sequence[Value] = ()


def parse(text: str) -> Value:
    """Return the one value of a text; raises `BrokenError`."""
    value, at = _value(text, _blank(text, 0), 0)
    at = _blank(text, at)
    if at < len(text):
        raise BrokenError("there is more behind the end of the value", at)
    return value


def _blank(text: str, at: int) -> int:
    if text[at : at + 1] > " ":
        return at
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _value(text: str, at: int, depth: int) -> tuple[Value, int]:
    if depth > MAX_DEPTH:
        raise BrokenError(f"values are nested more than {MAX_DEPTH} deep", at, deep=True)
    mark = text[at : at + 1]
    if mark == "{":
        return _object(text, at, depth)
    if mark == "[":
        return _list(text, at, depth)
    if mark == '"':
        return _string(text, at)
    if found := _NUMBER.match(text, at):
        return Value("number", at, found[0]), found.end()
    if found := _WORD.match(text, at):
        return Value("null" if found[0] == "null" else "word", at, found[0]), found.end()
    raise BrokenError("a value is wanted here" if mark else "the text ends where a value is wanted", at)


def _string(text: str, at: int) -> tuple[Value, int]:
    found = _STRING.match(text, at)
    if found is None:
        raise BrokenError("this text does not end, or holds what must be escaped", at)
    return Value("text", at, _unescaped(found[0], at)), found.end()


def _unescaped(quoted: str, at: int) -> str:
    """Return what a text in quotes says."""
    if "\\" not in quoted:
        return quoted[1:-1]
    read: str = json.loads(quoted)
    if _SURROGATE.search(read):
        raise BrokenError("this text holds half of a surrogate pair", at)
    return read


def _object(text: str, start: int, depth: int) -> tuple[Value, int]:
    members: list[tuple[str, int, Value]] = []
    at = _blank(text, start + 1)
    if text[at : at + 1] == "}":
        return Value("object", start), at + 1
    while True:
        plain = _PLAIN_MEMBER.match(text, at)
        if plain is not None:
            members.append((plain[1], at, Value("text", plain.start(2) - 1, plain[2])))
            if plain[3] == ",":
                at = plain.end()
                continue
            behind = plain.end(2) + 1
        else:
            name, behind = _name(text, at)
            value, behind = _value(text, behind, depth + 1)
            members.append((name, at, value))
        at, ended = _next(text, behind, "}")
        if ended:
            return Value("object", start, members=members), at


def _name(text: str, at: int) -> tuple[str, int]:
    """Return the name of a member, and the first character of its value."""
    if text[at : at + 1] != '"':
        raise BrokenError("the name of a member is wanted here, in double quotes", at)
    name, behind = _string(text, at)
    colon = _blank(text, behind)
    if text[colon : colon + 1] != ":":
        raise BrokenError(f"a colon is wanted behind {name.text!r}", colon)
    return name.text, _blank(text, colon + 1)


def _list(text: str, start: int, depth: int) -> tuple[Value, int]:
    items: list[Value] = []
    at = _blank(text, start + 1)
    if text[at : at + 1] == "]":
        return Value("list", start), at + 1
    while True:
        value, behind = _value(text, at, depth + 1)
        items.append(value)
        at, ended = _next(text, behind, "]")
        if ended:
            return Value("list", start, items=items), at


def _next(text: str, at: int, closing: str) -> tuple[int, bool]:
    """Return the character behind a comma, or behind the end, and whether it was the end."""
    found = _NEXT.match(text, at)
    if found is None or found[1] not in (closing, ","):
        raise BrokenError(f"a comma or {closing} is wanted here", _blank(text, at))
    return (found.end(1), True) if found[1] == closing else (found.end(), False)
