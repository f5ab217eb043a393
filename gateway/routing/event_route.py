"""What goes out for events of vessels: which of them, what is told, to whom and in which form. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.model.vessel_event import Certainty, EventType, VesselEvent
from gateway.routing.route import Route


class Tell(StrEnum):
    """What is made of an event for whoever is told of it."""

    EVENT = "event"  # the event as it is
    ARRIVAL_NOTICE = "arrival notice"  # a conveyance report to customs, of what was seen and what was declared
    MISSING_MANIFEST = "missing manifest"  # a reminder, only while no manifest for the call has been lodged
    DISAGREEMENT = "disagreement"  # what the declared voyage and the observed one do not agree on, if anything


@dataclass(frozen=True, slots=True)
class EventRoute:
    """Events of these types, certainties, rings (nautical miles), zones and ports; what is empty is left open.

    `route` says where to and as what; its `document` is the class of what is told.
    """

    tell: Tell
    route: Route
    on: frozenset[EventType] = frozenset()
    certainty: frozenset[Certainty] = frozenset({Certainty.CONFIRMED})
    rings: frozenset[int] = frozenset()
    zones: frozenset[str] = frozenset()
    ports: frozenset[str] = frozenset()
    fleet: frozenset[str] | None = None  # IMO numbers

    def takes(self, event: VesselEvent) -> bool:
        """Whether an event goes this way."""
        zone = event.zone or event.from_zone
        port = event.port.unlocode if event.port else None
        return (
            event.certainty in self.certainty
            and (not self.on or event.type in self.on)
            and (not self.rings or (event.distance_nm is not None and int(event.distance_nm) in self.rings))
            and (not self.zones or (zone is not None and zone.id in self.zones))
            and (not self.ports or port in self.ports)
            and (self.fleet is None or _imo(event) in self.fleet)
        )

    def __str__(self) -> str:
        what = ", ".join(sorted(self.on)) or "every event"
        return f"{self.tell} on {what} to {self.route.to} as {self.route.type.standard} {self.route.type}"


def _imo(event: VesselEvent) -> str:
    particulars = event.vessel.particulars
    return (particulars.imo if particulars else None) or ""
