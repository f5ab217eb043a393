"""What a processed step leaves behind: the values that the pipeline produces and the store keeps.

Everything in one `ProcessingResult` is committed together with the completion of its work item, or not
at all. Identifiers come from the caller and must be the same when a step is done again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.model.acknowledgment import Layer, Verdict
from gateway.model.filing import Statement
from gateway.model.finding import Finding
from gateway.model.occasion import Happening
from gateway.model.stages import Delivery


class Reception(StrEnum):
    """How an arrival compares with what came before under the same dedupe key."""

    NEW = "new"
    DUPLICATE = "duplicate"  # same key, same bytes: replay the acknowledgment, deliver nothing
    CONFLICT = "conflict"  # same key, other bytes: refuse (0085 = 26)


@dataclass(frozen=True, slots=True)
class Claim:
    """The wish to use a key for the first time: `within` is how long a use keeps others out, for good without it.

    `sha256` is the digest of the bytes that the key stands for, "" where only the key counts. `number` is the
    interchange of the arrival, from 1; 0 is the arrival as a whole. An empty key is never taken.
    """

    key: str
    sha256: str = ""
    within: timedelta | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class Use:
    """Who used a key first: the arrival, the interchange in it, and the digest of what the key stood for."""

    arrival: str
    number: int
    sha256: str


class Work(StrEnum):
    """What kind of work an item of the queue asks for; its subject is an id of the kind named."""

    PROCESS = "process"  # an arrival: identify, decode, read, check, acknowledge, route
    REPLAY = "replay"  # a repeat: acknowledge its first arrival again
    CONFLICT = "conflict"  # an arrival with a used reference: refuse it
    DELIVER = "deliver"  # a delivery: send it
    OBSERVE = "observe"  # the batches of vessel feeds that are new: watch the ships
    WARN = "warn"  # a deadline of a document, or a warning before it: tell of it where the filing is not accepted
    GATHER = "gather"  # a time of a route that gathers: send what was gathered for it as one


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One leased item of work. `attempt` counts leases, from 1; `owner` holds it until `lease_until`.

    `faults` counts the leases before, in a row, in which a worker failed or died on it.
    """

    id: int
    kind: str
    subject: str
    attempt: int
    owner: str
    lease_until: datetime
    faults: int = 0


@dataclass(frozen=True, slots=True)
class NewWork:
    """Work to queue. The same kind and subject is queued once, however often it is asked for."""

    kind: str
    subject: str
    run_at: datetime


@dataclass(frozen=True, slots=True)
class ArrivalOutcome:
    """What became of an arrival: `state` is a word for people ("accepted", "rejected", "no agreement")."""

    id: str
    state: str
    agreement: str = ""


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """One canonical document as kept: `json` is its canonical JSON, empty when it could not be read.

    `position` counts the messages of the arrival from 0, `name` is the document class ("CargoReport"),
    `type` the message type as text, `reference` the message reference; `version` counts the documents of a filing
    from 1, 0 where it files nothing.
    """

    id: str
    arrival: str
    position: int
    type: str
    name: str
    json: str
    accepted: bool
    agreement: str = ""
    filing: str = ""
    reference: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class FindingRecord:
    """One finding of an arrival, and the document it belongs to, if any."""

    arrival: str
    finding: Finding
    document: str = ""


class Subject(StrEnum):
    """What a reference can lead to."""

    ARRIVAL = "arrival"
    DOCUMENT = "document"
    DELIVERY = "delivery"
    FILING = "filing"


@dataclass(frozen=True, slots=True)
class Reference:
    """A business key and where it occurs: ("container", "MSKU1234565", Subject.DOCUMENT, id)."""

    kind: str
    value: str
    subject: Subject
    id: str


@dataclass(frozen=True, slots=True)
class AcknowledgmentRecord:
    """What one layer said: `subject` is the reference it names, `message` the one message of it, or "".

    `arrival` carried the acknowledgment; `delivery` is ours that it answers, "" where none matched.
    """

    layer: Layer
    verdict: Verdict
    subject: str
    at: datetime
    arrival: str = ""
    delivery: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Expectation:
    """An acknowledgment that should have come by `due_at`."""

    delivery: str
    layer: Layer
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery and what became of it: `state` is the outbox's word, `said` what was acknowledged, oldest first."""

    delivery: Delivery
    state: str
    said: tuple[AcknowledgmentRecord, ...] = ()
    expected: tuple[Expectation, ...] = ()


@dataclass(frozen=True, slots=True)
class FilingChange:
    """What became known of a filing: what was said of it, and numbers where they were not known; "" changes nothing."""

    id: str
    sender: str
    lrn: str
    said: tuple[Statement, ...] = ()
    mrn: str = ""
    agreement: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a timeline, in a plain sentence, about whichever subjects it names.

    Of what a person did, `who` and `why` say that.
    """

    at: datetime
    step: str
    text: str
    arrival: str = ""
    document: str = ""
    delivery: str = ""
    filing: str = ""
    who: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class WatchState:
    """How far the watch over the vessels has come: who held it last, in which round, and the last batch it saw.

    `pending` holds for each feed what of it is not whole yet (`Feed.pending`).
    """

    owner: str = ""
    round: int = 0
    arrival: str = ""
    pending: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FleetChange:
    """What one round of the watch changed: batches seen, ships by MMSI (packed; empty: forgotten), how far it is."""

    observed: tuple[str, ...]
    ships: tuple[tuple[int, bytes], ...]
    state: WatchState


@dataclass(frozen=True, slots=True)
class Gathered:
    """A document that waits to be sent together with others, at `fire_at`; `route` is the name of its route."""

    agreement: str
    route: str
    document: str
    fire_at: datetime


@dataclass(frozen=True, slots=True)
class ProcessingResult:
    """All that one step of work produced. With `arrival` given, its earlier findings are replaced."""

    arrival: ArrivalOutcome | None = None
    documents: tuple[DocumentRecord, ...] = ()
    findings: tuple[FindingRecord, ...] = ()
    references: tuple[Reference, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    acknowledgments: tuple[AcknowledgmentRecord, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    filings: tuple[FilingChange, ...] = ()
    work: tuple[NewWork, ...] = ()
    events: tuple[Event, ...] = ()
    happenings: tuple[Happening, ...] = ()
    fleet: FleetChange | None = None
    gathered: tuple[Gathered, ...] = ()
    collected: tuple[Gathered, ...] = ()  # what was gathered and is sent now
