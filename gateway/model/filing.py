"""The life of a filing: its states, which may follow which, and the latches beside them.

Law: what an authority says is taken by its time, never by the order of arrival; so `follows` says whether a state may
come next, and `settle` brings any number of statements, in any order and any number of times, to the same standing.
Do-not-load and hold are no states: they hold until they are lifted, whatever the state does.
A later version of a filing is a life of its own; where it is refused, the one before it stands as it stood.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a filing is, from the first draft to its end."""

    DRAFT = "draft"
    QUEUED = "queued"
    SENT = "sent"
    RECEIVED = "received"
    SYNTAX_OK = "syntax ok"
    REGISTERED = "registered"
    INCOMPLETE = "incomplete"
    UNDER_ASSESSMENT = "under assessment"
    INFO_REQUESTED = "information requested"
    SCREENING_REQUESTED = "screening requested"
    CONTROL_PLANNED = "control planned"
    ASSESSED = "assessed"
    ARRIVED = "arrived"
    PRESENTED = "presented"
    RELEASED = "released"
    CLOSED = "closed"
    AMENDED = "amended"
    INVALIDATION_REQUESTED = "invalidation requested"
    REJECTED = "rejected"
    INVALIDATED = "invalidated"
    EXPIRED = "expired"
    UNDELIVERABLE = "undeliverable"


S = State
_SENDING: Final = (S.DRAFT, S.QUEUED, S.SENT, S.RECEIVED, S.SYNTAX_OK)
_ASSESSING: Final = (
    S.REGISTERED,
    S.INCOMPLETE,
    S.UNDER_ASSESSMENT,
    S.INFO_REQUESTED,
    S.SCREENING_REQUESTED,
    S.CONTROL_PLANNED,
    S.ASSESSED,
)
_MOVING: Final = (S.ARRIVED, S.PRESENTED, S.RELEASED)
_ASKED: Final = (S.AMENDED, S.INVALIDATION_REQUESTED)

#: Nothing follows these, but a later version.
ENDS: Final = frozenset({S.CLOSED, S.REJECTED, S.INVALIDATED, S.EXPIRED})

#: What the wires say, and not the authority.
_WIRED: Final = frozenset({*_SENDING, S.UNDELIVERABLE})

#: What a later version changes, and what stands again where that is refused.
_STANDING: Final = frozenset({*_ASSESSING, *_MOVING, *_ASKED})

_RANK: Final = {state: number for number, state in enumerate(State)}

#: Groups of states from which one may be reached: within the first two, only forwards on the path of a filing.
_TABLE: Final[tuple[tuple[tuple[State, ...], tuple[State, ...]], ...]] = (
    ((S.DRAFT,), (S.QUEUED, S.REJECTED)),  # refused before it went anywhere
    ((S.QUEUED,), (S.SENT, S.RECEIVED, S.SYNTAX_OK, S.UNDELIVERABLE)),  # their word may come before our receipt
    ((S.SENT,), (S.RECEIVED, S.SYNTAX_OK, S.UNDELIVERABLE)),
    ((S.RECEIVED,), (S.SYNTAX_OK,)),
    (_SENDING[1:], (S.REGISTERED, S.REJECTED)),  # a layer may be skipped, or its answer lost or late
    ((S.UNDELIVERABLE,), (S.QUEUED, S.SENT, S.REGISTERED, S.REJECTED)),  # it may have arrived, or go after all
    (_ASSESSING, _ASSESSING[1:]),  # questions and answers go to and fro
    (_ASSESSING, (S.ARRIVED, S.PRESENTED, S.RELEASED)),
    ((S.ARRIVED,), (S.PRESENTED, S.RELEASED, S.CONTROL_PLANNED)),
    ((S.PRESENTED,), (S.RELEASED, S.CONTROL_PLANNED)),
    ((S.RELEASED,), (S.CLOSED, S.CONTROL_PLANNED)),  # a release can be taken back for a control
    ((*_ASSESSING, S.ARRIVED, S.PRESENTED, S.AMENDED), _ASKED),
    (_SENDING[1:], (S.INVALIDATION_REQUESTED,)),  # withdrawn before it is registered
    (_ASKED, (S.REJECTED, S.UNDELIVERABLE)),
    ((S.AMENDED,), (*_ASSESSING, *_MOVING)),
    ((S.INVALIDATION_REQUESTED,), (S.INVALIDATED, *_ASSESSING)),  # granted, or refused
    ((*_ASSESSING, *_MOVING, *_ASKED), (S.INVALIDATED, S.EXPIRED)),
)

#: Each state with those that may come next.
NEXT: Final = {
    state: frozenset(after for before, afters in _TABLE if state in before for after in afters) - {state}
    for state in State
}


def follows(before: State, after: State) -> bool:
    """Whether a filing may go from one state to another; the same again is no step."""
    return after in NEXT[before]


class Latch(StrEnum):
    """What holds until it is lifted."""

    DO_NOT_LOAD = "do not load"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Statement:
    """What was said of a filing at the authority's time: a state, or a latch set or lifted; `version` from 1.

    `by` is who said it.
    """

    at: datetime
    state: State | None = None
    sets: Latch | None = None
    lifts: Latch | None = None
    version: int = 1
    by: str = ""


@dataclass(frozen=True, slots=True)
class Filed:
    """How a filing stands: its state with who said so and when, its latches, its version.

    `refused` is the latest version that was refused while the one before it stands, 0 for none; `unforeseen` are the
    steps that no rule foresees.
    """

    state: State
    latches: frozenset[Latch]
    version: int
    unforeseen: tuple[tuple[State, State], ...] = ()
    refused: int = 0
    by: str = field(default="", compare=False)
    since: datetime | None = field(default=None, compare=False)


def settle(statements: Iterable[Statement], start: State = State.DRAFT) -> Filed:
    """Return how a filing stands after everything that was said of it, in whatever order and however often.

    The newest version and time wins; within a version an authority's word comes after what the wires say. A step that
    no rule foresees is taken all the same, for the authority says so, and is told; after an end nothing is taken but a
    later version. At the same time a latch that is set outlives one that is lifted.
    """
    said = sorted(set(statements), key=_order)
    life = _Life(start)
    for one in said:
        if one.state is not None:
            life.take(one, one.state)
    version = max((one.version for one in said), default=1)
    return Filed(
        life.state,
        frozenset(_latched(said)),
        version,
        tuple(life.unforeseen),
        life.refused,
        life.said.by if life.said else "",
        life.said.at if life.said else None,
    )


@dataclass(slots=True)
class _Life:
    """A filing while its statements are taken, in order."""

    state: State
    version: int = 0
    before: State = State.DRAFT  # how the version before this one stands
    said: Statement | None = None  # what made the state
    was: Statement | None = None  # what made the state before
    refused: int = 0
    unforeseen: list[tuple[State, State]] = field(default_factory=list)

    def take(self, one: Statement, state: State) -> None:
        """Go on to what a statement says, as far as it can be."""
        if one.version > self.version:
            self._begin(one)
        if state in _WIRED and self.before in _STANDING:
            state = state if state is State.UNDELIVERABLE else State.AMENDED
        elif state in _WIRED and self.state is not State.DRAFT and not follows(self.state, state):
            return  # it was further already
        if state is self.state:
            return
        if state not in _WIRED and not follows(self.state, state):
            self.unforeseen.append((self.state, state))
            if self.state in ENDS:
                return
        if state is State.REJECTED and self.before in _STANDING:
            self.state, self.said, self.refused = self.before, self.was, one.version
        else:
            self.state, self.said = state, one

    def _begin(self, one: Statement) -> None:
        """Begin a version: it amends what stands; where nothing does, a later one is a draft again."""
        self.before, self.was = self.state, self.said
        if self.before in _STANDING:
            self.state = State.AMENDED
        elif self.version:
            self.state = State.DRAFT
        self.said, self.version, self.refused = one, one.version, 0


def _order(one: Statement) -> tuple[int, bool, datetime, int, str, str, str]:
    """Return the key by which statements are taken: of the very same time, the state further on comes later."""
    state = -1 if one.state is None else _RANK[one.state]
    return one.version, one.state not in _WIRED, one.at, state, one.lifts or "", one.sets or "", one.by


def _latched(said: Iterable[Statement]) -> Iterable[Latch]:
    statements = list(said)
    for latch in Latch:
        sets = [one.at for one in statements if one.sets is latch]
        lifts = [one.at for one in statements if one.lifts is latch]
        if sets and (not lifts or max(lifts) <= max(sets)):
            yield latch
