"""What a trigger decides on, and what it decides: a time, an event to wait for, or whichever comes first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from gateway.model.base import Part
from gateway.model.finding import Finding

#: When something is due that only an event makes due.
NEVER = datetime(9999, 12, 31, tzinfo=UTC)

Key = tuple[str, str]
"""A business key: kind and value, as `gateway.pipeline.references` gives them."""

#: The kind of key that a document of a filing has beside its own: the id of the filing, which no other sender can use.
FILING: Final = "filing"

#: What answers make happen to a filing, in the words that agreements use.
FILING_EVENTS: Final = ("accepted", "rejected", "registered", "amended", "held", "released", "cancelled")


@dataclass(frozen=True, slots=True)
class Occasion:
    """A document that is to be sent: `at` is when its arrival was received, `keys` its business keys."""

    at: datetime
    document: Part
    keys: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Await:
    """An event to wait for: its name ("port arrival"), any one of `keys`, and a UN/LOCODE or "" for anywhere.

    What happened at `since` or later counts, even if it was before the delivery was made.
    """

    event: str
    keys: tuple[Key, ...]
    since: datetime
    place: str = ""

    def __str__(self) -> str:
        keys = " or ".join(f"{kind} {value}" for kind, value in self.keys) or "nothing that is known"
        return f"{self.event}{f' at {self.place}' if self.place else ''} of {keys}"


@dataclass(frozen=True, slots=True)
class Due:
    """When something may go: at a time, or before that when what is awaited happens.

    `why` says in words what the time was computed from, `findings` what was wrong with that in the document.
    """

    at: datetime
    awaits: Await | None = None
    why: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Happening:
    """An event that deliveries may be waiting for, and the keys of what it happened to."""

    event: str
    keys: tuple[Key, ...]
    at: datetime
    place: str = ""
