"""The dangerous goods on a ship as a report to the port (FAL 7), taken from a manifest or from a stowage plan."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.model.cargo_report import CargoReport, HouseConsignment
from gateway.model.dangerous_goods_report import (
    DangerousConsignment,
    DangerousGoodsReport,
    DangerousItem,
    StowedGoods,
)
from gateway.model.equipment import HandledEquipment
from gateway.model.goods import DangerousGoods, Item
from gateway.model.stowage_plan import StowagePlan
from gateway.relations.stowage_manifest import stowed


def from_manifest(report: CargoReport) -> DangerousGoodsReport:
    """Return a consignment for each bill that has dangerous goods, one item for each substance."""
    bills = (bill for one in report.consignments for bill in (one, *one.houses))
    found = tuple(made for bill in bills if (made := _consignment(bill)).items)
    return DangerousGoodsReport(carrier=report.carrier, agent=report.agent, voyage=report.voyage, consignments=found)


def from_plan(plan: StowagePlan) -> DangerousGoodsReport:
    """Return a consignment for each unit with dangerous goods, each substance with the cell it stands in."""
    units = (unit for _, unit in stowed(plan) if unit.dangerous_goods)
    return DangerousGoodsReport(voyage=plan.voyage, consignments=tuple(map(_of_unit, units)))


def _consignment(bill: HouseConsignment) -> DangerousConsignment:
    return DangerousConsignment(
        bill=bill.transport_document.number if bill.transport_document else None,
        loading=bill.loading,
        discharge=bill.discharge,
        consignor=bill.consignor,
        consignee=bill.consignee,
        forwarder=bill.forwarder,
        items=tuple(found for item in bill.items for found in _items(item)),
    )


def _items(item: Item) -> Iterator[DangerousItem]:
    stowed_in = tuple(StowedGoods(equipment=one.equipment, packages=one.packages) for one in item.equipment)
    for goods in _named(item):
        yield DangerousItem(
            sequence=item.sequence,
            packages=item.packages,
            description=item.description,
            marks=item.marks,
            goods=goods,
            stowed=stowed_in,
        )


def _named(item: Item) -> tuple[DangerousGoods, ...]:
    """Return the dangerous goods of an item; what is said of the whole item is said of its only ones."""
    if len(item.dangerous_goods) != 1:
        return item.dangerous_goods
    (goods,) = item.dangerous_goods
    name, information = goods.technical_name or item.technical_name, goods.information or item.hazard_information
    return (goods.model_copy(update={"technical_name": name, "information": information}),)


def _of_unit(unit: HandledEquipment) -> DangerousConsignment:
    where = (StowedGoods(equipment=unit.number, cell=unit.cell),)
    return DangerousConsignment(
        bill=unit.bill,
        loading=unit.loading,
        discharge=unit.discharge,
        items=tuple(DangerousItem(goods=goods, stowed=where) for goods in unit.dangerous_goods),
    )
