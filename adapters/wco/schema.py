"""A message of a profile as a place tree: classes are places, attributes of a class are leaves of its record.

A *class* is an element with element content, a *leaf* one with a value. A WCO date is a leaf whose value sits one
level down, in another namespace (`IssueDateTime/DateTimeString`): an element whose children are all values of another
namespace is such a leaf.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from adapters.wco.profile import DocumentKind, Profile
from adapters.wco.xsd_source import ID, XS, Component, Components, Particle
from gateway.errors import SettingsError
from gateway.model.place import Locator, Place
from gateway.model.stages import MessageType

_NUMERIC = frozenset(
    ("decimal", "integer", "nonNegativeInteger", "positiveInteger", "int", "long", "short", "unsignedInt", "float")
)
_DEEPEST = 32  # classes within classes; a schema deeper than that contains itself


@dataclass(frozen=True, slots=True)
class Attribute:
    """An XML attribute of a leaf, with its format and code values."""

    name: str
    format: str
    mandatory: bool
    codes: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Leaf:
    """An attribute of a WCO class: `path` holds the local tags below the class element, `tags` the full ones.

    `position` counts the leaves of the class from 1, in schema order.
    """

    position: int
    path: tuple[str, ...]
    tags: tuple[str, ...]
    public_id: str
    format: str
    mandatory: bool
    repeat: int
    codes: frozenset[str] | None
    attributes: tuple[Attribute, ...]

    @property
    def text(self) -> str:
        """The spelling in a map."""
        return "/".join(self.path)

    @property
    def locator(self) -> Locator:
        """The locator of the value itself."""
        return Locator(
            self.text,
            self.path[0],
            element=self.position,
            leaf=self.path,
            format=self.format,
            mandatory=self.mandatory,
            public_id=self.public_id,
        )

    def attribute_locator(self, attribute: Attribute, text: str = "") -> Locator:
        """Return the locator of one of the attributes; it is mandatory only where the leaf is, too."""
        return Locator(
            text or f"{self.text}/@{attribute.name}",
            f"{self.path[0]}/@{attribute.name}",
            element=self.position,
            leaf=self.path,
            attribute=attribute.name,
            format=attribute.format,
            mandatory=attribute.mandatory and self.mandatory,
        )


@dataclass(frozen=True, slots=True)
class Schema:
    """One message of one profile. `places[0]` is the message, `places[1]` the document class.

    By place id: `leaves`, `tags` (the full tag of the class) and `members` (what each child tag is). `prefixes` are
    those of the namespaces other than the message's own, `repeating` the names of classes that may repeat.
    """

    kind: DocumentKind
    type: MessageType
    places: tuple[Place, ...]
    tags: tuple[str, ...]
    leaves: tuple[tuple[Leaf, ...], ...]
    members: tuple[Mapping[str, Place | Leaf], ...]
    prefixes: Mapping[str, str]
    repeating: frozenset[str]

    @property
    def root(self) -> Place:
        """The message itself."""
        return self.places[0]

    def leaf(self, place: Place, path: tuple[str, ...]) -> Leaf | None:
        """Return the leaf of a class by its path, or None."""
        return next((leaf for leaf in self.leaves[place.id] if leaf.path == path), None)

    def locators(self, place: Place) -> Iterator[Locator]:
        """Yield every value of a class and every attribute of it, in order."""
        for leaf in self.leaves[place.id]:
            yield leaf.locator
            for attribute in leaf.attributes:
                yield leaf.attribute_locator(attribute)


@lru_cache(maxsize=64)
def compiled(profile: Profile, kind: DocumentKind) -> Schema:
    """Return the place tree of one message; raises `SettingsError` when the schema does not make one."""
    components = Components(profile.files)
    components.load(kind.schema)
    builder = _Builder(components)
    message = builder.place("", None, None, kind.root)
    document = components.get("element", kind.namespace, kind.root)
    builder.grow(document, message, 1, 1, 0)
    return Schema(
        kind=kind,
        type=profile.type_of(kind),
        places=tuple(builder.places),
        tags=tuple(builder.tags),
        leaves=tuple(tuple(leaves) for leaves in builder.leaves),
        members=tuple(builder.members),
        prefixes=builder.prefixes(kind.namespace),
        repeating=frozenset(place.name for place in builder.places if place.repeat > 1),
    )


class _Builder:
    """Grows the place tree from the document element."""

    def __init__(self, components: Components) -> None:
        self.components = components
        self.places: list[Place] = []
        self.tags: list[str] = []
        self.leaves: list[list[Leaf]] = []
        self.members: list[dict[str, Place | Leaf]] = []

    def place(self, tag: str, parent: Place | None, particle: Particle | None, name: str = "") -> Place:
        element: Any = particle.element.node if particle else None
        made = Place(
            id=len(self.places),
            name=element.get("name") if particle else name,
            parent=parent,
            mandatory=particle is None or particle.least > 0,
            repeat=particle.most if particle else 1,
            public_id=element.get(ID, "") if particle else "",
        )
        self.places.append(made)
        self.tags.append(tag)
        self.leaves.append([])
        self.members.append({})
        if parent is not None:
            parent.children.append(made)
        return made

    def grow(self, element: Component, parent: Place, least: int, most: int, depth: int) -> None:
        """Add a class and everything below it."""
        if depth > _DEEPEST:
            raise SettingsError(f"the schema contains itself at {parent.trail}: such classes cannot be mapped")
        tag = _tag(element)
        made = self.place(tag, parent, Particle(element, least, most))
        self.members[parent.id][tag] = made
        kind = self.components.type_of(element)
        if not isinstance(kind, Component):
            raise SettingsError(f"{made.trail} has no content, so it is no class")
        for particle in self.components.particles(kind):
            values = self._value_path(particle.element)
            if values is None:
                self.grow(particle.element, made, particle.least, particle.most, depth + 1)
            else:
                self._leaf(made, particle, values)

    def _value_path(self, element: Component) -> tuple[Component, ...] | None:
        """Return the elements from a leaf to its value, or None for a class."""
        kind = self.components.type_of(element)
        if not isinstance(kind, Component) or kind.node.tag == f"{XS}simpleType":
            return (element,)
        below = [particle.element for particle in self.components.particles(kind)]
        if not below:
            return (element,) if any(node.tag == f"{XS}simpleContent" for node in kind.node) else None
        first = self._value_path(below[0])
        if len(below) == 1 and first is not None and below[0].namespace != element.namespace:
            return (element, *first)
        return None

    def _leaf(self, place: Place, particle: Particle, values: tuple[Component, ...]) -> None:
        tags = tuple(_tag(value) for value in values)
        text, codes = self._format(self.components.type_of(values[-1]))
        leaf = Leaf(
            position=len(self.leaves[place.id]) + 1,
            path=tuple(value.node.get("name") for value in values),
            tags=tags,
            public_id=particle.element.node.get(ID, ""),
            format=text,
            mandatory=particle.least > 0,
            repeat=particle.most,
            codes=codes,
            attributes=tuple(self._attributes(values[-1])),
        )
        self.leaves[place.id].append(leaf)
        self.members[place.id][tags[0]] = leaf

    def _attributes(self, element: Component) -> Iterator[Attribute]:
        kind = self.components.type_of(element)
        while isinstance(kind, Component) and kind.node.tag == f"{XS}complexType":
            derived = next(node for content in kind.node for node in content)
            inside = Component(derived, kind.namespace)
            yield from self._declared(inside)
            kind = self.components.named_type(inside, derived.get("base"))

    def _declared(self, within: Component) -> Iterator[Attribute]:
        for node in within.node:
            if node.tag == f"{XS}attribute":
                text, codes = self._format(self.components.type_of(Component(node, within.namespace)))
                yield Attribute(node.get("name"), text, node.get("use") == "required", codes)
            elif node.tag == f"{XS}attributeGroup":
                yield from self._declared(
                    self.components.get("attributeGroup", *self.components.resolve(within, node.get("ref")))
                )

    def _format(self, kind: Component | tuple[str, str] | None) -> tuple[str, frozenset[str] | None]:
        """Return a value's format as the standard writes it (an..35, n..8), and its code values if it has some."""
        facets: dict[str, str] = {}
        codes: frozenset[str] | None = None
        while isinstance(kind, Component):
            derived, inside = _derivation(kind)
            if derived is None:
                break
            for node in derived:
                facets.setdefault(node.tag.removeprefix(XS), node.get("value", ""))
            values = frozenset(node.get("value") for node in derived if node.tag == f"{XS}enumeration")
            codes = codes or values or None
            kind = self.components.named_type(inside, derived.get("base"))
        number = isinstance(kind, tuple) and kind[1] in _NUMERIC
        return _spelled(facets, number=number), codes

    def prefixes(self, namespace: str) -> dict[str, str]:
        """Return the prefix of every namespace but the document's own: ds, ds2, ..."""
        others = dict.fromkeys(
            tag[1:].partition("}")[0] for leaves in self.leaves for leaf in leaves for tag in leaf.tags if tag[0] == "{"
        )
        others.update(dict.fromkeys(tag[1:].partition("}")[0] for tag in self.tags if tag[:1] == "{"))
        others.pop(namespace, None)
        return {other: f"ds{number or ''}" for number, other in enumerate(others)}


def _tag(element: Component) -> str:
    name = element.node.get("name")
    return f"{{{element.namespace}}}{name}" if element.namespace else str(name)


def _derivation(kind: Component) -> tuple[Any, Component]:
    """Return the restriction or extension of a type, with its context; None when it has none (a list, a union)."""
    node = kind.node
    if node.tag == f"{XS}complexType":
        node = next((content for content in node if content.tag == f"{XS}simpleContent"), node)
    derived = next((one for one in node if one.tag in (f"{XS}restriction", f"{XS}extension")), None)
    return derived, Component(derived, kind.namespace)


def _spelled(facets: Mapping[str, str], *, number: bool) -> str:
    if number:
        return f"n..{facets['totalDigits']}" if "totalDigits" in facets else ""
    if "length" in facets:
        return f"an{facets['length']}"
    return f"an..{facets['maxLength']}" if "maxLength" in facets else ""
