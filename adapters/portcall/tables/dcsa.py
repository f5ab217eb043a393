"""DCSA Port Call (JIT) 2.0.0: an actual timestamp of a port call service, with the port call and the vessel's status.

Names and codes are those of the standard; the tables below say which codes go together. Its own resources are put one
by one; here the four that one event makes stand in one `data`. Ids are made from the event, so a repeat has the same.
"""

from __future__ import annotations

from adapters.portcall.fields import Derived, Fixed, Joined, Member, Moment, Number, Object, Pair, Table, Text
from adapters.portcall.tables.cloudevent import CONFIDENCE, ZONE, cloudevent

SCHEMA = "urn:pierhead:schema:dcsa-port-call:2.0.0"
EVENTS = {"BERTH": ("ARRI", "DEPA"), "ANCHORAGE": ("STRT", "CMPL"), "PILOT_BOARDING_PLACE": ("ARRI",)}
PHASES = {"BERTH": ("INBD", "ALGS", "SHIF", "OUTB"), "ANCHORAGE": ("",), "PILOT_BOARDING_PLACE": ("INBD",)}
FACILITIES = {"BERTH": ("BRTH",), "ANCHORAGE": ("ANCH", ""), "PILOT_BOARDING_PLACE": ("PBPL", "")}
_TYPE, _EVENT = "portCallServiceTypeCode", "portCallServiceEventTypeCode"
_PHASE, _FACILITY = "portCallPhaseTypeCode", "facilityTypeCode"

#: What the service is, what happened to it, in which phase of the call, at which facility.
SERVICE = Joined(
    "service",
    (
        Member(_TYPE, Text(values=tuple(EVENTS)), required=True),
        Member(_EVENT, Text(values=("ARRI", "DEPA", "STRT", "CMPL")), required=True),
        Member(_PHASE, Text(values=("INBD", "ALGS", "SHIF", "OUTB"))),
        Member(_FACILITY, Text(values=("PBPL", "BRTH", "ANCH"))),
    ),
    (Pair(_TYPE, _EVENT, EVENTS), Pair(_TYPE, _PHASE, PHASES), Pair(_TYPE, _FACILITY, FACILITIES)),
)
UNLOCODE = Text(5, fixed=True, form=r"[A-Z]{2}[A-Z2-9]{3}")
#: Degrees are texts in DCSA's API.
DEGREES = Text(form=r"-?\d{1,3}(\.\d+)?")
METRES = "MTR"
_SERVICE_ID = Derived("portCallServiceID", (("", "/id/event"),), uuid=True)

PORT_CALL = Object(
    "portCall",
    (
        Derived("portCallID", (("", "/data/portCall/portVisitReference"), ("", "/id/event")), uuid=True),
        Member("portVisitReference", Text(50)),
        Member("UNLocationCode", UNLOCODE, required=True),
        Object(
            "vessel",
            (
                Member("vesselIMONumber", Text(7, fixed=True, digits=True)),
                Member("MMSINumber", Text(9, fixed=True, digits=True)),
                Member("name", Text(50)),
                Member("callSign", Text(10)),
                Member("lengthOverall", Number()),
                Member("width", Number()),
                Fixed("dimensionUnit", METRES, required=False, beside=("lengthOverall", "width")),
            ),
            required=True,
            any_of=("vesselIMONumber", "MMSINumber"),
        ),
    ),
    required=True,
)
PORT_CALL_SERVICE = Object(
    "portCallService",
    (
        _SERVICE_ID,
        SERVICE,
        Object("portCallServiceLocation", (Member("locationName", Text(100)), Member("UNLocationCode", UNLOCODE))),
    ),
    required=True,
)
TIMESTAMP = Object(
    "timestamp",
    (
        Derived("timestampID", (("", "/id"),), uuid=True),
        _SERVICE_ID,
        Fixed("classifierCode", "ACT"),
        Member("dateTime", Moment(), required=True),
        Member("remark", Text(500), required=True),
    ),
    required=True,
)
VESSEL_STATUS = Object(
    "vesselStatus",
    (
        _SERVICE_ID,
        Member("draft", Number()),
        Fixed("dimensionUnit", METRES, required=False, beside=("draft",)),
        Object(
            "vesselPosition", (Member("latitude", DEGREES, required=True), Member("longitude", DEGREES, required=True))
        ),
        Member("milesToDestinationPort", Number()),
    ),
)
VESSEL = "/data/portCall/vessel"
DCSA = Table(
    "dcsa",
    "2",
    "DCSA port call timestamp",
    SCHEMA,
    cloudevent(
        SCHEMA,
        Object("data", (PORT_CALL, PORT_CALL_SERVICE, TIMESTAMP, VESSEL_STATUS), required=True),
        (("imo:", f"{VESSEL}/vesselIMONumber"), ("mmsi:", f"{VESSEL}/MMSINumber")),
        (CONFIDENCE, *ZONE),
    ),
    marks=("portCallService", "timestamp"),
)
