"""What generated readers and writers call while they run, beside the converters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gateway.mapping.converters import NUMBER
from gateway.mapping.rules import Path


def merge(into: dict[str, Any], more: dict[str, Any]) -> bool:
    """Add what is not there yet; return whether something else was already there."""
    clash = False
    for key, value in more.items():
        if into.setdefault(key, value) != value:
            clash = True
    return clash


def unshared(part: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of a part under construction that shares no dict with it: each message adds to its own."""
    return {key: unshared(value) if type(value) is dict else value for key, value in part.items()}


def links(entry: Any, via: Path) -> Iterator[str]:
    """Yield the keys that an entry refers to, through nested lists (`items.equipment.equipment`)."""
    if len(via) == 1:
        key = getattr(entry, via[0])
        if key is not None:
            yield key
        return
    for below in getattr(entry, via[0]):
        yield from links(below, via[1:])


class SharedList:
    """A list of the document that entries elsewhere refer to by key, while it is being written."""

    def __init__(self, entries: Sequence[Any], key: str) -> None:
        self.entries = entries
        self.key = key
        self.by_key: dict[str, tuple[int, Any]] = {}
        self.doubled: list[tuple[int, str]] = []
        for number, entry in enumerate(entries):
            own = getattr(entry, key)
            if own is not None and own in self.by_key:
                self.doubled.append((number, own))
            self.by_key.setdefault(own, (number, entry))
        self.used = {number for number, _ in self.doubled}

    def of(self, entry: Any, via: Path) -> list[tuple[int, Any]]:
        """Return the entries that `entry` refers to, with their own index, each once."""
        found = {key: self.by_key[key] for key in links(entry, via) if key in self.by_key}
        self.used.update(number for number, _ in found.values())
        return list(found.values())

    def rest(self) -> list[tuple[int, Any]]:
        """Return the entries that nothing has referred to so far, which are then written too."""
        found = [(number, entry) for number, entry in enumerate(self.entries) if number not in self.used]
        self.used.update(number for number, _ in found)
        return found

    def unused(self) -> Iterator[tuple[int, str]]:
        """Yield index and key of the entries that nothing referred to."""
        for number, entry in enumerate(self.entries):
            if number not in self.used:
                yield number, str(getattr(entry, self.key) or "")


def numeric(text: str) -> bool:
    """Whether a text is a number as ISO 9735 writes it."""
    return NUMBER.fullmatch(text) is not None


def digits(number: str) -> int:
    """Return the length of a number as ISO 9735 counts it: without sign and decimal mark."""
    return len(number) - number.count("-") - number.count(".")


def fixed(number: str, width: int) -> str:
    """Return a number filled with zeros to a fixed number of digits."""
    return number.zfill(width + len(number) - digits(number))
