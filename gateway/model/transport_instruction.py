"""TransportInstruction: what a shipper or forwarder tells a carrier to do with a consignment (IFTMIN)."""

from __future__ import annotations

from gateway.model.carriage import Carriage


class TransportInstruction(Carriage):
    """A shipping instruction: from it the carrier makes the bill."""
