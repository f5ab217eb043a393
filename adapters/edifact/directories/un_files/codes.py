"""Code lists, as UNCL prints them.

Two layouts: up to D99A numeric values are right-aligned and others left-aligned; later all are left-aligned.
In both a value begins left of column 10 and the text about it right of that, so one reading takes both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from adapters.edifact.directories.un_files.blocks import Block, Defined, blocks, joined, paragraphs
from adapters.edifact.directories.un_files.source import Remark, Source

#: Marks of change stand in the first three columns; an X further right is a value.
_VALUE = re.compile(r"(?P<marks>[-+*#|X ]{3})(?P<indent> {0,6})(?P<value>[^\s-]\S*)(?P<gap> +)(?P<name>\S.*)$")
_LEFTMOST_TEXT = 10


@dataclass(slots=True)
class _Value:
    """A value under construction: `column` is where its name begins."""

    value: str
    column: int
    line: int
    name: list[str]
    text: list[str] = field(default_factory=list)


def code_lists(source: Source) -> Iterator[Defined]:
    """Yield the code list of each data element as `{value: [name, description]}`, in the order printed.

    An element whose list is kept elsewhere (countries, currencies) has none. Of a value listed twice the first
    counts.
    """
    for block in blocks(source):
        found: dict[str, list[str]] = {}
        remarks: list[Remark] = []
        for value in _values(block):
            if value.value in found:
                text = f"value {value.value} of {block.key} is listed a second time"
                remarks.append(Remark(block.source.at(value.line), text))
                continue
            found[value.value] = [joined(value.name), paragraphs(value.text)]
        yield Defined(block.key, block.name, "", found, block.place, remarks=tuple(remarks))


def _values(block: Block) -> Iterator[_Value]:
    current: _Value | None = None
    for number, line in _after_format(block):
        found = _VALUE.match(line)
        if found is not None and found.start("value") < _LEFTMOST_TEXT <= found.start("name"):
            if current:
                yield current
            current = _Value(found["value"], found.start("name"), number, [found["name"]])
        elif current is None:
            continue  # a note about the whole list
        elif line.strip() and not current.text and _indent(line) <= current.column:
            current.name.append(line)
        else:
            current.text.append(line)
    if current:
        yield current


def _after_format(block: Block) -> Iterator[tuple[int, str]]:
    """Yield the lines after the description, format and note of the element: values begin there."""
    after = False
    note = False
    for number, line in block.body:
        text = line.lstrip("-+*#|X ")
        if text.startswith("Repr:"):
            after = True
        elif after and text.startswith("Note:") and _indent(line) < _LEFTMOST_TEXT:
            note = True
        elif not line.strip():
            note = False
            yield number, line
        elif after and not note:
            yield number, line


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
