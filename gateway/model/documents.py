"""The canonical documents by name, as maps and agreements name them."""

from __future__ import annotations

from types import MappingProxyType

from gateway.model.base import Part
from gateway.model.cargo_report import CargoReport
from gateway.model.conveyance_report import ConveyanceReport
from gateway.model.customs_response import CustomsResponse
from gateway.model.goods_declaration import GoodsDeclaration
from gateway.model.vessel_event import VesselEvent

DOCUMENTS: MappingProxyType[str, type[Part]] = MappingProxyType(
    {
        document.__name__: document
        for document in (CargoReport, ConveyanceReport, CustomsResponse, GoodsDeclaration, VesselEvent)
    }
)
