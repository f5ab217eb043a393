"""A message as the mapping compiler sees it: names resolved, and the source that reads and writes values.

A record is an `Entry`, whose texts the reader has put into one form. On writing, a record is a text in the
intermediate form (see `intermediate`), values in the order of the table, absent ones left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from adapters.portcall.fields import Joined, Member, Object, Text
from adapters.portcall.intermediate import BETWEEN, CLOSE, OPEN, TEXT, VALUE
from adapters.portcall.structure import Structure
from adapters.portcall.tree import Entry
from gateway.errors import MappingError
from gateway.model.place import Locator, Place


class JsonGrammar:
    """One message; implements `gateway.plugin.Grammar`."""

    joiner = BETWEEN
    multiline = False

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self.type = structure.type
        self.root: Place = structure.root
        self.places: Sequence[Place] = structure.places
        self._sets: dict[str, frozenset[str]] = {}
        self.names: Mapping[str, Any] = self._sets

    # names

    def is_value(self, key: str) -> bool:  # noqa: ARG002  # JSON decides by the shape of the rule
        """Return True: a key that holds a text is a value, one that holds a mapping an object."""
        return True

    def child(self, place: Place, name: str) -> Place:
        """Return the object `name` directly under a place."""
        found = self.structure.below(place, name)
        if found is not None:
            return found
        if name in self.structure.members[place.id]:
            raise MappingError(f"{name} of {place.trail} is a value: give it a text, not a mapping")
        known = [child.name for child in place.children]
        raise MappingError(f"there is no object {name} under {place.trail} in {self.type}{_nearest(name, known)}")

    def value(self, place: Place, text: str, near: Locator | None = None) -> Locator:  # noqa: ARG002  # the Protocol's
        """Resolve `time`, `id/event` or `coordinates/longitude`."""
        leaf = self.structure.leaves[place.id].get(text)
        if leaf is not None:
            return leaf.locator
        member = self.structure.members[place.id].get(text)
        if isinstance(member, Object):
            raise MappingError(f"{text} of {place.trail} is an object: give it a mapping, not a text")
        if isinstance(member, Joined):
            raise MappingError(f"{text} of {place.trail} means nothing alone: write {member.name}")
        parts = [known for known in self.structure.leaves[place.id] if known.startswith(f"{text}/")]
        if parts:
            raise MappingError(f"{text} of {place.trail} holds several values: write {' or '.join(parts)}")
        if member is not None:
            raise MappingError(f"{text} of {place.trail} is written by the adapter itself")
        known = list(self.structure.leaves[place.id])
        raise MappingError(f"there is no {text} in {place.trail} of {self.type}{_nearest(text, known)}")

    def locators(self, place: Place) -> Sequence[Locator]:
        """Return every value of an object that maps see, in the order of its table."""
        return tuple(leaf.locator for leaf in self.structure.leaves[place.id].values())

    def title(self, place: Place, locator: Locator | None = None) -> str:  # noqa: ARG002  # the Protocol's words
        """Return nothing: the names speak for themselves."""
        return ""

    def description(self, place: Place, locator: Locator | None = None) -> str:  # noqa: ARG002  # the Protocol's words
        """Return nothing: the standards' own texts are not ours to show."""
        return ""

    def code_name(self, locator: Locator, code: str) -> str:  # noqa: ARG002  # the Protocol's words
        """Return nothing: the codes are words."""
        return ""

    def codes(self, locator: Locator) -> frozenset[str] | None:
        """Return the values that the table lists, or None where it leaves them open."""
        for leaves, members in zip(self.structure.leaves, self.structure.members, strict=True):
            leaf, member = leaves.get(locator.text), members.get(locator.leaf[0])
            if leaf is not None and leaf.locator is locator and isinstance(member, Member):
                return frozenset(member.kind.values) or None if isinstance(member.kind, Text) else None
        return None

    def mandatory_elements(self, place: Place) -> frozenset[int]:
        """Return the positions of the members that an object must have."""
        return frozenset(locator.element for locator in self.locators(place) if locator.mandatory)

    # source for reading

    def head(self, place: Place) -> Sequence[str]:  # noqa: ARG002  # same for every object
        """Return the line every handler starts with: the texts of the object."""
        return ("v = s.values",)

    def bind(self, locator: Locator, bound: set[str]) -> tuple[Sequence[str], str]:
        """Return what must run first, and the name that holds a value's text, or list of texts."""
        name = f"x{locator.element}" + ("" if locator.component is None else f"_{locator.component}")
        if name in bound:
            return (), name
        bound.add(name)
        absent = "()" if locator.count > 1 else "''"
        return (f"{name} = v.get({locator.text!r}, {absent})",), name

    def identity(self, place: Place) -> str | None:  # noqa: ARG002  # the Protocol's parameter
        """Return None: an object has no content that could be compared at once."""
        return None

    def clean(self, expression: str) -> str:
        """Return the expression itself: the reader has put every value into one form."""
        return expression

    def clean_line(self, expression: str) -> str:
        """Return the expression itself, as `clean`."""
        return expression

    def uncovered(self, place: Place, locators: Iterable[Locator], bound: set[str]) -> tuple[Sequence[str], str]:  # noqa: ARG002  # the Protocol's
        """Return a test that is true when an object holds a value that is not in `locators`."""
        known = frozenset(one.text for one in locators)
        if known.issuperset(self.structure.leaves[place.id]):
            return (), ""
        return (), f"not v.keys() <= {self._set(known)}" if known else "v"

    def _set(self, values: frozenset[str]) -> str:
        """Return the global name of a constant set."""
        for name, known in self._sets.items():
            if known == values:
                return name
        name = f"K{len(self._sets)}"
        self._sets[name] = values
        return name

    def leftovers(self, place: Place, record: Entry, locators: Iterable[Locator]) -> Sequence[tuple[Locator, str]]:
        """Return every value of an object that none of `locators` covers, objects below it left out."""
        covered = {one.text for one in locators}
        leaves = self.structure.leaves[place.id]
        left = ((name, text) for name, text in record.values.items() if name not in covered)
        return [
            (leaves[name].locator, text if isinstance(text, str) else " ".join(text)) for name, text in left if text
        ]

    # source for writing

    def record(self, place: Place, fields: Mapping[Locator, str]) -> str:
        """Return an expression of an object's head and values, given a text expression for each value."""
        texts = {one.text: expression for one, expression in fields.items()}
        parts = [repr(f"{OPEN}{place.id}")]
        for number, name in enumerate(self.structure.leaves[place.id]):
            expression = texts.get(name, "''")
            if expression != "''":
                parts.append(f"({f'{VALUE}{number}{TEXT}'!r} + {expression} if {expression} else '')")
        return " + ".join(parts)

    def tail(self, place: Place) -> str | None:  # noqa: ARG002  # same for every object
        """Return the end of an object."""
        return CLOSE


def _nearest(name: str, known: Sequence[str]) -> str:
    close = get_close_matches(name, known, 1, 0.6)
    return f"; did you mean {close[0]}?" if close else ""
