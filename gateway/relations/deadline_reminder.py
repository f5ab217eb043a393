"""The reminder that a filing is not accepted and its legal deadline comes, or has passed."""

from __future__ import annotations

from datetime import datetime, timedelta
from textwrap import wrap

from gateway.model.base import Coded, Part
from gateway.model.customs_response import CustomsResponse, Fault, Subject
from gateway.model.finding import Finding, Kind, Severity
from gateway.model.vessel import Voyage

#: The codes of the reminders, with a page each in docs/rules.
NEAR = "PH-5007"
OVERDUE = "PH-5008"
_ERROR_RESPONSE = "963"  # DE 1001: error response
_OURS = "ZZZ"  # DE 3055: mutually defined
_WIDTH = 69  # DE 4440 holds 70, and a line of just 70 would run on into the next
_HOUR = timedelta(hours=1)


def deadline_finding(lrn: str, deadline: datetime, now: datetime, said: str) -> Finding:
    """Return what is wrong with a filing of this LRN that nobody has accepted at `now`; `said` names the deadline."""
    time = f"{deadline:%Y-%m-%dT%H:%M} UTC"
    if now < deadline:
        text = f"{lrn} is not accepted yet, and {said} is {time}, in {_spoken(deadline - now)}"
        code, severity = NEAR, Severity.WARNING
    else:
        text = f"{lrn} is not accepted, and {said} was {time}: it is overdue"
        code, severity = OVERDUE, Severity.ERROR
    remedy = "look for the answer, correct what was refused, and file again"
    return Finding(code, Kind.RULE, text, severity=severity, value=lrn, remedy=remedy)


def deadline_reminder(
    finding: Finding, document: Part, lrn: str, deadline: datetime, now: datetime, reference: str
) -> CustomsResponse:
    """Return a finding on a deadline as a response to whoever filed the document."""
    voyage = getattr(document, "voyage", None)
    return CustomsResponse(
        type=_ERROR_RESPONSE,
        verdict="rejected" if now >= deadline else "status",
        reference=reference,
        issued_at=now.strftime("%Y-%m-%dT%H:%M"),
        previous_reference=lrn,
        subject=Subject(reference=lrn),
        faults=(Fault(code=Coded(value=finding.code, agency=_OURS), text="\n".join(wrap(finding.text, _WIDTH))),),
        voyage=_named(voyage) if isinstance(voyage, Voyage) else None,
    )


def _named(voyage: Voyage) -> Voyage | None:
    """Return what tells one voyage from another, as far as it is known."""
    kept = {name: value for name in ("number", "vessel", "etd", "eta") if (value := getattr(voyage, name)) is not None}
    return Voyage(**kept) if kept else None


def _spoken(time: timedelta) -> str:
    hours, rest = divmod(time, _HOUR)
    return f"{time // timedelta(minutes=1)} min" if rest else f"{hours} h"
