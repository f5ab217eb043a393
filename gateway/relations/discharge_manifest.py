"""A discharge report beside a manifest: what was not landed (shortlanded), and what was and is not on it (overlanded).

Only a report of discharge is compared, and of the manifest only what is for the port that the report is from.
"""

from __future__ import annotations

from collections.abc import Iterator

from gateway.model.cargo_report import CargoReport
from gateway.model.equipment_report import EquipmentReport
from gateway.relations.comparison import Difference
from gateway.relations.manifested import manifested, unlocode

DISCHARGE = "discharge_report"


def shortlanded(landed: EquipmentReport, report: CargoReport) -> Iterator[Difference]:
    """Yield equipment of the manifest for this port that was not discharged."""
    if landed.operation != DISCHARGE:
        return
    numbers = {unit.number for unit in landed.equipment}
    port = _port(landed)
    for number, one in manifested(report).items():
        here = port is None or not one.ports or port in one.ports
        if number not in numbers and here:
            text = f"{number} is on the manifest, and was not discharged in {port or 'the port of the report'}"
            yield Difference(f"{one.path}.number", number, text)


def overlanded(landed: EquipmentReport, report: CargoReport) -> Iterator[Difference]:
    """Yield equipment that was discharged here, and that the manifest has not, or has for other ports."""
    if landed.operation != DISCHARGE:
        return
    known, port = manifested(report), _port(landed)
    for index, unit in enumerate(landed.equipment):
        one = known.get(unit.number or "")
        if unit.number is None or (one and (port is None or not one.ports or port in one.ports)):
            continue
        why = f"the manifest has it for {', '.join(sorted(one.ports))}" if one else "it is not on the manifest"
        yield Difference(f"equipment[{index}].number", unit.number, f"{unit.number} was discharged, and {why}")


def _port(landed: EquipmentReport) -> str | None:
    return unlocode(landed.voyage.discharge) if landed.voyage else None
