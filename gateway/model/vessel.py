"""The ship and its voyage, as every document of the trade names them."""

from __future__ import annotations

from typing import ClassVar

from gateway.model.base import Coded, CodeName, Line, Measure, Moment, OptionalPart, wco
from gateway.model.location import Location


class Particulars(OptionalPart):
    """What the ship measures; tonnages and draughts as they are now, lengths over all."""

    gross_tonnage: Measure | None = None
    net_tonnage: Measure | None = None
    deadweight: Measure | None = None
    length: Measure | None = None
    breadth: Measure | None = None
    draught: Measure | None = None
    draught_forward: Measure | None = None
    draught_aft: Measure | None = None
    freeboard: Measure | None = None
    bow_thrust: Measure | None = None
    stern_thrust: Measure | None = None


class Vessel(OptionalPart):
    """The ship: IMO number, call sign, or an identifier of another list; its official number beside those."""

    imo: Line | None = wco("T006", "Border Transport Means. Identification. Identifier")
    call_sign: Line | None = wco("T006", "Border Transport Means. Identification. Identifier")
    id: Coded | None = wco("T006", "Border Transport Means. Identification. Identifier")
    name: Line | None = wco("T005", "Border Transport Means. Name. Text")
    flag: Line | None = wco("T014", "Border Transport Means. Registration Nationality. Code")
    official_number: Line | None = None
    particulars: Particulars | None = None


class CallTimes(OptionalPart):
    """When a ship or vehicle comes to a place and leaves it: expected, and as it was."""

    eta: Moment | None = None
    etd: Moment | None = None
    ata: Moment | None = None
    atd: Moment | None = None


class Voyage(OptionalPart):
    """The voyage that carries the cargo over the border (WCO class 15A).

    `other_number` is what the voyage is called elsewhere: by the port, or on the way out (RFF+VON).
    `first_arrival` is the first port in the country that is told of the voyage.
    `eta` and the like are those of the voyage; where a message says them of a place, they are in `loading_times` and
    `discharge_times`.
    """

    number: Line | None = wco("149", "Border Transport Means. Journey. Identifier")
    other_number: Line | None = None
    mode: Line | None = wco("T022", "Border Transport Means. Mode. Code")
    means: Coded | None = wco("T010", "Border Transport Means. Type. Code")
    carrier: Coded | None = wco("R011", "Carrier. Identification. Identifier")
    vessel: Vessel | None = None
    departure: Location | None = None
    loading: Location | None = wco("83A", "Loading Location")
    discharge: Location | None = wco("38B", "Unloading Location")
    arrival: Location | None = None
    next_port: Location | None = None
    last_port: Location | None = None
    first_arrival: Location | None = None
    previous_port: Location | None = None
    eta: Moment | None = wco("172", "Border Transport Means. Arrival. Date Time")
    etd: Moment | None = wco("156", "Border Transport Means. Departure. Date Time")
    ata: Moment | None = None
    atd: Moment | None = None
    scheduled_arrival: Moment | None = None
    scheduled_departure: Moment | None = None
    next_eta: Moment | None = None
    loading_times: CallTimes | None = None
    discharge_times: CallTimes | None = None


class Leg(Voyage):
    """One stage of the carriage beside the main one: before it, after it, inland, at the border."""

    is_entry: ClassVar[bool] = True
    stage: CodeName | None = None
