"""Telling a sender, in a customs response, why its message was refused before customs saw it.

CONTRL speaks of syntax only (ISO 9735-4); what the rules and maps refuse is told as customs would tell it.
"""

from __future__ import annotations

from datetime import datetime
from textwrap import wrap

from gateway.model.base import Coded
from gateway.model.cargo_report import CargoReport
from gateway.model.customs_response import CustomsResponse, Fault, Subject
from gateway.model.finding import Finding, Severity
from gateway.pipeline.pointers import bill_at, segment_pointer
from gateway.pipeline.standards import Read

_ERROR_RESPONSE = "963"  # DE 1001: error response
_WIDTH = 69  # DE 4440 holds 70, and a line of just 70 would run on into the next
_OURS = "ZZZ"  # DE 3055: mutually defined


def refusal(read: Read, reference: str, at: datetime) -> CustomsResponse:
    """Return the response to a message that its findings reject: a fault for each error, at the sender's segment.

    `reference` identifies the response itself; `at` is when the message was received. The message refused is
    named by its own reference, or by that of its header where it has none.
    """
    errors = [finding for finding in read.findings if finding.severity is Severity.ERROR]
    document = read.document
    subject = document.reference if isinstance(document, CargoReport) else None
    return CustomsResponse(
        type=_ERROR_RESPONSE,
        verdict="rejected",
        reference=reference,
        issued_at=f"{at:%Y-%m-%dT%H:%M}",
        subject=Subject(reference=subject) if subject else None,
        previous_reference=subject or read.message.reference or None,
        faults=tuple(_fault(finding, read) for finding in errors),
    )


def _fault(finding: Finding, read: Read) -> Fault:
    text = f"{finding.text}; {finding.remedy}" if finding.remedy else finding.text
    return Fault(
        code=Coded(value=finding.code, agency=_OURS),
        text="\n".join(wrap(text, _WIDTH)),
        place=segment_pointer(finding.position),
        bill=bill_at(read.document, finding.path) if read.document is not None else None,
    )
