"""ITPCO: port call event format 3.2.1, as far as a ship's own position shows an event.

The party is always `vessel`. Draught is in whole centimetres; a ring is a number in front of its event type.
"""

from __future__ import annotations

from adapters.portcall.fields import Counted, Derived, Fixed, Member, Moment, Number, Numbers, Object, Table, Text
from adapters.portcall.tables.cloudevent import CONFIDENCE, DETAIL, ZONE, cloudevent

SCHEMA = "urn:pierhead:schema:itpco-port-call-event:3.2.1"
RING = "nm.ata.vessel"
#: Event types, and the type of location each is at.
EVENT_TYPES = {
    RING: "port",
    "port.ata.vessel": "port",
    "port.atd.vessel": "port",
    "anchorArea.ata.vessel": "anchorArea",
    "anchorArea.atd.vessel": "anchorArea",
    "berth.ata.vessel": "berth",
    "berth.atd.vessel": "berth",
    "pilotBoardingPlace.ata.vessel": "pilotBoardingPlace",
}

SHIP = Object(
    "ship",
    (
        Member("imo", Text(7, fixed=True, digits=True)),
        Member("mmsi", Text(9, fixed=True, digits=True)),
        Member("name"),
    ),
    required=True,
    any_of=("imo", "mmsi"),
)
LOCATION = Object(
    "location",
    (
        Derived("type", (("", "/data/eventType"),), codes=EVENT_TYPES),
        Object(
            "geo", (Fixed("type", "Point"), Member("coordinates", Numbers(("longitude", "latitude")), required=True))
        ),
        Member("name"),
    ),
)
CONTEXT = Object("context", (Member("distanceToLocationNM", Number()), Member("draught", Number(whole=True))))
DATA = Object(
    "data",
    (
        Derived("uuid", (("", "/id"),), uuid=True),
        Fixed("version", "3.2.1"),
        Derived("source", (("", "/source"),)),
        Counted(
            "eventType", Text(values=tuple(EVENT_TYPES)), (RING,), "/data/context/distanceToLocationNM", required=True
        ),
        Member("recordTime", Moment(), required=True),
        Member("eventTime", Moment(), required=True),
        SHIP,
        Member("port", Text(5, fixed=True, form=r"[A-Z]{2}[A-Z2-9]{3}"), required=True),
        Member("portcallId", Text(37, form=r"[A-Z]{2}[A-Z2-9]{3}[a-zA-Z0-9_-]{1,32}")),
        LOCATION,
        CONTEXT,
    ),
    required=True,
)
ITPCO = Table(
    "itpco",
    "3",
    "ITPCO port call event",
    SCHEMA,
    cloudevent(SCHEMA, DATA, (("imo:", "/data/ship/imo"), ("mmsi:", "/data/ship/mmsi")), (CONFIDENCE, DETAIL, *ZONE)),
    marks=("eventType", "eventTime"),
)
