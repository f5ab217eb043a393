"""WasteReport: the waste a ship has, delivers and keeps, told before arrival (WASDIS)."""

from __future__ import annotations

from gateway.model.base import CodeName, Line, Measure, Moment, OptionalPart, Part, Text, wco
from gateway.model.conveyance_report import Persons
from gateway.model.location import Location
from gateway.model.party import Party
from gateway.model.vessel import Voyage


class Inspection(OptionalPart):
    """Where and when the ship may be inspected, and which agency acts in which procedure (EDIFACT GOR)."""

    place: Location | None = None
    at: Moment | None = None
    movement: Line | None = None
    agency: Line | None = None
    involvement: Line | None = None
    action: Line | None = None
    procedure: Line | None = None


class Waste(Part):
    """One type of waste; `code` and `detail` name it in the list of `regulation` (8273; ZZZ: the port's own)."""

    regulation: Line | None = None
    code: Line | None = None
    detail: Line | None = None
    to_deliver: Measure | None = None
    capacity: Measure | None = None
    retained: Measure | None = None
    generated: Measure | None = None
    on_board: Measure | None = None
    text: Text | None = None
    next_delivery: Location | None = None
    last_delivery: Location | None = None
    last_delivered_at: Moment | None = None
    provider: Party | None = None


class WasteReport(Part):
    """A waste notification of one call; amounts are those of each waste, by volume or weight as their unit says."""

    type: Line | None = None
    type_name: Line | None = None
    reference: Line | None = wco("D026", "Declaration. Functional Reference. Identifier")
    intent: CodeName | None = wco("017", "Declaration. Function. Code")
    issued_at: Moment | None = wco("D011", "Declaration. Issue. Date Time")
    call_reference: Line | None = wco("010", "Border Transport Means. Stay. Identifier")
    previous_reference: Line | None = None
    inspection: Inspection | None = None
    sender: Party | None = None
    recipient: Party | None = None
    agent: Party | None = None
    voyage: Voyage | None = None
    persons: Persons | None = None
    wastes: tuple[Waste, ...] = ()
    remarks: Text | None = None
