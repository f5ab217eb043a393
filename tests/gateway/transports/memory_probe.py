"""Send one large delivery from a process of its own; print how far the memory of this process rose meanwhile."""

from __future__ import annotations

import pickle
import sys
from datetime import UTC, datetime
from pathlib import Path

from gateway.errors import TransportBusy, TransportRefused
from gateway.model.stages import Delivery


def peak() -> int:
    """Return the most bytes of this program that were resident at once; `ru_maxrss` counts whoever started it too."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


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
