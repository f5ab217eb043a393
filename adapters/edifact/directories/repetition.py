"""Repeating elements in two spellings: a separator of their own (version 4), or consecutive positions (before it).

Records have the second one, so that a map is the same whatever the interchange is written in; checks and positions
speak of a version 4 segment as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from adapters.edifact.directories.definitions import SegmentDefinition
from adapters.edifact.syntax.tokenizer import REPETITION

Define = Callable[[str], SegmentDefinition | None]


def unfolded(record: list[str], definition: SegmentDefinition | None) -> list[str]:
    """Return a version 4 segment with each occurrence of a repeating element at a position of its own.

    Occurrences beyond those of the directory are left out: they are reported as such (0085 = 35).
    """
    if definition is None:
        return record
    made = record[:1]
    for element, text in zip(definition.elements, record[1:], strict=False):
        occurrences = text.split(REPETITION)[: element.repeat]
        made += [*occurrences, *[""] * (element.repeat - len(occurrences))]
    made += record[1 + len(definition.elements) :]
    while len(made) > 1 and not made[-1]:
        made.pop()
    return made


def folded(elements: Sequence[str], definition: SegmentDefinition, separator: str) -> Iterable[str]:
    """Yield the elements of a record as version 4 writes them: occurrences side by side, with a separator between."""
    at = 0
    for element in definition.elements:
        occurrences = list(elements[at : at + element.repeat])
        while len(occurrences) > 1 and not occurrences[-1]:
            occurrences.pop()
        yield separator.join(occurrences)
        at += element.repeat
    yield from elements[at:]


def standing(position: int, definition: SegmentDefinition | None) -> tuple[int, int | None]:
    """Return where an element of a record stands in a version 4 segment: position, and occurrence if it repeats."""
    at = 0
    for element in definition.elements if definition is not None else ():
        if position <= at + element.repeat:
            return element.position, position - at if element.repeat > 1 else None
        at += element.repeat
    return position, None
