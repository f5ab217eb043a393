"""UN/EDIFACT as the gateway sees it: the `Adapter` of syntax versions 1 to 3."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from adapters.edifact import clauses, contrl, directory, quoting, reader, writer
from adapters.edifact.grammar import EdifactGrammar
from adapters.edifact.message import structure_of
from adapters.edifact.origin import Origin
from gateway.errors import MappingError
from gateway.model.acknowledgment import Acknowledgment
from gateway.model.conventions import AS_DECLARED, Conventions
from gateway.model.customs_response import PointerStep
from gateway.model.finding import Finding, Position
from gateway.model.place import Locator
from gateway.model.stages import Envelope, Interchange, Message, MessageType, Written
from gateway.plugin import Bytes, Clause, Names, Quote, Target


class EdifactAdapter:
    """Bytes to placed segments and back, and CONTRL; implements `gateway.plugin.Adapter`."""

    standard = "edifact"
    content_type = "application/edifact"

    def recognises(self, head: bytes) -> bool:
        """Whether the first bytes hold the start of an interchange or of a message."""
        return reader.recognises(head)

    def envelope(self, content: bytes) -> Envelope:
        """Return what UNB says, and the types of the messages of the first interchange."""
        return reader.read_envelope(content)

    def decode(
        self,
        chunks: Iterable[bytes],
        conventions: Conventions = AS_DECLARED,  # noqa: ARG002
    ) -> Iterator[Message | Interchange]:
        """Yield each message as it ends, and each interchange after its messages."""
        return reader.read(chunks)

    def versions(self, name: str) -> Sequence[str]:
        """Return the directories that have a message, in order; CONTRL has one of its own."""
        every = (*directory.directories(), directory.SERVICE)
        return tuple(version for version in every if directory.message(name, version) is not None)

    def grammar(self, type: MessageType) -> EdifactGrammar:  # noqa: A002  # the Protocol's own word
        """Return the structure of a message type; raises `MappingError` when it is unknown."""
        found = structure_of(type)
        if found is None:
            raise MappingError(f"there is no structure of {type}: directories D95B to D24A, 47 messages and CONTRL D3")
        return EdifactGrammar(found, type)

    def position(self, message: Message, record: int, locator: Locator | None = None) -> Position:
        """Return where a segment (0 = UNH), or one value of it, stands in the bytes received."""
        origin: Origin = message.origin
        tag = message.records[record][0] if 0 <= record < len(message.records) else ""
        if locator is None:
            return origin.position(message.reference, record + 1, tag)
        component = None if locator.component is None else locator.component + 1
        return origin.position(message.reference, record + 1, tag, locator.element, component, locator.name)

    def encode(self, messages: Sequence[Written], envelope: Envelope) -> bytes:
        """Return the bytes of one interchange; raises `EncodeError` when it cannot be expressed."""
        return writer.encode(messages, envelope)

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
        return clauses.names(type, position)

    def clause(self, type: MessageType, finding: Finding) -> Clause | None:  # noqa: A002  # the Protocol's own word
        """Return the rule that a syntax finding goes by: of ISO 9735, or of the directory."""
        return clauses.clause(type, finding)


def _written_at(record: str, segment: int, locator: Locator | None) -> Position:
    tag = record.partition(writer.ELEMENT)[0]
    if locator is None:
        return Position(segment=segment, tag=tag)
    component = None if locator.component is None else locator.component + 1
    return Position(segment=segment, tag=tag, element=locator.element, component=component, name=locator.name)
