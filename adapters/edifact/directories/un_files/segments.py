"""Segments, as EDSD and TRSD specify them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from adapters.edifact.directories.un_files.blocks import Block, Defined, Use, blocks, described, labelled
from adapters.edifact.directories.un_files.entries import Entry, entries, starts
from adapters.edifact.directories.un_files.source import Source

_DEPENDENCY = re.compile(r"\b(D[1-9])\s*\(\s*(\d{3,4}(?:\s*,\s*\d{3,4})*)\s*\)")


def segments(source: Source) -> Iterator[Defined]:
    """Yield each segment as `[name, [[ref, M|C, repeat, position], ..], [[rule, [position, ..]], ..]]`."""
    for block in blocks(source):
        yield _segment(block)


def _segment(block: Block) -> Defined:
    before = tuple(takewhile(lambda numbered: not starts(numbered[1]), block.body))
    found, taken = labelled(before)
    listed = tuple(entries(block.source, block.body[taken:]))
    elements = [entry for entry in listed if entry.position]
    if not elements:
        block.place.refuse(f"expected the elements of segment {block.key}, each with a position (010) and M or C")
    ties = _dependencies(block, {entry.position for entry in elements})
    value = [block.name.capitalize(), [[e.ref, e.status, e.repeat, e.position] for e in elements], ties]
    uses = tuple(Use(e.ref, e.place, e.format or None) for e in elements)
    text = described(found, "Function")
    return Defined(block.key, block.name, text, value, block.place, uses, _components(listed))


def _dependencies(block: Block, positions: set[str]) -> list[list[object]]:
    """Return the rules that tie positions together (D5 of 040, 030): ISO 9735 part 1, annex C."""
    text = " ".join(line for _, line in block.body)
    ties: list[list[object]] = []
    for rule, tied in _DEPENDENCY.findall(text):
        named = [position.strip() for position in tied.split(",")]
        missing = next((position for position in named if position not in positions), None)
        if missing:
            block.place.refuse(f"the dependency note {rule} of segment {block.key} names position {missing}, not in it")
        ties.append([rule, named])
    return ties


def _components(listed: tuple[Entry, ...]) -> tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]:
    """Return what the segment says of the components of each composite."""
    found: list[tuple[str, list[tuple[str, str, str]]]] = []
    for entry in listed:
        if entry.position:
            found.append((entry.ref, []))
        elif found:
            found[-1][1].append((entry.ref, entry.status, entry.format))
    return tuple((ref, tuple(parts)) for ref, parts in found if parts)
