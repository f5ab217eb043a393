"""The equipment of a manifest by its number, and the ports at which its bills discharge it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.model.cargo_report import CargoReport, HouseConsignment
from gateway.model.equipment import Equipment
from gateway.model.location import Location


@dataclass(frozen=True, slots=True)
class Manifested:
    """One container of a manifest: its path, what the manifest says of it, and where it is to be discharged."""

    path: str
    equipment: Equipment
    ports: frozenset[str]


def manifested(report: CargoReport) -> dict[str, Manifested]:
    """Return the numbered equipment of a manifest, the first entry of a number only.

    A container that no bill with a port of discharge uses has the voyage's, or none.
    """
    ports: dict[str, set[str]] = {}
    for bill in _bills(report):
        port = unlocode(bill.discharge)
        for number in {link.equipment for item in bill.items for link in item.equipment if link.equipment}:
            ports.setdefault(number, set()).update({port} if port else ())
    whole = unlocode(report.voyage.discharge) if report.voyage else None
    found: dict[str, Manifested] = {}
    for index, unit in enumerate(report.equipment):
        if unit.number and unit.number not in found:
            own = frozenset(ports.get(unit.number, ())) or frozenset({whole} if whole else ())
            found[unit.number] = Manifested(f"equipment[{index}]", unit, own)
    return found


def discharge_ports(report: CargoReport) -> frozenset[str]:
    """Return every port at which a manifest has something discharged."""
    own = [report.voyage.discharge] if report.voyage else []
    found = (unlocode(place) for place in (*own, *(bill.discharge for bill in _bills(report))))
    return frozenset(code for code in found if code)


def unlocode(place: Location | None) -> str | None:
    """Return the UN/LOCODE of a place, None where it has none."""
    return place.unlocode if place is not None else None


def _bills(report: CargoReport) -> Iterator[HouseConsignment]:
    for consignment in report.consignments:
        yield consignment
        yield from consignment.houses
