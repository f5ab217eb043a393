"""A decoded EDIFACT message as the tree of its segments, and what one message says that another does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from adapters.edifact.syntax.tokenizer import RELEASED
from gateway.model.finding import Finding
from gateway.model.place import Place
from gateway.model.stages import Message

Record = tuple[str, ...]
Positions = frozenset[tuple[str, int, int]]
"""Tag, element and component, both from 1."""

#: Elements that hold the lines of one text: where a line stands in them is no part of what it says.
LINES = (("NAD", 3), ("NAD", 4), ("NAD", 5), ("FTX", 4), ("PCI", 2))
_WRITTEN = str.maketrans({stand_in: f"?{character}" for character, stand_in in RELEASED.items()})


@dataclass(eq=False)
class Node:
    """One segment: its number (UNH = 1), its place, its elements, and the segments below it.

    What it says is worked out once: it does not change any more when somebody asks.
    """

    number: int
    place: Place
    record: Record
    children: list[Node] = field(default_factory=list)
    _keys: dict[Positions, str] = field(default_factory=dict)

    def key(self, counters: Positions) -> str:
        """What the segment and everything below it says, whatever its number and the order inside one place."""
        if counters not in self._keys:
            said = [(at, text) for at, text in self.values.items() if (self.record[0], *at) not in counters]
            below = sorted(child.key(counters) for child in self.children)
            self._keys[counters] = repr((self.place.id, said, below))
        return self._keys[counters]

    @cached_property
    def values(self) -> dict[tuple[int, int], str]:
        """Texts by element and component, both from 1."""
        found = {}
        for element, composite in enumerate(self.record[1:], 1):
            components = composite.split(":")
            if (self.record[0], element) in LINES:
                components = [text for text in components if text]
            found.update({(element, at): text for at, text in enumerate(components, 1) if text})
        return found

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


def folded(root: Node) -> Node:
    """The same tree with segments that feed one text joined: FTX of one qualifier that hold nothing but lines."""
    texts: dict[tuple[str, ...], Node] = {}
    kept = []
    for child in root.children:
        folded(child)
        head = child.record[:4]
        if child.record[0] == "FTX" and len(child.record) == 5 and not any(head[2:]):
            first = texts.setdefault(head, child)
            if first is not child:
                joined = replace(first, record=(*head, f"{first.record[4]}:{child.record[4]}"))
                kept[kept.index(first)] = texts[head] = joined
                continue
        kept.append(child)
    root.children[:] = kept
    return root


@dataclass(frozen=True, slots=True)
class Account:
    """Accounts for every difference between a message and what was written after reading it.

    `selectors` are the places by which a map tells segments apart: a segment that holds nothing else says nothing.
    `counters` are those a map fills by itself; `copied` are texts that it writes at two places.
    """

    findings: tuple[Finding, ...]
    selectors: Positions
    counters: Positions
    copied: frozenset[str] = frozenset()

    def unexplained(self, before: Node, after: Node) -> Iterator[str]:
        """Yield what `after` lacks or adds, below two nodes that mean the same, where no finding says so."""
        places = {child.place.id: child.place for child in (*before.children, *after.children)}
        for place in places.values():
            for one, other in self._pairs(before.under(place), after.under(place)):
                yield from self._pair(one, other)

    def _pair(self, one: Node | None, other: Node | None) -> Iterator[str]:
        if one is None:
            assert other is not None
            if not self._restored(other):
                yield f"{'+'.join(other.record)} came from nowhere"
        elif other is None:
            for node in one.walk():
                yield from self._lost(node)
        else:
            yield from self._changed(one, other)
            yield from self.unexplained(one, other)

    def _restored(self, node: Node) -> bool:
        """Whether a segment holds nothing but what the message says elsewhere, where the map has a copy of it."""
        own = {text for at, text in node.values.items() if (node.record[0], *at) not in self.selectors}
        return bool(own) and own <= self.copied and not node.children

    def _lost(self, node: Node) -> Iterator[str]:
        for at, text in node.values.items():
            if (node.record[0], *at) not in self.selectors and not self._reported(node, at):
                yield f"segment {node.number} {'+'.join(node.record)}: {text!r} at {at} is lost"

    def _changed(self, one: Node, other: Node) -> Iterator[str]:
        was, now = one.values, other.values
        for at in {**was, **now}:
            made = (one.record[0], *at) in self.counters or now.get(at) in self.copied
            if was.get(at) != now.get(at) and not (at not in was and made) and not self._reported(one, at):
                yield f"segment {one.number} {'+'.join(one.record)}: {was.get(at)!r} at {at} became {now.get(at)!r}"

    def _reported(self, node: Node, at: tuple[int, int]) -> bool:
        """Whether a finding names the segment as a whole, or the element (a composite is one thing)."""
        places = [f.position for f in self.findings if f.position.segment == node.number]
        return any(p.element in (None, at[0]) for p in places)

    def _pairs(self, before: list[Node], after: list[Node]) -> Iterator[tuple[Node | None, Node | None]]:
        """Pair the segments at one place: those that say the same, then those that begin alike, then in order."""
        left, right = list(before), list(after)
        for alike in (self._same, _same_record, _same_qualifier):
            for one in list(left):
                match = next((other for other in right if alike(one, other)), None)
                if match is not None:
                    left.remove(one)
                    right.remove(match)
                    yield one, match
        while left or right:
            yield (left.pop(0) if left else None), (right.pop(0) if right else None)

    def _same(self, one: Node, other: Node) -> bool:
        return one.key(self.counters) == other.key(self.counters)


def _same_record(one: Node, other: Node) -> bool:
    return one.record == other.record


def _same_qualifier(one: Node, other: Node) -> bool:
    mine, other_one = ([text.partition(":")[0] for text in node.record[1:2]] for node in (one, other))
    return mine == other_one
