"""CargoReport: what a carrier tells customs of the cargo on a voyage (manifest; WCO CRI and CRE, FAL 2)."""

from __future__ import annotations

from gateway.model.base import CodeName, Line, Measure, Moment, OptionalPart, Part, wco, wco_list
from gateway.model.equipment import Equipment
from gateway.model.goods import Item
from gateway.model.location import Location
from gateway.model.party import Party, RoledParty
from gateway.model.transport_document import TransportDocument
from gateway.model.vessel import Leg, Voyage


class Totals(OptionalPart):
    """Control totals as declared, not as computed."""

    gross: Measure | None = wco("131", "Consignment. Total Gross Mass. Measure")
    pieces: int | None = None
    packages: int | None = wco("146", "Consignment. Total Package. Quantity")
    equipment: int | None = None
    consignments: int | None = None


class HouseConsignment(Part):
    """A house bill under a master bill, with its own goods (WCO class 21C).

    `destination` is that of the carriage, `final_destination` where the goods go in the end, `despatch` where they were
    sent from; `parties` are those that have no field here.
    """

    transport_document: TransportDocument | None = wco("30B", "Transport Contract Document")
    booking: Line | None = None
    totals: Totals | None = None
    loading: Location | None = wco("83A", "Loading Location")
    discharge: Location | None = wco("38B", "Unloading Location")
    origin_loading: Location | None = None
    transhipment: Location | None = None
    receipt: Location | None = wco("66A", "Goods Receipt Place")
    delivery: Location | None = None
    destination: Location | None = None
    final_destination: Location | None = None
    despatch: Location | None = None
    storage: Location | None = None
    office: Location | None = None
    procedure: CodeName | None = None
    consignor: Party | None = wco("30A", "Consignor")
    consignee: Party | None = wco("27A", "Consignee")
    notify: Party | None = wco("89A", "Notify Party")
    forwarder: Party | None = None
    carrier: Party | None = wco("18A", "Carrier")
    parties: tuple[RoledParty, ...] = ()
    items: tuple[Item, ...] = wco_list("29A", "Consignment Item")


class Consignment(HouseConsignment):
    """A consignment under one master (or only) bill, with the house bills below it (WCO class 28A)."""

    houses: tuple[HouseConsignment, ...] = wco_list("21C", "House Consignment")


class CargoReport(Part):
    """A cargo report (manifest) of one voyage (WCO class 42A).

    `reference` is the message's own number and the declarant's LRN; `intent` says what the declarant wants
    (submit, replace, amend, cancel, ...), rendered per profile and never passed through. `eta` and `notified_at` are
    those that the heading states; the times of the ship are in `voyage`, the carriage before and after it in `legs`.
    """

    type: Line | None = wco("D013", "Declaration. Type. Code")
    type_name: Line | None = None
    reference: Line | None = wco("D026", "Declaration. Functional Reference. Identifier")
    intent: CodeName | None = wco("017", "Declaration. Function. Code")
    issued_at: Moment | None = wco("D011", "Declaration. Issue. Date Time")
    eta: Moment | None = None
    notified_at: Moment | None = None
    manifest_number: Line | None = wco("D014", "Declaration. Identification. Identifier")
    cargo_control_number: Line | None = None
    own_reference: Line | None = None
    previous_reference: Line | None = None
    office: Location | None = None
    sender: Party | None = wco("17B", "Submitter")
    recipient: Party | None = None
    carrier: Party | None = None
    reporting_carrier: Party | None = None
    agent: Party | None = wco("05A", "Agent")
    declarant: Party | None = wco("57B", "Declarant")
    voyage: Voyage | None = wco("15A", "Border Transport Means")
    legs: tuple[Leg, ...] = ()
    procedure: CodeName | None = None
    equipment: tuple[Equipment, ...] = wco_list("31B", "Transport Equipment")
    totals: Totals | None = None
    consignments: tuple[Consignment, ...] = wco_list("28A", "Consignment")
