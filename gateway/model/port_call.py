"""Ports on a ship's way, what it does there, and how safe it was."""

from __future__ import annotations

from gateway.model.base import Coded, CodeName, Line, Moment, Part, Text, wco
from gateway.model.location import Location, Position


class Purpose(Part):
    """Why a ship calls: a name of our table, or a code of another list; `text` in the sender's words."""

    kind: CodeName | None = None
    code: Coded | None = None
    text: Line | None = None


class PortCall(Part):
    """One port of a ship's itinerary (WCO class 81A): times as known, and the ISPS level the ship had there."""

    sequence: int | None = wco("006", "Itinerary. Sequence. Numeric")
    role: CodeName | None = None
    location: Location | None = wco("81A", "Itinerary")
    voyage: Line | None = None
    eta: Moment | None = None
    etd: Moment | None = None
    ata: Moment | None = None
    atd: Moment | None = None
    scheduled_arrival: Moment | None = None
    scheduled_departure: Moment | None = None
    security_level: CodeName | None = None
    security_measures: CodeName | None = None
    security: Text | None = None
    text: Text | None = None


class ShipToShipActivity(Part):
    """What a ship did alongside another since its tenth last port: where, when, and under which security."""

    location: Location | None = None
    position: Position | None = None
    started_at: Moment | None = None
    ended_at: Moment | None = None
    procedures: CodeName | None = None
    security_measures: CodeName | None = None
    activity: Text | None = None
