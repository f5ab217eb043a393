"""What an answer says of a fault and the message has no place for, put into the text of the fault.

CUSRES has ERP for the place of a fault; APERAK, among others, has free text only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gateway.model.customs_response import CustomsResponse, Fault, SegmentPointer
from gateway.model.stages import Loss

_LOST = re.compile(r"faults\[(\d+)\]\.(place|bill|equipment)\b")


def worded(response: CustomsResponse, losses: Sequence[Loss]) -> CustomsResponse:
    """Return the response with what was lost of its faults in front of their texts; itself if nothing was.

    Positions count as in CONTRL, the tag of a segment being its element 1 (docs/adr/0006).
    """
    found = (_LOST.match(loss.path) for loss in losses)
    lost = dict.fromkeys((int(match[1]), match[2]) for match in found if match)
    if not lost:
        return response
    faults = [
        _worded(fault, [part for at, part in lost if at == number]) for number, fault in enumerate(response.faults)
    ]
    return response.model_copy(update={"faults": tuple(faults)})


def _worded(fault: Fault, parts: Sequence[str]) -> Fault:
    lines = [*_lines(fault, parts), *([fault.text] if fault.text else [])]
    return fault.model_copy(update={**dict.fromkeys(parts), "text": "\n".join(lines) or None})


def _lines(fault: Fault, parts: Sequence[str]) -> Iterator[str]:
    if "place" in parts and fault.place is not None:
        yield f"at {_place(fault.place)}"
    for part in ("bill", "equipment"):
        value = getattr(fault, part)
        if part in parts and value:
            yield f"{part} {value}"


def _place(place: SegmentPointer) -> str:
    segment = " ".join(part for part in ("segment", place.segment, place.tag) if part)
    element = f", element {place.item}" if place.item else ""
    component = f", component {place.sub_item}" if place.sub_item is not None else ""
    return f"{segment}{element}{component}"
