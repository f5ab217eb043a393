from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from gateway.model.cargo_report import CargoReport, Consignment
from gateway.model.location import Location
from gateway.model.vessel import Vessel, Voyage
from gateway.model.vessel_event import Certainty, EventType, ObservedVessel, VesselEvent
from gateway.relations.declared import Declared
from gateway.relations.disagreement import disagreement, disagreements
from gateway.relations.missing_manifest import missing_manifest

SHIP = Vessel(imo="9074729", name="BLUE HERON", call_sign="EX4B2")
PORT = Location(unlocode="GBFXT")


def event(type_: EventType = EventType.PORT_ARRIVAL, at: str = "2026-03-01T06:00:00Z") -> VesselEvent:
    return VesselEvent(
        id="e1",
        type=type_,
        certainty=Certainty.CONFIRMED,
        at=at,
        recorded_at="2026-03-01T06:02:00Z",
        vessel=ObservedVessel(mmsi="232001000", particulars=SHIP),
        port=PORT,
        confidence=Decimal("0.9"),
        detail="BLUE HERON came into the port area of GBFXT",
    )


def declared(port: str = "GBFXT", eta: str = "2026-03-01T05:00", ship: Vessel = SHIP, bill: str = "") -> Declared:
    consignments = (Consignment(discharge=Location(unlocode=bill)),) if bill else ()
    voyage = Voyage(number="042E", vessel=ship, discharge=Location(unlocode=port), eta=eta)
    report = CargoReport(reference="MAN-1", voyage=voyage, consignments=consignments)
    return Declared("d1", report, datetime(2026, 2, 27, tzinfo=UTC))


@pytest.mark.parametrize(
    ("manifest", "codes"),
    [
        (declared(), []),
        (declared(port="NLRTM"), ["PH-5001"]),
        (declared(port="NLRTM", bill="GBFXT"), []),
        (declared(eta="2026-03-02T05:00"), ["PH-5002"]),
        (declared(ship=SHIP.model_copy(update={"name": "Blue-Heron"})), []),
        (declared(ship=SHIP.model_copy(update={"name": "GREY HERON", "call_sign": "EX4B3"})), ["PH-5003", "PH-5003"]),
    ],
)
def test_an_arrival_is_compared_with_what_was_declared(manifest: Declared, codes: list[str]) -> None:
    assert [finding.code for finding in disagreements(event(), [manifest])] == codes


@pytest.mark.parametrize("voyage", [{"scheduled_arrival": "2026-03-02T05:00"}, {}])
def test_a_scheduled_arrival_and_one_in_the_heading_are_declared_too(voyage: dict[str, str]) -> None:
    head = {} if voyage else {"eta": "2026-03-02T05:00"}
    first = {"unlocode": "GBFXT"}  # the first port of arrival is one of the voyage's
    report = CargoReport.model_validate({"reference": "MAN-1", "voyage": {**voyage, "first_arrival": first}, **head})
    manifest = Declared("d1", report, datetime(2026, 2, 27, tzinfo=UTC))
    assert [finding.code for finding in disagreements(event(), [manifest])] == ["PH-5002"]


def test_only_an_arrival_with_a_declaration_can_disagree() -> None:
    assert disagreements(event(EventType.BERTH_ARRIVAL), [declared(port="NLRTM")]) == ()
    assert disagreements(event(), []) == ()


def test_a_disagreement_answers_the_manifest_it_is_about() -> None:
    told = disagreement(event(), [declared(port="NLRTM")], "R1")
    assert told is not None
    assert told.subject is not None
    assert (told.subject.reference, told.reference) == ("MAN-1", "R1")
    assert [fault.code.value for fault in told.faults if fault.code] == ["PH-5001"]
    assert disagreement(event(), [declared()], "R1") is None


def test_a_manifest_is_missing_until_one_for_this_port_is_lodged() -> None:
    approach = event(EventType.APPROACH)
    told = missing_manifest(approach, [declared(port="NLRTM")], "R1")
    assert told is not None
    assert "no manifest for her call at GBFXT" in (told.faults[0].text or "").replace("\n", " ")
    assert told.voyage is not None
    assert told.voyage.vessel == SHIP
    assert missing_manifest(approach, [declared(port="NLRTM"), declared()], "R1") is None
