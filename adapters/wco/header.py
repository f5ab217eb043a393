"""What the envelope and the head of a document say of an interchange: reference, sender, recipient, test flag."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from adapters.wco.names import local
from adapters.wco.profile import STANDARD, DocumentKind, Profile
from gateway.model.stages import Envelope, MessageType, Party

COMMUNICATION = "CommunicationMetaData"
_IN_COMMUNICATION = {"reference": "ApplicationReferenceID", "sender": "Sender/ID", "recipient": "Recipient/ID"}


def first_value(root: Any, paths: Iterable[str]) -> tuple[str, str]:
    """Return the first value found at one of the paths, and its scheme, whatever the namespaces are."""
    for path in paths:
        found = _find(root, path)
        if found is not None and (found.text or "").strip():
            return found.text.strip(), found.get("schemeID", found.get("schemeAgencyID", ""))
    return "", ""


def _find(element: Any, path: str) -> Any | None:
    for step in path.split("/"):
        element = next((child for child in element if isinstance(child.tag, str) and local(child.tag) == step), None)
        if element is None:
            return None
    return element


def holds(root: Any, when: Iterable[tuple[str, Sequence[str]]]) -> bool:
    """Whether each of the paths leads to one of its values, whatever the namespaces are."""
    return all(first_value(root, (path,))[0] in values for path, values in when)


def _outside(profile: Profile, part: str) -> Iterable[str]:
    """Yield where an envelope names reference, sender or recipient: in its head, or as CommunicationMetaData."""
    for name, value in profile.envelope.header:
        if value == f"{{{part}}}":
            yield f"{profile.envelope.head}/{name}" if profile.envelope.head else name
    yield f"{COMMUNICATION}/{_IN_COMMUNICATION[part]}"


def envelope(
    profile: Profile, outer: Any | None, documents: Sequence[tuple[DocumentKind, Any]], types: Iterable[MessageType]
) -> Envelope:
    """Return the envelope of an interchange: from its envelope where that names it, else from its first document."""
    kind, document = documents[0] if documents else (None, None)
    own = (kind.reference, kind.sender, kind.recipient) if kind is not None else ((), (), ())
    found = []
    for part, fallback in zip(("reference", "sender", "recipient"), own, strict=True):
        value = first_value(outer, _outside(profile, part)) if outer is not None else ("", "")
        found.append(value if value[0] or document is None else first_value(document, fallback))
    reference, sender, recipient = found
    test = first_value(outer, (f"{COMMUNICATION}/TestIndicator",))[0] if outer is not None else ""
    prepared = ("IssueDateTime/DateTimeString", "IssueDateTime")
    return Envelope(
        standard=STANDARD,
        sender=Party(*sender) if sender[0] else None,
        recipient=Party(*recipient) if recipient[0] else None,
        reference=reference[0],
        syntax=profile.name,
        prepared=first_value(document, prepared)[0] if document is not None else "",
        test=test in ("true", "1"),
        types=tuple(dict.fromkeys(types)),
    )
