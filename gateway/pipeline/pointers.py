"""Turning a fault at a place of our message into a fault at a place of the sender's own.

The pointer into what we sent leads to a canonical path, by the lineage of the writing; that path leads to segment,
element and component of what was received, by the lineage of the reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.mapping.lineage import Destinations, Origins
from gateway.model.base import Part
from gateway.model.cargo_report import CargoReport
from gateway.model.customs_response import CustomsResponse, Fault, SegmentPointer
from gateway.model.finding import Position
from gateway.model.statement import PointerStep
from gateway.plugin import Adapter


@dataclass(frozen=True, slots=True)
class Translation:
    """What is needed to translate pointers: how the document was written, and where it came from."""

    target: Adapter
    destinations: Destinations
    origins: Origins
    document: Part

    def path(self, pointer: Sequence[PointerStep]) -> str | None:
        """Return the canonical path that a pointer into the written message means."""
        written = self.destinations.written.written
        found = self.target.pointed_at(written.type, written.body, pointer)
        if found is None:
            return None
        return self.destinations.path_at(found.record, found.locator, found.place, found.above)

    def position(self, pointer: Sequence[PointerStep]) -> tuple[str, Position, str] | None:
        """Return canonical path, place in the source, and what is expected there if it is absent."""
        path = self.path(pointer)
        placed = self.origins.position(path) if path else None
        if path is None or placed is None:
            return None
        position, spot = placed
        return path, position, "" if spot.present else spot.expected

    def response(self, response: CustomsResponse) -> CustomsResponse:
        """Return the response with every fault placed in the sender's own message."""
        return response.model_copy(update={"faults": tuple(self.fault(fault) for fault in response.faults)})

    def fault(self, fault: Fault) -> Fault:
        """Return a fault placed in the sender's own message; one that points nowhere we know stays as it is."""
        found = self.position(fault.pointer) if fault.pointer else None
        if found is None:
            return fault
        path, position, expected = found
        text = f"{fault.text or ''}\nmissing: {expected}".strip() if expected else fault.text
        return fault.model_copy(
            update={
                "pointer": (),
                "place": segment_pointer(position),
                "text": text,
                "bill": fault.bill or bill_at(self.document, path),
            }
        )


def segment_pointer(position: Position) -> SegmentPointer:
    """Return a position in the terms of ERP: 0096 and 0098 count as in CONTRL, the tag being element 1."""
    return SegmentPointer(
        section="detail",
        tag=position.tag or None,
        segment=str(position.segment) if position.segment is not None else None,
        item=str(position.element + 1) if position.element is not None else None,
        sub_item=position.component,
    )


def bill_at(document: Part, path: str) -> str | None:
    """Return the number of the bill that a path is about."""
    if not isinstance(document, CargoReport) or not path.startswith("consignments["):
        return None
    consignment = document.consignments[int(path[len("consignments[") : path.index("]")])]
    holder = consignment.transport_document
    return holder.number if holder is not None else None
