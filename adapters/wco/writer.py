"""Records to XML bytes: namespaces and envelope of the profile, one escape for the whole document, then our own check.

What we write is read back and checked against the schema: an invalid output is our fault and raises `EncodeError`
with path and rule, and is never sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.wco import parser, soap
from adapters.wco.dates import stated
from adapters.wco.header import COMMUNICATION
from adapters.wco.intermediate import CLOSE, QUOTE, end, markup, start
from adapters.wco.profile import DocumentKind, Profile
from adapters.wco.schema import Schema, compiled
from adapters.wco.validation import validator
from adapters.wco.xpath import readable
from gateway.errors import EncodeError
from gateway.model.stages import Envelope, Written

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def encode(profile: Profile, messages: Sequence[Written], envelope: Envelope) -> bytes:
    """Return one XML file of the messages.

    Raises `EncodeError` when the profile has no such message, cannot hold several, or the result is not valid.
    """
    if not messages:
        raise EncodeError("there is no message to write")
    kinds = [_kind(profile, message) for message in messages]
    documents = [_document(profile, kind, message) for kind, message in zip(kinds, messages, strict=True)]
    if profile.envelope.style == "none" or not profile.envelope.root:
        if len(documents) > 1:
            raise EncodeError(f"without an envelope ({profile.name}) a file holds one document, not {len(documents)}")
        text = documents[0]
    else:
        text = "".join(_enveloped(profile, kinds[0], documents, envelope))
    try:
        content = (_DECLARATION + markup(text)).encode()
    except UnicodeEncodeError as error:
        raise EncodeError(f"the document holds a character that cannot be written: {error.reason}") from error
    _checked(profile, content, [compiled(profile, kind) for kind in kinds])
    return soap.wrapped(content, profile.envelope.operation) if profile.envelope.style == "SOAP" else content


def _kind(profile: Profile, message: Written) -> DocumentKind:
    kind = profile.kind(message.type.name)
    if kind is None:
        known = ", ".join(one.name for one in profile.messages)
        raise EncodeError(f"profile {profile.name} has no message {message.type.name!r}; it has {known}")
    return kind


def _document(profile: Profile, kind: DocumentKind, message: Written) -> str:
    """Return a document in intermediate form, its namespaces declared on its element."""
    text, opening = "".join(message.body), start(kind.root)
    if not text.startswith(opening):
        raise EncodeError(f"the body of {message.type} does not start with {kind.root}: the map writes no document")
    prefixes = compiled(profile, kind).prefixes
    spaces = [_attribute("xmlns", kind.namespace), *(_attribute(f"xmlns:{p}", n) for n, p in prefixes.items())]
    return opening[:-1] + "".join(spaces) + CLOSE + text[len(opening) :]


def _attribute(name: str, value: str) -> str:
    return f" {name}={QUOTE}{value}{QUOTE}"


def _value(name: str, text: str) -> str:
    return f"{start(name)}{text}{end(name)}" if text else ""


def _enveloped(profile: Profile, kind: DocumentKind, documents: Sequence[str], envelope: Envelope) -> Iterator[str]:
    style = profile.envelope
    space = _attribute("xmlns", style.namespace) if style.namespace else ""
    yield start(style.root)[:-1] + space + CLOSE
    header = "".join(_value(name, value) for name, value in _head(profile, kind, envelope))
    yield f"{start(style.head)}{header}{end(style.head)}" if style.head and header else header
    if style.communication:
        yield from _communication(profile, kind, envelope)
    yield from documents
    yield end(style.root)


def _head(profile: Profile, kind: DocumentKind, envelope: Envelope) -> Iterator[tuple[str, str]]:
    """Yield name and value of each element of the envelope's head, the message's own values in place of others."""
    known = {
        "type_name": kind.type_name,
        "reference": envelope.reference,
        "sender": envelope.sender.id if envelope.sender else "",
        "recipient": envelope.recipient.id if envelope.recipient else "",
        "prepared": envelope.prepared,
    }
    own = dict(kind.header)
    for name, value in profile.envelope.header:
        yield name, own.get(name, value).format_map(known)


def _communication(profile: Profile, kind: DocumentKind, envelope: Envelope) -> Iterator[str]:
    """Yield the part of the envelope that says who exchanges what."""
    parts = [_value("ApplicationReferenceID", envelope.reference), _prepared(profile, kind, envelope.prepared)]
    if envelope.test:
        parts.append(_value("TestIndicator", "true"))
    for name, party in (("Recipient", envelope.recipient), ("Sender", envelope.sender)):
        if party is not None:
            parts.append(f"{start(name)}{_value('ID', party.id)}{end(name)}")
    if any(parts):
        yield f"{start(COMMUNICATION)}{''.join(parts)}{end(COMMUNICATION)}"


def _prepared(profile: Profile, kind: DocumentKind, prepared: str) -> str:
    digits, code = stated(prepared)
    types = next(iter(compiled(profile, kind).prefixes), "")
    if not code or code not in profile.formats or not types:
        return ""
    inner = f"{start('DateTimeString')[:-1]}{_attribute('xmlns', types)}{_attribute('formatCode', code)}{CLOSE}"
    return f"{start('PreparationDateTime')}{inner}{digits}{end('DateTimeString')}{end('PreparationDateTime')}"


def _checked(profile: Profile, content: bytes, schemas: Sequence[Schema]) -> None:
    """Raise `EncodeError` when what was written is not what the profile allows."""
    read = parser.parse(content)
    if read.root is None:
        raise EncodeError(f"what was written is no XML: {read.findings[0].text}")
    repeating = frozenset[str]().union(*(schema.repeating for schema in schemas))
    fault = validator(profile).first_fault(read.root)
    if fault is not None:
        where = readable(fault.element, repeating)
        raise EncodeError(f"{where}: {fault.text}; {fault.remedy} (schema of {profile.name})")
    dates = {leaf.tags[-1] for schema in schemas for leaves in schema.leaves for leaf in leaves if len(leaf.tags) > 1}
    for element in read.root.iter(*dates) if dates and profile.formats else ():
        if element.get("formatCode") not in profile.formats:
            code = element.get("formatCode")
            raise EncodeError(
                f"{readable(element, repeating)}: profile {profile.name} does not write dates in format {code}; "
                f"it writes {', '.join(sorted(profile.formats))}"
            )
