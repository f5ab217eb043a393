"""The rules that findings on XML go by, for people: what places are called, where a rule stands, what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping

from adapters.wco import faults
from adapters.wco.profile import Profile
from adapters.wco.schema import Leaf, Schema
from gateway.model.finding import Finding, Position
from gateway.model.place import Place
from gateway.model.stages import MessageType
from gateway.plugin import Clause, Names

_XML = "XML 1.0"
_PROFILE, _SCHEMA = "profile", "schema"
_STEP = re.compile(r"/([^/\[@]+)(?:\[\d+\])?")

#: By code: the meaning in a few words, where the rule stands, and what to do.
_CLAUSES: Mapping[str, tuple[str, str, str]] = {
    faults.NOT_WELL_FORMED: ("XML is not well-formed", _XML, "Write XML with a library, not by joining texts."),
    faults.DOCTYPE: ("Document has a DOCTYPE", _PROFILE, "Leave the DOCTYPE out."),
    faults.TOO_LARGE: ("Document is too large", _PROFILE, "Split the report."),
    faults.TOO_DEEP: ("Document is nested too deeply", _PROFILE, "Nest less deeply."),
    faults.ENCODING: ("Encoding is unknown or not as declared", _XML, "Send UTF-8, and declare what is sent."),
    faults.NO_XML: ("There is no XML", _XML, "Send the document."),
    faults.UNKNOWN_DOCUMENT: ("Document is not known", _PROFILE, "Send one of the documents of the profile."),
    faults.UNKNOWN_NAMESPACE: ("Namespace is not known", _PROFILE, "Use the namespace of the profile."),
    faults.NO_NAMESPACE: ("Document has no namespace", _PROFILE, "Declare the namespace of the profile."),
    faults.OTHER_NAMESPACE: ("Element is in another namespace", _PROFILE, "Use the namespace of the profile."),
    faults.BARE_DATE: ("Date without its inner element", _SCHEMA, "Put the date into DateTimeString."),
    faults.NO_FORMAT_CODE: ("Date without a format code", _SCHEMA, "Write the formatCode."),
    faults.WHITE_SPACE: ("White space around a value", _SCHEMA, "Write the value alone between its tags."),
    faults.WRAPPER: ("Document is wrapped", _PROFILE, "Send the document itself, or in the profile's envelope."),
    faults.UNKNOWN_ELEMENT: ("Element is not in the schema", _SCHEMA, "Correct its name, or leave it out."),
    faults.WRONG_PLACE: ("Element is out of order", _SCHEMA, "Keep the order of the schema."),
    faults.TOO_OFTEN: ("Element stands too often", _SCHEMA, "Send it as often as the schema allows."),
    faults.MISSING: ("Element is missing", _SCHEMA, "Add the element."),
    faults.WRONG_TYPE: ("Value is of the wrong type", _SCHEMA, "Send a value of the type named."),
    faults.WRONG_LENGTH: ("Value is too long or too short", _SCHEMA, "Send as many characters as the schema allows."),
    faults.NOT_IN_LIST: ("Value is not in its list", _SCHEMA, "Send one of the values listed."),
    faults.WRONG_FORM: ("Value does not have the form wanted", _SCHEMA, "Send a value of the form asked for."),
    faults.MISSING_ATTRIBUTE: ("Attribute is missing", _SCHEMA, "Give the attribute."),
    faults.UNKNOWN_ATTRIBUTE: ("Attribute is not in the schema", _SCHEMA, "Leave the attribute out."),
    faults.OTHER_FAULT: ("Another fault against the schema", _SCHEMA, "Follow the schema of the profile."),
}


def clause(profile: Profile, type_: MessageType, finding: Finding) -> Clause | None:
    """Return the rule of a finding on XML; None for a code that is not of this adapter."""
    if finding.code not in _CLAUSES:
        return None
    title, where, remedy = _CLAUSES[finding.code]
    kind = profile.kind(type_.name)
    source = f"profile {profile.name}"
    if where == _XML:
        source = _XML
    elif where == _SCHEMA and kind is not None:
        source += f", schema {kind.schema}"
    return Clause(title, source, remedy)


def names(schema: Schema | None, position: Position) -> Names:
    """Return the innermost class of a readable path, and the attribute in it, each with its WCO id if it has one."""
    place: Place | None = None if schema is None else schema.root
    record = element = ""
    steps: list[str] = _STEP.findall(position.xpath)
    for number, step in enumerate(steps):
        below = None if place is None else next((one for one in place.children if one.name == step), None)
        if below is not None:
            place, record = below, _called(step, below.public_id)
        elif record and schema is not None and place is not None:
            leaf = _leaf(schema, place, tuple(steps[number:]))
            element = _called("/".join(steps[number:]), leaf.public_id if leaf else "")
            break
    return Names(record or (steps[-1] if steps else ""), element)


def _leaf(schema: Schema, place: Place, path: tuple[str, ...]) -> Leaf | None:
    return next((leaf for leaf in schema.leaves[place.id] if leaf.path[: len(path)] == path), None)


def _called(name: str, id_: str) -> str:
    return f"{name} (WCO {id_})" if id_ else name
