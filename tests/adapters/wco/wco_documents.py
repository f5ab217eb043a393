"""Documents made from a schema: every leaf, or what Hypothesis draws of it; valid, and then perhaps damaged."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from lxml import etree

from adapters.wco.schema import Leaf, Schema
from gateway.model.place import Place


def sample(leaf: Leaf) -> str:
    """Return a valid value of a leaf that differs from that of its neighbours."""
    if len(leaf.tags) > 1:
        return f"202503{leaf.position:02d}"
    if leaf.format.startswith("n"):
        return str(leaf.position % 10 + 1)
    width = int(leaf.format.removeprefix("an").strip(".") or 9)
    return f"{leaf.position}A&<>\"'é"[:width] if width > 8 else f"{leaf.position:0{width}d}"[:width]


def attribute_sample(leaf: Leaf, name: str) -> str:
    """Return a valid value of an attribute."""
    return "102" if name == "formatCode" else f"{leaf.position}{name[0].upper()}"[:3]


def element(parent: etree._Element | None, tag: str) -> etree._Element:
    return etree.Element(tag) if parent is None else etree.SubElement(parent, tag)


def add_leaf(parent: etree._Element, leaf: Leaf, text: str, attributes: dict[str, str]) -> None:
    for tag in leaf.tags:
        parent = element(parent, tag)
    parent.text = text
    for name, value in attributes.items():
        parent.set(name, value)


def full(schema: Schema, place: Place, parent: etree._Element | None = None) -> etree._Element:
    """Return a class with every leaf, every attribute and every class below it once."""
    made = element(parent, schema.tags[place.id])
    for leaf in schema.leaves[place.id]:
        add_leaf(made, leaf, sample(leaf), {a.name: attribute_sample(leaf, a.name) for a in leaf.attributes})
    for child in place.children:
        full(schema, child, made)
    return made


@st.composite
def drawn(draw: Any, schema: Schema) -> etree._Element:
    """Return a document with some leaves and classes, mostly valid."""
    return _drawn(draw, schema, schema.places[1], None, 0)


def _drawn(draw: Any, schema: Schema, place: Place, parent: etree._Element | None, depth: int) -> etree._Element:
    made = element(parent, schema.tags[place.id])
    leaves = schema.leaves[place.id]
    few = st.lists(st.sampled_from(leaves), max_size=3) if leaves else st.just([])
    for leaf in sorted([*draw(few), *(one for one in leaves if one.mandatory)], key=lambda one: one.position):
        text = sample(leaf)
        if draw(st.integers(0, 19)) == 0:
            text = draw(st.sampled_from(["", "x" * 5000, "-1", "1.5", "a\nb", "  ", "99999999999999999999"]))
        attributes = {
            a.name: attribute_sample(leaf, a.name) for a in leaf.attributes if a.mandatory or draw(st.booleans())
        }
        if draw(st.integers(0, 29)) == 0:
            attributes["other"] = "1"
        add_leaf(made, leaf, str(text), attributes)
    if place.children and depth < 4:
        for child in sorted(draw(st.lists(st.sampled_from(place.children), max_size=3)), key=lambda one: one.id):
            _drawn(draw, schema, child, made, depth + 1)
    if len(made) > 1 and draw(st.integers(0, 19)) == 0:
        made.append(made[0])
    return made
