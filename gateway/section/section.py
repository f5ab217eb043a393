"""Reading one mapping of a site's YAML: typed values out, every fault collected with its place.

A getter never raises for what the file says: it notes a fault and gives a stand-in, so that one run
reports everything. What has been asked for is what may be there: `done` calls every other key unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from gateway.errors import SettingsError
from gateway.yaml_source import Mark, MarkedList, MarkedMap, MarkedText, Node, nearest

T = TypeVar("T")

_FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class Faults:
    """Everything that is wrong with a site."""

    def __init__(self) -> None:
        self.found: list[tuple[Mark, str]] = []
        self.unreadable: list[str] = []

    def at(self, mark: Mark, text: str) -> None:
        """Note what is wrong at a place, and the fix."""
        self.found.append((mark, text))

    def file(self, text: str) -> None:
        """Note a fault whose text already names its place."""
        self.unreadable.append(text)

    def close(self) -> None:
        """Raise `SettingsError` with one line for each fault, in order of file and line, if there is any."""
        ordered = sorted(self.found, key=lambda fault: (fault[0].file, fault[0].line, fault[0].column))
        lines = [*self.unreadable, *(f"{mark}: {text}" for mark, text in ordered)]
        if lines:
            raise SettingsError("\n".join(dict.fromkeys(lines)))


class Section:
    """One mapping, read key by key. `what` names it to people ("endpoint", "route")."""

    def __init__(self, node: MarkedMap, faults: Faults, what: str) -> None:
        self.node = node
        self.faults = faults
        self.what = what
        self.asked: dict[str, None] = {}

    @property
    def mark(self) -> Mark:
        """Where the mapping starts."""
        return self.node.mark

    def where(self, key: str) -> Mark:
        """Return the place of a key's value, or of the mapping where the key is absent."""
        value = self.node.get(key)
        return self.mark if value is None else value.mark

    def fault(self, key: str, text: str) -> None:
        """Note a fault of a key's value."""
        self.faults.at(self.where(key), text)

    def get(self, key: str) -> Node | None:
        """Return a value as it stands; an empty text counts as absent."""
        self.asked[key] = None
        value = self.node.get(key)
        return None if value == "" else value

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; without a default it is required."""
        value = self.get(key)
        if value is None:
            if default is None:
                self.faults.at(self.mark, f"the {self.what} needs '{key}'")
            return default or ""
        if isinstance(value, MarkedText):
            return value
        self.faults.at(value.mark, f"'{key}' must be a single text")
        return default or ""

    def texts(self, key: str, *, required: bool = False) -> list[MarkedText]:
        """Return a list of texts; a single text is a list of one."""
        value = self.get(key)
        if value is None:
            if required:
                self.faults.at(self.mark, f"the {self.what} needs '{key}'")
            return []
        items = value if isinstance(value, MarkedList) else [value]
        for item in items:
            if not isinstance(item, MarkedText):
                self.faults.at(item.mark, f"'{key}' holds texts only")
        return [item for item in items if isinstance(item, MarkedText)]

    def parsed(self, key: str, parse: Callable[[str], T], default: T) -> T:
        """Return a text as `parse` reads it; its `ValueError` becomes a fault."""
        text = self.text(key, "")
        return default if not text else self.read(self.where(key), text, parse, default)

    def required(self, key: str, parse: Callable[[str], T], stand_in: T) -> T:
        """Return a text that must be there as `parse` reads it."""
        text = self.text(key)
        return stand_in if not text else self.read(self.where(key), text, parse, stand_in)

    def read(self, mark: Mark, text: str, parse: Callable[[str], T], stand_in: T) -> T:
        """Return one text as `parse` reads it; its `ValueError` becomes a fault at `mark`."""
        try:
            return parse(text)
        except ValueError as error:
            self.faults.at(mark, str(error))
            return stand_in

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        return self.parsed(key, _flag, default)

    def choice(self, key: str, names: Iterable[str], default: str | None = None) -> str:
        """Return one of some names."""
        known = list(names)
        text = self.text(key, default)
        if text and text not in known:
            self.fault(key, f"'{text}' is not one of {', '.join(known) or 'none'}{nearest(text, known)}")
        return text

    def section(self, key: str, what: str) -> Section | None:
        """Return a mapping below this one, or None where it is absent."""
        value = self.get(key)
        if value is None:
            return None
        if isinstance(value, MarkedMap):
            return Section(value, self.faults, what)
        self.faults.at(value.mark, f"'{key}' must be a mapping of 'key: value' lines")
        return None

    def sections(self, key: str, what: str) -> list[Section]:
        """Return a list of mappings below this one."""
        value = self.get(key)
        if value is None:
            return []
        items = value if isinstance(value, MarkedList) else [value]
        for item in items:
            if not isinstance(item, MarkedMap):
                self.faults.at(item.mark, f"'{key}' is a list of mappings: start each with '- '")
        return [Section(item, self.faults, what) for item in items if isinstance(item, MarkedMap)]

    def table(self, key: str) -> dict[MarkedText, MarkedText]:
        """Return a mapping of texts to texts whose keys are free."""
        section = self.section(key, key)
        if section is None:
            return {}
        found = {}
        for name, value in section.node.entries():
            if isinstance(value, MarkedText):
                found[name] = value
            else:
                self.faults.at(value.mark, f"'{name}' must be a single text")
        return found

    def done(self) -> None:
        """Note every key that nobody asked for."""
        for key, _ in self.node.entries():
            if key not in self.asked:
                self.faults.at(key.mark, f"a {self.what} has no '{key}'{nearest(key, self.asked)}")


def _flag(text: str) -> bool:
    if text not in _FLAGS:
        raise ValueError(f"'{text}' must be true or false")
    return _FLAGS[text]
