"""The control totals that a document declares, beside what was counted: for people to compare."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import localcontext
from typing import NamedTuple

from gateway.model.base import Part
from gateway.model.cargo_report import CargoReport
from gateway.validation.cargo_index import CargoIndex
from gateway.validation.figures import ARITHMETIC, figure, measured


class ControlTotal(NamedTuple):
    """One control total; `counted` is empty where a line is silent, so that nothing can be counted."""

    name: str
    declared: str
    counted: str


def control_totals(document: Part) -> tuple[ControlTotal, ...]:
    """Return the totals that a cargo report declares for the whole of it; () for other documents."""
    if not isinstance(document, CargoReport) or document.totals is None:
        return ()
    with localcontext(ARITHMETIC):
        return tuple(_declared(CargoIndex.of(document)))


def _declared(cargo: CargoIndex) -> Iterator[ControlTotal]:
    totals = cargo.report.totals
    if totals is None:
        return
    added = cargo.total[0] if cargo.total else None
    if totals.consignments is not None:
        yield ControlTotal("consignments", figure(totals.consignments), str(len(cargo.masters)))
    if totals.equipment is not None:
        yield ControlTotal("equipment", figure(totals.equipment), str(len(cargo.equipment)))
    if totals.packages is not None:
        packages = added.packages if added else None
        yield ControlTotal("packages", figure(totals.packages), "" if packages is None else figure(packages))
    if totals.gross is not None:
        mass = added.kilograms if added else None
        yield ControlTotal("gross mass", measured(totals.gross), "" if mass is None else f"{figure(mass)} KGM")
