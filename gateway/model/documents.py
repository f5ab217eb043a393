"""The canonical documents by name, as maps and agreements name them."""

from __future__ import annotations

from types import MappingProxyType

from gateway.model.base import Part
from gateway.model.berth_request import BerthRequest
from gateway.model.cargo_report import CargoReport
from gateway.model.conveyance_report import ConveyanceReport
from gateway.model.customs_response import CustomsResponse
from gateway.model.equipment_report import EquipmentReport
from gateway.model.person_report import PersonReport
from gateway.model.stowage_plan import StowagePlan
from gateway.model.vessel_event import VesselEvent
from gateway.model.waste_report import WasteReport

DOCUMENTS: MappingProxyType[str, type[Part]] = MappingProxyType(
    {
        document.__name__: document
        for document in (
            BerthRequest,
            CargoReport,
            ConveyanceReport,
            CustomsResponse,
            EquipmentReport,
            PersonReport,
            StowagePlan,
            VesselEvent,
            WasteReport,
        )
    }
)
