"""A bill holds a consignment as a cargo report does: manifests are made of bills."""

from __future__ import annotations

from gateway.model.bill_of_lading import BillOfLading
from gateway.model.cargo_report import CargoReport, Consignment, HouseConsignment
from gateway.model.location import Location
from gateway.model.transport_document import TransportDocument
from gateway.model.vessel import Leg


def test_the_consignment_of_a_bill_stands_in_a_manifest_as_it_is() -> None:
    bill = BillOfLading(
        reference="EXBL26042001",
        transport_document=TransportDocument(number="EXBL26042001"),
        loading=Location(unlocode="DEHAM"),
        booking="BK26042001",
    )
    consignment = Consignment(**{name: getattr(bill, name) for name in HouseConsignment.model_fields})
    report = CargoReport(consignments=(consignment,))
    assert report.consignments[0].transport_document == bill.transport_document
    assert report.consignments[0].loading == bill.loading
    assert report.consignments[0].booking == "BK26042001"


def test_a_leg_of_which_nothing_is_said_is_an_entry_all_the_same() -> None:
    assert BillOfLading(legs=(Leg(),)).legs == (Leg(),)
