"""A decoded EDIFACT message as the tree of its segments, and what one message says that another does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from adapters.edifact.tokenizer import RELEASED
from gateway.model.finding import Finding
from gateway.model.place import Place
from gateway.model.stages import Message

Record = tuple[str, ...]
_WRITTEN = str.maketrans({stand_in: f"?{character}" for character, stand_in in RELEASED.items()})


@dataclass(eq=False, slots=True)
class Node:
    """One segment: its number (UNH = 1), its place, its elements, and the segments below it."""

    number: int
    place: Place
    record: Record
    children: list[Node] = field(default_factory=list)

    @property
    def key(self) -> tuple[object, ...]:
        """What the segment and everything below it says, whatever the order inside one place."""
        return (self.place.id, self.record, tuple(sorted((c.key for c in self.children), key=repr)))

    @property
    def values(self) -> dict[tuple[int, int], str]:
        """Texts by element and component, both from 1."""
        return {
            (element, component): text
            for element, composite in enumerate(self.record[1:], 1)
            for component, text in enumerate(composite.split(":"), 1)
            if text
        }

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child.walk()

    def under(self, place: Place) -> list[Node]:
        return [child for child in self.children if child.place is place]


def tree(message: Message, places: Iterable[Place]) -> Node:
    """The segments between UNH and UNT as a tree; those without a place are left out."""
    known = list(places)
    root = Node(0, known[0], ())
    open_: dict[int, Node] = {0: root}
    for number, (place_id, record) in enumerate(zip(message.places, message.records, strict=True), 1):
        place = known[place_id]
        if place.parent is not None and place.name not in ("UNH", "UNT"):
            node = Node(number, place, tuple(record))
            open_[place_id] = node
            open_[place.parent.id].children.append(node)
    return root


def text_of(records: Iterable[Iterable[str]]) -> str:
    """Records as segments, released characters escaped again."""
    return "".join("+".join(record).translate(_WRITTEN) + "'" for record in records)


@dataclass(frozen=True, slots=True)
class Account:
    """Accounts for every difference between a message and what was written after reading it."""

    findings: tuple[Finding, ...]
    supplied: frozenset[tuple[str, int, int]]  # tag, element, component that a map may write by itself

    def unexplained(self, before: Node, after: Node) -> Iterator[str]:
        """Yield what `after` lacks or adds, below two nodes that mean the same, where no finding says so."""
        places = {child.place.id: child.place for child in (*before.children, *after.children)}
        for place in places.values():
            for one, other in _pairs(before.under(place), after.under(place)):
                yield from self._pair(one, other)

    def _pair(self, one: Node | None, other: Node | None) -> Iterator[str]:
        if one is None:
            assert other is not None
            yield f"{'+'.join(other.record)} came from nowhere"
            return
        yield from self._values(one, other)
        if other is not None:
            yield from self.unexplained(one, other)
            return
        for child in one.children:
            yield from self._pair(child, None)

    def _values(self, one: Node, other: Node | None) -> Iterator[str]:
        was, now = one.values, other.values if other is not None else {}
        for at, text in was.items():
            if now.get(at) != text and not self._reported(one, at):
                yield f"segment {one.number} {'+'.join(one.record)}: {text!r} at {at} became {now.get(at)!r}"
        for at, text in now.items():
            if at not in was and not self._reported(one, at) and (one.record[0], *at) not in self.supplied:
                yield f"segment {one.number} {'+'.join(one.record)}: {text!r} was added at {at}"
        if other is None and not was and not any(f.position.segment == one.number for f in self.findings):
            yield f"segment {one.number} {'+'.join(one.record)} vanished"

    def _reported(self, node: Node, at: tuple[int, int]) -> bool:
        """Whether a finding names the segment, and no other element or component of it."""
        places = [f.position for f in self.findings if f.position.segment == node.number]
        return any(
            p.element is None or (p.element == at[0] and (p.component is None or p.component == at[1])) for p in places
        )


def _pairs(before: list[Node], after: list[Node]) -> Iterator[tuple[Node | None, Node | None]]:
    """Pair the segments at one place: equal ones, then those that begin alike, then in order."""
    left, right = list(before), list(after)
    for alike in (_same, _similar, _first_alike):
        for one in list(left):
            match = next((other for other in right if alike(one, other)), None)
            if match is not None:
                left.remove(one)
                right.remove(match)
                if alike is not _same:
                    yield one, match
    while left or right:
        yield (left.pop(0) if left else None), (right.pop(0) if right else None)


def _same(one: Node, other: Node) -> bool:
    return one.key == other.key


def _similar(one: Node, other: Node) -> bool:
    return one.record == other.record


def _first_alike(one: Node, other: Node) -> bool:
    """Whether two segments have the same qualifier."""
    mine, theirs = one.record[1:2], other.record[1:2]
    return mine == theirs or [x.split(":")[0] for x in mine] == [x.split(":")[0] for x in theirs]
