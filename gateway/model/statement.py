"""What is said of one place of a document: statements and amendments, with the pointer that leads there."""

from __future__ import annotations

from gateway.model.base import Coded, Line, Moment, Part, Text, wco, wco_list


class PointerStep(Part):
    """One step of a WCO pointer (class 97A): the n-th class, and at the end an attribute of it."""

    sequence: int | None = wco("006", "Pointer. Sequence. Numeric")
    section: Line | None = wco("375", "Pointer. Document Section. Code")
    tag: Line | None = wco("381", "Pointer. Tag. Identifier")


class Statement(Part):
    """A coded or free statement to customs, or of customs, with the place it is about (WCO class 03A)."""

    code: Coded | None = wco("226", "Additional Information. Statement. Code")
    text: Text | None = wco("225", "Additional Information. Statement Description. Text")
    type: Line | None = wco("369", "Additional Information. Statement Type. Code")
    limit_at: Moment | None = wco("264", "Additional Information. Limit. Date Time")
    pointer: tuple[PointerStep, ...] = wco_list("97A", "Pointer")


class Amendment(Part):
    """One change to an earlier declaration: the reason, and the place that is changed (WCO class 06A)."""

    reason: Line | None = wco("099", "Amendment. Change Reason. Code")
    pointer: tuple[PointerStep, ...] = wco_list("97A", "Pointer")
