"""EquipmentReport: orders and reports on containers between lines, terminals and depots.

Load and discharge (COPRAR, COARRI), gate moves (CODECO), acceptance (COPARN) and release (COREOR).
"""

from __future__ import annotations

from gateway.model.base import CodeName, Line, Moment, Part, Text, wco
from gateway.model.cargo_report import Totals
from gateway.model.equipment import HandledEquipment
from gateway.model.goods import Item
from gateway.model.location import Location
from gateway.model.party import Party
from gateway.model.vessel import Voyage


class EquipmentReport(Part):
    """An order for, or a report on, a list of equipment.

    `operation` says which: loading_order, discharge_report, gate_in, release_order, ... `voyage` is the ship's, where
    there is one; how a container comes or goes by land is with the container (`inland`).
    """

    operation: CodeName | None = wco("D013", "Declaration. Type. Code")
    type_name: Line | None = None
    reference: Line | None = wco("D026", "Declaration. Functional Reference. Identifier")
    intent: CodeName | None = wco("017", "Declaration. Function. Code")
    issued_at: Moment | None = wco("D011", "Declaration. Issue. Date Time")
    expires_at: Moment | None = None
    previous_reference: Line | None = None
    bill: Line | None = wco("D023", "Transport Contract Document. Identification. Identifier")
    booking: Line | None = None
    release: Line | None = None
    operator_reference: Line | None = None
    other_reference: Line | None = None
    information: Text | None = None
    service: Text | None = None
    sender: Party | None = wco("17B", "Submitter")
    recipient: Party | None = None
    carrier: Party | None = None
    operator: Party | None = None
    terminal_operator: Party | None = None
    consignor: Party | None = wco("30A", "Consignor")
    consignee: Party | None = wco("27A", "Consignee")
    forwarder: Party | None = None
    released_to: Party | None = None
    terminal: Location | None = None
    voyage: Voyage | None = wco("15A", "Border Transport Means")
    items: tuple[Item, ...] = ()
    equipment: tuple[HandledEquipment, ...] = ()
    totals: Totals | None = None
