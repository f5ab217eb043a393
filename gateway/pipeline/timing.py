"""Whether an acknowledgment came too late, or before the sending itself was known to have worked."""

from __future__ import annotations

from gateway.model.acknowledgment import Layer
from gateway.model.journal import Sent
from gateway.pipeline.result import Result

_SETTLED = "delivered"


def timing(result: Result, sent: Sent, layer: Layer) -> str:
    """Return what is to be told of it, as the end of a sentence; "" when it came in time and in order."""
    at = result.arrival.received_at
    first = not any(one.layer is layer for one in sent.said)
    due = next((one.due_at for one in sent.expected if one.layer is layer), None)
    late = f"; late: it was due at {due:%Y-%m-%d %H:%M}Z" if first and due is not None and due < at else ""
    return late if sent.state == _SETTLED else f"{late}; here the sending itself is still {sent.state}"
