"""Declared totals against what the lines add up to: at the report, at each bill, at each item.

A line that does not state its number makes the sum unknown: then nothing is compared, and the rule on what
must be stated reports the line. A total agrees when it agrees with one reading of the bill (`sums.Readings`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from gateway.model.cargo_report import HouseConsignment, Totals
from gateway.model.equipment import Equipment
from gateway.model.goods import Item
from gateway.validation.cargo_index import CargoIndex, Placed, bill_name
from gateway.validation.figures import agrees, counted, figure, kilograms, measured
from gateway.validation.rule import Fault
from gateway.validation.sums import Sum, sum_of

Bill = TypeVar("Bill", bound=HouseConsignment)

_COUNTS = ("pieces", "packages", "equipment", "consignments")


def report_packages(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield a report whose declared packages differ from those of its bills."""
    if cargo.report.totals and cargo.total:
        yield from _packages("totals", "the report", cargo.report.totals, cargo.total)


def report_gross(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield a report whose declared gross mass differs from that of its bills."""
    if cargo.report.totals and cargo.total:
        yield from _gross("totals", "the report", cargo.report.totals, cargo.total)


def report_equipment(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield a report that declares another number of equipment units than it lists."""
    totals = cargo.report.totals
    if totals and totals.equipment is not None and totals.equipment != len(cargo.equipment):
        text = f"declared {counted(totals.equipment, 'unit')} of equipment, the report lists {len(cargo.equipment)}"
        yield Fault("totals.equipment", figure(totals.equipment), text)


def report_consignments(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield a report that declares another number of consignments than it has, with or without houses."""
    totals = cargo.report.totals
    if totals and totals.consignments is not None and totals.consignments not in (len(cargo.masters), len(cargo.bills)):
        houses = f" with {counted(len(cargo.houses), 'house')}" if cargo.houses else ""
        text = f"declared {counted(totals.consignments, 'consignment')}, the report has {len(cargo.masters)}{houses}"
        yield Fault("totals.consignments", figure(totals.consignments), text)


def master_packages(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield master bills whose declared packages differ from those of their items or houses."""
    for (path, master), readings in zip(cargo.masters, cargo.readings, strict=True):
        if master.totals and readings:
            yield from _packages(f"{path}.totals", bill_name(master), master.totals, readings)


def master_gross(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield master bills whose declared gross mass differs from that of their items or houses."""
    for (path, master), readings in zip(cargo.masters, cargo.readings, strict=True):
        if master.totals and readings:
            yield from _gross(f"{path}.totals", bill_name(master), master.totals, readings)


def master_equipment(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield master bills that declare another number of units than their goods are stowed in."""
    for path, master, totals in _declared(cargo.masters):
        yield from _equipment(path, master, totals, (master, *master.houses))


def house_packages(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield house bills whose declared packages differ from those of their items."""
    for path, house, totals in _declared(cargo.houses):
        if house.items:
            yield from _packages(path, f"house {bill_name(house)}", totals, (sum_of(house.items),))


def house_gross(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield house bills whose declared gross mass differs from that of their items."""
    for path, house, totals in _declared(cargo.houses):
        if house.items:
            yield from _gross(path, f"house {bill_name(house)}", totals, (sum_of(house.items),))


def house_equipment(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield house bills that declare another number of units than their goods are stowed in."""
    for path, house, totals in _declared(cargo.houses):
        yield from _equipment(path, house, totals, (house,))


def item_stowage(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield items whose packages differ from those stowed in equipment, where each link gives a number."""
    for path, item in cargo.items:
        quantity = item.packages.quantity if item.packages else None
        stowed = [link.packages for link in item.equipment if link.packages is not None]
        if quantity is None or not stowed or len(stowed) != len(item.equipment) or sum(stowed) == quantity:
            continue
        text = f"declared {counted(quantity, 'package')}, those stowed in equipment add up to {figure(sum(stowed))}"
        yield Fault(f"{path}.packages.quantity", figure(quantity), text)


def not_negative(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield counts, masses and volumes below zero."""
    for path, count in _counts(cargo):
        if count < 0:
            yield Fault(path, figure(count), f"{figure(count)} is below zero")
    for path, measure in (*cargo.masses, *cargo.volumes):
        if measure.value < 0:
            yield Fault(path, figure(measure.value), f"{measured(measure)} is below zero")


def net_within_gross(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield items and equipment whose net mass exceeds their gross mass."""
    parts: tuple[Placed[Item | Equipment], ...] = (*cargo.items, *cargo.equipment)
    for path, part in parts:
        if part.net is None or part.gross is None:
            continue
        net, gross = kilograms(part.net), kilograms(part.gross)
        if net is not None and gross is not None and net > gross:
            text = f"net mass {measured(part.net)} exceeds the gross mass {measured(part.gross)}"
            yield Fault(f"{path}.net", figure(part.net.value), text)


def _packages(path: str, whose: str, totals: Totals, sums: Sequence[Sum]) -> Iterator[Fault]:
    declared = totals.packages
    added = [total.packages for total in sums if total.packages is not None]
    if declared is not None and added and declared not in added:
        text = f"{whose} declared {counted(declared, 'package')}, the items add up to {figure(added[0])}"
        yield Fault(f"{path}.packages", figure(declared), text)


def _gross(path: str, whose: str, totals: Totals, sums: Sequence[Sum]) -> Iterator[Fault]:
    declared = totals.gross
    weighed = [total.kilograms for total in sums if total.kilograms is not None]
    if declared is not None and weighed and not any(agrees(declared, mass) for mass in weighed):
        text = f"{whose} declared {measured(declared)} gross, the items add up to {figure(weighed[0])} KGM"
        yield Fault(f"{path}.gross", figure(declared.value), text)


def _equipment(path: str, bill: HouseConsignment, totals: Totals, parts: Iterable[HouseConsignment]) -> Iterator[Fault]:
    used = {link.equipment for part in parts for item in part.items for link in item.equipment if link.equipment}
    if totals.equipment is not None and used and totals.equipment != len(used):
        text = (
            f"{bill_name(bill)} declared {counted(totals.equipment, 'unit')} of equipment,"
            f" its items are stowed in {len(used)}"
        )
        yield Fault(f"{path}.equipment", figure(totals.equipment), text)


def _declared(bills: Iterable[Placed[Bill]]) -> Iterator[tuple[str, Bill, Totals]]:
    return ((f"{path}.totals", bill, bill.totals) for path, bill in bills if bill.totals)


def _counts(cargo: CargoIndex) -> Iterator[Placed[int]]:
    for path, totals in cargo.totals:
        for name in _COUNTS:
            count = getattr(totals, name)
            if count is not None:
                yield f"{path}.{name}", count
    for path, item in cargo.items:
        if item.packages and item.packages.quantity is not None:
            yield f"{path}.packages.quantity", item.packages.quantity
    for path, link in cargo.links:
        if link.packages is not None:
            yield f"{path}.packages", link.packages
