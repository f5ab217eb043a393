"""VesselEvent: something that a ship was seen to do, or to say of herself, with the evidence for it.

`gateway.vessels` makes these from what ships send; they are kept, routed and delivered like every other document.
Times are UTC. An event is told twice at most: provisional as soon as it looks so, confirmed once it is certain, both
under one `id`, which is made from the rule, the ship, the zone and the start, so that a replay tells nothing anew.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from gateway.model.base import Line, Moment, OptionalPart, Part, wco
from gateway.model.location import Location
from gateway.model.vessel import Vessel


class EventType(StrEnum):
    """What happened, in the words that agreements use."""

    APPROACH = "approach"  # an approach ring was crossed inbound; `distance_nm` is its radius
    PORT_ARRIVAL = "port arrival"
    PORT_DEPARTURE = "port departure"
    PILOT_BOARDING = "pilot boarding"  # arrival at a pilot boarding place
    ANCHORAGE_START = "anchorage start"
    ANCHORAGE_END = "anchorage end"
    BERTH_ARRIVAL = "berth arrival"
    BERTH_DEPARTURE = "berth departure"
    BERTH_SHIFT = "berth shift"  # from `from_zone` to `zone` without leaving the port
    ETA_CHANGE = "ETA change"
    DESTINATION_CHANGE = "destination change"
    DRAUGHT_CHANGE = "draught change"
    IDENTITY_CHANGE = "identity change"
    IDENTITY_MISMATCH = "identity mismatch"
    AIS_GAP = "AIS gap"
    LOITERING = "loitering"
    RENDEZVOUS = "rendezvous"
    IMPLAUSIBLE_POSITION = "implausible position"


class Certainty(StrEnum):
    """How far an event is established by what was received."""

    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"


class ZoneKind(StrEnum):
    """What a zone of the site is."""

    PORT_AREA = "port area"
    ANCHORAGE = "anchorage"
    BERTH = "berth"
    PILOT_BOARDING_PLACE = "pilot boarding place"
    APPROACH = "approach"  # a ring round a port's point


class ObservedVessel(OptionalPart):
    """A ship as she is known from what she sends; `mmsi` is always there. Lengths in metres."""

    mmsi: Line | None = None
    particulars: Vessel | None = None
    ship_type: int | None = None  # ITU-R M.1371, as sent
    length: int | None = None
    beam: int | None = None


class ObservedPosition(Part):
    """Where and how a ship moved: degrees WGS 84, knots, degrees; `status` is the navigational status as sent."""

    longitude: Decimal
    latitude: Decimal
    speed: Decimal | None = None
    course: Decimal | None = None
    heading: int | None = None
    status: int | None = None


class ObservedZone(Part):
    """A zone of the site by its id there, with the port it belongs to (UN/LOCODE, terminal)."""

    id: Line
    kind: ZoneKind
    name: Line | None = None
    location: Location | None = None


class Destination(OptionalPart):
    """A destination as sent, and the port it is taken for with how far that is to be believed (0 to 1)."""

    text: Line | None = None
    unlocode: Line | None = None
    confidence: Annotated[Decimal, Field(ge=0, le=1)] | None = None


class Change(Part):
    """One value that is no longer what it was: a field name of `ObservedVessel` or `Vessel`, and both values."""

    field: Line
    before: Line | None = None
    after: Line | None = None


class Evidence(Part):
    """One transmission that an event rests on: when it was received, from which feed and station, and its sentences."""

    received_at: Moment
    feed: Line
    station: Line | None = None
    sentences: tuple[Line, ...] = ()


class VesselEvent(Part):
    """One event of one ship. `at` is when it happened by the ship's own time, `recorded_at` when it was noticed.

    `since` is the start of what has a duration (loitering, a gap, a rendezvous); `other` is the second ship of a
    rendezvous, or of two that share an MMSI. `detail` says in a sentence what was seen.
    """

    id: Line
    type: EventType
    certainty: Certainty
    at: Moment
    since: Moment | None = None
    recorded_at: Moment
    vessel: ObservedVessel
    position: ObservedPosition | None = None
    zone: ObservedZone | None = None
    from_zone: ObservedZone | None = None
    port: Location | None = None
    call: Line | None = None  # our own id of the port call, the same for every event between arrival and departure
    distance_nm: Decimal | None = None
    eta: Moment | None = wco("172", "Border Transport Means. Arrival. Date Time")
    eta_before: Moment | None = None
    destination: Destination | None = None
    destination_before: Destination | None = None
    draught: Decimal | None = None
    draught_before: Decimal | None = None
    changes: tuple[Change, ...] = ()
    other: ObservedVessel | None = None
    confidence: Annotated[Decimal, Field(ge=0, le=1)]
    detail: Line
    evidence: tuple[Evidence, ...] = ()
