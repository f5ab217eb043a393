"""One event as objects with texts: what a message is read into, and written from.

An `Entry` is a record of the placed stream: `values` are its texts by the spelling of their locators, a list of texts
as a list. Members that maps do not see are kept in `own`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache

from adapters.portcall.fields import Derived
from gateway.model.place import Place

#: Namespace of the UUIDs that are made from events.
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_OID, "org.pierhead.vessel")


@dataclass(slots=True, eq=False)
class Entry:
    """One object: its place, its pointer, the character it starts at, and what it holds."""

    place: Place
    pointer: str = ""
    at: int = 0
    values: dict[str, str | list[str]] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)
    spots: dict[str, int] = field(default_factory=dict)
    children: list[Entry] = field(default_factory=list)

    def walk(self) -> Iterator[Entry]:
        """Yield this entry and all below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def below(self, name: str) -> Entry | None:
        """Return the first object of this name directly below."""
        return next((child for child in self.children if child.place.name == name), None)

    def find(self, pointer: str) -> str:
        """Return the text at a pointer from here, "" where there is none; of several values in one text, all."""
        here: Entry | None = self
        steps = _steps(pointer)
        for number, step in enumerate(steps):
            inside = here.below(step) if here is not None else None
            if here is not None and inside is None:
                name = "/".join(steps[number:])
                found = here.values.get(name) or here.own.get(name)
                if found is None:
                    return ".".join(str(text) for key, text in here.values.items() if key.startswith(f"{name}/"))
                return found if isinstance(found, str) else ""
            here = inside
        return ""


@lru_cache(maxsize=256)  # the events of a call share most of theirs, and each is made again to check what was written
def _uuid(text: str) -> str:
    return str(uuid.uuid5(NAMESPACE, text))


@cache
def _steps(pointer: str) -> tuple[str, ...]:
    return tuple(pointer.strip("/").split("/"))


def derived(root: Entry, member: Derived) -> str:
    """Return what a member is made of, "" where nothing it could be made of is there."""
    for prefix, pointer in member.sources:
        text = root.find(pointer)
        if text and member.codes is not None:
            return member.codes.get(text, "")
        if text:
            return _uuid(f"{member.name}:{text}") if member.uuid else prefix + text
    return ""
