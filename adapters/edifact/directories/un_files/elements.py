"""Composites and data elements, as EDCD, TRCD, EDED and TRED specify them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from adapters.edifact.directories.un_files.blocks import Block, Defined, Use, blocks, described, labelled
from adapters.edifact.directories.un_files.entries import entries, starts
from adapters.edifact.directories.un_files.source import Source

_FORMAT = re.compile(r"an?(?:\.\.)?\d+|n(?:\.\.)?\d+")


def composites(source: Source) -> Iterator[Defined]:
    """Yield each composite as `[name, [[number, M|C, format], ..]]`."""
    for block in blocks(source):
        yield _composite(block)


def _composite(block: Block) -> Defined:
    before = tuple(takewhile(lambda numbered: not starts(numbered[1]), block.body))
    found, taken = labelled(before)
    listed = tuple(entries(block.source, block.body[taken:]))
    if not listed:
        block.place.refuse(f"expected the components of composite {block.key}, each with a position (010) and M or C")
    for entry in listed:
        if not entry.format:
            entry.place.refuse(f"expected the format of {entry.ref} in {block.key}, such as an..35")
    value = [block.name.capitalize(), [[e.ref, e.status, e.format] for e in listed]]
    uses = tuple(Use(e.ref, e.place, e.format) for e in listed)
    return Defined(block.key, block.name, described(found, "Desc"), value, block.place, uses)


def elements(source: Source) -> Iterator[Defined]:
    """Yield each data element as `[name, format]`."""
    for block in blocks(source):
        found, _ = labelled(block.body)
        form = "".join(found.get("Repr", "").split())
        if not _FORMAT.fullmatch(form):
            block.place.refuse(f"expected the format of {block.key} after 'Repr:', such as an..35, not {form[:20]!r}")
        yield Defined(block.key, block.name, described(found, "Desc"), [block.name, form], block.place)
