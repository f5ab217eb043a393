"""DangerousGoodsReport: the dangerous goods on a ship, told to the port before it calls (FAL 7, IFTDGN)."""

from __future__ import annotations

from gateway.model.base import Coded, CodeName, Line, Measure, Moment, Part, Text, wco, wco_list
from gateway.model.equipment import HandledEquipment
from gateway.model.goods import DangerousGoods, Packages
from gateway.model.location import Location
from gateway.model.party import Party
from gateway.model.vessel import Voyage


class StowedGoods(Part):
    """Where goods are: container or vehicle, packages and weight in it, and the cell it stands in."""

    equipment: Line | None = wco("159", "Transport Equipment. Identification. Identifier")
    packages: int | None = None
    cell: Coded | None = None
    gross: Measure | None = None
    net: Measure | None = None


class DangerousItem(Part):
    """One dangerous substance of a consignment: packages, what is dangerous, and where it is stowed."""

    sequence: int | None = wco("006", "Consignment Item. Sequence. Numeric")
    packages: Packages | None = wco("93A", "Packaging")
    description: Text | None = wco("137", "Commodity. Description. Text")
    marks: Text | None = wco("142", "Packaging. Marks Numbers. Identifier")
    goods: DangerousGoods | None = wco("12C", "Dangerous Goods")
    cell: Coded | None = None
    stowed: tuple[StowedGoods, ...] = ()


class DangerousConsignment(Part):
    """The dangerous goods under one bill, and what is done with them in the port (`operation`)."""

    bill: Line | None = wco("D023", "Transport Contract Document. Identification. Identifier")
    operation: CodeName | None = None
    loading: Location | None = wco("83A", "Loading Location")
    discharge: Location | None = wco("38B", "Unloading Location")
    loaded_at: Moment | None = None
    discharged_at: Moment | None = None
    consignor: Party | None = wco("30A", "Consignor")
    consignee: Party | None = wco("27A", "Consignee")
    forwarder: Party | None = None
    items: tuple[DangerousItem, ...] = wco_list("29A", "Consignment Item")


class DangerousGoodsReport(Part):
    """A notification of dangerous goods that are loaded, discharged or stay on board in a port.

    `operation` holds for the whole report where it has only one.
    """

    type: Line | None = wco("D013", "Declaration. Type. Code")
    type_name: Line | None = None
    reference: Line | None = wco("D026", "Declaration. Functional Reference. Identifier")
    intent: CodeName | None = wco("017", "Declaration. Function. Code")
    issued_at: Moment | None = wco("D011", "Declaration. Issue. Date Time")
    operation: CodeName | None = None
    call_reference: Line | None = wco("010", "Border Transport Means. Stay. Identifier")
    previous_reference: Line | None = None
    own_reference: Line | None = None
    information: Text | None = None
    sender: Party | None = wco("17B", "Submitter")
    recipient: Party | None = None
    carrier: Party | None = None
    agent: Party | None = wco("05A", "Agent")
    voyage: Voyage | None = wco("15A", "Border Transport Means")
    port: Location | None = None
    berth: Location | None = None
    equipment: tuple[HandledEquipment, ...] = wco_list("31B", "Transport Equipment")
    consignments: tuple[DangerousConsignment, ...] = wco_list("28A", "Consignment")
