"""Bills and waybills."""

from __future__ import annotations

from gateway.model.base import CodeName, Line, OptionalPart, wco


class TransportDocument(OptionalPart):
    """A bill of lading or waybill: its number, and which kind of bill it is (master, house, ...)."""

    number: Line | None = wco("D023", "Transport Contract Document. Identification. Identifier")
    type: CodeName | None = wco("D024", "Transport Contract Document. Type. Code")
