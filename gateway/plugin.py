"""The Protocols that the edges implement: all that an adapter, transport or store needs to know of us."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from gateway.model.acknowledgment import Acknowledgment
from gateway.model.base import Part
from gateway.model.conventions import AS_DECLARED, Conventions
from gateway.model.customs_response import PointerStep
from gateway.model.finding import Finding, Position
from gateway.model.journal import (
    Claim,
    DocumentRecord,
    Gathered,
    ProcessingResult,
    Reference,
    Sent,
    Use,
    WatchState,
    WorkItem,
)
from gateway.model.observation import Observation
from gateway.model.occasion import Due, Key, Occasion
from gateway.model.pace import Breaker, Pace
from gateway.model.place import Locator, Place
from gateway.model.stages import (
    Arrival,
    Delivery,
    Envelope,
    Interchange,
    Message,
    MessageType,
    Receipt,
    Written,
)

Clock = Callable[[], datetime]
"""Returns the current time, aware, UTC. Made by `gateway.app` only."""


class Grammar(Protocol):
    """One message structure of one standard, as the mapping compiler sees it.

    The compiler knows no standard: it asks the grammar to resolve names (which raises `MappingError`
    with the nearest valid name) and to give the Python source that reads or writes one value.
    Generated handlers have the record in the variable `s`; names in `names` are global to them.
    """

    type: MessageType
    root: Place
    places: Sequence[Place]  # by id; places[0] is the root
    names: Mapping[str, Any]
    joiner: str  # stands between the components of a starred locator when writing
    multiline: bool  # whether a single value may hold line feeds

    # names
    def is_value(self, key: str) -> bool:
        """Whether a rule key that holds a text can be a locator here (else it names a child place)."""
        ...

    def child(self, place: Place, name: str) -> Place: ...
    def value(self, place: Place, text: str, near: Locator | None = None) -> Locator: ...
    def locators(self, place: Place) -> Sequence[Locator]:
        """Return every value of a record at this place, in order."""
        ...

    def title(self, place: Place, locator: Locator | None = None) -> str:
        """Return the standard's own name of a place or of a value in it, for people; "" where it has none.

        EDIFACT: a locator without component means the whole element, so the composite's name.
        """
        ...

    def description(self, place: Place, locator: Locator | None = None) -> str:
        """Return what the standard's own text says of a place or value, the root being the message itself.

        "" where nobody has that text: it comes with what a site has imported.
        """
        ...

    def code_name(self, locator: Locator, code: str) -> str:
        """Return what the standard calls a value of its own code list, "" where nobody has that text."""
        ...

    def codes(self, locator: Locator) -> frozenset[str] | None:
        """Return the values that the standard's own code list gives a value, or None where it has no list."""
        ...

    def mandatory_elements(self, place: Place) -> frozenset[int]:
        """Return the positions (`Locator.element`) of a record that must hold something."""
        ...

    # source for reading
    def head(self, place: Place) -> Sequence[str]: ...
    def bind(self, locator: Locator, bound: set[str]) -> tuple[Sequence[str], str]:
        """Return lines that must run first (once, see `bound`), and an expression for the raw text.

        The expression gives "" when the value is absent; for a starred locator a list of texts.
        """
        ...

    def identity(self, place: Place) -> str | None:
        """Return a hashable expression that is equal for records of equal content; None where there is none."""
        ...

    def clean(self, expression: str) -> str:
        """Return an expression that turns raw text into canonical text (release characters undone)."""
        ...

    def clean_line(self, expression: str) -> str:
        """Return an expression for one line of a longer text: as `clean`, but white space is kept."""
        ...

    def uncovered(self, place: Place, locators: Iterable[Locator], bound: set[str]) -> tuple[Sequence[str], str]:
        """Return lines and a boolean expression: true when the record holds data outside `locators`."""
        ...

    def leftovers(self, place: Place, record: Any, locators: Iterable[Locator]) -> Sequence[tuple[Locator, str]]:
        """Return every value of the record that none of `locators` covers."""
        ...

    # source for writing
    def record(self, place: Place, fields: Mapping[Locator, str]) -> str:
        """Return an expression for the record's head, given a text expression for each locator."""
        ...

    def tail(self, place: Place) -> str | None:
        """Return the text that closes the record after its children, or None."""
        ...


@dataclass(frozen=True, slots=True)
class Overlay:
    """What a profile changes in one message of a standard, for people to read.

    `guide` says where that stands, `associations` by which codes a message names the profile, `versions` over which
    versions it lies, in order. `changes` are spelled as in the profile's file: `structure TDT/DTM: C`.
    """

    profile: str
    about: str
    message: str
    versions: tuple[str, ...]
    guide: str = ""
    associations: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


@runtime_checkable
class Adapter(Protocol):
    """One standard: bytes to placed records and back, and its own acknowledgments. Pure: no clock, no files."""

    standard: str
    content_type: str

    def with_site(self, files: Mapping[str, bytes]) -> Adapter:
        """Return this adapter with what a site adds to its standard: files by path below the site's folder of its name.

        Raises `SettingsError` at a file that is wrong, or that the standard has no use for.
        """
        ...

    def overlays(self) -> Sequence[Overlay]:
        """Return what the profiles at hand lay over the versions of the standard; empty where it has none."""
        ...

    def recognises(self, head: bytes) -> bool:
        """Whether the first bytes (1 KiB at most) look like this standard."""
        ...

    def envelope(self, content: bytes) -> Envelope:
        """Read the envelope alone; never raises for a partner's data."""
        ...

    def decode(
        self, chunks: Iterable[bytes], conventions: Conventions = AS_DECLARED
    ) -> Iterator[Message | Interchange]:
        """Yield each message as it ends and each interchange after its messages; never raises for data.

        Always yields at least one `Interchange`. Memory is bounded by one message.
        """
        ...

    def messages(self) -> Sequence[str]:
        """Return the name of every message that there is a structure for, in any version."""
        ...

    def versions(self, name: str) -> Sequence[str]:
        """Return every version of a message that there is a structure for, in order ("D95B" .. "D24A")."""
        ...

    def grammar(self, type: MessageType) -> Grammar:
        """Return the structure of a message; raises `MappingError` when it is unknown."""
        ...

    def position(self, message: Message, record: int, locator: Locator | None = None) -> Position:
        """Where a record, or one value of it, stands in the bytes received. An absent value gets its place."""
        ...

    def encode(self, messages: Sequence[Written], envelope: Envelope) -> bytes:
        """Return the bytes of one interchange; raises `EncodeError` when it cannot be expressed."""
        ...

    def pointed_at(self, type: MessageType, body: Sequence[str], pointer: Sequence[PointerStep]) -> Target | None:
        """Return the place of a written body that a pointer means; None when this standard has no such pointers."""
        ...

    def written_at(
        self, type: MessageType, body: Sequence[str], places: Iterable[tuple[int, Locator | None]]
    ) -> Sequence[Position]:
        """Return where records of a written body, or values of them, will stand; offsets and lines are unknown yet."""
        ...

    def acknowledge(
        self, interchange: Interchange, findings: Sequence[Finding], *, reference: str, now: datetime
    ) -> bytes | None:
        """Return the syntax acknowledgment of an interchange, or None where the standard allows none."""
        ...

    def acknowledgments(self, message: Message) -> Acknowledgment | None:
        """Return what a received acknowledgment message says, or None when it is no acknowledgment."""
        ...

    # for people

    def quote(self, finding: Finding, within: Message | Interchange, read: Bytes) -> Quote | None:
        """Return the record as received that a finding is about; None where this standard counts lines instead."""
        ...

    def names(self, type: MessageType, position: Position) -> Names:
        """Return what the standard calls a place."""
        ...

    def clause(self, type: MessageType, finding: Finding) -> Clause | None:
        """Return the rule that a finding of this adapter goes by; None for a code that is not its own."""
        ...


@dataclass(frozen=True, slots=True)
class Target:
    """A place of a written message that somebody points at.

    `record` is its number in the body, -1 when it was not written; `above` are the written records around it,
    nearest first, its own first if there is one.
    """

    record: int
    locator: Locator | None
    place: Place | None
    above: tuple[int, ...]


Bytes = Callable[[int, int], bytes]
"""Returns the bytes of an arrival from one offset to another, as far as there are any."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A record as received, in byte offsets: from `start` to `stop`, what a finding means from `first` to `last`.

    Where something is missing, `first` and `last` are the same: the place where it belongs. A record longer than
    anybody reads is given around that place only. `codec` is that of the interchange.
    """

    start: int
    stop: int
    first: int
    last: int
    codec: str = "utf-8"


@dataclass(frozen=True, slots=True)
class Names:
    """What a standard calls a place, number first: "NAD Name and address", "C082 Party identification details".

    `component` is empty where the element has no parts, and everything is where the standard does not know the place.
    """

    record: str = ""
    element: str = ""
    component: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """The rule that a finding goes by: what its code means, where the rule stands, and what to do in general."""

    title: str
    source: str = ""
    remedy: str = ""


class Feed(Protocol):
    """The batches of one vessel feed to observations: one format, and of one source only what is not whole yet.

    Found by entry point (group `pierhead.feeds`), called with the endpoint's id. Pure: no clock, no files.
    """

    def observe(self, batch: Arrival) -> Sequence[Observation]:
        """Return what a batch says, in order; never raises for what a feed sends."""
        ...

    @property
    def rejects(self) -> Mapping[str, int]:
        """How many lines or messages were put aside since the start, by reason."""
        ...

    def samples(self) -> Mapping[str, bytes]:
        """Return the latest that was put aside for each reason."""
        ...

    def sentences(self, batch: Arrival, record: int) -> Sequence[str]:
        """Return as text what an observation of this batch rests on, as far as the batch holds it."""
        ...

    def pending(self) -> bytes:
        """Return what is not whole yet (parts of messages), to be kept with the cursor; b"" when nothing is."""
        ...

    def resume(self, pending: bytes) -> None:
        """Go on from what `pending` gave, before the first batch."""
        ...


class Transport(Protocol):
    """One wire, made from its configuration and a `Clock`; found by entry point (group `pierhead.transports`).

    Its class method `configure(section, around)` reads the keys of an endpoint into that configuration (a `Way` of
    `gateway.settings`); a receiver has the same (group `pierhead.receivers`). Safe to share between threads.
    `send` returns the answer as a receipt, or raises `TransportBusy` or `TransportRefused`.
    """

    def send(self, delivery: Delivery) -> Receipt: ...
    def close(self) -> None: ...


Accept = Callable[[Arrival], "Accepted"]
"""What a receiving transport calls: returns only when the arrival is durable."""


class Accepted(Protocol):
    """The answer to a receiving transport, durable when it is given."""

    @property
    def id(self) -> str:
        """What the sender may ask about."""
        ...

    @property
    def duplicate(self) -> bool:
        """Whether the same bytes came before."""
        ...

    @property
    def conflict(self) -> bool:
        """Whether other bytes came before under the same reference."""
        ...


@dataclass(frozen=True, slots=True)
class Intake:
    """What a receiver is given beside its own configuration.

    `endpoint` and `principal` (the partner whose endpoint it is) are recorded with each arrival; nothing of more than
    `max_bytes` is taken in. `clock` gives the time of arrival, `new_id` a new arrival id. `feed` is the format of a
    vessel feed, whose messages are taken in batches, or "" where each message is an arrival of its own.
    """

    endpoint: str
    principal: str
    clock: Clock
    new_id: Callable[[], str]
    max_bytes: int = 50_000_000
    feed: str = ""


class Receiver(Protocol):
    """A transport that takes arrivals in, made from its configuration and an `Intake`."""

    def start(self, accept: Accept) -> None: ...
    def stop(self) -> None: ...


@runtime_checkable
class Trigger(Protocol):
    """When a delivery is due. Pure: the occasion has the time. Found by entry point (group `pierhead.triggers`)."""

    def due(self, occasion: Occasion) -> Due: ...


@runtime_checkable
class Recurring(Trigger, Protocol):
    """A trigger whose times are the same for every document, so that documents can be gathered for one of them."""

    def after(self, moment: datetime) -> datetime:
        """Return the first time after a moment, in UTC."""
        ...


@runtime_checkable
class Deadline(Trigger, Protocol):
    """A trigger that counts from what a document says."""

    def deadline(self, document: Part) -> datetime | None:
        """Return the time, past or not, in UTC; None where the document does not give what it is counted from."""
        ...


class Journal(Protocol):
    """What the pipeline asks of what was stored before: reading only, but for `claim`."""

    def find(self, kind: str | None, value: str) -> Sequence[Reference]:
        """Return where a business key occurs, newest first."""
        ...

    def document(self, id_: str) -> DocumentRecord | None: ...
    def filed(self, filing: str) -> Sequence[DocumentRecord]:
        """Return the documents of a filing, oldest first."""
        ...

    def content(self, arrival: str) -> bytes | None:
        """Return the bytes of an arrival."""
        ...

    def received_at(self, arrival: str) -> datetime | None:
        """Return when an arrival was received."""
        ...

    def sent(self, document: str) -> Sequence[Delivery]:
        """Return the deliveries made for a document, oldest first."""
        ...

    def delivery(self, id_: str) -> Sent | None:
        """Return one delivery and what became of it."""
        ...

    def acknowledgments_sent(self, arrival: str, number: int = 0) -> Sequence[Delivery] | None:
        """Return the acknowledgments made for an arrival, or for one interchange of it, counted from 1.

        None while the arrival has not been processed.
        """
        ...

    def gathered(self, agreement: str, route: str, until: datetime) -> Sequence[Gathered]:
        """Return the documents that wait to be sent together at a time or before it, in the order of receipt."""
        ...

    def happened(self, events: Sequence[str], key: Key, since: datetime) -> bool:
        """Whether any of some events has happened to what a key names, at a time or later."""
        ...

    def claim(self, arrival: Arrival, claims: Sequence[Claim]) -> Sequence[Use]:
        """Take the keys that are free, all in one step, and return who has each: the arrival itself, or who was first.

        Durable when it returns; asked again, it answers the same.
        """
        ...


class Store(Protocol):
    """What the runner asks of the store: every method is one durable transaction (see `gateway.store`)."""

    def record(self, arrival: Arrival, claim: Claim) -> Accepted: ...
    def unobserved(self, most: int) -> Sequence[Arrival]: ...
    def watch(self) -> WatchState: ...
    def ships(self) -> Iterable[tuple[int, bytes]]: ...
    def arrival(self, id_: str) -> Any: ...
    def repeat(self, id_: str) -> Any: ...
    def capacity(self, now: datetime) -> str:
        """Return why nothing more can be taken in now, in a sentence; "" while there is room."""
        ...

    def lease(
        self,
        kinds: Sequence[str],
        now: datetime,
        lease_seconds: float,
        owner: str,
        limit: int = 1,
        *,
        pace: Callable[[str], Pace] = ...,
    ) -> Sequence[WorkItem]: ...
    def extend_all(self, items: Sequence[WorkItem], now: datetime, lease_seconds: float) -> Sequence[bool]: ...
    def put_back(self, items: Sequence[WorkItem], now: datetime) -> None: ...
    def complete(self, item: WorkItem, result: ProcessingResult) -> bool: ...
    def fail(
        self, item: WorkItem, error: str, now: datetime, run_at: datetime | None = None, *, fault: bool = False
    ) -> bool: ...
    def begin_attempt(self, item: WorkItem, now: datetime, *, idempotent: Callable[[str], bool]) -> Any: ...
    def settle(
        self, attempt: Any, receipt: Receipt, next_due: datetime | None = None, *, breaker: Breaker = ...
    ) -> Any: ...
