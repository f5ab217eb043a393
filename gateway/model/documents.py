"""The canonical documents by name, as maps and agreements name them."""

from __future__ import annotations

from types import MappingProxyType

from gateway.model.base import Part
from gateway.model.berth_request import BerthRequest
from gateway.model.bill_of_lading import BillOfLading
from gateway.model.booking import Booking
from gateway.model.cargo_report import CargoReport
from gateway.model.conveyance_report import ConveyanceReport
from gateway.model.customs_response import CustomsResponse
from gateway.model.dangerous_goods_report import DangerousGoodsReport
from gateway.model.equipment_report import EquipmentReport
from gateway.model.goods_declaration import GoodsDeclaration
from gateway.model.person_report import PersonReport
from gateway.model.sailing_schedule import SailingSchedule
from gateway.model.stowage_plan import StowagePlan
from gateway.model.transport_instruction import TransportInstruction
from gateway.model.transport_status import TransportStatus
from gateway.model.verified_gross_mass import VerifiedGrossMass
from gateway.model.vessel_event import VesselEvent
from gateway.model.waste_report import WasteReport

DOCUMENTS: MappingProxyType[str, type[Part]] = MappingProxyType(
    {
        document.__name__: document
        for document in (
            BerthRequest,
            BillOfLading,
            Booking,
            CargoReport,
            ConveyanceReport,
            CustomsResponse,
            DangerousGoodsReport,
            EquipmentReport,
            GoodsDeclaration,
            PersonReport,
            SailingSchedule,
            StowagePlan,
            TransportInstruction,
            TransportStatus,
            VerifiedGrossMass,
            VesselEvent,
            WasteReport,
        )
    }
)
