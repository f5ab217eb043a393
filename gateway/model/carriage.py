"""What a contract of carriage says, from the booking over the instruction to the bill of lading."""

from __future__ import annotations

from gateway.model.base import Coded, CodeName, Line, Measure, Moment, OptionalPart, Part, Text, wco, wco_list
from gateway.model.cargo_report import HouseConsignment
from gateway.model.equipment import HandledEquipment
from gateway.model.location import Location
from gateway.model.party import Party
from gateway.model.vessel import Leg, Voyage


class Reference(Part):
    """A reference of one of the parties: what kind it is, its number, and when it was given."""

    kind: CodeName | None = None
    number: Line | None = None
    dated_at: Moment | None = None


class Remark(Part):
    """A free text and what it is about."""

    subject: CodeName | None = None
    text: Text | None = None


class Amount(Part):
    """An amount of money and what it is for; the unit of `amount` is its currency (ISO 4217)."""

    kind: CodeName | None = None
    amount: Measure | None = wco("109", "Declaration. Invoice. Amount")


class Payment(Part):
    """Who pays a group of charges, and where: prepaid or collect."""

    charges: CodeName | None = None
    method: Coded | None = wco("098", "Freight. Payment Method. Code")
    payable: CodeName | None = None
    place: Location | None = None


class Charge(Part):
    """A freight rate or other charge, with what it comes to."""

    code: Coded | None = None
    name: Line | None = None
    payable: CodeName | None = None
    price: Measure | None = None
    amount: Measure | None = None


class Terms(OptionalPart):
    """Terms of delivery or carriage (Incoterms), and the place they name (WCO class 22B)."""

    function: Line | None = None
    code: Coded | None = None
    text: Text | None = None
    payment: Line | None = None
    relationship: Line | None = wco("106", "Trade Terms. Country Relationship. Code")
    place: Location | None = None


class Service(OptionalPart):
    """What was agreed on the carriage: conditions, the service itself, priority, nature of the cargo."""

    conditions: Coded | None = None
    service: Coded | None = None
    priority: Coded | None = None
    nature: Coded | None = None


class Carriage(HouseConsignment):
    """One consignment as it is booked, instructed or carried, with its ship, its containers and who pays what.

    The fields of `HouseConsignment` are the same here and in a cargo report: a manifest is made of bills.
    `reference` is the message's own number; `transport_document` is the bill.
    """

    type: Line | None = wco("D013", "Declaration. Type. Code")
    type_name: Line | None = None
    reference: Line | None = wco("D026", "Declaration. Functional Reference. Identifier")
    intent: CodeName | None = wco("017", "Declaration. Function. Code")
    issued_at: Moment | None = wco("D011", "Declaration. Issue. Date Time")
    previous_reference: Line | None = None
    own_reference: Line | None = None
    shipping_instruction: Line | None = None
    contract: Line | None = None
    references: tuple[Reference, ...] = ()
    contact: Party | None = None
    sender: Party | None = None
    recipient: Party | None = None
    agent: Party | None = None
    second_notify: Party | None = None
    booking_party: Party | None = None
    payer: Party | None = None
    voyage: Voyage | None = wco("15A", "Border Transport Means")
    legs: tuple[Leg, ...] = ()
    acceptance: Location | None = wco("01A", "Acceptance Place")
    origin: Location | None = None
    issued_in: Location | None = None
    payable_at: Location | None = None
    release_office: Location | None = None
    bill_issued_at: Moment | None = None
    shipped_at: Moment | None = None
    collected_at: Moment | None = None
    earliest_at: Moment | None = None
    latest_at: Moment | None = None
    delivered_at: Moment | None = None
    closes_at: Moment | None = None
    expires_at: Moment | None = None
    service: Service | None = None
    terms: Terms | None = None
    payments: tuple[Payment, ...] = ()
    charges: tuple[Charge, ...] = ()
    amounts: tuple[Amount, ...] = ()
    bill_text: Text | None = None
    information: Text | None = None
    remarks: tuple[Remark, ...] = ()
    equipment: tuple[HandledEquipment, ...] = wco_list("31B", "Transport Equipment")
