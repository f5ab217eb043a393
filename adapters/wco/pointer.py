"""WCO pointers: a list of Pointer classes (97A) that is a path of class ids, and at its end an attribute id.

    42A / 28A(2) / 29A(1) / 23A + 137  <->  /Declaration/Consignment[2]/ConsignmentItem[1]/Commodity/Description

A sequence number counts the elements of one class in one parent, as they stand in the document; where it is left out,
the first is meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.wco.outline import Element, outline
from adapters.wco.schema import Schema
from adapters.wco.xpath import step
from gateway.model.place import Locator, Place
from gateway.model.statement import PointerStep
from gateway.plugin import Target

Path = tuple[tuple[str, int], ...]
"""Class names with their numbers, from the document class down: (("Declaration", 1), ("Consignment", 2))."""


@dataclass(frozen=True, slots=True)
class Pointed:
    """What a pointer means: the class, the path to it, and the value in it.

    `complete` is False where a class or attribute id is not of this message: then this is as far as the pointer goes.
    """

    path: Path
    place: Place
    locator: Locator | None
    xpath: str
    complete: bool


def resolve_pointer(schema: Schema, steps: Sequence[PointerStep]) -> Pointed | None:
    """Return what a pointer means in a message; None when it does not even start in it."""
    here = schema.root
    path: list[tuple[str, int]] = []
    locator: Locator | None = None
    complete = bool(steps)
    for one in steps:
        if one.section is not None:
            inside = next((child for child in here.children if child.public_id == one.section), None)
            if inside is None:
                complete = False
                break
            here = inside
            path.append((here.name, one.sequence or 1))
        if one.tag is not None:
            leaf = next((leaf for leaf in schema.leaves[here.id] if leaf.public_id == one.tag), None)
            locator = leaf.locator if leaf else None
            complete = leaf is not None
            break
    if not path:
        return None
    return Pointed(tuple(path), here, locator, xpath(schema, path, locator), complete)


def pointer_for(schema: Schema, path: Path, locator: Locator | None = None) -> tuple[PointerStep, ...]:
    """Return the pointer to a class, or to a value in it; () when the path is not in the message or has no ids."""
    here, steps = schema.root, []
    for name, number in path:
        inside = next((child for child in here.children if child.name == name), None)
        if inside is None or not inside.public_id:
            return ()
        here = inside
        steps.append(PointerStep(sequence=number if here.repeat > 1 else None, section=here.public_id))
    if locator is not None:
        if not locator.leaf or not steps:
            return ()
        leaf = schema.leaf(here, locator.leaf)
        if leaf is None or not leaf.public_id:
            return ()
        steps[-1] = PointerStep(sequence=steps[-1].sequence, section=steps[-1].section, tag=leaf.public_id)
    return tuple(steps)


def xpath(schema: Schema, path: Sequence[tuple[str, int]], locator: Locator | None = None) -> str:
    """Return the readable path of a class, or of a value in it."""
    classes = "".join(f"/{step(name, number, schema.repeating)}" for name, number in path)
    return classes + value_path(locator)


def value_path(locator: Locator | None) -> str:
    """Return the end of a readable path that names a value."""
    if locator is None:
        return ""
    leaf = "".join(f"/{name}" for name in locator.leaf)
    return f"{leaf}/@{locator.attribute}" if locator.attribute else leaf


def pointed_at(schema: Schema, body: Sequence[str], steps: Sequence[PointerStep]) -> Target:
    """Return the place of a written body that a pointer means, with the written records around it."""
    pointed = resolve_pointer(schema, steps)
    if pointed is None:
        return Target(-1, None, None, ())
    elements = outline(body, schema.repeating)
    by_parent = {
        (one.parent.record if one.parent else -1, one.name, one.number): one
        for record, one in enumerate(elements)
        if one is not None and one.record == record
    }
    found: list[Element] = []
    for name, number in pointed.path:
        inside = by_parent.get((found[-1].record if found else -1, name, number))
        if inside is None:
            break
        found.append(inside)
    written = len(found) == len(pointed.path)
    above = tuple(one.record for one in reversed(found))
    return Target(above[0] if written else -1, pointed.locator, pointed.place, above)
