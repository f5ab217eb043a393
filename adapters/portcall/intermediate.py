"""The form of a record on its way to JSON: control characters stand between its texts, so that no value is escaped.

    OPEN place id  [VALUE number of the locator  TEXT text]...  records below...  CLOSE

The texts of a list are joined by `BETWEEN`. No canonical text holds such a character (`gateway.model.base`).
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters.portcall.structure import Structure
from adapters.portcall.tree import Entry
from gateway.errors import EncodeError

OPEN, CLOSE, VALUE, TEXT, BETWEEN = "\x01", "\x04", "\x1e", "\x1f", "\x1d"


def entries(structure: Structure, body: Sequence[str]) -> tuple[list[Entry | None], list[Entry]]:
    """Return the entry of each record of a body (of a closing one, what it closes), and the outermost entries.

    Each entry has its pointer, and its values as maps wrote them.
    """
    found: list[Entry | None] = []
    tops: list[Entry] = []
    above: list[Entry] = []
    for record in body:
        if not record.startswith(OPEN):
            found.append(above.pop() if record and above else None)
            continue
        head, *values = record.removeprefix(OPEN).split(VALUE)
        entry = Entry(structure.places[int(head)])
        leaves = structure.ordered[entry.place.id]
        for value in values:
            number, _, text = value.partition(TEXT)
            leaf = leaves[int(number)].locator
            entry.values[leaf.text] = text.split(BETWEEN) if leaf.count > 1 else text
        _hang(entry, above, tops)
        found.append(entry)
        above.append(entry)
    if above or not tops:
        raise EncodeError("the map wrote no whole message")
    return found, tops


def _hang(entry: Entry, above: list[Entry], tops: list[Entry]) -> None:
    if not above:
        tops.append(entry)
        return
    parent = above[-1]
    entry.pointer = f"{parent.pointer}/{entry.place.name}"
    if entry.place.repeat > 1:
        entry.pointer += f"/{sum(child.place is entry.place for child in parent.children)}"
    parent.children.append(entry)
