"""What documents and answers say of a filing: its states and latches, as `gateway.model.filing` settles them.

An answer says it by its verdict, a name of the map's own table, and by its statuses (DE 7365).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from gateway.model.customs_response import CustomsResponse
from gateway.model.filing import Latch, State, Statement
from gateway.model.journal import DocumentRecord

_WITHDRAWN: Final = ("cancel", "withdraw", "delete")

ACCEPTING: Final = ("accepted", "confirmed", "approved", "accepted_without_reserves", "accepted_with_reserves")

_VERDICTS: Final[Mapping[str, State]] = {
    **dict.fromkeys(ACCEPTING, State.REGISTERED),
    "amended": State.AMENDED,
    "arrived": State.ARRIVED,
    "assessed": State.ASSESSED,
    "cancelled": State.INVALIDATED,
    "cleared": State.RELEASED,
    "control": State.CONTROL_PLANNED,
    "documents_wanted": State.INFO_REQUESTED,
    "exited": State.CLOSED,
    "expired": State.EXPIRED,
    "incomplete": State.INCOMPLETE,
    "presented": State.PRESENTED,
    "received": State.RECEIVED,
    "rejected": State.REJECTED,
    "released": State.RELEASED,
    "request": State.INFO_REQUESTED,
    "response": State.RECEIVED,
    "screening_wanted": State.SCREENING_REQUESTED,
    "under_assessment": State.UNDER_ASSESSMENT,
}
_STATUSES: Final[Mapping[str, State]] = {
    "4": State.RELEASED,
    "5": State.CONTROL_PLANNED,
    "6": State.INFO_REQUESTED,
    "17": State.RECEIVED,
    "34": State.UNDER_ASSESSMENT,
}
_SETS: Final = {"held": Latch.HOLD, "7": Latch.HOLD, "do_not_load": Latch.DO_NOT_LOAD}
_LIFTS: Final = {"released": Latch.HOLD, "cleared": Latch.HOLD, "4": Latch.HOLD, "may_load": Latch.DO_NOT_LOAD}


def filed(record: DocumentRecord, at: datetime, intent: str) -> tuple[Statement, ...]:
    """Return what a document says of its filing when it comes: queued, refused by us, or withdrawing it."""
    if not record.accepted:
        return (Statement(at, State.REJECTED, version=record.version),)
    queued = Statement(at, State.QUEUED, version=record.version)
    if intent not in _WITHDRAWN:
        return (queued,)
    return (queued, Statement(at, State.INVALIDATION_REQUESTED, version=record.version))


def answered(response: CustomsResponse, version: int, received_at: datetime, by: str) -> tuple[Statement, ...]:
    """Return what an answer says of a version of a filing, at the authority's time where it gives one.

    Where one answer sets a latch and lifts it, it holds.
    """
    said = words(response)
    at = _said_at(response.issued_at, received_at)
    sets = {_SETS[word] for word in said if word in _SETS}
    lifts = {_LIFTS[word] for word in said if word in _LIFTS} - sets
    return (
        *(Statement(at, state, version=version, by=by) for state in dict.fromkeys(_states(response, said))),
        *(Statement(at, sets=latch, version=version, by=by) for latch in sorted(sets)),
        *(Statement(at, lifts=latch, version=version, by=by) for latch in sorted(lifts)),
    )


def words(response: CustomsResponse) -> list[str]:
    """Return what an answer says of a filing: its verdict, "" where it gives none, and its statuses."""
    return [response.verdict or "", *((one.code.value if one.code else "") for one in response.statuses)]


def version_of(record: DocumentRecord, documents: Iterable[DocumentRecord]) -> int:
    """Return which version of its filing a document is, from 1, given the documents and answers of the filing."""
    place = (record.arrival, record.position)
    return len({one.id for one in documents if one.version and (one.arrival, one.position) < place}) + 1


def _states(response: CustomsResponse, said: list[str]) -> Iterator[State]:
    """Yield the states that an answer tells: a status says more than the verdict on the message does."""
    verdict, *statuses = said
    told = [_STATUSES[word] for word in statuses if word in _STATUSES]
    if verdict in _VERDICTS:
        yield _VERDICTS[verdict]
    elif not told and response.subject is not None and response.subject.registration:
        yield State.REGISTERED
    yield from told


def _said_at(issued_at: str | None, received_at: datetime) -> datetime:
    """Return when an answer was given: as it says itself, if it gives an offset and is not ahead of our clock."""
    if issued_at is None:
        return received_at
    at = datetime.fromisoformat(issued_at)
    return received_at if at.tzinfo is None else min(at.astimezone(UTC), received_at)
