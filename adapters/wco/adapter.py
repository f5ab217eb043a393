"""The WCO XML adapter: what the gateway calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from adapters.wco import clauses, header, parser, reader, writer
from adapters.wco import pointer as pointers
from adapters.wco.grammar import WcoGrammar
from adapters.wco.names import suggestion
from adapters.wco.outline import outline
from adapters.wco.profile import STANDARD, Profile, shipped
from adapters.wco.schema import Schema, compiled
from adapters.wco.xpath import line_of, readable
from gateway.errors import MappingError, SettingsError
from gateway.model.acknowledgment import Acknowledgment
from gateway.model.conventions import AS_DECLARED, Conventions
from gateway.model.finding import Finding, Position
from gateway.model.place import Locator
from gateway.model.stages import Envelope, Interchange, Message, MessageType, Written
from gateway.model.statement import PointerStep
from gateway.plugin import Bytes, Clause, Names, Overlay, Quote, Target

_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class WcoAdapter:
    """WCO Data Model XML in one profile, and in `others` where a document or message type is of theirs.

    Implements `gateway.plugin.Adapter`. Without a profile, every shipped one is known. A message type's association
    is the name of its profile; without one, the first profile that has the message is meant.
    """

    standard = STANDARD
    content_type = "application/xml"

    def __init__(
        self, profile: Profile | None = None, others: Sequence[Profile] = (), *, most_bytes: int = parser.MAX_BYTES
    ) -> None:
        self.profiles = (*((profile,) if profile else shipped()), *others)
        self._most = most_bytes
        self._grammars: dict[MessageType, WcoGrammar] = {}

    def with_site(self, files: Mapping[str, bytes]) -> WcoAdapter:
        """Return this adapter: a site has nothing to add; raises `SettingsError` where it tries to."""
        for path in files:
            raise SettingsError(f"wco/{path}: a site has no files for this standard: take it away")
        return self

    def overlays(self) -> Sequence[Overlay]:
        """Return none: a profile of the WCO Data Model is a schema of its own, not a change in another."""
        return ()

    def recognises(self, head: bytes) -> bool:
        """Whether the first bytes are XML: a byte order mark or white space, then `<`."""
        for mark in _MARKS:
            head = head.removeprefix(mark)
        return head.replace(b"\0", b"").lstrip().startswith(b"<")

    def envelope(self, content: bytes) -> Envelope:
        """Return reference, sender and recipient of a file; never raises for a partner's data."""
        parsed = parser.parse(content) if len(content) <= self._most else parser.too_large(self._most)
        if parsed.root is None:
            return Envelope(STANDARD, syntax=self.profiles[0].name)
        opened = reader.open_document(parsed.root, self.profiles)
        profile = opened.documents[0].profile if opened.documents else self.profiles[0]
        documents = [(found.kind, found.root) for found in opened.documents]
        types = [found.profile.type_of(found.kind) for found in opened.documents]
        return header.envelope(profile, opened.outer, documents, types)

    def decode(
        self,
        chunks: Iterable[bytes],
        conventions: Conventions = AS_DECLARED,  # noqa: ARG002
    ) -> Iterator[Message | Interchange]:
        """Yield each document as a message and then the interchange; never raises for data.

        A file is held whole, up to the size limit: one XML document is one message.
        """
        return reader.read(chunks, self.profiles, self._most)

    def messages(self) -> Sequence[str]:
        """Return the names of the messages that the profiles have."""
        return tuple(dict.fromkeys(kind.name for profile in self.profiles for kind in profile.messages))

    def versions(self, name: str) -> Sequence[str]:
        """Return the versions of a message that the profiles have."""
        kinds = (profile.kind(name) for profile in self.profiles)
        return tuple(dict.fromkeys(kind.version for kind in kinds if kind))

    def schema(self, type: MessageType) -> Schema:  # noqa: A002  # the Protocol's word
        """Return the place tree of a message; raises `MappingError` when no profile has it."""
        profile = self._profile(type)
        kind = profile.kind(type.name)
        if kind is None or type.version not in ("", kind.version):
            known = [f"{kind.name} {kind.version}" for kind in profile.messages]
            wanted = f"{type.name} {type.version}".strip()
            raise MappingError(f"profile {profile.name} has no message {wanted}{suggestion(wanted, known)}")
        return compiled(profile, kind)

    def grammar(self, type: MessageType) -> WcoGrammar:  # noqa: A002  # the Protocol's word
        """Return a message as the mapping compiler sees it; raises `MappingError` when no profile has it."""
        if type not in self._grammars:
            self._grammars[type] = WcoGrammar(self.schema(type))
        return self._grammars[type]

    def position(self, message: Message, record: int, locator: Locator | None = None) -> Position:
        """Return line and readable path of a class element, or of a value in it; an absent value gets its place."""
        repeating = message.origin.repeating if isinstance(message.origin, Schema) else frozenset()
        if not 0 <= record < len(message.records):
            return Position(message=message.reference)
        element = message.records[record]
        path = readable(element, repeating) + pointers.value_path(locator)
        if locator is not None and isinstance(message.origin, Schema) and message.places[record]:
            leaf = message.origin.leaf(message.origin.places[message.places[record]], locator.leaf)
            for tag in leaf.tags if leaf else (f"{{*}}{name}" for name in locator.leaf):
                inner = element.find(tag)
                element = element if inner is None else inner
        return Position(
            message=message.reference, name=locator.name if locator else "", line=line_of(element), xpath=path
        )

    def encode(self, messages: Sequence[Written], envelope: Envelope) -> bytes:
        """Return the XML of one or, in an envelope, several messages of one profile; raises `EncodeError`."""
        profile = self._profile(messages[0].type) if messages else self.profiles[0]
        return writer.encode(profile, messages, envelope)

    def xpaths(self, type: MessageType, body: Sequence[str]) -> tuple[str, ...]:  # noqa: A002  # as in `schema`
        """Return the readable path of every entry of a written body (an end tag has the path of what it ends)."""
        return tuple(one.xpath if one else "" for one in outline(body, self.schema(type).repeating))

    def resolve_pointer(self, type: MessageType, steps: Sequence[PointerStep]) -> pointers.Pointed | None:  # noqa: A002  # as in `schema`
        """Return what a WCO pointer means in a message; None when it does not start in it."""
        return pointers.resolve_pointer(self.schema(type), steps)

    def pointer_for(
        self,
        type: MessageType,  # noqa: A002  # as in `schema`
        path: pointers.Path,
        locator: Locator | None = None,
    ) -> tuple[PointerStep, ...]:
        """Return the WCO pointer to a class or value; () when it has none."""
        return pointers.pointer_for(self.schema(type), path, locator)

    def pointed_at(
        self,
        type: MessageType,  # noqa: A002  # the Protocol's word
        body: Sequence[str],
        pointer: Sequence[PointerStep],
    ) -> Target | None:
        """Return the place of a written body that a pointer means."""
        return pointers.pointed_at(self.schema(type), body, pointer)

    def written_at(
        self,
        type: MessageType,  # noqa: A002  # the Protocol's word
        body: Sequence[str],
        places: Iterable[tuple[int, Locator | None]],
    ) -> Sequence[Position]:
        """Return the readable path of each class written, or of a value in it."""
        paths = self.xpaths(type, body)
        return [
            Position(name=locator.name if locator else "", xpath=paths[record] + pointers.value_path(locator))
            for record, locator in places
        ]

    def acknowledge(
        self, interchange: Interchange, findings: Sequence[Finding], *, reference: str, now: datetime
    ) -> bytes | None:
        """Return None: WCO XML has no syntax acknowledgment; a Response document answers, through a map."""

    def acknowledgments(self, message: Message) -> Acknowledgment | None:
        """Return None: a Response is a document of its own (`CustomsResponse`), read through a map."""

    def quote(self, finding: Finding, within: Message | Interchange, read: Bytes) -> Quote | None:
        """Return None: a place in XML is a line."""

    def names(self, type: MessageType, position: Position) -> Names:  # noqa: A002  # the Protocol's word
        """Return the class and the attribute of a readable path, with their WCO ids."""
        profile = self._profile(type)
        kind = profile.kind(type.name)
        return clauses.names(compiled(profile, kind) if kind else None, position)

    def clause(self, type: MessageType, finding: Finding) -> Clause | None:  # noqa: A002  # the Protocol's word
        """Return the rule that a finding goes by: of XML, or of the profile's schema."""
        return clauses.clause(self._profile(type), type, finding)

    def _profile(self, type: MessageType) -> Profile:  # noqa: A002  # as in `schema`
        named = [profile for profile in self.profiles if profile.name == type.association]
        kinds = ((profile, profile.kind(type.name)) for profile in self.profiles)
        having = [profile for profile, kind in kinds if kind and type.version in ("", kind.version)]
        return next(iter(named or having), self.profiles[0])
