"""Which map reads or writes which message: the shipped maps, and a site's own in front of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from gateway.errors import MappingError
from gateway.mapping.compiler import compile_map
from gateway.mapping.reading import Reader
from gateway.mapping.rules import CheckedMap
from gateway.mapping.source import Head, MapSource, read_head, read_source, where
from gateway.mapping.writing import Writer
from gateway.model.stages import MessageType
from gateway.plugin import Adapter
from gateway.yaml_source import nearest

_Made = TypeVar("_Made")
_MESSAGE = re.compile(r"(?P<name>[\w-]+)\s+(?P<first>\w+)(?:\.\.(?P<last>\w+))?")


@dataclass(frozen=True)
class Entry:
    """A map by its head, and the run of versions it serves; its body is read when it is asked for."""

    head: Head
    standard: str
    message: str
    versions: tuple[str, ...]

    @cached_property
    def source(self) -> MapSource:
        """The whole map. Raises `MappingError` naming file, line, column and what to write instead."""
        return read_source(self.head.file, dict(self.head.texts).__getitem__)

    @property
    def files(self) -> frozenset[str]:
        """The files that the map is made of: its own, bases and includes."""
        return frozenset(name for name, _ in self.head.texts)


@dataclass(repr=False, slots=True)
class Registry:
    """Finds and compiles maps; compiled readers and writers are kept.

    `files` gives each map file's text by name ("edifact/cuscar/d95b.yaml"); the standard is its first folder. A
    map whose name is that of an earlier one replaces it.
    """

    files: Mapping[str, str]
    adapters: Mapping[str, Adapter]
    _entries: list[Entry] = field(default_factory=list)
    _checked: dict[tuple[str, int], CheckedMap] = field(default_factory=dict)
    _readers: dict[int, Reader] = field(default_factory=dict)
    _writers: dict[int, Writer] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Registry of {len(self._entries)} maps>"

    def __post_init__(self) -> None:
        faults: list[str] = []
        for name, text in self.files.items():
            if "\nmap:" not in f"\n{text}":
                continue
            try:
                self._entries.append(self._entry(name))
            except MappingError as error:
                faults.append(str(error))
        if faults:
            raise MappingError("\n".join(faults))

    def _entry(self, file: str) -> Entry:
        head = read_head(file, self.files.__getitem__)
        standard = file.partition("/")[0]
        adapter = self.adapters.get(standard)
        if adapter is None:
            raise MappingError(f"{file}:1:1: there is no adapter {standard!r}{nearest(standard, list(self.adapters))}")
        match = _MESSAGE.fullmatch(head.message)
        if match is None:
            raise MappingError(f"{where(head.message)}: write the message as NAME VERSION or NAME FIRST..LAST")
        known = adapter.versions(match["name"])
        if not known:
            raise MappingError(f"{where(head.message)}: {standard} has no message {match['name']!r}")
        versions = _run(head, known, match["first"], match["last"])
        return Entry(head, standard, match["name"], versions)

    def entries(self) -> Sequence[Entry]:
        """Return every map, in the order of the files given: a later one wins where two claim a message."""
        return tuple(self._entries)

    def find(self, type: MessageType) -> Entry | None:  # noqa: A002  # the field's own word
        """Return the map for a message, the last one that claims it."""
        for entry in reversed(self._entries):
            if (entry.standard, entry.message) == (type.standard, type.name) and type.version in entry.versions:
                return entry
        return None

    def named(self, name: str) -> Entry:
        """Return the map of that name; raises `MappingError` with the nearest one."""
        for entry in self._entries:
            if name in (entry.head.name, entry.head.file):
                return entry
        raise MappingError(f"there is no map {name!r}{nearest(name, [e.head.name for e in self._entries])}")

    def checked(self, type: MessageType) -> CheckedMap | None:  # noqa: A002
        """Return the checked map of a message, or None when there is none."""
        entry = self.find(type)
        return None if entry is None else self.compiled(entry, type)

    def compiled(self, entry: Entry, type: MessageType) -> CheckedMap:  # noqa: A002
        """Return a map compiled against a message type, whether or not another map is in front of it.

        Raises `MappingError`, a line for each fault.
        """
        grammar = self.adapters[entry.standard].grammar(type)
        key = (entry.head.file, id(grammar.root))  # one structure, whatever association a partner writes
        if key not in self._checked:
            self._checked[key] = compile_map(entry.source, grammar)
        return self._checked[key]

    def reader(self, type: MessageType) -> Reader | None:  # noqa: A002
        """Return the reader of a message, or None when no map takes it."""
        return _kept(self._readers, self.checked(type), Reader)

    def writer(self, type: MessageType) -> Writer | None:  # noqa: A002
        """Return the writer of a message, or None when no map makes it."""
        return _kept(self._writers, self.checked(type), Writer)


def _kept(kept: dict[int, _Made], checked: CheckedMap | None, make: Callable[[CheckedMap], _Made]) -> _Made | None:
    if checked is None:
        return None
    if id(checked) not in kept:
        kept[id(checked)] = make(checked)
    return kept[id(checked)]


def _run(head: Head, known: Sequence[str], first: str, last: str | None) -> tuple[str, ...]:
    for version in (first, last or first):
        if version not in known:
            raise MappingError(f"{where(head.message)}: there is no version {version}{nearest(version, known)}")
    start, end = known.index(first), known.index(last or first)
    if end < start:
        raise MappingError(f"{where(head.message)}: {last} is before {first}")
    return tuple(known[start : end + 1])
