"""Places of the trade: ports, terminals, offices."""

from __future__ import annotations

from gateway.model.base import Coded, Line, OptionalPart, wco


class Location(OptionalPart):
    """A location by UN/LOCODE, or by a code of another list, with its name and terminal."""

    unlocode: Line | None = wco("L010", "Location. Identification. Identifier")
    code: Coded | None = None
    name: Line | None = wco("L009", "Location. Name. Text")
    terminal: Coded | None = None
    terminal_name: Line | None = None


class Position(OptionalPart):
    """A position at sea, latitude and longitude as written (EDIFACT 6000 and 6002)."""

    latitude: Line | None = None
    longitude: Line | None = None
