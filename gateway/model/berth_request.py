"""BerthRequest: what an agent asks of a port for one stay of a ship: berths, services, cargo work (BERMAN)."""

from __future__ import annotations

from gateway.model.base import Coded, CodeName, Line, Measure, Moment, Part, Text, wco
from gateway.model.conveyance_report import CargoQuantity, Persons
from gateway.model.goods import DangerousGoods
from gateway.model.location import Location
from gateway.model.party import Party
from gateway.model.port_call import PortCall, Purpose
from gateway.model.vessel import Voyage


class OperationCargo(Part):
    """Cargo that is worked in one operation."""

    type: Coded | None = None
    text: Text | None = None
    weight: Measure | None = None
    volume: Measure | None = None
    units: int | None = None
    dangerous_goods: tuple[DangerousGoods, ...] = ()


class Operation(Part):
    """One operation at a berth, by code or in words, and who does it."""

    code: Coded | None = None
    text: Line | None = None
    stevedore: Party | None = None
    cargo: tuple[OperationCargo, ...] = ()


class ServicePlace(Part):
    """A berth or other place where a service is wanted, and from when to when."""

    role: CodeName | None = None
    location: Location | None = None
    eta: Moment | None = None
    etd: Moment | None = None
    ata: Moment | None = None
    atd: Moment | None = None
    draught: Measure | None = None
    quantities: tuple[CargoQuantity, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    text: Text | None = None
    operations: tuple[Operation, ...] = ()


class Service(Part):
    """One service asked for: berth, shift, pilot, tug, mooring (EDIFACT TSR)."""

    contract: Coded | None = None
    service: Coded | None = None
    priority: Coded | None = None
    cargo: Coded | None = None
    text: Text | None = None
    places: tuple[ServicePlace, ...] = ()


class BerthRequest(Part):
    """A request for berths and services; `call_reference` is the port's number of the ship's stay."""

    type: Line | None = None
    type_name: Line | None = None
    reference: Line | None = wco("D026", "Declaration. Functional Reference. Identifier")
    intent: CodeName | None = wco("017", "Declaration. Function. Code")
    issued_at: Moment | None = wco("D011", "Declaration. Issue. Date Time")
    call_reference: Line | None = wco("010", "Border Transport Means. Stay. Identifier")
    previous_reference: Line | None = None
    sender: Party | None = None
    recipient: Party | None = None
    agent: Party | None = None
    carrier: Party | None = None
    voyage: Voyage | None = None
    port: Location | None = None
    berth: Location | None = None
    last_departure: Moment | None = None
    itinerary: tuple[PortCall, ...] = ()
    persons: Persons | None = None
    services: tuple[Service, ...] = ()
    remarks: Text | None = None
