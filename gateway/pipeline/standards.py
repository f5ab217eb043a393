"""The standards and maps in one hand: bytes to checked documents, documents to bytes, and lineage by replay.

Steps 4 to 6 and 9 of the one-way path, pure: the command line uses them without a store, the runner with one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gateway.errors import EncodeError, MappingError
from gateway.mapping.lineage import Origins
from gateway.mapping.registry import Registry
from gateway.mapping.writing import Writer, WrittenReading
from gateway.model.base import Part
from gateway.model.conventions import AS_DECLARED, Conventions
from gateway.model.customs_response import CustomsResponse
from gateway.model.finding import Finding, Kind, Position, Severity
from gateway.model.policy import Policy
from gateway.model.stages import Envelope, Interchange, Loss, Message, MessageType, Written
from gateway.plugin import Adapter
from gateway.validation import check

_HEAD = 1024  # bytes by which a standard is recognised


@dataclass(frozen=True, slots=True)
class Read:
    """One message as understood: decoded, its document if a map could read it, and every finding, judged."""

    message: Message
    document: Part | None
    findings: tuple[Finding, ...]

    @property
    def rejected(self) -> bool:
        """Whether any finding rejects the message."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Output:
    """The bytes of a document in one standard, the type written, and what could not be carried."""

    content: bytes
    content_type: str
    type: MessageType
    losses: tuple[Loss, ...]


@dataclass(frozen=True, slots=True)
class Standards:
    """Adapters by standard, and the maps between them and the canonical documents."""

    adapters: Mapping[str, Adapter]
    registry: Registry

    def recognise(self, content: bytes) -> Adapter | None:
        """Return the adapter whose standard the first bytes look like, or None."""
        head = content[:_HEAD]
        return next((adapter for adapter in self.adapters.values() if adapter.recognises(head)), None)

    def read(
        self,
        adapter: Adapter,
        chunks: Iterable[bytes],
        policy: Policy | None = None,
        conventions: Conventions = AS_DECLARED,
    ) -> Iterator[Read | Interchange]:
        """Yield each message understood and checked, and each interchange after its messages.

        Never raises for a partner's data; memory is bounded by one message.
        """
        judge = (policy or Policy()).judge_all
        for item in adapter.decode(chunks, conventions):
            if isinstance(item, Interchange):
                yield replace(item, findings=judge(item.findings))
            else:
                yield self._understood(adapter, item, judge)

    def _understood(self, adapter: Adapter, message: Message, judge: Any) -> Read:
        decoded = judge(message.findings)
        reader = self.registry.reader(message.type) if message.known else None
        if reader is None:
            return Read(message, None, decoded)
        mapped = reader.read(message, adapter.position)
        document = mapped.document if isinstance(mapped.document, Part) else None
        faults = check(document) if document is not None else ()
        if faults:
            faults = self._placed(adapter, message, faults)
        return Read(message, document, (*decoded, *judge((*mapped.findings, *faults))))

    def _placed(self, adapter: Adapter, message: Message, faults: Iterable[Finding]) -> tuple[Finding, ...]:
        """Give findings on canonical paths their places in the message, by reading it again with lineage."""
        origins = self.origins(adapter, message)
        placed = []
        for fault in faults:
            found = origins.position(fault.path) if origins else None
            placed.append(replace(fault, position=found[0] if found else adapter.position(message, 0)))
        return tuple(placed)

    def origins(self, adapter: Adapter, message: Message) -> Origins | None:
        """Return where each canonical value of a message came from; None when no map reads it."""
        reader = self.registry.reader(message.type) if message.known else None
        if reader is None:
            return None
        return Origins(reader.map, reader.explain(message, adapter.position), adapter.position)

    def write(self, document: Part, wanted: MessageType, envelope: Envelope) -> Output:
        """Return a document as one interchange of the type wanted.

        Raises `EncodeError` when no map writes it or its standard cannot express it.
        """
        written = self.body(document, wanted)
        return self.output([written], envelope)

    def body(self, document: Part, wanted: MessageType) -> Written:
        """Return a document as one message body of the type wanted; raises `EncodeError` when no map writes it."""
        return replace(self._writer(wanted)[1].write(document), type=wanted)

    def output(self, written: Sequence[Written], envelope: Envelope) -> Output:
        """Return bodies of one type as one interchange; raises `EncodeError` when their standard cannot express it."""
        wanted = written[0].type
        adapter = self._writer(wanted)[0]
        losses = tuple(loss for one in written for loss in one.losses)
        return Output(adapter.encode(written, envelope), adapter.content_type, wanted, losses)

    def is_answer(self, type_: MessageType) -> bool:
        """Whether messages of this name are answers, in whatever version: those are never answered themselves."""
        return any(
            entry.head.document == CustomsResponse.__name__
            for entry in self.registry.entries()
            if (entry.standard, entry.message) == (type_.standard, type_.name)
        )

    def explain_writing(self, document: Part, wanted: MessageType) -> WrittenReading:
        """Write again with lineage: which record every canonical value went to."""
        return self._writer(wanted)[1].explain(document)

    def _writer(self, wanted: MessageType) -> tuple[Adapter, Writer]:
        adapter = self.adapters.get(wanted.standard)
        if adapter is None:
            raise EncodeError(f"there is no adapter for {wanted.standard!r}")
        try:
            writer = self.registry.writer(wanted)
        except MappingError as error:
            raise EncodeError(f"the map for {wanted} cannot be used: {error}") from error
        if writer is None:
            raise EncodeError(f"no map writes {wanted.standard} {wanted}")
        return adapter, writer


def not_recognised(content: bytes) -> Finding:
    """Return the finding on bytes of no standard that is installed."""
    shown = content[:32].decode("ascii", "backslashreplace")
    text = "these bytes are of no standard known here" if content else "there is nothing here: the content is empty"
    return Finding(
        "PH-0001",
        Kind.SYNTAX,
        text,
        Position(offset=0),
        value=shown,
        remedy="send UN/EDIFACT (from UNA or UNB on) or WCO XML",
    )


def loss_finding(loss: Loss, target: MessageType) -> Finding:
    """Return the note that something of a document was not written to a target."""
    return Finding(
        "PH-2101",
        Kind.MAPPING,
        f"not carried to {target.standard} {target}: {loss.why}",
        severity=Severity.NOTE,
        path=loss.path,
        value=loss.value[:200],
        remedy="none, if the receiver does not need it",
    )
