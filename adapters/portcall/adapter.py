"""The adapter of vessel events as JSON: what the gateway calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches

from adapters.portcall import clauses, parser, reader, writer
from adapters.portcall.faults import Lines, Notes
from adapters.portcall.grammar import JsonGrammar
from adapters.portcall.intermediate import entries
from adapters.portcall.placing import Placer
from adapters.portcall.structure import STANDARD, Structure, structures
from adapters.portcall.tree import Entry
from gateway.errors import MappingError, SettingsError
from gateway.model.acknowledgment import Acknowledgment
from gateway.model.conventions import AS_DECLARED, Conventions
from gateway.model.finding import Finding, Position
from gateway.model.place import Locator
from gateway.model.stages import Envelope, Interchange, Message, MessageType, Written
from gateway.model.statement import PointerStep
from gateway.plugin import Bytes, Clause, Names, Overlay, Quote, Target

_MARK = b"\xef\xbb\xbf"


class PortcallAdapter:
    """CloudEvents around our own, DCSA's and ITPCO's vocabularies. Implements `gateway.plugin.Adapter`."""

    standard = STANDARD
    content_type = "application/cloudevents+json"

    def __init__(self, *, most_bytes: int = parser.MAX_BYTES) -> None:
        self._most = most_bytes
        self._grammars: dict[str, JsonGrammar] = {}

    def with_site(self, files: Mapping[str, bytes]) -> PortcallAdapter:
        """Return this adapter: a site has nothing to add; raises `SettingsError` where it tries to."""
        for path in files:
            raise SettingsError(f"{STANDARD}/{path}: a site has no files for this standard: take it away")
        return self

    def overlays(self) -> Sequence[Overlay]:
        """Return none: nobody changes these tables."""
        return ()

    def recognises(self, head: bytes) -> bool:
        """Whether the first bytes are a JSON object or list."""
        return head.removeprefix(_MARK).lstrip()[:1] in (b"{", b"[")

    def envelope(self, content: bytes) -> Envelope:
        """Return reference and sender of a file; never raises for a partner's data."""
        file = reader.opened(content, self._most)
        roots = []
        for pointer, value in file.events:
            notes = Notes(file.lines)
            structure = reader.recognised(value, pointer, notes)
            if structure is not None:
                roots.append(Placer(structure, notes).place(value, pointer))
        return reader.envelope(tuple(roots))

    def decode(
        self,
        chunks: Iterable[bytes],
        conventions: Conventions = AS_DECLARED,  # noqa: ARG002  # the Protocol's word
    ) -> Iterator[Message | Interchange]:
        """Yield each event as a message and then the interchange; never raises for data.

        A file is held whole, up to the size limit.
        """
        return reader.read(chunks, self._most)

    def messages(self) -> Sequence[str]:
        """Return the names of the messages."""
        return tuple(structures())

    def versions(self, name: str) -> Sequence[str]:
        """Return the versions of a message."""
        found = structures().get(name)
        return (found.table.version,) if found else ()

    def structure(self, type: MessageType) -> Structure:  # noqa: A002  # the Protocol's word
        """Return the place tree of a message; raises `MappingError` when there is none."""
        found = structures().get(type.name)
        if found is None or type.version not in ("", found.table.version):
            known = [f"{name} {one.table.version}" for name, one in structures().items()]
            wanted = f"{type.name} {type.version}".strip()
            close = get_close_matches(wanted, known, 1, 0.6)
            raise MappingError(f"there is no message {wanted}" + (f"; did you mean {close[0]}?" if close else ""))
        return found

    def grammar(self, type: MessageType) -> JsonGrammar:  # noqa: A002  # the Protocol's word
        """Return a message as the mapping compiler sees it; raises `MappingError` when there is none."""
        found = self.structure(type)
        return self._grammars.setdefault(found.table.name, JsonGrammar(found))

    def position(self, message: Message, record: int, locator: Locator | None = None) -> Position:
        """Return line and JSON pointer of an object, or of a value in it; an absent value gets its place."""
        if not 0 <= record < len(message.records) or not isinstance(message.records[record], Entry):
            return Position(message=message.reference)
        entry: Entry = message.records[record]
        structure, lines = message.origin or (None, Lines(""))
        at, pointer = entry.at, entry.pointer
        if locator is not None and structure is not None:
            leaf = structure.leaves[entry.place.id].get(locator.text)
            at = entry.spots.get(leaf.member, at) if leaf else at
            pointer += leaf.step if leaf else ""
        name = locator.name if locator else ""
        return Position(message=message.reference, name=name, line=lines.of(at), xpath=pointer)

    def encode(self, messages: Sequence[Written], envelope: Envelope) -> bytes:
        """Return the JSON of one event, or a list of several; raises `EncodeError`."""
        return writer.encode(messages, envelope)

    def pointed_at(
        self,
        type: MessageType,  # noqa: A002, ARG002  # the Protocol's word
        body: Sequence[str],  # noqa: ARG002  # as above
        pointer: Sequence[PointerStep],  # noqa: ARG002  # as above
    ) -> Target | None:
        """Return None: nobody points into an event."""
        return None

    def written_at(
        self,
        type: MessageType,  # noqa: A002  # the Protocol's word
        body: Sequence[str],
        places: Iterable[tuple[int, Locator | None]],
    ) -> Sequence[Position]:
        """Return the JSON pointer of each object written, or of a value in it."""
        structure = self.structure(type)
        records, _ = entries(structure, body)
        found = []
        for record, locator in places:
            entry = records[record]
            leaf = structure.leaves[entry.place.id].get(locator.text) if entry and locator else None
            pointer = (entry.pointer if entry else "") + (leaf.step if leaf else "")
            found.append(Position(name=locator.name if locator else "", xpath=pointer))
        return found

    def acknowledge(
        self, interchange: Interchange, findings: Sequence[Finding], *, reference: str, now: datetime
    ) -> bytes | None:
        """Return None: an event has no syntax acknowledgment; the transport says whether it was taken."""

    def acknowledgments(self, message: Message) -> Acknowledgment | None:
        """Return None: no event acknowledges another."""

    def quote(self, finding: Finding, within: Message | Interchange, read: Bytes) -> Quote | None:
        """Return None: a place in JSON is a line."""

    def names(self, type: MessageType, position: Position) -> Names:  # noqa: A002  # the Protocol's word
        """Return the object and the member of a pointer."""
        return clauses.names(type, position)

    def clause(self, type: MessageType, finding: Finding) -> Clause | None:  # noqa: A002  # the Protocol's word
        """Return the rule that a finding goes by: of JSON, of CloudEvents, or of the message's table."""
        return clauses.clause(type, finding)
