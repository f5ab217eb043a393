"""What has been declared for the call of a vessel, beside what was observed of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.model.cargo_report import CargoReport
from gateway.model.location import Location
from gateway.model.vessel import Vessel, Voyage
from gateway.model.vessel_event import VesselEvent


@dataclass(frozen=True, slots=True)
class Declared:
    """An accepted cargo report that names the vessel, and when it was received; `id` is that of the document."""

    id: str
    report: CargoReport
    received_at: datetime

    @property
    def voyage(self) -> Voyage:
        """The declared voyage."""
        return self.report.voyage or Voyage.model_construct()

    @property
    def arrival(self) -> str | None:
        """When the ship is declared to arrive, or to have arrived (ISO 8601): the surest of what is said."""
        voyage = self.voyage
        return voyage.ata or voyage.eta or self.report.eta or voyage.scheduled_arrival

    @property
    def ports(self) -> frozenset[str]:
        """Every port where the declared voyage calls, or cargo of it is discharged, by UN/LOCODE."""
        return frozenset(place.unlocode for place in _places(self.report) if place and place.unlocode)


def for_call(event: VesselEvent, declared: Sequence[Declared]) -> tuple[Declared, ...]:
    """Return what was declared for the port of an event, newest first as given; all of it where the port is unknown."""
    port = event.port.unlocode if event.port else None
    return tuple(one for one in declared if port is None or port in one.ports)


def _places(report: CargoReport) -> Iterator[Location | None]:
    voyage = report.voyage
    if voyage is not None:
        yield from (voyage.discharge, voyage.arrival, voyage.first_arrival, voyage.next_port)
    for consignment in report.consignments:
        for bill in (consignment, *consignment.houses):
            yield from (bill.discharge, bill.transhipment)


def observed_vessel(event: VesselEvent) -> Vessel | None:
    """Return what the ship says of herself."""
    return event.vessel.particulars
