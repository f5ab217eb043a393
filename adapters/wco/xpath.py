"""Readable paths: /Declaration/Consignment[2]/ConsignmentItem[1]/GoodsMeasure, without namespaces."""

from __future__ import annotations

from typing import Any

from adapters.wco.names import local


def step(name: str, number: int, repeating: frozenset[str]) -> str:
    """Return one step: numbered where the class may repeat, or where it does although it may not."""
    return f"{name}[{number}]" if number > 1 or name in repeating else name


def readable(element: Any, repeating: frozenset[str]) -> str:
    """Return the path of an element from the document element of its file; `repeating` are names of such classes."""
    steps: list[str] = []
    while element is not None:
        parent = element.getparent()
        number = 1 + sum(1 for _ in element.itersiblings(element.tag, preceding=True)) if parent is not None else 1
        steps.append(step(local(element.tag), number, repeating))
        element = parent
    return "/" + "/".join(reversed(steps))


def line_of(element: Any) -> int | None:
    """Return the line an element starts on; one that the reader made has the line of what it is in."""
    while element is not None:
        if element.sourceline:
            return int(element.sourceline)
        element = element.getparent()
    return None
