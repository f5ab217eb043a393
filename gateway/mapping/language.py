"""The grammar of a map file: rule keys, value keys and values, each parsed into one frozen type.

    rulekey  := NAME['#'n] ['[' cond {',' cond} ']'] ['first'] [verb]
    verb     := 'to' PATH | 'each' PATH ['by' KEY ('of' PATH | 'rest')] | 'fold' | 'otherwise'
    cond     := LOCATOR '=' [value {'|' value}]       first value is written, all are read, empty = absent
    valuekey := LOCATOR ['[' cond {',' cond} ']']     several on one locator are alternatives, in order
    value    := PATH ['|' converter args]             '^' climbs one each, '/' starts at the document
              | '=' CONST {'|' CONST}                 written; on read anything else is reported
              | '=#'                                  running number within the list
              | '=' PATH ['|' converter args]         a second copy: written, and compared on read

The full language is described in docs/reference/mapping-language.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.errors import MappingError

_NAME = r"[A-Za-z][\w]*(?:#\d+)?"
_PATH = r"[\^/]*[a-z_][\w.]*"
_RULE = re.compile(
    rf"(?P<name>{_NAME})"
    r"(?P<selector>\[[^\]]*\])?"
    r"(?P<first>\s+first)?"
    rf"(?:\s+(?P<verb>to|each|fold|otherwise)(?:\s+(?P<path>{_PATH}))?)?"
    rf"(?:\s+by\s+(?P<by>\w+)\s+(?:of\s+(?P<via>{_PATH})|rest))?"
)
_VALUE_KEY = re.compile(r"(?P<locator>[^\[\]\s]+)(?P<selector>\[[^\]]*\])?")
_COPY = re.compile(rf"=(?P<path>{_PATH})(?:\s+\|\s+(?P<converter>.+))?")
_CONDITION = re.compile(r"(?P<locator>[^=]+)=(?P<values>.*)")
VERBS_WITH_PATH = ("to", "each")


@dataclass(frozen=True, slots=True)
class Condition:
    """`1131=146|` : the locator as written, and the values read; the first is written, "" is absence."""

    locator: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.locator}={'|'.join(self.values)}"


@dataclass(frozen=True, slots=True)
class RuleKey:
    """A parsed rule key; `signature` (name and selector) is what an overlay addresses."""

    name: str
    conditions: tuple[Condition, ...]
    verb: str  # "one" when the key has none
    path: str
    by: str
    via: str
    first: bool = False  # only the first of several is meant

    @property
    def signature(self) -> str:
        """Name and selector, without the verb."""
        selector = ",".join(map(str, self.conditions))
        return f"{self.name}[{selector}]" if selector else self.name


@dataclass(frozen=True, slots=True)
class ValueKey:
    """A parsed value key."""

    locator: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A value that fills a canonical field through a converter."""

    path: str
    converter: str = "str"
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Constant:
    """A value written as it is; on reading, any of `values` is expected."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counter:
    """The running number of the entry in its list, from 1."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A second place for a field that another rule carries."""

    path: str
    converter: str = ""
    arguments: tuple[str, ...] = ()


ValueText = Field | Constant | Counter | Copy


def conditions(text: str) -> tuple[Condition, ...]:
    """Parse a selector, with or without its brackets; raises `MappingError`."""
    body = text.strip("[]").strip()
    found = []
    for part in body.split(",") if body else ():
        match = _CONDITION.fullmatch(part.strip())
        if match is None:
            raise MappingError(f"cannot read the condition {part.strip()!r}: write LOCATOR=value|value")
        values = tuple(value.strip() for value in match["values"].split("|"))
        found.append(Condition(match["locator"].strip(), values))
    return tuple(found)


def rule_key(text: str) -> RuleKey:
    """Parse a rule key; raises `MappingError` saying what cannot be read."""
    match = _RULE.fullmatch(text.strip())
    if match is None:
        raise MappingError(
            f"cannot read the rule key {text!r}: write NAME[LOCATOR=value] first|to|each|fold|otherwise PATH"
        )
    verb = match["verb"] or "one"
    if verb in VERBS_WITH_PATH and not match["path"]:
        raise MappingError(f"{verb!r} in {text!r} needs the path of a canonical field")
    if verb not in VERBS_WITH_PATH and match["path"]:
        raise MappingError(f"{verb!r} in {text!r} takes no path")
    if match["by"] and verb != "each":
        raise MappingError(f"'by .. of ..' in {text!r} belongs to 'each'")
    return RuleKey(
        match["name"],
        conditions(match["selector"] or ""),
        verb,
        match["path"] or "",
        match["by"] or "",
        match["via"] or "",
        match["first"] is not None,
    )


def value_key(text: str) -> ValueKey:
    """Parse a value key; raises `MappingError`."""
    match = _VALUE_KEY.fullmatch(text.strip())
    if match is None:
        raise MappingError(f"cannot read the value key {text!r}: write LOCATOR or LOCATOR[LOCATOR=value]")
    return ValueKey(match["locator"], conditions(match["selector"] or ""))


def value(text: str) -> ValueText:
    """Parse the right side of a value; raises `MappingError`."""
    text = text.strip()
    if text == "=#":
        return Counter()
    if text.startswith("="):
        copied = _COPY.fullmatch(text)
        if copied:
            converter, *arguments = (copied["converter"] or "").split() or [""]
            return Copy(copied["path"], converter, tuple(arguments))
        return Constant(tuple(part.strip() for part in text[1:].split("|")))
    path, bar, rest = text.partition("|")
    if not re.fullmatch(_PATH, path.strip()):
        raise MappingError(f"cannot read the value {text!r}: write FIELD | converter arguments, =CONST, =# or =FIELD")
    words = rest.split()
    if bar and not words:
        raise MappingError(f"a converter is missing after '|' in {text!r}")
    return Field(path.strip(), words[0] if words else "str", tuple(words[1:]))
