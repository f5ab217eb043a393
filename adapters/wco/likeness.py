"""Which message a document is, where its namespace does not say: the one whose schema knows most of its elements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.wco.names import local
from adapters.wco.profile import DocumentKind, Profile
from adapters.wco.schema import Leaf, Schema, compiled
from gateway.model.place import Place

Candidate = tuple[Profile, DocumentKind]


def likeliest(root: Any, outer: Any | None, candidates: Sequence[Candidate]) -> Candidate:
    """Return the candidate that leaves fewest elements unknown.

    Of several, one that puts its documents into an envelope like `outer` goes before one that does not, and the
    first before the others.
    """

    def unlikeness(candidate: Candidate) -> tuple[int, bool]:
        profile, kind = candidate
        envelope = profile.envelope
        enveloped = outer is not None and envelope.style != "none" and envelope.root == local(outer.tag)
        return unknown(root, compiled(profile, kind)), not enveloped

    return min(candidates, key=unlikeness)


def unknown(root: Any, schema: Schema) -> int:
    """Return how many elements a schema does not have, whatever their namespaces; what is below one is not counted."""
    names: dict[int, dict[str, Place | Leaf]] = {}
    count, stack = 0, [(root, schema.places[1])]
    while stack:
        element, place = stack.pop()
        if place.id not in names:
            members = reversed(list(schema.members[place.id].items()))
            names[place.id] = {local(tag): member for tag, member in members}
        for child in element:
            member = names[place.id].get(local(child.tag))
            if member is None:
                count += 1
            elif isinstance(member, Place):
                stack.append((child, member))
    return count
