"""Containers and other transport equipment."""

from __future__ import annotations

from gateway.model.base import Coded, CodeName, Line, Measure, Part, wco, wco_list


class Seal(Part):
    """A seal on equipment, and who affixed it (WCO class 44B)."""

    number: Line | None = wco("165", "Seal. Identification. Identifier")
    party: CodeName | None = None


class Temperature(Part):
    """A temperature setting; `kind` as coded in the standard (EDIFACT 6245, 2 = transport)."""

    kind: CodeName | None = None
    value: Measure | None = None


class Equipment(Part):
    """A container or other transport equipment on this voyage (WCO class 31B), or `units` of one kind together."""

    kind: CodeName | None = None
    number: Line | None = wco("159", "Transport Equipment. Identification. Identifier")
    number_list: Line | None = None
    size_type: Coded | None = wco("152", "Transport Equipment. Characteristic. Code")
    supplier: Line | None = wco("151", "Transport Equipment. Supplier Party Type. Code")
    status: CodeName | None = None
    fullness: CodeName | None = wco("154", "Transport Equipment. Fullness. Code")
    tare: Measure | None = None
    gross: Measure | None = None
    net: Measure | None = None
    verified_gross: Measure | None = None
    seals: tuple[Seal, ...] = wco_list("44B", "Seal")
    procedure: CodeName | None = None
    temperatures: tuple[Temperature, ...] = ()
    units: int | None = None
