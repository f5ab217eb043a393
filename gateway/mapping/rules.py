"""A checked map: every name of the file resolved against the directory and the canonical document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.mapping.fields import FieldShape
from gateway.model.base import Part
from gateway.model.place import Locator, Place
from gateway.plugin import Grammar
from gateway.yaml_source import MarkedText

Path = tuple[str, ...]
Test = tuple[Locator, tuple[str, ...]]
"""A locator and the values it may have; "" stands for absence."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The document, or one entry of a list that an `each` fills: what paths are relative to."""

    number: int
    parent: int | None
    path: Path
    part: type[Part]


@dataclass(eq=False, slots=True)
class Value:
    """One value of a rule. Exactly one of `path` with `converter`, `constant`, `counter` and `copy` counts."""

    key: MarkedText
    locator: Locator
    tests: tuple[Test, ...] = ()
    frame: int = 0
    path: Path = ()
    shape: FieldShape | None = None
    converter: str = ""
    arguments: tuple[str, ...] = ()
    companions: tuple[Locator, ...] = ()
    constant: tuple[str, ...] = ()
    counter: bool = False
    copy: bool = False

    @property
    def is_data(self) -> bool:
        """Whether a field of the document, and not the map, decides what is written."""
        return bool(self.path) and not self.copy

    @property
    def locators(self) -> Iterator[Locator]:
        """Every locator this value reads or writes."""
        yield self.locator
        yield from self.companions
        for locator, _ in self.tests:
            yield locator


@dataclass(eq=False, repr=False, slots=True)
class Rule:
    """One rule: a place, which of its records are meant, and what they mean."""

    number: int
    key: MarkedText
    place: Place
    parent: Rule | None
    tests: tuple[Test, ...] = ()
    verb: str = "one"
    first_only: bool = False  # the map says that only the first of several is meant
    frame: int = 0  # what the values below are relative to
    outer: int = 0  # the frame whose list an `each` fills
    prefix: Path = ()  # of a `to`: the part filled; of an `each`: the list
    by: str = ""
    via: Path = ()
    values: list[Value] = field(default_factory=list)
    children: list[Rule] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<Rule {self.trail}>"

    @property
    def is_each(self) -> bool:
        """Whether each occurrence is one entry of a list."""
        return self.verb == "each"

    @property
    def is_otherwise(self) -> bool:
        """Whether this only stands in when nothing else was written at its place."""
        return self.verb == "otherwise"

    @property
    def locators(self) -> tuple[Locator, ...]:
        """Every locator that this rule or one of its values covers, without repeats."""
        found = {(*locator.key, locator.count): locator for locator, _ in self.tests}
        for value in self.values:
            found.update(((*locator.key, locator.count), locator) for locator in value.locators)
        return tuple(found.values())

    @property
    def trail(self) -> str:
        """The rule's place for people: CNI/RFF[1153=BM]/NAD[3035=CZ]."""
        name = str(self.key).split(" ")[0]
        return name if self.parent is None or self.parent.parent is None else f"{self.parent.trail}/{name}"

    @property
    def selector(self) -> tuple[tuple[Any, tuple[str, ...]], ...]:
        """What a record must hold to be one of this rule."""
        return tuple((locator.key, values) for locator, values in self.tests)

    def walk(self) -> Iterator[Rule]:
        """Yield this rule and every rule below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def by_place(self) -> list[tuple[Place, list[Rule]]]:
        """Return the children grouped by place, in the order of the structure, stable within one place."""
        groups: dict[int, tuple[Place, list[Rule]]] = {}
        for child in self.children:
            groups.setdefault(child.place.id, (child.place, []))[1].append(child)
        return [groups[number] for number in sorted(groups)]


def readable(rules: Sequence[Rule]) -> list[Rule]:
    """Return the rules of one place in the order in which a record is held against them: the narrowest first.

    An `otherwise` at the selector of another rule gives way to it.
    """
    others = [rule.selector for rule in rules if not rule.is_otherwise]
    found = [rule for rule in rules if not (rule.is_otherwise and rule.selector in others)]
    return sorted(found, key=lambda rule: -len(rule.tests))


@dataclass(eq=False, repr=False, slots=True)
class CheckedMap:
    """A map compiled against one message structure, ready to generate readers and writers from."""

    name: str
    file: str
    document: type[Part]
    grammar: Grammar
    tables: Mapping[str, Mapping[str, str]]
    root: Rule
    frames: list[Frame]
    rules: list[Rule]
    warnings: list[str] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<CheckedMap {self.name} for {self.grammar.type}>"

    def frame_trail(self, number: int) -> str:
        """Return the path template of a frame: "consignments[].items[]."; "" for the document."""
        frame = self.frames[number]
        if frame.parent is None:
            return ""
        return f"{self.frame_trail(frame.parent)}{'.'.join(frame.path)}[]."
