"""What a cargo report must state to be of use, though the message allows it to be left out.

The union of what national guides ask for in practice, each thing its own rule so that an agreement can set
its severity. A report that only withdraws an earlier one (cancel, delete) needs to state nothing but references.
"""

from __future__ import annotations

from collections.abc import Iterator

from gateway.model.cargo_report import HouseConsignment
from gateway.validation.cargo_index import FULL, REPORTERS, CargoIndex, Placed, bill_name, listed
from gateway.validation.rule import Fault

#: Transport by sea or inland water (UN/ECE Recommendation 19); a voyage without a mode is by sea.
WATER = frozenset({None, "1", "8"})

EXPORT = "export"


def reference(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield a report without a number of its own."""
    if not cargo.report.reference:
        yield Fault("reference", "", "the report has no number of its own")


def issue_date(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield a report without an issue date."""
    if not cargo.withdrawn and not cargo.report.issued_at:
        yield Fault("issued_at", "", "the report does not say when it was issued")


def sender(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield a report in which nobody reports: no sender, carrier, agent or declarant."""
    if not cargo.withdrawn and all(getattr(cargo.report, name) is None for name in REPORTERS):
        yield Fault("sender", "", "the report names no sender, and no carrier, agent or declarant in its place")


def voyage_number(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield a report without a voyage number."""
    if not cargo.withdrawn and not cargo.voyage.number:
        yield Fault("voyage.number", "", "the report has no voyage number")


def vessel(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield a report by water whose ship has no IMO number, call sign or other identifier."""
    ship = cargo.voyage.vessel
    if cargo.withdrawn or cargo.voyage.mode not in WATER or (ship and (ship.imo or ship.call_sign or ship.id)):
        return
    named = f"the ship {ship.name} has" if ship and ship.name else "the report's ship has"
    yield Fault("voyage.vessel.imo", "", f"{named} neither IMO number nor call sign")


def arrival_time(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield a report without an arrival time, estimated, scheduled or actual; on export a departure time stands in."""
    voyage = cargo.voyage
    arrives = cargo.report.eta or voyage.eta or voyage.scheduled_arrival or voyage.ata
    departs = cargo.report.procedure == EXPORT and (voyage.etd or voyage.scheduled_departure or voyage.atd)
    if not (cargo.withdrawn or arrives or departs):
        yield Fault("voyage.eta", "", "the report gives no arrival time, estimated, scheduled or actual")


def equipment_number(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield equipment without a number."""
    for path, unit in cargo.equipment:
        if not unit.number:
            yield Fault(f"{path}.number", "", "equipment is declared without a number")


def fullness(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield equipment that is declared neither full nor empty."""
    for path, unit in cargo.equipment:
        if not unit.fullness:
            yield Fault(f"{path}.fullness", "", f"{unit.number or 'equipment'} is declared neither full nor empty")


def equipment_mass(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield full equipment without any mass."""
    for path, unit in cargo.equipment:
        if unit.fullness == FULL and not (unit.gross or unit.verified_gross or unit.net or unit.tare):
            yield Fault(f"{path}.gross", "", f"{unit.number or 'equipment'} is declared full, without a mass")


def bill_number(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield bills without a number."""
    for path, bill in _stated(cargo):
        document = bill.transport_document
        if document is None or not document.number:
            yield Fault(f"{path}.transport_document.number", "", "a consignment has no bill number")


def loading(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield bills without a port of loading, where neither the master bill nor the voyage has one."""
    yield from _without_port(cargo, "loading")


def discharge(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield bills without a port of discharge, where neither the master bill nor the voyage has one."""
    yield from _without_port(cargo, "discharge")


def receiver(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield bills with neither a consignee nor a party to notify."""
    if cargo.withdrawn:
        return
    for path, bill in _stated(cargo):
        if bill.consignee is None and bill.notify is None:
            yield Fault(f"{path}.consignee", "", f"{bill_name(bill)} has neither a consignee nor a party to notify")


def goods(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield bills without goods items, of their own or of their houses."""
    if cargo.withdrawn:
        return
    with_houses = {path for path, master in cargo.masters if master.houses}
    for path, bill in cargo.bills:
        if not bill.items and path not in with_houses:
            yield Fault(f"{path}.items", "", f"{bill_name(bill)} has no goods items")


def packages(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield items without a number of packages."""
    for path, item in cargo.items:
        if item.packages is None or item.packages.quantity is None:
            yield Fault(f"{path}.packages.quantity", "", "a goods item does not say how many packages it is")


def description(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield items without a description."""
    for path, item in cargo.items:
        if not item.description:
            yield Fault(f"{path}.description", "", "a goods item has no description")


def gross(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield items without a gross mass."""
    for path, item in cargo.items:
        if item.gross is None:
            yield Fault(f"{path}.gross", "", "a goods item has no gross mass")


def cargo_stated(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield a report with neither consignments nor equipment."""
    if not cargo.withdrawn and not cargo.masters and not cargo.equipment:
        yield Fault("consignments", "", "the report has neither consignments nor equipment")


def _stated(cargo: CargoIndex) -> Iterator[Placed[HouseConsignment]]:
    """Yield the bills; not a master without a document, which only brackets its houses."""
    brackets = {path for path, master in cargo.masters if master.transport_document is None and master.houses}
    return (placed for placed in cargo.bills if placed[0] not in brackets)


def _without_port(cargo: CargoIndex, name: str) -> Iterator[Fault]:
    if cargo.withdrawn or getattr(cargo.voyage, name):
        return
    for master in cargo.masters:
        if getattr(master[1], name) is None:
            for path, bill in tuple(listed(f"{master[0]}.houses", master[1].houses)) or (master,):
                if getattr(bill, name) is None:
                    yield Fault(f"{path}.{name}", "", f"{bill_name(bill)} has no port of {name}, nor has the voyage")
