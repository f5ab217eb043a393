"""Checks a tree against the schemas of its profile: lxml decides, xmlschema explains what lxml rejected.

Explaining is a hundred times slower than deciding, so only the elements that lxml names are explained: a value by
itself, a class by its children. Behind a child that must not stand there, lxml looks at nothing more in the same
class: such a class is explained with all that is below it, unless it is very large.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any

import xmlschema
from lxml import etree
from xmlschema.validators import XMLSchemaChildrenValidationError, XMLSchemaValidationError

from adapters.wco import faults
from adapters.wco.names import local
from adapters.wco.profile import Profile
from adapters.wco.xsd_source import XS, parsed

_MOST = 300  # rejected elements explained in one document
_LARGE = 5_000  # elements of a class that is not explained as a whole, but one level deep
_STEP = re.compile(r"(?:[^:\[\]]*:)?([^\[\]:]+)(?:\[(\d+)\])?")
_ATTRIBUTE = re.compile(r"attribute ([\w:.{}/-]+)=|'([^']+)' attribute|missing required attribute '([^']+)'")
#: The n-th child of a name, or of any name: libxml2 writes * for elements whose namespace has no prefix.
_NTH: Any = etree.XPath("*[$name = '*' or local-name() = $name][$number]")
_CONTENT = "SCHEMAV_ELEMENT_CONTENT"


@dataclass(frozen=True, slots=True)
class Fault:
    """One schema fault at an element: what is wrong, the value as found, and what to do."""

    element: Any
    code: str
    text: str
    value: str = ""
    remedy: str = ""


class _Files(etree.Resolver):
    """Gives libxml2 the schemas of a profile by file name, and nothing else."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__()
        self._files = files

    # the stubs lack the context that lxml hands over and wants back
    def resolve(self, system_url: str, public_id: str, context: Any) -> Any:  # type: ignore[override]  # noqa: ARG002  # see above
        content = self._files.get(system_url.rpartition("/")[2], b"")
        return self.resolve_string(content, context)  # type: ignore[call-arg]  # see above


@dataclass(slots=True, eq=False)
class Validator:
    """The compiled schemas of one profile; make it by `validator`."""

    profile: Profile
    schema: etree.XMLSchema
    _explaining: Any = field(default=None)

    def accepts(self, root: Any) -> bool:
        """Whether an element, with everything below it, is valid."""
        return bool(self.schema.validate(root))

    def first_fault(self, root: Any) -> Fault | None:
        """Return the first fault of an element, or None when it is valid."""
        return next(self.faults(root), None)

    def faults(self, root: Any) -> Iterator[Fault]:
        """Yield every fault of an element and what is below it, each once."""
        if self.accepts(root):
            return
        seen: set[tuple[Any, str, str]] = set()
        whole: set[Any] = set()
        # the log belongs to the schema and is emptied by the next validation
        log: Any = self.schema.error_log
        for entry in tuple(log)[:_MOST]:
            element = _at(root, entry.path)
            if element in whole or any(one in whole for one in element.iterancestors()):
                continue
            explained = list(self._explained(root, element, whole, content=entry.type_name == _CONTENT))
            for fault in explained or [_unexplained(element, entry.message)]:
                key = (fault.element, fault.code, fault.text)
                if key not in seen:
                    seen.add(key)
                    yield fault

    def _explained(self, root: Any, element: Any, whole: set[Any], *, content: bool) -> Iterator[Fault]:
        """Yield the faults of a rejected element; a class that is explained with all below it is added to `whole`."""
        parts = [element]
        if content and element is not root:
            parts.insert(0, element.getparent())
        for one in parts:
            component = self._component(root, one)
            if component is None:
                continue
            depth = None if not len(one) else 2
            if content:
                depth = 1 if _is_large(one) else None
                whole |= set() if depth else {one}
            for error in component.iter_errors(one, max_depth=depth):
                yield _explanation(error, one)
            if one in whole:
                return

    def _component(self, root: Any, element: Any) -> Any | None:
        """Return the declaration of an element, found along its ancestors."""
        chain = [element]
        while chain[-1] is not root:
            chain.append(chain[-1].getparent())
        elements = self._explainer().maps.elements
        component: Any | None = None
        for one in reversed(chain):
            inside = () if component is None else component
            children = {child.name: child for child in inside if child.name}
            # not "or": a declaration without children counts as false
            component = children[one.tag] if one.tag in children else elements.get(one.tag)
            if component is None:
                return None
        return component

    def _explainer(self) -> Any:
        """Return the schemas as xmlschema has them: built when the first fault asks for it."""
        if self._explaining is None:
            self._explaining = _explaining(self.profile)
        return self._explaining


@lru_cache(maxsize=16)
def validator(profile: Profile) -> Validator:
    """Return the compiled schemas of a profile; raises `SettingsError` when a file is missing or unreadable."""
    wanted = {kind.namespace: kind.schema for kind in profile.messages}
    if profile.envelope.schema:
        wanted[profile.envelope.namespace] = profile.envelope.schema
    imports = "".join(f'<xs:import namespace="{name}" schemaLocation="{file}"/>' for name, file in wanted.items())
    driver = {"": f'<xs:schema xmlns:xs="{XS[1:-1]}">{imports}</xs:schema>'.encode()}
    return Validator(profile, etree.XMLSchema(parsed(driver, "", _Files(profile.files))))


def _explaining(profile: Profile) -> Any:
    order = _dependencies_first(profile)
    schema = xmlschema.XMLSchema10(_stand_alone(profile.files, order[0]), build=False)
    for name in order[1:]:
        schema.add_schema(_stand_alone(profile.files, name))
    schema.maps.build()
    return schema


def _is_large(element: Any) -> bool:
    return next(islice(element.iter(), _LARGE, None), None) is not None


def _dependencies_first(profile: Profile) -> list[str]:
    """Return every schema file that is not merely included, imported ones before those that import them."""
    order: list[str] = []

    def visit(name: str, kind: str) -> None:
        for node in parsed(profile.files, name):
            if node.tag in (f"{XS}import", f"{XS}include") and node.get("schemaLocation"):
                visit(node.get("schemaLocation"), node.tag)
        if kind == f"{XS}import" and name not in order:
            order.append(name)

    for kind in profile.messages:
        visit(kind.schema, f"{XS}import")
    if profile.envelope.schema:
        visit(profile.envelope.schema, f"{XS}import")
    return order


def _stand_alone(files: Mapping[str, bytes], name: str) -> str:
    """Return a schema with its includes taken in, and its imports without a place to load them from."""
    root = parsed(files, name)
    for node in list(root):
        if node.tag == f"{XS}include":
            included = etree.fromstring(_stand_alone(files, node.get("schemaLocation")))
            root.extend([one for one in included if one.tag != f"{XS}import"])
            root.remove(node)
        elif node.tag == f"{XS}import":
            node.attrib.pop("schemaLocation", None)
    return etree.tostring(root, encoding="unicode")


def _at(root: Any, path: str | None) -> Any:
    """Return the element that a path of libxml2 names; as near to it as the tree goes."""
    element = root
    for text in (path or "").split("/")[2:]:
        match = _STEP.fullmatch(text)
        if match is None:
            break
        found = _NTH(element, name=match[1], number=int(match[2] or 1))
        if not found:
            break
        element = found[0]
    return element


# explanations

Explain = Callable[[XMLSchemaValidationError, Any], Fault]


def _explanation(error: XMLSchemaValidationError, asked: Any) -> Fault:
    if isinstance(error, XMLSchemaChildrenValidationError):
        return _children(error)
    element = error.elem if error.elem is not None else asked
    kind = type(error.validator).__name__
    reason = str(error.reason or error.message)
    attribute = _ATTRIBUTE.search(reason)
    if attribute is not None:
        return _attribute(error, element, next(name for name in attribute.groups() if name), kind)
    return _value(element, local(element.tag), element.text or "", kind, error.validator, reason)


def _value(element: Any, name: str, value: str, kind: str, facet: Any, reason: str) -> Fault:
    """Return the fault of a value, an element's or an attribute's."""
    if kind in ("XsdMinLengthFacet", "XsdMaxLengthFacet", "XsdLengthFacet"):
        bound = {"XsdMinLengthFacet": "at least", "XsdMaxLengthFacet": "at most", "XsdLengthFacet": "exactly"}[kind]
        text = f"{name} has {len(value)} characters; {bound} {facet.value} are allowed"
        remedy = f"give {name} a value" if not value else f"send {bound} {facet.value} characters"
        return Fault(element, faults.WRONG_LENGTH, text, value, remedy)
    if kind == "XsdTotalDigitsFacet":
        text = f"{name} has too many digits; at most {facet.value} are allowed"
        return Fault(element, faults.WRONG_LENGTH, text, value, f"send at most {facet.value} digits")
    if kind == "XsdEnumerationFacets":
        known = ", ".join(str(one) for one in facet.enumeration)
        text = f"{name} is {value!r}, which is not one of {known}"
        return Fault(element, faults.NOT_IN_LIST, text, value, f"send one of {known}")
    if kind == "XsdPatternFacets":
        text = f"{name} is {value!r}, which does not have the form wanted"
        return Fault(element, faults.WRONG_FORM, text, value, f"send a value of the form {' or '.join(facet.regexps)}")
    if kind in ("XsdAtomicBuiltin", "XsdAtomicRestriction", "XsdMinInclusiveFacet", "XsdMaxInclusiveFacet"):
        wanted = local(str(getattr(facet, "name", "") or "")) or "value in range"
        text = f"{name} is {value!r}, which is no {wanted}"
        return Fault(element, faults.WRONG_TYPE, text, value, f"send a {wanted}" if value else f"give {name} a value")
    if kind == "function":  # a check that xmlschema keeps with one of XML Schema's own types
        return Fault(element, faults.WRONG_TYPE, f"{name} is {value!r}: {reason}", value, "send another value")
    return Fault(element, faults.OTHER_FAULT, f"{name}: {reason}", value, "follow the schema of the profile")


def _attribute(error: XMLSchemaValidationError, element: Any, attribute: str, kind: str) -> Fault:
    name = f"{local(element.tag)}/@{local(attribute)}"
    reason = str(error.reason)
    if "missing required" in reason:
        return Fault(element, faults.MISSING_ATTRIBUTE, f"{name} is missing", "", f"give {name}")
    if "not allowed" in reason:
        value = element.get(attribute) or ""
        return Fault(element, faults.UNKNOWN_ATTRIBUTE, f"there is no {name}", value, "leave it out; it is not read")
    return _value(element, name, element.get(attribute) or "", kind, error.validator, reason)


def _children(error: XMLSchemaChildrenValidationError) -> Fault:
    parent: Any = error.elem
    expected = [local(tag) for tag in error.expected_tags if not tag.startswith("from ")]
    expected = [name.rpartition(":")[2] for name in expected]
    if error.invalid_tag is None:
        wanted = " or ".join(expected) or "a part that must be there"
        return Fault(parent, faults.MISSING, f"{local(parent.tag)} lacks {wanted}", "", f"add {wanted}")
    child = parent[error.index]
    name, before = local(child.tag), list(child.itersiblings(child.tag, preceding=True))
    most = getattr(error.particle, "max_occurs", None)
    if before and before[0] is child.getprevious():
        text = f"{local(parent.tag)} holds {name} {len(before) + 1} times; {most or 1} is the most"
        remedy = f"send {name} at most {most or 1} times"
        return Fault(child, faults.TOO_OFTEN, text, (child.text or "").strip(), remedy)
    if expected:
        text = f"{local(parent.tag)} needs {' or '.join(expected)} before {name}"
        return Fault(parent, faults.MISSING, text, "", f"add {' or '.join(expected)}")
    after = local(child.getprevious().tag) if child.getprevious() is not None else ""
    text = f"{name} must not stand {f'after {after}' if after else 'here'} in {local(parent.tag)}"
    return Fault(child, faults.WRONG_PLACE, text, "", "keep the order of the schema")


def _unexplained(element: Any, message: str) -> Fault:
    """Return what lxml says, where xmlschema has nothing to add."""
    text = re.sub(r"\{[^}]*\}", "", message)
    return Fault(element, faults.OTHER_FAULT, text, element.text or "", "follow the schema of the profile")
