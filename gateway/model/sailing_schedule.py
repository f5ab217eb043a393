"""SailingSchedule: when ships call where, as a line publishes it (IFTSAI)."""

from __future__ import annotations

from typing import ClassVar

from gateway.model.base import CodeName, Line, Moment, Part, Text, wco
from gateway.model.location import Location
from gateway.model.party import Party
from gateway.model.port_call import PortCall
from gateway.model.vessel import Voyage


class ScheduledCall(PortCall):
    """A port of a sailing, and when it stops taking cargo for the ship."""

    cargo_closes_at: Moment | None = None


class Sailing(Voyage):
    """One voyage of a ship and its ports, in the order of the sender."""

    is_entry: ClassVar[bool] = True
    schedule_reference: Line | None = None
    remarks: Text | None = None
    calls: tuple[ScheduledCall, ...] = ()


class SailingSchedule(Part):
    """The sailings of a line, or those that answer an enquiry from one port to another."""

    type: Line | None = None
    type_name: Line | None = None
    reference: Line | None = wco("D026", "Declaration. Functional Reference. Identifier")
    intent: CodeName | None = wco("017", "Declaration. Function. Code")
    issued_at: Moment | None = wco("D011", "Declaration. Issue. Date Time")
    effective_at: Moment | None = None
    expires_at: Moment | None = None
    previous_reference: Line | None = None
    own_reference: Line | None = None
    contract: Line | None = None
    information: Text | None = None
    sender: Party | None = wco("17B", "Submitter")
    recipient: Party | None = None
    carrier: Party | None = None
    agent: Party | None = None
    loading: Location | None = None
    discharge: Location | None = None
    receipt: Location | None = None
    delivery: Location | None = None
    sailings: tuple[Sailing, ...] = ()
