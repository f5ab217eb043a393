"""Values with characters that the declared character set does not hold, in the segments of a message or envelope."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from adapters.edifact.checks.elements import MOST_IN_ONE
from adapters.edifact.directories.definitions import SegmentDefinition
from adapters.edifact.syntax.charset import Charset
from adapters.edifact.syntax.separators import Separators
from adapters.edifact.syntax.tokenizer import REPETITION, restore

Define = Callable[[str], SegmentDefinition | None]


@dataclass(frozen=True, slots=True)
class Strange:
    """A value with characters outside the set: `segment` counts from 1, the rest as in `elements.Fault`.

    `element` is None where the tag itself holds them.
    """

    segment: int
    element: int | None
    component: int | None
    occurrence: int | None
    name: str
    value: str
    text: str


def strange(
    raw: bytes, segments: Sequence[str], used: Charset, separators: Separators, define: Define
) -> Iterator[Strange]:
    """Yield each value of `segments`, which are those of `raw`, that the character set does not hold (0085 = 21)."""
    pattern = _outside(raw, used, separators)
    if pattern is None:
        return
    for number, segment in enumerate(segments, 1):
        if pattern.search(segment):
            repeats = bool(separators.repetition)
            found = _inside(number, segment, pattern, used, define(segment[:3]), repeats=repeats)
            yield from islice(found, MOST_IN_ONE)


def _outside(raw: bytes, used: Charset, separators: Separators) -> re.Pattern[str] | None:
    """Return what matches the characters of the text that are not in the set; None when it has none such."""
    intruders = used.intruders(raw, separators.all_bytes)
    characters = {bytes([byte]).decode(used.codec, "replace") for byte in set(intruders)}
    if used.codec != "latin-1":
        characters.add("\ufffd")
    if not characters or (not intruders and raw.isascii()):
        return None
    return re.compile(f"[{re.escape(''.join(sorted(characters)))}]")


def _inside(
    number: int,
    segment: str,
    pattern: re.Pattern[str],
    used: Charset,
    definition: SegmentDefinition | None,
    *,
    repeats: bool,
) -> Iterator[Strange]:
    for element, text in enumerate(segment.split("+")):
        occurrences = text.split(REPETITION) if repeats else [text]
        for nth, occurrence in enumerate(occurrences, 1):
            for index, value in enumerate(occurrence.split(":")):
                found = "".join(dict.fromkeys(pattern.findall(value)))
                if not found:
                    continue
                outside = f"{found!r} is not" if len(found) == 1 else f"none of {found!r} is"
                why = f"{outside} in the character set {used.code}{_in_utf_8(restore(value), used)}"
                composite, name = _called(definition, element, index)
                yield Strange(
                    number,
                    element or None,
                    index + 1 if element and (composite or ":" in occurrence) else None,
                    nth if element and len(occurrences) > 1 else None,
                    name,
                    restore(value),
                    why,
                )


def _in_utf_8(value: str, used: Charset) -> str:
    """Return what a value would hold if its bytes are UTF-8, which is what most often was meant; "" if they are not."""
    if used.codec == "utf-8" or "\ufffd" in value:
        return ""
    try:
        text = value.encode(used.codec).decode("utf-8")
    except UnicodeError:
        return ""
    foreign = "".join(dict.fromkeys(one for one in text if not one.isascii()))
    return f"; read as UTF-8 (UNOY) it is {foreign!r}" if foreign else ""


def _called(definition: SegmentDefinition | None, element: int, index: int) -> tuple[bool, str]:
    """Return whether an element is a composite, and the number of the data element that stands there."""
    if definition is None or not 0 < element <= len(definition.elements):
        return False, ""
    defined = definition.elements[element - 1]
    return defined.composite, defined.components[index].number if index < len(defined.components) else ""
