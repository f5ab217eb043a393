"""The schema documents of a profile as one set of components: names resolved, includes and imports followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from gateway.errors import SettingsError

XS = "{http://www.w3.org/2001/XMLSchema}"
ID = "{urn:pierhead:wco-id:1}id"
UNBOUNDED = 999_999
_MODEL_GROUPS = (f"{XS}sequence", f"{XS}choice", f"{XS}all", f"{XS}group")


@dataclass(frozen=True, slots=True)
class Component:
    """A schema node with the target namespace that holds where it stands."""

    node: Any
    namespace: str


@dataclass(frozen=True, slots=True)
class Particle:
    """An element of a content model: how often it may stand, all groups around it counted in."""

    element: Component
    least: int
    most: int


@dataclass(slots=True)
class Components:
    """Every global component that a schema reaches, by kind, namespace and name."""

    files: Mapping[str, bytes]
    found: dict[tuple[str, str, str], Component] = field(default_factory=dict)
    _loaded: set[tuple[str, str]] = field(default_factory=set)

    def load(self, name: str, namespace: str = "") -> None:
        """Read one schema and what it includes and imports; `namespace` is that of an including schema.

        Raises `SettingsError` when a file is missing or no schema.
        """
        if (name, namespace) in self._loaded:
            return
        self._loaded.add((name, namespace))
        root = parsed(self.files, name)
        target = root.get("targetNamespace", namespace)
        for node in root:
            if node.tag in (f"{XS}import", f"{XS}include") and node.get("schemaLocation"):
                self.load(node.get("schemaLocation"), target if node.tag == f"{XS}include" else "")
            elif node.get("name"):
                self.found[node.tag, target, node.get("name")] = Component(node, target)

    def get(self, kind: str, namespace: str, name: str) -> Component:
        """Return a global component; raises `SettingsError` when there is none."""
        try:
            return self.found[f"{XS}{kind}", namespace, name]
        except KeyError:
            raise SettingsError(f"the schema has no {kind} {name} in namespace {namespace or '(none)'}") from None

    def resolve(self, within: Component, qname: str) -> tuple[str, str]:
        """Return namespace and local name of a QName as written in a component."""
        prefix, _, local = qname.rpartition(":")
        namespace = within.node.nsmap.get(prefix or None)
        if namespace is None and prefix:
            raise SettingsError(f"the schema uses the prefix {prefix} without declaring it")
        # an included schema without a namespace takes the one that includes it (XSD 1.0, 4.2.1)
        return (namespace or within.namespace), local

    def type_of(self, element: Component) -> Component | tuple[str, str] | None:
        """Return an element's (or attribute's) type, or the name of a built-in one, or None for no type."""
        inline = next((c for c in element.node if c.tag in (f"{XS}complexType", f"{XS}simpleType")), None)
        if inline is not None:
            return Component(inline, element.namespace)
        return self.named_type(element, element.node.get("type")) if element.node.get("type") else None

    def named_type(self, within: Component, qname: str) -> Component | tuple[str, str]:
        """Return the type of a name, or the name itself when it is one of XML Schema's own."""
        name = self.resolve(within, qname)
        if f"{{{name[0]}}}" == XS:
            return name
        for kind in ("complexType", "simpleType"):
            if (f"{XS}{kind}", *name) in self.found:
                return self.found[f"{XS}{kind}", *name]
        raise SettingsError(f"the schema has no type {name[1]} in namespace {name[0] or '(none)'}")

    def particles(self, kind: Component) -> Iterator[Particle]:
        """Yield the elements of a complex type in order, those of its base type first."""
        for node in kind.node:
            if node.tag == f"{XS}complexContent":
                derived = node[-1]
                if derived.tag == f"{XS}extension":
                    base = self.named_type(Component(derived, kind.namespace), derived.get("base"))
                    if isinstance(base, Component):
                        yield from self.particles(base)
                yield from self.particles(Component(derived, kind.namespace))
            elif node.tag in _MODEL_GROUPS:
                yield from self._group(Component(node, kind.namespace), 1, 1)

    def _group(self, group: Component, least: int, most: int) -> Iterator[Particle]:
        least, most = least * _least(group.node), min(UNBOUNDED, most * _most(group.node))
        if group.node.get("ref"):
            named = self.get("group", *self.resolve(group, group.node.get("ref")))
            for node in named.node:
                yield from self._group(Component(node, named.namespace), least, most)
            return
        if group.node.tag == f"{XS}choice":
            least = 0
        for node in group.node:
            part = Component(node, group.namespace)
            if node.tag == f"{XS}element":
                element = self.get("element", *self.resolve(part, node.get("ref"))) if node.get("ref") else part
                yield Particle(element, least * _least(node), min(UNBOUNDED, most * _most(node)))
            elif node.tag in _MODEL_GROUPS:
                yield from self._group(part, least, most)


def parsed(files: Mapping[str, bytes], name: str, resolver: etree.Resolver | None = None) -> Any:
    """Return the document element of one schema file; raises `SettingsError` when it cannot be read."""
    if name not in files:
        raise SettingsError(f"the schema {name} is not among the files of its profile")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    if resolver is not None:
        parser.resolvers.add(resolver)
    try:
        return etree.fromstring(files[name], parser)
    except etree.XMLSyntaxError as error:
        raise SettingsError(f"the schema {name} cannot be read: {error}") from error


def _least(node: Any) -> int:
    return int(node.get("minOccurs", "1"))


def _most(node: Any) -> int:
    most = node.get("maxOccurs", "1")
    return UNBOUNDED if most == "unbounded" else int(most)
