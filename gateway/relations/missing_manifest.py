"""The reminder that a vessel comes and nobody has lodged a manifest for her call."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from gateway.model.base import Coded
from gateway.model.customs_response import CustomsResponse, Fault
from gateway.model.vessel import Voyage
from gateway.model.vessel_event import VesselEvent
from gateway.relations.declared import Declared, for_call, observed_vessel

#: The code of the reminder, with a page in docs/rules.
CODE = "PH-5004"
_ERROR_RESPONSE = "963"  # DE 1001: error response
_OURS = "ZZZ"  # DE 3055: mutually defined
_WIDTH = 69  # DE 4440 holds 70, and a line of just 70 would run on into the next


def missing_manifest(event: VesselEvent, declared: Sequence[Declared], reference: str) -> CustomsResponse | None:
    """Return the reminder for an event; None where a manifest for the call has been lodged."""
    if for_call(event, declared):
        return None
    vessel = observed_vessel(event)
    port = (event.port.unlocode if event.port else None) or "this port"
    name = (vessel.name if vessel else None) or f"MMSI {event.vessel.mmsi}"
    said = f"{name}: {event.detail}; no manifest for her call at {port} has been lodged; lodge it now"
    return CustomsResponse(
        type=_ERROR_RESPONSE,
        verdict="rejected",
        reference=reference,
        issued_at=event.recorded_at[:16],
        faults=(Fault(code=Coded(value=CODE, agency=_OURS), text="\n".join(wrap(said, _WIDTH))),),
        voyage=Voyage(vessel=vessel, arrival=event.port, eta=event.eta) if vessel or event.port else None,
    )
