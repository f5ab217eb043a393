"""Where the declared voyage and the observed one disagree: ports, times, identity of the ship.

Worded as a difference between two statements: which of them is wrong is for people to find out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from textwrap import wrap

from gateway.model.base import Coded
from gateway.model.customs_response import CustomsResponse, Fault, Subject
from gateway.model.finding import Finding, Kind, Severity
from gateway.model.vessel import Voyage
from gateway.model.vessel_event import EventType, VesselEvent
from gateway.relations.declared import Declared, for_call, observed_vessel

_APART = timedelta(hours=12)
_IDENTITY = (("name", "name"), ("call_sign", "call sign"), ("flag", "flag"), ("imo", "IMO number"))
_ERROR_RESPONSE = "963"  # DE 1001: error response
_OURS = "ZZZ"  # DE 3055: mutually defined
_WIDTH = 69  # DE 4440 holds 70, and a line of just 70 would run on into the next


def disagreements(event: VesselEvent, declared: Sequence[Declared]) -> tuple[Finding, ...]:
    """Return a finding for each way in which an arrival differs from what was declared, newest declaration first.

    PH-5001 another port, PH-5002 another time, PH-5003 another identity. Nothing without a declaration, and for any
    event but an arrival.
    """
    if event.type is not EventType.PORT_ARRIVAL or not declared:
        return ()
    here = for_call(event, declared)
    if not here:
        return (_another_port(event, declared[0]),)
    return (*_another_time(event, here[0]), *_another_ship(event, here[0]))


def disagreement(event: VesselEvent, declared: Sequence[Declared], reference: str) -> CustomsResponse | None:
    """Return what is to be told of the differences, as an answer to the declaration; None where there are none."""
    found = disagreements(event, declared)
    if not found:
        return None
    here = for_call(event, declared) or tuple(declared)
    answered = here[0].report.reference
    return CustomsResponse(
        type=_ERROR_RESPONSE,
        verdict="rejected",
        reference=reference,
        issued_at=event.recorded_at[:16],
        subject=Subject(reference=answered) if answered else None,
        previous_reference=answered,
        voyage=Voyage(number=here[0].voyage.number, vessel=observed_vessel(event), arrival=event.port),
        faults=tuple(
            Fault(code=Coded(value=one.code, agency=_OURS), text="\n".join(wrap(f"{one.text}; {one.remedy}", _WIDTH)))
            for one in found
        ),
    )


def _another_port(event: VesselEvent, declared: Declared) -> Finding:
    port = (event.port.unlocode if event.port else None) or "?"
    listed = ", ".join(sorted(declared.ports)) or "no port"
    text = f"the vessel arrived at {port}, and manifest {declared.report.reference} declares {listed}"
    return _finding("PH-5001", text, port, "compare the declared ports with the call, and amend the manifest")


def _another_time(event: VesselEvent, declared: Declared) -> Iterator[Finding]:
    said = declared.arrival
    if said is None:
        return
    expected, arrived = _moment(said), _moment(event.at)
    if abs(arrived - expected) > _APART:
        text = f"the vessel arrived at {event.at}, and manifest {declared.report.reference} declares {said}"
        yield _finding("PH-5002", text, said, "correct the declared time of arrival")


def _another_ship(event: VesselEvent, declared: Declared) -> Iterator[Finding]:
    seen, said = observed_vessel(event), declared.voyage.vessel
    if seen is None or said is None:
        return
    for field, words in _IDENTITY:
        ours, theirs = getattr(seen, field), getattr(said, field)
        if ours and theirs and _plain(ours) != _plain(theirs):
            text = f"the vessel sends {words} {ours}, and manifest {declared.report.reference} declares {theirs}"
            yield _finding("PH-5003", text, theirs, "check which ship it is, and correct whichever is wrong")


def _finding(code: str, text: str, value: str, remedy: str) -> Finding:
    return Finding(code, Kind.RULE, text, severity=Severity.WARNING, value=value, remedy=remedy)


def _moment(text: str) -> datetime:
    """Return a moment for comparing: without an offset as UTC, which is near enough for half a day."""
    made = datetime.fromisoformat(text)
    return made if made.tzinfo else made.replace(tzinfo=UTC)


def _plain(text: str) -> str:
    """Return a name without what spelling varies in."""
    return "".join(char for char in text.upper() if char.isalnum())
