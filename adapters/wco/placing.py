"""Walks a document in order and gives every class element its place, putting tolerated deviations right on the way.

Missing and foreign namespaces, bare dates, missing format codes and white space around values are corrected in the
tree, each with a finding, so that everything after this sees one form.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from adapters.wco import faults
from adapters.wco.dates import stated
from adapters.wco.faults import Notes
from adapters.wco.names import local, namespace, nearest
from adapters.wco.schema import Leaf, Schema
from gateway.model.finding import Severity
from gateway.model.place import Place


@dataclass(slots=True)
class Placed:
    """The placed stream of a document: class elements in document order, and the id of the place of each."""

    records: list[Any] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    unknown: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class Placer:
    """Places one document.

    `silent` are namespaces that were remarked on already. `lenient` marks a document of a namespace that no profile
    knows: there, elements the schema does not have are warnings.
    """

    schema: Schema
    notes: Notes
    silent: set[str]
    lenient: bool = False
    made: Placed = field(default_factory=Placed)
    by_name: dict[int, dict[str, tuple[str, Place | Leaf]]] = field(default_factory=dict)

    def place(self, root: Any) -> Placed:
        """Return the placed stream of the document element `root`."""
        document = self.schema.places[1]
        root.tag = self.schema.tags[1] if root.tag != self.schema.tags[1] else root.tag
        stack: list[tuple[Any, Place | None]] = [(root, document)]
        records, places, members = self.made.records, self.made.places, self.schema.members
        while stack:
            element, place = stack.pop()
            records.append(element)
            if place is None:
                places.append(0)
                continue
            places.append(place.id)
            known = members[place.id]
            below: list[tuple[Any, Place | None]] = []
            if self.lenient:
                self._repeated(element, place)
            for child in element:
                member = known.get(child.tag)
                if member is None:
                    member = self._recognised(child, place)
                if type(member) is Leaf:
                    text = child.text
                    # asked here, not there: this runs once for every value of a document
                    if len(member.tags) > 1 or (text and (text[0] <= " " or text[-1] <= " ")):
                        self._leaf(child, member)
                elif member is not None:
                    below.append((child, member))  # type: ignore[arg-type]  # a member is a leaf or a place
                elif len(child):
                    below.append((child, None))
            below.reverse()
            stack += below
        return self.made

    def _repeated(self, element: Any, place: Place) -> None:
        """Note values that stand twice, where no schema check will: only the last of them is read."""
        leaves = {leaf.path[0]: leaf for leaf in self.schema.leaves[place.id]}
        seen: set[str] = set()
        for child in element:
            name = local(child.tag)
            if name in seen and name in leaves:
                text = f"{name} stands more than once in {place.trail}; the last one is read"
                value = (child.text or "").strip()
                self.notes.at(
                    faults.TOO_OFTEN, child, text, value=value, remedy="send it once", severity=Severity.WARNING
                )
            seen.add(name)

    def _recognised(self, child: Any, place: Place) -> Place | Leaf | None:
        """Return what an element of another namespace is, by its local name; it takes the right namespace."""
        names = self.by_name.get(place.id)
        if names is None:
            members = self.schema.members[place.id]
            # of two namesakes the first is meant: the one in the message's own namespace
            names = self.by_name[place.id] = {local(tag): (tag, members[tag]) for tag in reversed(list(members))}
        name = local(child.tag)
        if name not in names:
            self._unknown(child, place, name, list(names))
            return None
        tag, member = names[name]
        self._other_namespace(child, tag)
        child.tag = tag
        return member

    def _other_namespace(self, child: Any, tag: str) -> None:
        found, wanted = namespace(child.tag), namespace(tag)
        if found in self.silent:
            return
        self.silent.add(found)
        code = faults.OTHER_NAMESPACE if found else faults.NO_NAMESPACE
        text = f"{local(child.tag)} is in {f'the namespace {found}' if found else 'no namespace'}"
        self.notes.at(code, child, f"{text}; it is read as if in {wanted}", value=found, remedy=f"use {wanted}")

    def _unknown(self, child: Any, place: Place, name: str, known: list[str]) -> None:
        self.made.unknown.append(child)
        near = nearest(name, known)
        remedy = f"write {near}, if that is what is meant" if near else "leave it out; it is not read"
        self.notes.at(
            faults.UNKNOWN_ELEMENT,
            child,
            f"there is no {name} in {place.trail} of {self.schema.type}",
            value=(child.text or "").strip() if not len(child) else "",
            remedy=remedy,
            severity=Severity.WARNING if self.lenient else None,
        )

    def _leaf(self, element: Any, leaf: Leaf) -> None:
        for tag in leaf.tags[1:]:
            inner = element.find(tag)
            if inner is None:
                inner = self._inner(element, tag)
            if inner is None:
                return
            element = inner
        text = element.text
        if text and (text[0] <= " " or text[-1] <= " "):
            element.text = text.strip()
            if element.text or len(leaf.tags) == 1:
                shown = f"there is white space around the value of {leaf.path[0]}"
                self.notes.at(faults.WHITE_SPACE, element, shown, value=repr(text), remedy="leave it out")
        if len(leaf.tags) > 1 and element.text and element.get("formatCode") is None:
            self._format_code(element, leaf)

    def _inner(self, element: Any, tag: str) -> Any | None:
        """Return the element that holds a date's value: one of another namespace, or one made around bare text."""
        for child in element:
            if local(child.tag) == local(tag):
                self._other_namespace(child, tag)
                child.tag = tag
                return child
        text = (element.text or "").strip()
        if not text or len(element):
            return None
        shown = f"{local(element.tag)} holds the date itself, where {local(tag)} is wanted inside it"
        remedy = f"put the date into {local(tag)} with a formatCode"
        self.notes.at(faults.BARE_DATE, element, shown, value=text, remedy=remedy)
        inner = etree.SubElement(element, tag)
        inner.text, code = stated(text)
        code = element.attrib.pop("formatCode", code)
        element.text = None
        if code:
            inner.set("formatCode", code)
        return inner

    def _format_code(self, element: Any, leaf: Leaf) -> None:
        text, code = stated(element.text)
        if code:
            shown = f"{leaf.text} has no formatCode; by its digits it is {code}"
            self.notes.at(faults.NO_FORMAT_CODE, element, shown, value=text, remedy=f'write formatCode="{code}"')
            element.set("formatCode", code)
            element.text = text
