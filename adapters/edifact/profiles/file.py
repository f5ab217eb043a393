"""Profiles from their YAML files: those shipped beside this module, and those of a site.

profile: exampleport
about: What Exampleport asks of a manifest.
messages:
- message: CUSCAR D95B..D01C
  guide: Exampleport Manual 2026  # where it stands, for findings
  association: [EXP1*]            # UNH 0057; without it, only an agreement that names the profile applies it
  structure: {NAD: M, CNI/RFF: M 99}
  values: {BGM.1004: M an..17}
  codes: {BGM.1001: only 85 833, 3055: also EXP, PCI.4233: any}
  require:
  - TDT[8051=20,8028=*]/LOC[3227=9|11]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from importlib.resources import files
from typing import TypeVar

from adapters.edifact.directories.definitions import Format, representation
from adapters.edifact.profiles.profile import Codes, Condition, Occurs, Overlay, Path, Profile, Step, Use
from gateway.errors import SettingsError
from gateway.yaml_source import MarkedList, MarkedMap, MarkedText, Node, load, nearest

_KEYS = ("profile", "about", "messages")
_MESSAGE_KEYS = ("message", "guide", "association", "structure", "values", "codes", "require")
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_MESSAGE = re.compile(r"(?P<name>[A-Z]{6}) (?P<first>[A-Z]\d\d[A-Z])(?:\.\.(?P<last>[A-Z]\d\d[A-Z]))?")
_STEP = re.compile(r"(?P<tag>[A-Z][A-Z0-9]{2})(?:#(?P<group>\d{1,4}))?(?:\[(?P<conditions>[^\]]+)\])?")
_CONDITION = re.compile(r"(?P<name>(?:[CSE]\d{3}\.)?\d{4})=(?P<values>[^=,]+)")
_OCCURS = re.compile(r"(?=.)(?P<status>[MC])?(?:(?:\A| )(?P<repeat>[1-9]\d{0,6}))?")
_VALUE = re.compile(r"[A-Z][A-Z0-9]{2}\.(?:[CSE]\d{3}|(?:[CSE]\d{3}\.)?\d{4})")
_CODE_LIST = re.compile(r"(?:[A-Z][A-Z0-9]{2}\.)?\d{4}")
_STATUS = {"M": True, "C": False, None: None}

K = TypeVar("K")
V = TypeVar("V")


@cache
def built_in(directories: tuple[str, ...]) -> tuple[Profile, ...]:
    """Return the profiles shipped, over those of the directories given that they name."""
    folder = files("adapters.edifact.profiles")
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".yaml")), key=lambda one: one.name)
    return tuple(read_profile(entry.read_bytes(), f"profiles/{entry.name}", directories) for entry in found)


def read_profile(content: bytes, file: str, directories: Sequence[str]) -> Profile:
    """Return the profile of a file; raises `SettingsError` with file, line and column of the first fault.

    `directories` are those at hand, in order: they say what lies between the two ends of a range.
    """
    root = _map(load(content, file, SettingsError), _KEYS, "a profile")
    name = _named(_text(root, "profile"), _NAME, "a profile's name: write it like exampleport-2")
    entries = root.get("messages")
    if not isinstance(entries, MarkedList) or not entries:
        raise SettingsError(
            f"{root.where('messages')}: a profile needs a list of messages: start each with '- message:'"
        )
    overlays = tuple(_overlay(str(name), entry, directories) for entry in entries)
    return Profile(str(name), str(_text(root, "about")), overlays)


def _overlay(profile: str, entry: Node, directories: Sequence[str]) -> Overlay:
    section = _map(entry, _MESSAGE_KEYS, "a message of a profile")
    message = _text(section, "message")
    match = _MESSAGE.fullmatch(message)
    if match is None:
        raise SettingsError(f"{message.mark}: {str(message)!r} is no message: write it like CUSCAR D95B..D24A")
    return Overlay(
        profile=profile,
        message=match["name"],
        directories=_between(message, match["first"], match["last"] or match["first"], directories),
        guide=str(_text(section, "guide")) if "guide" in section else "",
        associations=tuple(map(str, _texts(section, "association"))),
        structure=_mapping(section, "structure", _place, _occurs),
        uses=_mapping(section, "values", _value, _use),
        codes=_mapping(section, "codes", _code_list, partial(_codes, profile)),
        required=tuple(_path(text) for text in _texts(section, "require")),
        origin=str(message.mark),
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
    return Path(tuple(_step(text, part) for part in _parts(text)), str(text.mark))


def _parts(text: str) -> Sequence[str]:
    """Return the steps of a path: a slash inside brackets belongs to a value."""
    return re.split(r"/(?![^\[\]]*\])", text)


def _step(text: MarkedText, part: str) -> Step:
    match = _STEP.fullmatch(part)
    if match is None:
        raise SettingsError(f"{text.mark}: {part!r} is no place: write it like TDT[8051=20] or NAD#4")
    conditions = [_condition(text, one) for one in match["conditions"].split(",")] if match["conditions"] else []
    return Step(match["tag"], int(match["group"]) if match["group"] else None, tuple(conditions))


def _condition(text: MarkedText, part: str) -> Condition:
    match = _CONDITION.fullmatch(part)
    if match is None:
        raise SettingsError(f"{text.mark}: {part!r} is no condition: write it like 8051=20, 3227=9|11 or 8028=*")
    return Condition(match["name"], frozenset(match["values"].split("|")))


def _place(text: MarkedText) -> Path:
    """Read a path of `structure`: a place is changed wherever it stands, so nothing may be asked of its segments."""
    path = _path(text)
    if any(step.conditions for step in path.steps):
        raise SettingsError(f"{text.mark}: a place of the structure has no conditions: take the brackets away")
    return path


def _occurs(_: MarkedText, text: MarkedText) -> Occurs:
    """Read `M`, `C`, `M 9` or `9`."""
    match = _OCCURS.fullmatch(text)
    if match is None:
        raise SettingsError(f"{text.mark}: {str(text)!r} is no status: write M, C, M 99 or 99")
    return Occurs(_STATUS[match["status"]], int(match["repeat"]) if match["repeat"] else None)


def _value(text: MarkedText) -> str:
    return str(_named(text, _VALUE, "a value: write it like BGM.1004, NAD.C082 or NAD.C082.3039"))


def _use(name: MarkedText, text: MarkedText) -> Use:
    """Read `M`, `C`, `an..12` or `M an..12`."""
    words = text.split()
    status = _STATUS[words.pop(0)] if words and words[0] in ("M", "C") else None
    form: Format | None = None
    try:
        form = representation(words.pop(0)) if words else None
    except ValueError as error:
        raise SettingsError(f"{text.mark}: {error}") from None
    if words or (status is None and form is None):
        raise SettingsError(f"{text.mark}: say how the value is used: M, C, a format like an..35, or M an..35")
    return Use(status, form, str(name.mark))


def _code_list(text: MarkedText) -> str:
    return str(_named(text, _CODE_LIST, "a data element: write it like 1001 or BGM.1001"))


def _codes(profile: str, name: MarkedText, text: MarkedText) -> Codes:
    """Read `also 34 36`, `only 85 833` or `any`."""
    verb, *values = text.split() or [""]
    if verb == "any" and not values:
        return Codes(None, only=True, profile=profile, origin=str(name.mark))
    if verb not in ("also", "only") or not values:
        raise SettingsError(f"{text.mark}: say which codes: 'also 34 36', 'only 85 833' or 'any'")
    return Codes(frozenset(values), verb == "only", profile, str(name.mark))


def _named(text: MarkedText, pattern: re.Pattern[str], what: str) -> MarkedText:
    if pattern.fullmatch(text) is None:
        raise SettingsError(f"{text.mark}: {str(text)!r} is not {what}")
    return text


def _map(node: Node, keys: Sequence[str], what: str) -> MarkedMap:
    if not isinstance(node, MarkedMap):
        raise SettingsError(f"{node.mark}: {what} is a mapping with {', '.join(keys)}")
    for key, _ in node.entries():
        if key not in keys:
            raise SettingsError(f"{key.mark}: {what} has no key {str(key)!r}{nearest(key, keys)}")
    return node


def _text(section: MarkedMap, key: str) -> MarkedText:
    found = section.get(key)
    if not isinstance(found, MarkedText) or not found:
        raise SettingsError(f"{section.where(key)}: {key} is missing: write '{key}: ...'")
    return found


def _texts(section: MarkedMap, key: str) -> Sequence[MarkedText]:
    found = section.get(key, MarkedList(section.mark))
    if isinstance(found, MarkedMap):
        raise SettingsError(f"{found.mark}: {key} is a list: start each item with '- '")
    return [found] if isinstance(found, MarkedText) else [_scalar(one, key) for one in found]


def _mapping(
    section: MarkedMap, key: str, read_key: Callable[[MarkedText], K], read_value: Callable[[MarkedText, MarkedText], V]
) -> Mapping[K, V]:
    found = section.get(key, MarkedMap(section.mark))
    if not isinstance(found, MarkedMap):
        raise SettingsError(f"{found.mark}: {key} is a mapping of 'name: change' lines")
    return {read_key(name): read_value(name, _scalar(value, name)) for name, value in found.entries()}


def _scalar(node: Node, what: str) -> MarkedText:
    if not isinstance(node, MarkedText):
        raise SettingsError(f"{node.mark}: {what} has a text here, not a list or mapping")
    return node
