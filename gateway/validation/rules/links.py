"""What belongs together within a report: items and equipment, and numbers that may occur once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gateway.model.cargo_report import HouseConsignment
from gateway.validation.cargo_index import EMPTY, FULL, CargoIndex, Placed, item_of, listed
from gateway.validation.figures import counted
from gateway.validation.rule import Fault


def link_resolves(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield links to equipment that the report does not declare."""
    declared = cargo.number_at
    for path, link in cargo.links:
        number = link.equipment
        if number and number not in declared:
            units = counted(len(declared), "unit")
            text = f"goods are stowed in {number}, which is not among the {units} of equipment declared"
            yield Fault(f"{path}.equipment", number, text)


def link_names_equipment(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield links that give packages but no equipment number."""
    for path, link in cargo.links:
        if not link.equipment:
            what = "goods" if link.packages is None else counted(link.packages, "package")
            yield Fault(f"{path}.equipment", "", f"{what} stowed in equipment without a number")


def full_is_used(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield full equipment that no goods item is stowed in."""
    for path, unit in cargo.equipment:
        if unit.fullness == FULL and unit.number and unit.number not in cargo.links_to:
            items = counted(len(cargo.items), "goods item")
            text = f"{unit.number} is declared full, but nothing among {items} is stowed in it"
            yield Fault(f"{path}.number", unit.number, text)


def empty_is_unused(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield empty equipment that goods items are stowed in."""
    for path, unit in cargo.equipment:
        links = cargo.links_to.get(unit.number) if unit.fullness == EMPTY and unit.number else None
        if links:
            text = (
                f"{unit.number} is declared empty, but the goods of {counted(len(links), 'item')} are stowed in it,"
                f" the first is {item_of(links[0][0])}"
            )
            yield Fault(f"{path}.fullness", EMPTY, text)


def equipment_once(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield equipment numbers declared before."""
    for at, (path, unit) in enumerate(cargo.equipment):
        number = unit.number
        if number and cargo.number_at[number] != at:
            text = f"{number} is declared twice: already as unit {cargo.number_at[number] + 1} of this report"
            yield Fault(f"{path}.number", number, text)


def master_once(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield bill numbers that an earlier consignment has."""
    yield from _repeated(cargo.masters, "bill {} occurs twice: it is already consignment {} of this report")


def house_once(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield house bill numbers that occur before under the same master bill."""
    text = "house bill {} occurs twice under one master bill: it is already house {}"
    for path, master in cargo.masters:
        if len(master.houses) > 1:
            yield from _repeated(listed(f"{path}.houses", master.houses), text)


def _repeated(bills: Iterable[Placed[HouseConsignment]], text: str) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for at, (path, bill) in enumerate(bills):
        number = bill.transport_document.number if bill.transport_document else None
        if number and first.setdefault(number, at) != at:
            yield Fault(f"{path}.transport_document.number", number, text.format(number, first[number] + 1))
