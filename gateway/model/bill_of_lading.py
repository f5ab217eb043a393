"""BillOfLading: the terms of one bill or waybill, as a carrier sends them (IFTMCS)."""

from __future__ import annotations

from gateway.model.carriage import Carriage


class BillOfLading(Carriage):
    """One bill with its goods and containers; several of them make a manifest (`gateway.model.cargo_report`)."""
