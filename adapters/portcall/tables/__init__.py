"""The structures of all messages, as tables of fields."""

from adapters.portcall.tables.dcsa import DCSA
from adapters.portcall.tables.itpco import ITPCO
from adapters.portcall.tables.vessel_event import VESSEL_EVENT

TABLES = (VESSEL_EVENT, DCSA, ITPCO)

__all__ = ["TABLES"]
