"""A manifest made from bills of lading: one consignment for each, the containers of all, the voyage they share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gateway.model.bill_of_lading import BillOfLading
from gateway.model.cargo_report import CargoReport, Consignment, HouseConsignment
from gateway.model.equipment import Equipment
from gateway.model.finding import Finding, Kind, Severity

_BILL = tuple(HouseConsignment.model_fields)
_EQUIPMENT = tuple(Equipment.model_fields)


def manifest_from_bills(bills: Sequence[BillOfLading]) -> tuple[CargoReport, tuple[Finding, ...]]:
    """Return the manifest of some bills, and what stands in the way of its being one.

    Carrier, agent and voyage are those of the first bill. A bill that names another voyage (PH-5101), or a number that
    came before (PH-5102), is told and taken in nevertheless; `reference` and `intent` are the declarant's to add.

    Raises:
        ValueError: there is no bill.
    """
    if not bills:
        raise ValueError("a manifest needs a bill at least")
    first = bills[0]
    containers = {unit.number or f"#{number}": unit for number, unit in enumerate(_equipment(bills))}
    report = CargoReport(
        carrier=first.carrier,
        agent=first.agent,
        voyage=first.voyage,
        equipment=tuple(containers.values()),
        consignments=tuple(Consignment(**{name: getattr(bill, name) for name in _BILL}) for bill in bills),
    )
    return report, (*_voyages(bills), *_numbers(bills))


def _equipment(bills: Sequence[BillOfLading]) -> Iterator[Equipment]:
    """Yield the containers of all bills as a manifest has them: a container of several bills stands in each."""
    for bill in bills:
        for unit in bill.equipment:
            yield Equipment(**{name: getattr(unit, name) for name in _EQUIPMENT})


def _voyages(bills: Sequence[BillOfLading]) -> Iterator[Finding]:
    wanted = _voyage(bills[0])
    for position, bill in enumerate(bills):
        if _voyage(bill) != wanted:
            text = f"bill {_number(bill)} is for {' '.join(_voyage(bill))}, the first one for {' '.join(wanted)}"
            remedy = "make a manifest for each voyage"
            path = f"consignments[{position}]"
            yield Finding("PH-5101", Kind.RULE, text, severity=Severity.ERROR, path=path, remedy=remedy)


def _numbers(bills: Sequence[BillOfLading]) -> Iterator[Finding]:
    seen: set[str] = set()
    for position, bill in enumerate(bills):
        number = _number(bill)
        if number in seen:
            text = f"bill {number} stands in the manifest twice"
            remedy = "leave out the older version of the bill"
            path = f"consignments[{position}].transport_document.number"
            yield Finding("PH-5102", Kind.RULE, text, severity=Severity.ERROR, path=path, value=number, remedy=remedy)
        seen.add(number)


def _voyage(bill: BillOfLading) -> tuple[str, str]:
    voyage = bill.voyage
    vessel = voyage.vessel if voyage else None
    ship = (vessel.imo or vessel.call_sign or vessel.name) if vessel else None
    return ship or "no vessel", (voyage.number if voyage else None) or "no voyage"


def _number(bill: BillOfLading) -> str:
    return (bill.transport_document.number if bill.transport_document else None) or "without a number"
