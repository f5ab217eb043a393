"""The notice of a vessel's arrival: what was seen of her, with what was declared for the call where anything was."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.model.conveyance_report import ConveyanceReport
from gateway.model.vessel import Voyage
from gateway.model.vessel_event import EventType, VesselEvent, ZoneKind
from gateway.relations.declared import Declared, for_call, observed_vessel

_ARRIVALS = frozenset({EventType.PORT_ARRIVAL, EventType.BERTH_ARRIVAL, EventType.ANCHORAGE_START})
_DEPARTURES = frozenset({EventType.PORT_DEPARTURE, EventType.BERTH_DEPARTURE})


def arrival_notice(event: VesselEvent, declared: Sequence[Declared], reference: str) -> ConveyanceReport:
    """Return the report of an arrival or departure; of an approach, with the expected time that the ship sends.

    What the ship sends names her; voyage number, carrier, agent and manifest number come from the newest manifest for
    the call. A reader knows by the sender that nobody on board has signed it.
    """
    here = for_call(event, declared)
    known = here[0].report if here else None
    voyage = known.voyage if known else None
    at_berth = event.zone is not None and event.zone.kind is ZoneKind.BERTH
    return ConveyanceReport(
        reference=reference,
        intent="submit",
        issued_at=event.recorded_at[:16],
        call_reference=event.call,
        manifest_number=known.manifest_number if known else None,
        carrier=known.carrier if known else None,
        agent=known.agent if known else None,
        voyage=Voyage(
            number=voyage.number if voyage else None,
            carrier=voyage.carrier if voyage else None,
            vessel=observed_vessel(event),
            arrival=event.port,
            last_port=voyage.last_port if voyage else None,
            next_port=voyage.next_port if voyage else None,
            eta=event.eta,
            ata=event.at if event.type in _ARRIVALS else None,
            atd=event.at if event.type in _DEPARTURES else None,
        ),
        port=event.port,
        berth=event.zone.location if event.zone and at_berth else None,
    )
