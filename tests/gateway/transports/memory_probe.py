"""Send one large delivery from a process of its own; print how far the memory of this process rose meanwhile."""

from __future__ import annotations

import pickle
import resource
import sys
from datetime import UTC, datetime

from gateway.errors import TransportBusy, TransportRefused
from gateway.model.stages import Delivery


def peak() -> int:
    """Return the most bytes that were resident at once."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    make, config, size = pickle.load(sys.stdin.buffer)
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    transport = make(config, lambda: now)
    small = Delivery("d0", "key-0", "a", "e", b"<x/>", "application/xml", "document", now, name="small.xml")
    transport.send(small)
    large = Delivery("d1", "key-1", "a", "e", b"x" * size, "application/xml", "document", now, name="large.xml")
    before = peak()
    try:
        transport.send(large)
    except (TransportBusy, TransportRefused):
        outcome = "not taken"
    else:
        outcome = "delivered"
    print(f"{outcome},{peak() - before}")
    transport.close()


main()
