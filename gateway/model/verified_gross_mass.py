"""VerifiedGrossMass: what packed containers weigh, and who answers for it (SOLAS VI/2, VERMAS)."""

from __future__ import annotations

from gateway.model.base import Coded, CodeName, Line, Moment, OptionalPart, Part, wco
from gateway.model.equipment import HandledEquipment
from gateway.model.party import Party
from gateway.model.vessel import Voyage


class Verification(OptionalPart):
    """How the weight was found, and who did it; SMDG's `method` SM1 weighs the packed container, SM2 adds up."""

    method: Coded | None = None
    document: Line | None = None
    documented_at: Moment | None = None
    responsible: Party | None = None
    weigher: Party | None = None
    authorised: Party | None = None


class WeighedEquipment(HandledEquipment):
    """A packed container with its verified gross mass (`verified_gross`, found `verified_at`)."""

    shipping_instruction: Line | None = None
    verification: Verification | None = None
    transport: Voyage | None = None


class VerifiedGrossMass(Part):
    """The verified gross masses of one or more containers."""

    type: Line | None = None
    type_name: Line | None = None
    reference: Line | None = wco("D026", "Declaration. Functional Reference. Identifier")
    intent: CodeName | None = wco("017", "Declaration. Function. Code")
    issued_at: Moment | None = wco("D011", "Declaration. Issue. Date Time")
    previous_reference: Line | None = None
    own_reference: Line | None = None
    booking: Line | None = None
    bill: Line | None = wco("D023", "Transport Contract Document. Identification. Identifier")
    shipping_instruction: Line | None = None
    sender: Party | None = wco("17B", "Submitter")
    recipient: Party | None = None
    carrier: Party | None = None
    forwarder: Party | None = None
    terminal_operator: Party | None = None
    responsible: Party | None = None
    weigher: Party | None = None
    authorised: Party | None = None
    equipment: tuple[WeighedEquipment, ...] = ()
