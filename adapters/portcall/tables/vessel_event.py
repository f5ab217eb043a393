"""Our own vocabulary: every field of a VesselEvent. Degrees WGS 84, knots, metres, nautical miles; times UTC."""

from __future__ import annotations

from adapters.portcall.fields import Member, Moment, Number, Object, Table, Text, Texts
from adapters.portcall.tables.cloudevent import CERTAINTIES, cloudevent

SCHEMA = "urn:pierhead:schema:vessel-event:1"
TIME = Moment(any_precision=True)
WHOLE = Number(whole=True)


def _vessel(name: str, *, required: bool = False) -> Object:
    members = (
        *(Member(one) for one in ("mmsi", "imo", "callSign", "name", "flag")),
        Member("identifier"),
        Member("identifierList"),
        Member("identifierAgency"),
        *(Member(one, WHOLE) for one in ("shipType", "length", "beam")),
    )
    return Object(name, members, required=required)


def _location(name: str) -> Object:
    texts = ("unlocode", "code", "codeList", "codeAgency", "name", "terminal", "terminalList", "terminalAgency")
    return Object(name, tuple(Member(one) for one in (*texts, "terminalName")))


def _zone(name: str) -> Object:
    id_, kind = Member("id", required=True), Member("kind", required=True)
    return Object(name, (id_, kind, Member("name"), _location("location")))


def _destination(name: str) -> Object:
    return Object(name, (Member("text"), Member("unlocode"), Member("confidence", Number(least=0, most=1))))


POSITION = Object(
    "position",
    (
        Member("longitude", Number(), required=True),
        Member("latitude", Number(), required=True),
        Member("speed", Number()),
        Member("course", Number()),
        Member("heading", WHOLE),
        Member("status", WHOLE),
    ),
)
CHANGE = Object("changes", (Member("field", required=True), Member("before"), Member("after")), repeats=True)
EVIDENCE = Object(
    "evidence",
    (
        Member("receivedAt", TIME, required=True),
        Member("feed", required=True),
        Member("station"),
        Member("sentences", Texts()),
    ),
    repeats=True,
)
DATA = Object(
    "data",
    (
        Member("id", required=True),
        Member("type", required=True),
        Member("certainty", Text(values=CERTAINTIES), required=True),
        Member("at", TIME, required=True),
        Member("since", TIME),
        Member("recordedAt", TIME, required=True),
        _vessel("vessel", required=True),
        POSITION,
        _zone("zone"),
        _zone("fromZone"),
        _location("port"),
        Member("call"),
        Member("distanceNM", Number()),
        Member("eta", TIME),
        Member("etaBefore", TIME),
        _destination("destination"),
        _destination("destinationBefore"),
        Member("draught", Number()),
        Member("draughtBefore", Number()),
        CHANGE,
        _vessel("other"),
        Member("confidence", Number(least=0, most=1), required=True),
        Member("detail", required=True),
        EVIDENCE,
    ),
    required=True,
)
VESSEL_EVENT = Table(
    "vessel-event",
    "1",
    "Vessel event, in full",
    SCHEMA,
    cloudevent(SCHEMA, DATA, (("imo:", "/data/vessel/imo"), ("mmsi:", "/data/vessel/mmsi")), ()),
    marks=("certainty", "recordedAt"),
)
