"""StowagePlan: what stands where on board, or where it shall be loaded, discharged or restowed (BAPLIE, MOVINS)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.model.base import Coded, CodeName, Line, Moment, Part, wco
from gateway.model.equipment import HandledEquipment
from gateway.model.party import Party
from gateway.model.vessel import Voyage

#: ISO 9711-1: bay in two or three digits, row and tier in two each.
_CELL = re.compile(r"(\d{2,3})(\d\d)(\d\d)", re.ASCII)
ISO_AGENCY = "5"


@dataclass(frozen=True, slots=True)
class Slot:
    """A cell by its numbers (ISO 9711-1): odd bays for 20 feet, even ones for 40; tiers from 70 or 80 up on deck."""

    bay: int
    row: int
    tier: int


def slot(cell: Coded | None) -> Slot | None:
    """Return the numbers of a cell in ISO format; None for another format (roll-on roll-off decks, a line's own)."""
    if cell is None or cell.agency not in (ISO_AGENCY, None):
        return None
    match = _CELL.fullmatch(cell.value)
    return Slot(*(int(number) for number in match.groups())) if match else None


class StowageInstruction(Part):
    """One kind of work on a list of equipment: load, discharge, restow, shift; `cell` says where to."""

    operation: CodeName | None = None
    equipment: tuple[HandledEquipment, ...] = ()


class StowagePlan(Part):
    """The stowage of a ship: all that is on board with its cell, or what is to be done to it in `instructions`.

    `reference` is the message's own number; a partial plan tells of the cells it names and of no others.
    """

    type: Line | None = wco("D013", "Declaration. Type. Code")
    type_name: Line | None = None
    reference: Line | None = wco("D026", "Declaration. Functional Reference. Identifier")
    intent: CodeName | None = wco("017", "Declaration. Function. Code")
    issued_at: Moment | None = wco("D011", "Declaration. Issue. Date Time")
    previous_reference: Line | None = None
    sender: Party | None = wco("17B", "Submitter")
    recipient: Party | None = None
    carrier: Party | None = None
    voyage: Voyage | None = wco("15A", "Border Transport Means")
    equipment: tuple[HandledEquipment, ...] = ()
    instructions: tuple[StowageInstruction, ...] = ()
