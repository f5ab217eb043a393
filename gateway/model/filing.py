"""The life of a filing: its states, which may follow which, and the latches beside them.

Law: what an authority says is taken by its time, never by the order of arrival; so `follows` says whether a state may
come next, and `settle` brings any number of statements, in any order and any number of times, to the same standing.
Do-not-load and hold are no states: they hold until they are lifted, whatever the state does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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

#: Nothing follows these.
ENDS: Final = frozenset({S.CLOSED, S.REJECTED, S.INVALIDATED, S.EXPIRED, S.UNDELIVERABLE})

#: Groups of states from which one may be reached: within the first two, only forwards on the path of a filing.
_TABLE: Final[tuple[tuple[tuple[State, ...], tuple[State, ...]], ...]] = (
    ((S.DRAFT,), (S.QUEUED,)),
    ((S.QUEUED,), (S.SENT, S.UNDELIVERABLE)),
    ((S.SENT,), (S.RECEIVED, S.UNDELIVERABLE)),
    ((S.SENT, S.RECEIVED), (S.SYNTAX_OK,)),
    ((S.SENT, S.RECEIVED, S.SYNTAX_OK), (S.REGISTERED, S.REJECTED)),  # a layer may be skipped or its answer lost
    (_ASSESSING, _ASSESSING[1:]),  # questions and answers go to and fro
    (_ASSESSING, (S.ARRIVED, S.PRESENTED, S.RELEASED)),
    ((S.ARRIVED,), (S.PRESENTED, S.RELEASED, S.CONTROL_PLANNED)),
    ((S.PRESENTED,), (S.RELEASED, S.CONTROL_PLANNED)),
    ((S.RELEASED,), (S.CLOSED, S.CONTROL_PLANNED)),  # a release can be taken back for a control
    ((*_ASSESSING, S.ARRIVED, S.PRESENTED, S.AMENDED), (S.AMENDED, S.INVALIDATION_REQUESTED)),
    ((S.AMENDED,), (S.REJECTED, *_ASSESSING, *_MOVING)),
    ((S.INVALIDATION_REQUESTED,), (S.INVALIDATED, *_ASSESSING)),  # granted, or refused
    ((*_ASSESSING, *_MOVING, S.AMENDED, S.INVALIDATION_REQUESTED), (S.INVALIDATED, S.EXPIRED)),
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
    """What was said of a filing at the authority's time: a state, or a latch set or lifted; `version` from 1."""

    at: datetime
    state: State | None = None
    sets: Latch | None = None
    lifts: Latch | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Filed:
    """How a filing stands: its state, its latches, its version, and the steps that no rule foresees."""

    state: State
    latches: frozenset[Latch]
    version: int
    unforeseen: tuple[tuple[State, State], ...] = ()


def settle(statements: Iterable[Statement], start: State = State.DRAFT) -> Filed:
    """Return how a filing stands after everything that was said of it, in whatever order and however often.

    The newest version and time wins. A step that no rule foresees is taken all the same, for the authority says so,
    and is told; after an end nothing is taken. At the same time a latch that is set outlives one that is lifted.
    """
    said = sorted(
        set(statements), key=lambda one: (one.version, one.at, one.state or "", one.lifts or "", one.sets or "")
    )
    state, unforeseen = start, []
    for one in said:
        if one.state is None or one.state is state:
            continue
        if not follows(state, one.state):
            unforeseen.append((state, one.state))
            if state in ENDS:
                continue
        state = one.state
    version = max((one.version for one in said), default=1)
    return Filed(state, frozenset(_latched(said)), version, tuple(unforeseen))


def _latched(said: Iterable[Statement]) -> Iterable[Latch]:
    statements = list(said)
    for latch in Latch:
        sets = [one.at for one in statements if one.sets is latch]
        lifts = [one.at for one in statements if one.lifts is latch]
        if sets and (not lifts or max(lifts) <= max(sets)):
            yield latch
