#!/usr/bin/env python3
"""Write the page of AIS message types and their fields from the tables of the adapter.

    python tools/ais_fields_page.py [OUT]

Writes `docs/reference/ais-fields.md` unless told otherwise.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from adapters.ais.fields import Number
from adapters.ais.layout import Field, Layout, Presence
from adapters.ais.tables import LAYOUTS

OUT = Path(__file__).resolve().parents[1] / "docs" / "reference" / "ais-fields.md"
HEAD = """# AIS messages and their fields

What `adapters.ais` reads and writes of each message type of ITU-R M.1371-5, in the order sent.
This page is made from the same tables as decoder and encoder, by `tools/ais_fields_page.py`.
[ais-library.md](ais-library.md) says how messages are received, read and written.

Raw numbers under "not available" say so; those outside "valid" are invalid.
Where several raw numbers make one unit, "steps" says how many.
"""
COLUMNS = """| field | bits | value | steps | not available | valid | |
|---|---|---|---|---|---|---|"""
TURN = "±127, -128"
NOTES = {Presence.REQUIRED: "", Presence.USUAL: "may be missing", Presence.EXTRA: "sent when given"}


def row(one: Field) -> str:
    """Return the row of one field."""
    bits = f"up to {one.width}" if one.varies else str(one.width)
    note = f"is {one.fixed}" if one.fixed is not None else NOTES[one.presence]
    steps = absent = valid = ""
    if isinstance(one.kind, Number):
        steps = str(one.kind.per_unit) if one.kind.per_unit > 1 else ""
        absent = ", ".join(map(str, one.kind.absent))
        valid = f"{one.kind.valid[0]} to {one.kind.valid[-1]}" if one.kind.valid else ""
    elif one.name == "rot":
        absent = TURN
    return f"| `{one.name}` | {bits} | {one.kind.unit} | {steps} | {absent} | {valid} | {note} |"


def lengths(layout: Layout) -> str:
    """Return how many bits a message may have."""
    if layout.shortest == layout.longest:
        return f"{layout.shortest} bits"
    return f"{layout.shortest} to {layout.longest} bits"


def page() -> Iterator[str]:
    """Yield the parts of the page."""
    yield HEAD
    for layout in LAYOUTS.values():
        yield f'## Message "{layout.name}"\n\n{lengths(layout)}.\n'
        yield "\n".join((COLUMNS, *map(row, layout.fields))) + "\n"


def text() -> str:
    """Return the page."""
    return "\n".join(page())


def main() -> None:
    """Write the page where the command line says."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    out.write_text(text(), "utf-8")
    print(f"{out.name}: {len(LAYOUTS)} messages")


if __name__ == "__main__":
    main()
