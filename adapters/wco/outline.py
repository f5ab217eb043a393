"""The class elements of a written body, without building a tree: which record each is, and its readable path."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.wco.intermediate import closes_itself, tag_of
from adapters.wco.xpath import step


@dataclass(frozen=True, slots=True)
class Element:
    """One class element of a body: its number in it, the one around it, and its place among its namesakes, from 1."""

    record: int
    parent: Element | None
    name: str
    number: int
    xpath: str


def outline(body: Sequence[str], repeating: frozenset[str]) -> tuple[Element | None, ...]:
    """Return the element that each entry of a body opens or, for an end tag, closes.

    `repeating` are the names of classes that are numbered in paths even when they stand once.
    """
    found: list[Element | None] = []
    open_ones: list[tuple[Element, Counter[str]]] = []
    for record, text in enumerate(body):
        name = tag_of(text).rpartition(":")[2]
        if not name:
            found.append(open_ones.pop()[0] if text and open_ones else None)
            continue
        parent, counts = open_ones[-1] if open_ones else (None, Counter[str]())
        counts[name] += 1
        above = parent.xpath if parent else ""
        element = Element(record, parent, name, counts[name], f"{above}/{step(name, counts[name], repeating)}")
        found.append(element)
        if not closes_itself(text):
            open_ones.append((element, Counter()))
    return tuple(found)
