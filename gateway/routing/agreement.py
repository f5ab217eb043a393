"""What two partners agreed: which messages, judged how, acknowledged and routed where. Pure values.

`gateway.settings` builds these from a site's YAML; `gateway.routing` and the pipeline read them.
A type is spelled `[standard] NAME [VERSION] [ASSOCIATION]`, and `FIRST..LAST` for a range of UN directories:

    CUSCAR D95B..D24A          edifact CUSRES D96B          wco response          wco cargo-report 1 pierhead
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from gateway.model.conventions import AS_DECLARED, Conventions
from gateway.model.policy import Policy
from gateway.model.stages import MessageType, Party
from gateway.routing.deadline_watch import DeadlineWatch
from gateway.routing.duplicates import FOR_GOOD, Duplicates
from gateway.routing.event_route import EventRoute
from gateway.routing.route import Route

STANDARDS: Final = ("edifact", "wco", "portcall")
_DIRECTORY: Final = re.compile(r"([DS])(\d\d)([A-Z])")

#: The first UN directory of this naming is of 1988 (S88A), so lower year numbers are of this century.
_CENTURY_PIVOT: Final = 88


def directory_order(version: str) -> tuple[int, str]:
    """Return the key by which UN directories sort in time: D95B < D99A < D00A < D24A.

    Raises:
        ValueError: the text is no directory name.
    """
    found = _DIRECTORY.fullmatch(version)
    if not found:
        raise ValueError(f"'{version}' is no UN directory: write it like D95B")
    year = int(found[2])
    return (year + (1900 if year >= _CENTURY_PIVOT else 2000), found[3])


@dataclass(frozen=True, slots=True)
class TypeRange:
    """The message types that an agreement takes; what is empty is left open.

    `first` and `last` bound the version; they are equal unless a range of UN directories was given.
    """

    standard: str
    name: str
    first: str = ""
    last: str = ""
    association: str = ""

    @classmethod
    def parse(cls, text: str) -> TypeRange:
        """Read `CUSCAR D95B..D24A` or `wco response`; raises `ValueError` that says what is wrong."""
        standard, name, version, association = _words(text)
        first, separator, last = version.partition("..")
        if separator and directory_order(first) > directory_order(last):
            raise ValueError(f"{version} runs backwards: write {last}..{first}")
        return cls(standard, name, first, last or first, association)

    def takes(self, type_: MessageType) -> bool:
        """Whether a received message is of this range."""
        if (self.standard, self.name) != (type_.standard, type_.name):
            return False
        if self.association and self.association != type_.association:
            return False
        if self.first == self.last:
            return self.first in ("", type_.version)
        if not _DIRECTORY.fullmatch(type_.version):
            return False
        return directory_order(self.first) <= directory_order(type_.version) <= directory_order(self.last)

    def overlaps(self, other: TypeRange) -> bool:
        """Whether some message would be of both ranges."""
        if (self.standard, self.name) != (other.standard, other.name):
            return False
        if self.association and other.association and self.association != other.association:
            return False
        if not self.first or not other.first:
            return True
        bounds = (self.first, self.last, other.first, other.last)
        if not all(_DIRECTORY.fullmatch(bound) for bound in bounds):
            return self.first == other.first
        first, last, other_first, other_last = map(directory_order, bounds)
        return first <= other_last and other_first <= last

    def __str__(self) -> str:
        version = self.first if self.first == self.last else f"{self.first}..{self.last}"
        return " ".join(part for part in (self.standard, self.name, version, self.association) if part)


def parse_type(text: str) -> MessageType:
    """Read one exact type, such as `edifact CUSRES D96B`; raises `ValueError` that says what is wrong."""
    standard, name, version, association = _words(text)
    if ".." in version:
        raise ValueError(f"'{text}' names a range: what we write needs one version")
    if standard == "edifact" and not version:
        raise ValueError(f"'{text}' needs a directory: write it like '{text} D96B'")
    agency = "UN" if standard == "edifact" else ""
    return MessageType(standard, name, version, agency, association)


def _words(text: str) -> tuple[str, str, str, str]:
    """Return standard, name, version, association; the standard is EDIFACT where none is named."""
    words = text.split()
    if words and words[0] not in STANDARDS:
        words.insert(0, "edifact")
    if not 2 <= len(words) <= 4:
        raise ValueError(f"'{text}' is no message type: write it like 'CUSCAR D95B' or 'wco response'")
    standard, name, version, association = (*words, "", "")[:4]
    if standard == "edifact" and not re.fullmatch(r"[A-Z]{6}", name):
        raise ValueError(f"'{name}' is no EDIFACT message type: it has six capital letters, like CUSCAR")
    if standard == "edifact" and version:
        for directory in version.split("..", 1):
            directory_order(directory)
    return standard, name, version, association


@dataclass(frozen=True, slots=True)
class Side:
    """One side of an agreement: the partner's id in the site, and how envelopes name it.

    An identifier whose qualifier is `*` stands for every qualifier.
    """

    partner: str
    parties: tuple[Party, ...]

    def is_named(self, party: Party) -> bool:
        """Whether an envelope's party is this side."""
        return any(own.id == party.id and own.qualifier in ("*", party.qualifier) for own in self.parties)

    def __str__(self) -> str:
        return f"{self.partner} ({', '.join(map(str, self.parties)) or 'no identifier'})"


@dataclass(frozen=True, slots=True)
class Agreement:
    """What holds for messages from one partner to another.

    `acknowledge` names the endpoint for each kind of acknowledgment (`contrl`); `replies` are routes for
    what comes back later on a filing made under this agreement, whoever sends it. `conventions` is how the partners
    agreed to write, `duplicates` when a reference has been used before, `events` what is told of vessels, `deadlines`
    by when filings are to be accepted, and `retention` how long what falls under it is kept, None for as long as the
    site says.
    """

    id: str
    sender: Side
    recipient: Side
    accepts: tuple[TypeRange, ...]
    test: bool = False
    policy: Policy = field(default_factory=Policy)
    acknowledge: Mapping[str, str] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()
    replies: tuple[Route, ...] = ()
    conventions: Conventions = AS_DECLARED
    duplicates: Duplicates = FOR_GOOD
    events: tuple[EventRoute, ...] = ()
    retention: timedelta | None = None
    deadlines: tuple[DeadlineWatch, ...] = ()

    def takes(self, type_: MessageType) -> bool:
        """Whether a message type is part of this agreement."""
        return any(accepted.takes(type_) for accepted in self.accepts)
