"""UN/EDIFACT as the gateway sees it: the `Adapter` of every syntax version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from adapters.edifact import clauses, contrl, quoting, writer
from adapters.edifact.checks.elements import Rules
from adapters.edifact.checks.specification import Library, built_in_library
from adapters.edifact.directories.dictionary import SERVICE, SERVICE_4
from adapters.edifact.directories.repetition import standing
from adapters.edifact.grammar import EdifactGrammar
from adapters.edifact.reading import reader
from adapters.edifact.site_files import library_with
from adapters.edifact.syntax.origin import Origin
from adapters.edifact.syntax.versions import SYNTAX_3
from gateway.errors import MappingError
from gateway.model.acknowledgment import Acknowledgment
from gateway.model.conventions import AS_DECLARED, Conventions
from gateway.model.finding import Finding, Position
from gateway.model.place import Locator
from gateway.model.stages import Envelope, Interchange, Message, MessageType, Written
from gateway.model.statement import PointerStep
from gateway.plugin import Bytes, Clause, Names, Overlay, Quote, Target


class EdifactAdapter:
    """Bytes to placed segments and back, and CONTRL; implements `gateway.plugin.Adapter`."""

    standard = "edifact"
    content_type = "application/edifact"

    def __init__(self, library: Library | None = None) -> None:
        self.library = library or built_in_library()

    def with_site(self, files: Mapping[str, bytes]) -> EdifactAdapter:
        """Return this adapter with the directories and profiles of a site; raises `SettingsError` at a wrong one."""
        return EdifactAdapter(library_with(self.library, files)) if files else self

    def overlays(self) -> Sequence[Overlay]:
        """Return what each profile changes in each message, in the order in which they lie over each other."""
        order = self.library.dictionary.directories()
        return [
            Overlay(
                profile.name,
                profile.about,
                one.message,
                tuple(name for name in order if name in one.directories),
                one.guide,
                one.associations,
                one.changes,
            )
            for profile in self.library.profiles
            for one in profile.overlays
        ]

    def recognises(self, head: bytes) -> bool:
        """Whether the first bytes hold the start of an interchange or of a message."""
        return reader.recognises(head)

    def envelope(self, content: bytes) -> Envelope:
        """Return what UNB says, and the types of the messages of the first interchange."""
        return reader.read_envelope(content)

    def decode(
        self, chunks: Iterable[bytes], conventions: Conventions = AS_DECLARED
    ) -> Iterator[Message | Interchange]:
        """Yield each message as it ends, and each interchange after its messages."""
        return reader.read(chunks, conventions, self.library)

    def messages(self) -> Sequence[str]:
        """Return the names of the messages of all directories at hand, and CONTRL."""
        return self.library.dictionary.messages()

    def versions(self, name: str) -> Sequence[str]:
        """Return the directories that have a message, in order; CONTRL has two of its own."""
        dictionary = self.library.dictionary
        every = (*dictionary.directories(), SERVICE, SERVICE_4)
        return tuple(version for version in every if dictionary.has(name, version))

    def grammar(self, type: MessageType) -> EdifactGrammar:  # noqa: A002  # the Protocol's own word
        """Return the structure of a message type; raises `MappingError` when it is unknown."""
        found = self.library.specification(replace(type, association=""), Rules(SYNTAX_3)).structure
        if found is None:
            order = self.library.dictionary.directories()
            raise MappingError(
                f"there is no structure of {type} in directories {order[0]} to {order[-1]}, nor CONTRL D3"
            )
        return EdifactGrammar(found, type, self.library.dictionary)

    def position(self, message: Message, record: int, locator: Locator | None = None) -> Position:
        """Return where a segment (0 = UNH), or one value of it, stands in the bytes received."""
        origin: Origin = message.origin
        tag = message.records[record][0] if 0 <= record < len(message.records) else ""
        if locator is None:
            return origin.position(message.reference, record + 1, tag)
        component = None if locator.component is None else locator.component + 1
        element, occurrence = locator.element, None
        if origin.separators.repetition:
            directory = self.library.directory_of(message.type)
            definition = self.library.dictionary.segment(tag, directory, service="4", folded=True)
            element, occurrence = standing(locator.element, definition)
        return origin.position(message.reference, record + 1, tag, element, component, locator.name, occurrence)

    def encode(self, messages: Sequence[Written], envelope: Envelope) -> bytes:
        """Return the bytes of one interchange; raises `EncodeError` when it cannot be expressed."""
        return writer.encode(messages, envelope, self.library.dictionary)

    def pointed_at(
        self,
        type: MessageType,  # noqa: A002, ARG002  # the Protocol's own words
        body: Sequence[str],  # noqa: ARG002
        pointer: Sequence[PointerStep],  # noqa: ARG002
    ) -> Target | None:
        """Return None: pointers of the WCO Data Model mean nothing in an EDIFACT message."""
        return None

    def written_at(
        self,
        type: MessageType,  # noqa: A002, ARG002  # the Protocol's own words
        body: Sequence[str],
        places: Iterable[tuple[int, Locator | None]],
    ) -> Sequence[Position]:
        """Return the segment of each written record, UNH being 1, with element and component of a value."""
        return [_written_at(body[record], record + 2, locator) for record, locator in places]

    def acknowledge(
        self, interchange: Interchange, findings: Sequence[Finding], *, reference: str, now: datetime
    ) -> bytes | None:
        """Return the CONTRL for an interchange, or None where there must be none."""
        return contrl.acknowledge(interchange, findings, reference=reference, now=now)

    def acknowledgments(self, message: Message) -> Acknowledgment | None:
        """Return what a CONTRL says, or None when the message is no CONTRL."""
        return contrl.acknowledgments(message)

    def quote(self, finding: Finding, within: Message | Interchange, read: Bytes) -> Quote | None:
        """Return the segment as received that a finding is about."""
        return quoting.quote(finding, within, read)

    def names(self, type: MessageType, position: Position) -> Names:  # noqa: A002  # the Protocol's own word
        """Return what the directory calls a segment, element and component."""
        return clauses.names(self.library.dictionary, type, position)

    def clause(self, type: MessageType, finding: Finding) -> Clause | None:  # noqa: A002  # the Protocol's own word
        """Return the rule that a syntax finding goes by: of ISO 9735, or of the directory."""
        return clauses.clause(self.library.dictionary, type, finding)


def _written_at(record: str, segment: int, locator: Locator | None) -> Position:
    tag = record.partition(writer.ELEMENT)[0]
    if locator is None:
        return Position(segment=segment, tag=tag)
    component = None if locator.component is None else locator.component + 1
    return Position(segment=segment, tag=tag, element=locator.element, component=component, name=locator.name)
