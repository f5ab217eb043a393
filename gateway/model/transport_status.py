"""TransportStatus: what has happened to consignments and containers on their way (IFTSTA)."""

from __future__ import annotations

from gateway.model.base import Coded, CodeName, Line, Moment, Part, Text, wco
from gateway.model.cargo_report import Totals
from gateway.model.carriage import Reference, Remark
from gateway.model.equipment import HandledEquipment
from gateway.model.goods import Item
from gateway.model.location import Location
from gateway.model.party import Party
from gateway.model.vessel import Leg


class StatusTime(Part):
    """A time that belongs to a status beside its own: an arrival expected, a departure made."""

    kind: CodeName | None = None
    at: Moment | None = None


class TransportEvent(Part):
    """One status: what happened, when, where and why, and to which goods and containers.

    `category` says what the status is of (transport, order, ...), `reason` why it came to be, `place` what `location`
    is to the event (where it took place, where the goods go, ...).
    """

    category: CodeName | None = None
    event: Coded | None = wco("379", "Status. Name. Code")
    text: Text | None = None
    reason: Coded | None = None
    reason_text: Text | None = None
    at: Moment | None = wco("380", "Status. Effective. Date Time")
    times: tuple[StatusTime, ...] = ()
    place: CodeName | None = None
    location: Location | None = None
    bill: Line | None = wco("D023", "Transport Contract Document. Identification. Identifier")
    booking: Line | None = None
    references: tuple[Reference, ...] = ()
    remarks: tuple[Remark, ...] = ()
    carrier: Party | None = None
    consignee: Party | None = wco("27A", "Consignee")
    delivery_party: Party | None = None
    legs: tuple[Leg, ...] = ()
    equipment: tuple[HandledEquipment, ...] = ()
    items: tuple[Item, ...] = ()


class TrackedConsignment(Part):
    """A consignment by its number, and its statuses."""

    number: Line | None = None
    number_type: Line | None = None
    loading: Location | None = wco("83A", "Loading Location")
    discharge: Location | None = wco("38B", "Unloading Location")
    delivery: Location | None = None
    destination: Location | None = None
    totals: Totals | None = None
    events: tuple[TransportEvent, ...] = ()


class TrackedEquipment(HandledEquipment):
    """A container and its statuses, where they are told of it and not of a consignment."""

    events: tuple[TransportEvent, ...] = ()


class TransportStatus(Part):
    """A report on the progress of a transport."""

    type: Line | None = None
    type_name: Line | None = None
    reference: Line | None = wco("D026", "Declaration. Functional Reference. Identifier")
    intent: CodeName | None = wco("017", "Declaration. Function. Code")
    issued_at: Moment | None = wco("D011", "Declaration. Issue. Date Time")
    bill: Line | None = wco("D023", "Transport Contract Document. Identification. Identifier")
    booking: Line | None = None
    previous_reference: Line | None = None
    references: tuple[Reference, ...] = ()
    remarks: tuple[Remark, ...] = ()
    sender: Party | None = wco("17B", "Submitter")
    recipient: Party | None = None
    carrier: Party | None = None
    forwarder: Party | None = None
    consignor: Party | None = wco("30A", "Consignor")
    consignee: Party | None = wco("27A", "Consignee")
    loading: Location | None = wco("83A", "Loading Location")
    discharge: Location | None = wco("38B", "Unloading Location")
    delivery: Location | None = None
    destination: Location | None = None
    totals: Totals | None = None
    equipment: tuple[TrackedEquipment, ...] = ()
    consignments: tuple[TrackedConsignment, ...] = ()
