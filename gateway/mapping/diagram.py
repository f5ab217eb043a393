"""The branching diagram of a message as SVG: every place, M or C, how often, its group, and whether a map carries it.

A group that nothing is carried of is one box, with the number of places below it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from gateway.mapping.markup import Markup, element, joined
from gateway.model.place import Place
from gateway.plugin import Grammar

_ROW, _STEP, _BOX, _MARGIN = 26, 30, 20, 8  # pixels: a row, an indent, a box's height, around everything
_CHARACTER = 7.3  # pixels: the width of one, at the size that `STYLE` gives

STYLE = (
    "svg.branching{font:12px monospace;display:block}"
    "svg.branching rect{fill:#fff;stroke:#9aa3ad;stroke-dasharray:3 2}"
    "svg.branching .carried rect{fill:#e6f1fb;stroke:#1f5f99;stroke-dasharray:none}"
    "svg.branching path{fill:none;stroke:#9aa3ad}"
    "svg.branching text{fill:#6b7480}svg.branching .carried text{fill:#12181f}"
)


@dataclass(frozen=True, slots=True)
class _Box:
    """One place as drawn: its row and depth, the row of the box it hangs on, and places not drawn below it."""

    place: Place
    row: int
    depth: int
    above: int | None
    hidden: int


def diagram(grammar: Grammar, carried: Collection[int], targets: dict[int, str]) -> Markup:
    """Return the diagram of a message; `carried` are ids of places, `targets` the anchors that a place leads to."""
    boxes = list(_boxes(grammar.root, set(_with_those_above(grammar, carried)), 0, []))
    told = [_told(grammar, box) for box in boxes]
    wide = max(
        (_left(box) + _width(box.place) + len(text) * _CHARACTER + 20 for box, text in zip(boxes, told, strict=True)),
        default=100,
    )
    size = {"width": round(wide + 2 * _MARGIN), "height": len(boxes) * _ROW + 2 * _MARGIN}
    drawn = (_drawn(box, text, carried, targets) for box, text in zip(boxes, told, strict=True))
    name = f"branching diagram of {grammar.type}"
    return element("svg", element("title", name), *drawn, class_="branching", role="img", aria_label=name, **size)


def _with_those_above(grammar: Grammar, carried: Collection[int]) -> Iterator[int]:
    for number in carried:
        place: Place | None = grammar.places[number]
        while place is not None:
            yield place.id
            place = place.parent


def _boxes(place: Place, shown: set[int], depth: int, rows: list[int], above: int | None = None) -> Iterator[_Box]:
    """Yield what is below a place, in order; `rows` holds one entry for each row that is taken."""
    for child in place.children:
        row = len(rows)
        rows.append(row)
        goes_on = child.id in shown
        yield _Box(child, row, depth, above, 0 if goes_on else sum(1 for _ in _below(child)))
        if goes_on:
            yield from _boxes(child, shown, depth + 1, rows, row)


def _below(place: Place) -> Iterator[Place]:
    for child in place.children:
        yield child
        yield from _below(child)


def _told(grammar: Grammar, box: _Box) -> str:
    place = box.place
    group = f"  group {place.group}" if place.group is not None else ""
    more = f"  and {box.hidden} below" if box.hidden else ""
    return f"{'M' if place.mandatory else 'C'} {place.repeat}{group}  {grammar.title(place)}".rstrip() + more


def _left(box: _Box) -> int:
    return _MARGIN + box.depth * _STEP


def _width(place: Place) -> float:
    return len(place.name) * _CHARACTER + 14


def _drawn(box: _Box, told: str, carried: Collection[int], targets: dict[int, str]) -> Markup:
    left, top, place = _left(box), _MARGIN + box.row * _ROW, box.place
    middle, width = top + _BOX // 2, _width(place)
    rect = element("rect", x=left, y=top, width=round(width, 1), height=_BOX, rx=2)
    pieces = [rect, _text(left + 7, middle, place.name), _text(left + width + 8, middle, told)]
    if place.id in targets:
        pieces = [element("a", *pieces, href=f"#{targets[place.id]}")]
    if box.above is not None:
        stem = left - _STEP + 10
        start = _MARGIN + box.above * _ROW + _BOX
        pieces.insert(0, element("path", d=f"M{stem} {start}V{middle}H{left}"))
    return element("g", joined(pieces), class_="carried" if place.id in carried else "")


def _text(left: float, middle: int, text: str) -> Markup:
    return element("text", text, x=round(left, 1), y=middle + 4)
