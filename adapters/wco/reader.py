"""Reads an XML document, as tolerantly as can be said: documents found, put right, placed, and checked.

bytes -> tree (parser) -> documents under envelope or wrapper -> placed stream (placing) -> schema (validation)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from adapters.wco import faults, header, parser, soap
from adapters.wco.faults import Notes
from adapters.wco.likeness import likeliest
from adapters.wco.names import local, namespace, suggestion
from adapters.wco.placing import Placed, Placer
from adapters.wco.profile import STANDARD, DocumentKind, Profile
from adapters.wco.schema import Schema, compiled
from adapters.wco.validation import validator
from gateway.model.finding import Finding
from gateway.model.stages import Envelope, Interchange, Message

_WRAPPED = 8  # how deep below foreign elements a document is looked for


@dataclass(frozen=True, slots=True)
class Found:
    """A document in a file: its element, the profile and message it is of, and how its namespace was taken."""

    root: Any
    profile: Profile
    kind: DocumentKind
    lenient: bool  # of a namespace no profile knows: read by name, and not checked


@dataclass(frozen=True, slots=True)
class Opened:
    """A file opened: the envelope element if there is one, the documents, and what was remarked on the way."""

    outer: Any | None
    documents: tuple[Found, ...]
    notes: Notes
    inside: tuple[Finding, ...] = ()  # on XML that stands in texts


def read(
    chunks: Iterable[bytes], profiles: Sequence[Profile], most: int = parser.MAX_BYTES
) -> Iterator[Message | Interchange]:
    """Yield each document as a message, then the interchange they came in; never raises for a partner's data.

    Where no namespace tells the profile, that one is taken which knows most of the document, the first of several;
    `most` is the size limit in bytes.
    """
    content = parser.gathered(chunks, most)
    parsed = parser.too_large(most) if content is None else parser.parse(content)
    if parsed.root is None:
        yield Interchange(Envelope(STANDARD, syntax=profiles[0].name), parsed.findings)
        return
    opened = open_document(parsed.root, profiles)
    read_ones = [_Reading(found) for found in opened.documents]
    _check(opened, read_ones)
    messages = [reading.message() for reading in read_ones]
    yield from messages
    documents = [(found.kind, found.root) for found in opened.documents]
    types = [message.type for message in messages]
    outside = header.envelope(_profile(opened, profiles), opened.outer, documents, types)
    yield Interchange(outside, (*opened.inside, *opened.notes.all()), tuple((m.reference, m.type) for m in messages))


def open_document(root: Any, profiles: Sequence[Profile]) -> Opened:
    """Return the documents of a file: its document element, those in its envelope, or those in a wrapper."""
    notes = Notes()
    if _is_document(root, profiles):
        return Opened(None, (_found(root, None, profiles, notes),), notes)
    inside = soap.opened(root) if soap.is_soap(root) else ()
    envelopes = {profile.envelope.root for profile in profiles if profile.envelope.root}
    outer = next((one for one in root.iter() if local(one.tag) in envelopes), None)
    documents = _documents(root, profiles)
    if not documents:
        if not inside:
            _unknown(root, profiles, notes)
        return Opened(outer, (), notes, inside)
    found = tuple(_found(one, outer, profiles, notes) for one in documents)
    if outer is not root and not (soap.is_soap(root) and found[0].profile.envelope.style == "SOAP"):
        names = ", ".join(dict.fromkeys(local(one.tag) for one in documents))
        text = f"{names} is wrapped in {local(root.tag)}, which is passed over"
        notes.at(faults.WRAPPER, root, text, value=local(root.tag), remedy="send the document itself")
    return Opened(outer, found, notes, inside)


def _unknown(root: Any, profiles: Sequence[Profile], notes: Notes) -> None:
    """Note that a file holds no document."""
    known = dict.fromkeys(kind.root for profile in profiles for kind in profile.messages)
    text = f"there is no document in {local(root.tag)}{suggestion(local(root.tag), known)}"
    notes.at(faults.UNKNOWN_DOCUMENT, root, text, value=local(root.tag), remedy=f"send one of {', '.join(known)}")


def _documents(element: Any, profiles: Sequence[Profile], depth: int = 0) -> list[Any]:
    """Return the outermost document elements below an element."""
    if depth >= _WRAPPED:
        return []
    found = []
    for child in element:
        if _is_document(child, profiles):
            found.append(child)
        else:
            found += _documents(child, profiles, depth + 1)
    return found


def _is_document(element: Any, profiles: Sequence[Profile]) -> bool:
    return any(profile.has_root(local(element.tag)) for profile in profiles)


def _found(root: Any, outer: Any | None, profiles: Sequence[Profile], notes: Notes) -> Found:
    """Return what a document is: by its namespace, where that is known or names the message; else by its names."""
    name, space = local(root.tag), namespace(root.tag)
    by_name = [
        (profile, kind)
        for profile in profiles
        for kind in profile.messages
        if kind.root == name and header.holds(root, kind.when)
    ] or [(profile, kind) for profile in profiles for kind in profile.messages if kind.root == name]
    exact = [(profile, kind) for profile, kind in by_name if kind.namespace == space]
    if exact:
        return Found(root, *max(exact, key=lambda one: len(one[1].when)), lenient=False)
    accepted = next(((profile, kind) for profile, kind in by_name if space in kind.accepts), None)
    namesake = next(((profile, kind) for profile, kind in by_name if space and kind.name in space), None)
    profile, kind = accepted or namesake or likeliest(root, outer, by_name)
    wanted = f"use the namespace {kind.namespace}"
    if not space:
        text = f"{name} is in no namespace; it is read as {kind.name} of profile {profile.name}"
        notes.at(faults.NO_NAMESPACE, root, text, remedy=wanted)
    elif accepted:
        text = f"{name} is in the namespace {space}; it is read as {kind.name} of profile {profile.name}"
        notes.at(faults.OTHER_NAMESPACE, root, text, value=space, remedy=wanted)
    else:
        text = f"no profile knows the namespace {space}: {name} is read by its names, and not checked against a schema"
        notes.at(faults.UNKNOWN_NAMESPACE, root, text, value=space, remedy=f"{wanted}, or add a profile for it")
    return Found(root, profile, kind, lenient=bool(space) and not accepted)


class _Reading:
    """One document being read: placed on construction, so that it can be checked together with its neighbours."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.schema: Schema = compiled(found.profile, found.kind)
        self.notes = Notes(self.schema.repeating)
        silent = {namespace(found.root.tag)}
        if found.lenient:
            silent |= {namespace(element.tag) for element in found.root.iter()}
        self.placed: Placed = Placer(self.schema, self.notes, silent, found.lenient).place(found.root)

    def message(self) -> Message:
        reference = header.first_value(self.found.root, self.found.kind.reference)[0]
        return Message(
            type=self.schema.type,
            reference=reference,
            places=self.placed.places,
            records=self.placed.records,
            findings=tuple(_in_message(finding, reference) for finding in sorted(self.notes.all(), key=_line)),
            origin=self.schema,
        )


def _line(finding: Finding) -> int:
    return finding.position.line or 0


def _in_message(finding: Finding, reference: str) -> Finding:
    return replace(finding, position=replace(finding.position, message=reference)) if reference else finding


def _check(opened: Opened, readings: Sequence[_Reading]) -> None:
    """Check documents against their schemas, all at once under an envelope that is the profile's own.

    Elements that the schema does not have were reported when they were placed. They are taken out for the check: one
    of them would hide every other fault beside it.
    """
    checked = [reading for reading in readings if not reading.found.lenient]
    roots = {reading.found.root: reading for reading in checked}
    with without([element for reading in checked for element in reading.placed.unknown]):
        for top, profile in _tops(opened, readings):
            for fault in validator(profile).faults(top):
                holders = (roots.get(one) for one in (fault.element, *fault.element.iterancestors()))
                reading = next((one for one in holders if one), None)
                notes = reading.notes if reading else opened.notes
                notes.at(fault.code, fault.element, fault.text, value=fault.value, remedy=fault.remedy)


def _tops(opened: Opened, readings: Sequence[_Reading]) -> list[tuple[Any, Profile]]:
    """Return the elements to check: the envelope where a profile has it, else each document of a known namespace."""
    known = [reading.found for reading in readings if not reading.found.lenient]
    if opened.outer is not None and known and len(known) == len(readings):
        profile = known[0].profile
        if opened.outer.tag == f"{{{profile.envelope.namespace}}}{profile.envelope.root}":
            return [(opened.outer, profile)]
    return [(found.root, found.profile) for found in known]


@contextmanager
def without(elements: Sequence[Any]) -> Iterator[None]:
    """Take elements out of their tree, and put them back where they were."""
    places = [(element.getparent(), element.getparent().index(element), element) for element in reversed(elements)]
    for parent, _, element in places:
        parent.remove(element)
    yield
    for parent, index, element in reversed(places):
        parent.insert(index, element)


def _profile(opened: Opened, profiles: Sequence[Profile]) -> Profile:
    return opened.documents[0].profile if opened.documents else profiles[0]
