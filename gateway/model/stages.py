"""The values of each stage of the one-way path: one frozen type per stage.

Arrival -> Message, Interchange -> Mapped -> Delivery -> Receipt
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from gateway.model.finding import Finding, Position
from gateway.model.occasion import Await

if TYPE_CHECKING:
    from pydantic import BaseModel

    from gateway.model.place import Locator


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a transport received, verbatim.

    `attributes` are the transport's own words about it (file name, content type, principal): they are
    recorded, and never become control values.
    """

    id: str
    endpoint: str
    received_at: datetime
    content: bytes
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """Hex digest of the content."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Party:
    """A partner as an envelope names it: identifier, and the qualifier that says whose list it is from.

    `sub` is an internal sub-identification (0042, 0046 of syntax version 4): it tells interchanges apart, not partners.
    """

    id: str
    qualifier: str = ""
    sub: str = ""

    def __str__(self) -> str:
        return f"{self.id}:{self.qualifier}" if self.qualifier else self.id


@dataclass(frozen=True, slots=True)
class MessageType:
    """The type of a message: CUSCAR D95B of UN, or WCO cargo-report 1."""

    standard: str
    name: str
    version: str = ""
    agency: str = ""
    association: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.name, self.version, self.association) if part)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the outside of an interchange says, read without its body.

    `syntax` is as declared (UNOC:3, or the XML profile's name); `reference` is UNB 0020, or the LRN of
    an XML document; `types` the message types found, in order, without repeats. `prepared` as written.
    `span` holds the bytes of the interchange (start, end) where several may stand in one arrival.
    """

    standard: str
    sender: Party | None = None
    recipient: Party | None = None
    reference: str = ""
    syntax: str = ""
    prepared: str = ""
    application: str = ""
    test: bool = False
    wants_acknowledgment: bool = False
    types: tuple[MessageType, ...] = ()
    span: tuple[int, int] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Message:
    """One decoded message as a placed stream: `records[i]` sits at place `places[i]` of its structure.

    Place 0 marks a record that no place takes (already reported in `findings`). `origin` is what the
    adapter needs to answer `Adapter.position`; nobody else looks inside. `known` is False when the
    directory or message is unknown: then `places` is all 0.
    """

    type: MessageType
    reference: str
    places: Sequence[int]
    records: Sequence[Any]
    findings: tuple[Finding, ...] = ()
    known: bool = True
    origin: Any = None


@dataclass(frozen=True, slots=True)
class Interchange:
    """The end of one interchange: its envelope and every finding that belongs to no message.

    `messages` lists reference and type of each message it held, in order; `detail` is the adapter's
    own record of the service segments, for its acknowledgment.
    """

    envelope: Envelope
    findings: tuple[Finding, ...] = ()
    messages: Sequence[tuple[str, MessageType]] = ()
    detail: Any = None


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where one canonical value came from, or went: record number and locator inside a message."""

    path: str
    record: int
    locator: Locator | None = None


@dataclass(frozen=True, slots=True)
class Mapped:
    """One canonical document, with what reading it found."""

    document: BaseModel | None
    type: MessageType
    reference: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Loss:
    """Something of a document that a map could not write as it stands: `why` in a few words."""

    path: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Written:
    """One message body as its adapter encodes it, and what the map could not carry.

    `body` holds the records in order, in the adapter's own intermediate form.
    """

    type: MessageType
    body: Sequence[str]
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """Bytes due at an endpoint. `key` is the idempotency key: every attempt sends the same bytes and key.

    Deliveries of one `order` ("" for none) go one after another, as they were made. One with `after` waits until the
    delivery of that id is settled, by whatever way. `resends` is the delivery that this one repeats under a new key.
    With `awaits` it is due as soon as that happens, and at `due_at` at the latest. `files` says that it takes its
    document to whom the filing is addressed: how it goes is how the filing goes.
    """

    id: str
    key: str
    agreement: str
    endpoint: str
    content: bytes
    content_type: str
    kind: str  # "document", "acknowledgment"
    due_at: datetime
    document: str | None = None
    arrival: str | None = None
    name: str = ""  # file name where the transport needs one
    description: str = ""
    references: tuple[tuple[str, str], ...] = ()
    order: str = ""
    after: str = ""
    resends: str = ""
    awaits: Await | None = None
    files: bool = False


class Outcome(StrEnum):
    """How one attempt to deliver ended."""

    DELIVERED = "delivered"
    BUSY = "busy"
    REFUSED = "refused"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the counterparty's transport answered to one attempt."""

    delivery: str
    at: datetime
    outcome: Outcome
    detail: str = ""
    retry_at: datetime | None = None
    answer: bytes = b""


__all__ = [
    "Arrival",
    "Delivery",
    "Envelope",
    "Interchange",
    "Lineage",
    "Loss",
    "Mapped",
    "Message",
    "MessageType",
    "Outcome",
    "Party",
    "Position",
    "Receipt",
    "Written",
]
