"""A table as the place tree of maps: objects are places, their values are locators.

A value that a text or list holds beside others is named below its member (`id/event`, `coordinates/longitude`); one
that several members make together has the name of their `Joined`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from adapters.portcall.fields import (
    Counted,
    Derived,
    Fixed,
    Joined,
    Kind,
    Member,
    Number,
    Numbers,
    Object,
    Sender,
    Table,
    Text,
    Texts,
)
from adapters.portcall.tables import TABLES
from gateway.model.place import Locator, Place
from gateway.model.stages import MessageType

STANDARD = "portcall"
MANY = 999_999  # how often something may stand that may stand any number of times
Declared = Member | Fixed | Sender | Derived | Counted | Joined | Object


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value of an object that maps see, and the member it stands in (of a `Joined`, the first of its members)."""

    locator: Locator
    member: str
    step: str  # behind the pointer of its object: "/id", "/coordinates/0"


@dataclass(eq=False, slots=True)
class Structure:
    """One message. `objects` and `leaves` are by place id, `members` by place id and name in the JSON.

    `ordered` holds the leaves of each place again, by their number.
    """

    table: Table
    type: MessageType
    places: list[Place] = field(default_factory=list)
    objects: list[Object] = field(default_factory=list)
    leaves: list[dict[str, Leaf]] = field(default_factory=list)
    ordered: list[tuple[Leaf, ...]] = field(default_factory=list)
    members: list[dict[str, Declared]] = field(default_factory=list)

    @property
    def root(self) -> Place:
        """The message itself, which is no object."""
        return self.places[0]

    def below(self, place: Place, name: str) -> Place | None:
        """Return the object of this name directly under a place."""
        return next((child for child in place.children if child.name == name), None)


@cache
def structure(table: Table) -> Structure:
    """Return the place tree of a table."""
    made = Structure(table, MessageType(STANDARD, table.name, table.version))
    top = Object("", (table.root,))
    _place(made, top, None)
    return made


@cache
def structures() -> Mapping[str, Structure]:
    """Return every structure by the name of its message."""
    return {table.name: structure(table) for table in TABLES}


def _place(made: Structure, declared: Object, parent: Place | None) -> None:
    number = len(made.places)
    repeat = MANY if declared.repeats else 1
    place = Place(number, declared.name, parent, mandatory=declared.required or number == 1, repeat=repeat)
    made.places.append(place)
    made.objects.append(declared)
    made.leaves.append({leaf.locator.text: leaf for leaf in _leaves(declared)})
    made.ordered.append(tuple(made.leaves[-1].values()))
    made.members.append(dict(_members(declared)))
    if parent is not None:
        parent.children.append(place)
    for below in declared.members:
        if isinstance(below, Object):
            _place(made, below, place)


def _members(declared: Object) -> Iterator[tuple[str, Declared]]:
    for one in declared.members:
        if isinstance(one, Joined):
            yield from ((member.name, one) for member in one.members)
        else:
            yield one.name, one


def _leaves(declared: Object) -> Iterator[Leaf]:
    for position, one in enumerate(declared.members, 1):
        if isinstance(one, Joined):
            required = one.members[0].required
            locator = Locator(one.name, one.name, position, leaf=(one.name,), mandatory=required)
            yield Leaf(locator, one.members[0].name, f"/{one.members[0].name}")
        elif isinstance(one, Member | Counted):
            yield from _values(one.name, one.kind, position, required=one.required)


def _values(name: str, kind: Kind, position: int, *, required: bool) -> Iterator[Leaf]:
    names = value_names(kind)
    if not names:
        count = MANY if isinstance(kind, Texts) else 1
        form = format_of(kind)
        locator = Locator(name, name, position, count=count, leaf=(name,), format=form, mandatory=required)
        yield Leaf(locator, name, f"/{name}")
    for number, below in enumerate(names):
        text = f"{name}/{below}"
        locator = Locator(text, name, position, number, leaf=(name, below), mandatory=required)
        yield Leaf(locator, name, f"/{name}/{number}" if isinstance(kind, Numbers) else f"/{name}")


def value_names(kind: Kind) -> tuple[str, ...]:
    """Return the names of the values that a text or list holds beside each other; () for a single value."""
    if isinstance(kind, Numbers):
        return kind.names
    if isinstance(kind, Text) and kind.written:
        return tuple(re.compile(kind.form).groupindex)
    return ()


def format_of(kind: Kind) -> str:
    """Return how long a value may be, as maps are told: an..35, n7; "" for any length."""
    if isinstance(kind, Text) and kind.most:
        return f"{'n' if kind.digits else 'an'}{'' if kind.fixed else '..'}{kind.most}"
    return ""


def takes_numbers(kind: Kind) -> bool:
    """Whether JSON has a number here."""
    return isinstance(kind, Number | Numbers)
