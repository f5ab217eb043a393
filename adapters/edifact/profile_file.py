"""Profiles from their YAML files: those shipped beside this module, and those of a site.

profile: exampleport
about: What Exampleport asks of a manifest.
messages:
- message: CUSCAR D95B..D01C
association: [EXP1*]          # UNH 0057; without it, only an agreement that names the profile applies it
structure: {NAD: M, CNI/RFF: M 99}
values: {BGM.1004: M an..17}
codes: {BGM.1001: only 85 833, 3055: also EXP}
require:
- TDT[8051=20]/LOC[3227=9|11]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from adapters.edifact.definitions import Format, representation
from adapters.edifact.profile import Occurs, Overlay, Path, Profile, Step, Use
from gateway.errors import SettingsError
from gateway.yaml_source import MarkedList, MarkedMap, MarkedText, Node, load, nearest

_KEYS = ("profile", "about", "messages")
_MESSAGE_KEYS = ("message", "association", "structure", "values", "codes", "require")
_MESSAGE = re.compile(r"(?P<name>[A-Z]{6}) (?P<first>[A-Z]\d\d[A-Z])(?:\.\.(?P<last>[A-Z]\d\d[A-Z]))?")
_STEP = re.compile(r"(?P<tag>[A-Z][A-Z0-9]{2})(?:#(?P<group>\d+))?(?:\[(?P<conditions>[^\]]+)\])?")
_CONDITION = re.compile(r"(?P<number>\d{4})=(?P<values>[^=,]+)")
_VALUE = re.compile(r"[A-Z][A-Z0-9]{2}\.(?:[CSE]\d{3}|(?:[CSE]\d{3}\.)?\d{4})")
_CODE_LIST = re.compile(r"(?:[A-Z][A-Z0-9]{2}\.)?\d{4}")


@cache
def built_in(directories: Sequence[str]) -> tuple[Profile, ...]:
    """Return the profiles shipped, over those of the directories given that they name."""
    folder = files("adapters.edifact").joinpath("profiles")
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".yaml")), key=lambda one: one.name)
    return tuple(read_profile(entry.read_bytes(), f"profiles/{entry.name}", directories) for entry in found)


def read_profile(content: bytes, file: str, directories: Sequence[str]) -> Profile:
    """Return the profile of a file; raises `SettingsError` with file, line and column of the first fault.

    `directories` are those at hand, in order: they say what lies between the two ends of a range.
    """
    root = _map(load(content, file, SettingsError), _KEYS, "a profile")
    name = _text(root, "profile")
    entries = root.get("messages")
    if not isinstance(entries, MarkedList) or not entries:
        raise SettingsError(f"{root.mark}: a profile needs a list of messages")
    overlays = tuple(_overlay(name, entry, directories) for entry in entries)
    return Profile(str(name), str(_text(root, "about")), overlays)


def _overlay(profile: str, entry: Node, directories: Sequence[str]) -> Overlay:
    section = _map(entry, _MESSAGE_KEYS, "a message of a profile")
    message = _text(section, "message")
    match = _MESSAGE.fullmatch(message)
    if match is None:
        raise SettingsError(f"{message.mark}: {str(message)!r} is no message: write it like CUSCAR D95B..D24A")
    codes = {key: _codes(key, value) for key, value in _entries(section, "codes")}
    return Overlay(
        profile=str(profile),
        message=match["name"],
        directories=_between(message, match["first"], match["last"] or match["first"], directories),
        associations=tuple(map(str, _texts(section, "association"))),
        structure={_path(key): _occurs(value) for key, value in _entries(section, "structure")},
        uses={
            str(_named(key, _VALUE, "a value, like BGM.1004")): _use(value)
            for key, value in _entries(section, "values")
        },
        added={str(key): values for key, (verb, values) in codes.items() if verb == "also"},
        only={str(key): values for key, (verb, values) in codes.items() if verb == "only"},
        required=tuple(_path(text) for text in _texts(section, "require")),
        origin=str(section.mark),
    )


def _between(text: MarkedText, first: str, last: str, directories: Sequence[str]) -> frozenset[str]:
    for name in (first, last):
        if name not in directories:
            raise SettingsError(f"{text.mark}: there is no directory {name}{nearest(name, directories)}")
    start, end = directories.index(first), directories.index(last)
    if start > end:
        raise SettingsError(f"{text.mark}: {first}..{last} runs backwards: write {last}..{first}")
    return frozenset(directories[start : end + 1])


def _path(text: MarkedText) -> Path:
    return tuple(_step(text, part) for part in _split(text))


def _split(text: str) -> Iterable[str]:
    """Return the steps of a path: a slash inside brackets belongs to a value."""
    return re.findall(r"(?:[^/\[]|\[[^\]]*\])+", text)


def _step(text: MarkedText, part: str) -> Step:
    match = _STEP.fullmatch(part)
    conditions = (
        [_CONDITION.fullmatch(one) for one in match["conditions"].split(",")] if match and match["conditions"] else []
    )
    if match is None or None in conditions:
        raise SettingsError(f"{text.mark}: {part!r} is no place: write it like TDT[8051=20] or NAD#4")
    return Step(
        match["tag"],
        int(match["group"]) if match["group"] else None,
        tuple((one["number"], frozenset(one["values"].split("|"))) for one in conditions if one is not None),
    )


def _occurs(text: MarkedText) -> Occurs:
    """Read `M`, `C`, `M 9` or `9`."""
    match = re.fullmatch(r"(?P<status>[MC])?(?:(?:\A| )(?P<repeat>\d{1,7}))?", text)
    if match is None or not text:
        raise SettingsError(f"{text.mark}: {str(text)!r} is no status: write M, C, M 99 or 99")
    status = {"M": True, "C": False, None: None}[match["status"]]
    return Occurs(status, int(match["repeat"]) if match["repeat"] else None)


def _use(text: MarkedText) -> Use:
    """Read `M`, `C`, `an..12` or `M an..12`."""
    status: bool | None = None
    form: Format | None = None
    for word in text.split():
        if word in ("M", "C"):
            status = word == "M"
            continue
        try:
            form = representation(word)
        except ValueError as error:
            raise SettingsError(f"{text.mark}: {error}") from None
    if not text.split():
        raise SettingsError(f"{text.mark}: say how the value is used: M, C, a format like an..35, or both")
    return Use(status, form)


def _codes(key: MarkedText, text: MarkedText) -> tuple[str, frozenset[str]]:
    """Read `also 34 36` or `only 85 833`."""
    _named(key, _CODE_LIST, "a coded data element, like 1001 or BGM.1001")
    verb, *values = text.split() or [""]
    if verb not in ("also", "only") or not values:
        raise SettingsError(f"{text.mark}: say which codes: 'also 34 36' or 'only 85 833'")
    return verb, frozenset(values)


def _named(key: MarkedText, pattern: re.Pattern[str], what: str) -> MarkedText:
    if pattern.fullmatch(key) is None:
        raise SettingsError(f"{key.mark}: {str(key)!r} is not {what}")
    return key


def _map(node: Any, keys: Sequence[str], what: str) -> MarkedMap:
    if not isinstance(node, MarkedMap):
        raise SettingsError(f"{node.mark}: {what} is a mapping with {', '.join(keys)}")
    for key, _ in node.entries():
        if key not in keys:
            raise SettingsError(f"{key.mark}: {what} has no key {str(key)!r}{nearest(key, keys)}")
    return node


def _text(section: MarkedMap, key: str) -> MarkedText:
    found = section.get(key)
    if not isinstance(found, MarkedText) or not found:
        raise SettingsError(f"{section.mark}: {key} is missing")
    return found


def _texts(section: MarkedMap, key: str) -> Sequence[MarkedText]:
    found = section.get(key)
    if found is None:
        return ()
    if not isinstance(found, MarkedList) or not all(isinstance(one, MarkedText) for one in found):
        raise SettingsError(f"{found.mark}: {key} is a list of texts")
    return [one for one in found if isinstance(one, MarkedText)]


def _entries(section: MarkedMap, key: str) -> Sequence[tuple[MarkedText, MarkedText]]:
    found = section.get(key)
    if found is None:
        return ()
    if not isinstance(found, MarkedMap):
        raise SettingsError(f"{found.mark}: {key} is a mapping")
    return _pairs(found.entries())


def _pairs(entries: Iterable[tuple[MarkedText, Node]]) -> Sequence[tuple[MarkedText, MarkedText]]:
    made = []
    for key, value in entries:
        if not isinstance(value, MarkedText):
            raise SettingsError(f"{value.mark}: {key} has a text, not a list or mapping")
        made.append((key, value))
    return made
