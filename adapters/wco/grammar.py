"""A message of a profile as the mapping compiler sees it: names resolved, and the source that reads and writes values.

A record is the lxml element of a class, with its values stripped by the reader. On writing, a record is the text of
its start tag and leaves in the intermediate form (see `intermediate`), leaves in schema order, absent ones left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adapters.wco.intermediate import CLOSE, OPEN, QUOTE, end, start
from adapters.wco.names import local, namespace, suggestion
from adapters.wco.schema import Attribute, Leaf, Schema
from gateway.errors import MappingError
from gateway.model.place import Locator, Place

Steps = tuple[str, ...]
"""The path of a leaf below its class, as `Locator.leaf`."""


class WcoGrammar:
    """One message of one profile; implements `gateway.plugin.Grammar`.

    `names` grows while source is asked for: take it after the source has been generated.
    """

    joiner = "\n"

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.multiline = schema.kind.multiline
        self.type = schema.type
        self.root: Place = schema.root
        self.places: Sequence[Place] = schema.places
        self._sets: dict[str, frozenset[str]] = {}
        self.names: Mapping[str, Any] = self._sets

    # names

    def is_value(self, key: str) -> bool:  # noqa: ARG002  # XML decides by the shape of the rule
        """Return True: a key that holds a text is a leaf, one that holds a mapping a class."""
        return True

    def child(self, place: Place, name: str) -> Place:
        """Return the class `name` directly under a place."""
        found = next((child for child in place.children if child.name == name), None)
        if found is None:
            if any(leaf.path[0] == name for leaf in self.schema.leaves[place.id]):
                raise MappingError(f"{name} of {place.trail} is a value: give it a text, not a mapping")
            known = [child.name for child in place.children]
            raise MappingError(f"there is no class {name} under {place.trail} in {self.type}{suggestion(name, known)}")
        return found

    def value(self, place: Place, text: str, near: Locator | None = None) -> Locator:
        """Resolve `ID`, `IssueDateTime/DateTimeString`, `ID/@schemeID`, or `@unitCode` of the value it stands near."""
        path, at, attribute = text.partition("@")
        path = path.rstrip("/")
        if not path and near is None:
            raise MappingError(f"{text} needs the value it belongs to: write VALUE/{text}")
        steps = tuple(path.split("/")) if path else near.leaf if near else ()
        leaf = self.schema.leaf(place, steps)
        if leaf is None:
            raise MappingError(self._no_value(place, path))
        if not at:
            return leaf.locator
        found = next((one for one in leaf.attributes if one.name == attribute), None)
        if found is None:
            known = [f"@{one.name}" for one in leaf.attributes]
            hint = suggestion(f"@{attribute}", known)
            raise MappingError(f"{leaf.text} of {place.trail} has no @{attribute}{hint}")
        return leaf.attribute_locator(found, text)

    def _no_value(self, place: Place, path: str) -> str:
        leaves = self.schema.leaves[place.id]
        longer = next((leaf for leaf in leaves if leaf.path[0] == path), None)
        if longer is not None:
            return f"{path} of {place.trail} holds its value one level down: write {longer.text}"
        if any(child.name == path for child in place.children):
            return f"{path} of {place.trail} is a class: give it a mapping, not a text"
        known = [leaf.text for leaf in leaves]
        return f"there is no {path} in {place.trail} of {self.type}{suggestion(path, known)}"

    def locators(self, place: Place) -> Sequence[Locator]:
        """Return every value of a class and every attribute of it, in schema order."""
        return tuple(self.schema.locators(place))

    def title(self, place: Place, locator: Locator | None = None) -> str:
        """Return the WCO id of a class or value where the schema gives it; the names speak for themselves."""
        found = place.public_id if locator is None else locator.public_id
        return f"WCO {found}" if found else ""

    def description(self, place: Place, locator: Locator | None = None) -> str:  # noqa: ARG002  # the Protocol's words
        """Return nothing: the text of the WCO Data Model is not ours to show."""
        return ""

    def code_name(self, locator: Locator, code: str) -> str:  # noqa: ARG002  # the Protocol's words
        """Return nothing: the schemas name no codes."""
        return ""

    def codes(self, locator: Locator) -> frozenset[str] | None:
        """Return the values that the schema enumerates, or None where it leaves them open.

        A locator does not name its class, so only the attribute `formatCode` of a date can be answered from it.
        """
        if not locator.attribute:
            return None
        same = (leaf for leaves in self.schema.leaves for leaf in leaves if leaf.path == locator.leaf)
        attributes = (one for leaf in same for one in leaf.attributes if one.name == locator.attribute)
        return next((one.codes for one in attributes), None)

    def mandatory_elements(self, place: Place) -> frozenset[int]:
        """Return the positions of the leaves that a class must have."""
        return frozenset(leaf.position for leaf in self.schema.leaves[place.id] if leaf.mandatory)

    # source for reading

    def head(self, place: Place) -> Sequence[str]:  # noqa: ARG002  # same for every class
        """Return the line every handler starts with: the children by tag."""
        return ("v = {c.tag: c for c in s}",)

    def bind(self, locator: Locator, bound: set[str]) -> tuple[Sequence[str], str]:
        """Return what must run first, and the name that holds a value's text."""
        element = f"e{locator.element}"
        name = f"x{locator.element}" + (f"_{locator.attribute}" if locator.attribute else "")
        lines = list(self._element(locator, bound))
        if name not in bound:
            bound.add(name)
            read = f"{element}.get({locator.attribute!r}, '').strip()" if locator.attribute else f"{element}.text or ''"
            lines.append(f"{name} = {read} if {element} is not None else ''")
        return lines, name

    def _element(self, locator: Locator, bound: set[str]) -> Iterable[str]:
        name = f"e{locator.element}"
        if name in bound:
            return
        bound.add(name)
        first, *deeper = self._tags(locator)
        yield f"{name} = v.get({first!r})"
        for tag in deeper:
            yield f"if {name} is not None: {name} = {name}.find({tag!r})"

    def _tags(self, locator: Locator) -> tuple[str, ...]:
        """Return the full tags of a leaf: the same wherever the leaf stands, as a leaf's namespace is its message's."""
        own = self.schema.kind.namespace
        found = (leaf.tags for leaves in self.schema.leaves for leaf in leaves if leaf.path == locator.leaf)
        return next(found, tuple(f"{{{own}}}{step}" for step in locator.leaf))

    def identity(self, place: Place) -> str | None:  # noqa: ARG002  # the Protocol's parameter
        """Return None: an element has no content that could be compared at once."""
        return None

    def clean(self, expression: str) -> str:
        """Return the expression itself: the reader has stripped every value, and XML has no released characters."""
        return expression

    def clean_line(self, expression: str) -> str:
        """Return the expression itself, as `clean`."""
        return expression

    def uncovered(self, place: Place, locators: Iterable[Locator], bound: set[str]) -> tuple[Sequence[str], str]:
        """Return a test that is true when a class has a leaf, or a leaf an attribute, that is not in `locators`."""
        values, attributes = _by_leaf(locators)
        known = frozenset(self._tags(one)[0] for one in values.values())
        known |= frozenset(tag for tag, member in self.schema.members[place.id].items() if isinstance(member, Place))
        terms = [f"not v.keys() <= {self._set(known)}" if known else "v"]
        lines: list[str] = []
        for leaf, one in values.items():
            lines += self._element(one, bound)
            name = f"e{one.element}"
            covered = attributes.get(leaf, frozenset())
            excess = f"not {self._set(covered)}.issuperset({name}.keys())" if covered else f"{name}.keys()"
            terms.append(f"({name} is not None and {excess})")
        return lines, " or ".join(terms)

    def _set(self, values: frozenset[str]) -> str:
        """Return the global name of a constant set."""
        for name, known in self._sets.items():
            if known == values:
                return name
        name = f"K{len(self._sets)}"
        self._sets[name] = values
        return name

    def leftovers(self, place: Place, record: Any, locators: Iterable[Locator]) -> Sequence[tuple[Locator, str]]:
        """Return every value of a class element that none of `locators` covers, child classes left out."""
        covered = {one.key for one in locators}
        members = self.schema.members[place.id]
        found: list[tuple[Locator, str]] = []
        for element in record:
            member = members.get(element.tag)
            if isinstance(member, Leaf):
                found += _leaf_values(member, element)
            elif member is None and not len(element):
                found += _foreign_values(element)
        return [(locator, text) for locator, text in found if text and locator.key not in covered]

    # source for writing

    def record(self, place: Place, fields: Mapping[Locator, str]) -> str:
        """Return an expression of the start tag and leaves of a class, given a text expression for each value."""
        values = {(one.leaf, one.attribute): text for one, text in fields.items()}
        parts = [repr(start(self._written(self.schema.tags[place.id])))]
        for leaf in self.schema.leaves[place.id]:
            text = values.get((leaf.path, ""))
            if text is not None:
                given = [one for one in leaf.attributes if (leaf.path, one.name) in values]
                parts += self._leaf(leaf, text, [(one, values[leaf.path, one.name]) for one in given])
        return " + ".join(_merged(parts))

    def _leaf(self, leaf: Leaf, text: str, attributes: Sequence[tuple[Attribute, str]]) -> Iterable[str]:
        """Yield the expression of one leaf: nothing for an empty constant, conditional for all but constants."""
        constant = _constant(text)
        if constant == "":
            return
        tags = [self._written(tag) for tag in leaf.tags]
        pieces = [repr("".join(start(tag) for tag in tags[:-1]) + OPEN + tags[-1])]
        pieces += [piece for one, value in attributes for piece in _attribute(one.name, value)]
        pieces += [repr(CLOSE), text, repr("".join(end(tag) for tag in reversed(tags)))]
        if constant is not None:
            yield from pieces
        else:
            yield f"({' + '.join(_merged(pieces))} if {text} else '')"

    def tail(self, place: Place) -> str | None:
        """Return the end tag of a class."""
        return end(self._written(self.schema.tags[place.id]))

    def _written(self, tag: str) -> str:
        """Return a tag as written: the message's own namespace is the default one, the others have prefixes."""
        prefix = self.schema.prefixes.get(namespace(tag))
        return f"{prefix}:{local(tag)}" if prefix else local(tag)


def _by_leaf(locators: Iterable[Locator]) -> tuple[dict[Steps, Locator], dict[Steps, frozenset[str]]]:
    """Return a locator of each leaf touched, and the attributes touched of each."""
    leaves: dict[Steps, Locator] = {}
    attributes: dict[Steps, frozenset[str]] = {}
    for one in locators:
        leaves.setdefault(one.leaf, one)
        if one.attribute:
            attributes[one.leaf] = attributes.get(one.leaf, frozenset()) | {one.attribute}
    return leaves, attributes


def _leaf_values(leaf: Leaf, element: Any) -> Iterable[tuple[Locator, str]]:
    for tag in leaf.tags[1:]:
        element = element.find(tag)
        if element is None:
            return
    yield leaf.locator, (element.text or "").strip()
    declared = {one.name: one for one in leaf.attributes}
    for name, text in element.items():
        attribute = declared.get(name) or Attribute(name, "", mandatory=False, codes=None)
        yield leaf.attribute_locator(attribute), text.strip()


def _foreign_values(element: Any) -> Iterable[tuple[Locator, str]]:
    """Yield the text and attributes of an element that the schema does not know."""
    name = local(element.tag)
    yield Locator(name, name, leaf=(name,)), (element.text or "").strip()
    for attribute, text in element.items():
        yield Locator(f"{name}/@{local(attribute)}", name, leaf=(name,), attribute=attribute), text.strip()


def _attribute(name: str, text: str) -> Iterable[str]:
    constant = _constant(text)
    if constant is not None:
        if constant:
            yield repr(f" {name}={QUOTE}{constant}{QUOTE}")
        return
    yield f"({' + '.join((repr(f' {name}={QUOTE}'), text, repr(QUOTE)))} if {text} else '')"


def _constant(expression: str) -> str | None:
    """Return the text of an expression that is a literal, or None for any other."""
    if expression[:1] not in "'\"":
        return None
    try:
        value = ast.literal_eval(expression)
    except (SyntaxError, ValueError):
        return None
    return value if isinstance(value, str) else None


def _merged(pieces: Iterable[str]) -> list[str]:
    """Join neighbouring literals, so that the generated expression has few operands."""
    merged: list[str] = []
    for piece in pieces:
        constant = _constant(piece)
        if constant is not None and merged and (before := _constant(merged[-1])) is not None:
            merged[-1] = repr(before + constant)
        else:
            merged.append(piece)
    return merged
