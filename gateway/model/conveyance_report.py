"""ConveyanceReport: what a ship or its agent tells the authorities of a call (FAL 1; WCO CRA and CRD, CUSREP)."""

from __future__ import annotations

from gateway.model.base import Coded, CodeName, Line, Measure, Moment, OptionalPart, Part, Text, wco, wco_list
from gateway.model.equipment import Equipment
from gateway.model.location import Location, Position
from gateway.model.party import Party
from gateway.model.port_call import PortCall, Purpose, ShipToShipActivity
from gateway.model.vessel import Voyage


class Persons(OptionalPart):
    """How many are on board, as declared."""

    total: int | None = None
    crew: int | None = None
    passengers: int | None = None
    stowaways: int | None = None
    embarking: int | None = None
    disembarking: int | None = None


class CargoNature(Part):
    """One kind of cargo on board (EDIFACT 7085), with a description."""

    type: Coded | None = None
    text: Text | None = None


class CargoQuantity(Part):
    """How much of one kind is on board or to be worked (EDIFACT 6063 says of what)."""

    type: Line | None = None
    value: Measure | None = None
    text: Text | None = None


class CargoSummary(OptionalPart):
    """The cargo in brief: what it is, how much of it is in containers, how many bills there are."""

    description: Text | None = None
    containerised: Measure | None = None
    loose: Measure | None = None
    bills: int | None = None
    natures: tuple[CargoNature, ...] = ()
    quantities: tuple[CargoQuantity, ...] = ()


class Security(OptionalPart):
    """The ship's state under the ISPS Code (SOLAS XI-2/9): its level now, measures taken, what there is to report."""

    level: CodeName | None = None
    measures: CodeName | None = None
    matter: CodeName | None = None
    text: Text | None = None
    requested: Text | None = None


class Certificate(Part):
    """A certificate or other paper of the ship: security certificate, registry, tonnage, civil liability."""

    type: Coded | None = None
    name: Line | None = None
    number: Line | None = None
    expires_at: Moment | None = None
    issued_in: Location | None = None


class ConveyanceReport(Part):
    """An arrival, departure or combined report of one call of a ship (WCO class 42A).

    `reference` is the message's own number and the declarant's LRN, `call_reference` the port's number of the
    ship's stay. `voyage` holds the ship and the nearest ports; `itinerary` the ports before and after, newest first
    as the sender gives them.
    """

    type: Line | None = wco("D013", "Declaration. Type. Code")
    type_name: Line | None = None
    reference: Line | None = wco("D026", "Declaration. Functional Reference. Identifier")
    intent: CodeName | None = wco("017", "Declaration. Function. Code")
    issued_at: Moment | None = wco("D011", "Declaration. Issue. Date Time")
    version: Line | None = wco("383", "Declaration. Version. Identifier")
    call_reference: Line | None = wco("010", "Border Transport Means. Stay. Identifier")
    manifest_number: Line | None = None
    own_reference: Line | None = None
    previous_reference: Line | None = None
    office: Location | None = None
    sender: Party | None = wco("17B", "Submitter")
    recipient: Party | None = None
    carrier: Party | None = None
    agent: Party | None = wco("05A", "Agent")
    declarant: Party | None = wco("57B", "Declarant")
    terminal: Party | None = None
    master: Party | None = None
    company_security_officer: Party | None = None
    ship_security_officer: Party | None = None
    voyage: Voyage | None = wco("15A", "Border Transport Means")
    port: Location | None = None
    berth: Location | None = None
    position: Position | None = None
    first_arrival: Moment | None = None
    last_departure: Moment | None = None
    purposes: tuple[Purpose, ...] = ()
    procedure: CodeName | None = None
    persons: Persons | None = None
    cargo: CargoSummary | None = None
    security: Security | None = None
    itinerary: tuple[PortCall, ...] = wco_list("81A", "Itinerary")
    ship_to_ship: tuple[ShipToShipActivity, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    equipment: tuple[Equipment, ...] = wco_list("31B", "Transport Equipment")
    remarks: Text | None = None
