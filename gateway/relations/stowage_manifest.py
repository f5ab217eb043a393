"""A stowage plan beside a manifest: equipment on one and not on the other, and weights apart.

A plan tells of the whole ship, a manifest of the ports it is filed for: what the plan has for other ports is no
difference, and neither is cargo without a number.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from gateway.model.base import Measure
from gateway.model.cargo_report import CargoReport
from gateway.model.equipment import Equipment, HandledEquipment
from gateway.model.stowage_plan import StowagePlan
from gateway.relations.comparison import Difference
from gateway.relations.manifested import discharge_ports, manifested, unlocode

_KILOGRAMS = {"KGM": Decimal(1), "TNE": Decimal(1000), "LBR": Decimal("0.45359237")}
#: Weights may differ by a twentieth, and always by half a ton: the margin that ports of Europe give verified masses.
SHARE, LEAST = Decimal("0.05"), Decimal(500)


def stowed_only(plan: StowagePlan, report: CargoReport) -> Iterator[Difference]:
    """Yield equipment that the plan has for a port of the manifest, and the manifest has not."""
    known, ports = manifested(report), discharge_ports(report)
    for path, unit in stowed(plan):
        port = unlocode(unit.discharge)
        ours = not ports or port is None or port in ports
        if unit.number and unit.number not in known and ours:
            where = f" in cell {unit.cell.value}" if unit.cell else ""
            text = f"{unit.number} is stowed{where} for {port or 'a port unknown'}, and is not on the manifest"
            yield Difference(f"{path}.number", unit.number, text)


def manifested_only(plan: StowagePlan, report: CargoReport) -> Iterator[Difference]:
    """Yield equipment of the manifest that the plan has not."""
    numbers = {unit.number for _, unit in stowed(plan)}
    for number, one in manifested(report).items():
        if number not in numbers:
            yield Difference(f"{one.path}.number", number, f"{number} is on the manifest, and not on the stowage plan")


def weights_apart(plan: StowagePlan, report: CargoReport) -> Iterator[Difference]:
    """Yield equipment whose gross weights differ by more than a twentieth and half a ton."""
    known = manifested(report)
    for path, unit in stowed(plan):
        other = known.get(unit.number or "")
        here = _kilograms(unit)
        there = _kilograms(other.equipment) if other else None
        if here is None or there is None:
            continue
        apart = abs(here - there)
        if apart > LEAST and apart > SHARE * max(here, there):
            field = "verified_gross" if _mass(unit.verified_gross) is not None else "gross"
            text = f"{unit.number} weighs {here:f} kg on the stowage plan and {there:f} kg on the manifest"
            yield Difference(f"{path}.{field}", f"{here:f}", text)


def stowed(plan: StowagePlan) -> Iterator[tuple[str, HandledEquipment]]:
    """Yield each piece of equipment of a plan with its path, those of its instructions too."""
    for index, unit in enumerate(plan.equipment):
        yield f"equipment[{index}]", unit
    for number, instruction in enumerate(plan.instructions):
        for index, unit in enumerate(instruction.equipment):
            yield f"instructions[{number}].equipment[{index}]", unit


def _kilograms(unit: Equipment) -> Decimal | None:
    verified = _mass(unit.verified_gross)
    return verified if verified is not None else _mass(unit.gross)


def _mass(measure: Measure | None) -> Decimal | None:
    factor = _KILOGRAMS.get(measure.unit or "") if measure is not None else None
    return (measure.value * factor).normalize() if measure is not None and factor is not None else None
