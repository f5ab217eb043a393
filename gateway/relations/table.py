"""Every comparison there is, in one table. Ids are never used again for another one."""

from __future__ import annotations

from gateway.model.base import Part
from gateway.model.cargo_report import CargoReport
from gateway.model.equipment_report import EquipmentReport
from gateway.model.finding import Finding, Severity
from gateway.model.stowage_plan import StowagePlan
from gateway.relations import discharge_manifest, stowage_manifest
from gateway.relations.comparison import Comparison

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING

#: id, title, severity, function, remedy
_STOWAGE = (
    ("PH-1701", "Stowed equipment is not on the manifest", _ERROR, stowage_manifest.stowed_only,
     "Add its bill to the manifest, or take it off the plan if it was not loaded."),
    ("PH-1702", "Manifested equipment is not stowed", _ERROR, stowage_manifest.manifested_only,
     "Take it off the manifest if it was left behind, or ask for the newer stowage plan."),
    ("PH-1703", "Weights of stowage plan and manifest are apart", _WARNING, stowage_manifest.weights_apart,
     "Compare both with the verified gross mass, and correct the one that is wrong."),
)  # fmt: skip
_DISCHARGE = (
    ("PH-1704", "Manifested equipment was not discharged", _ERROR, discharge_manifest.shortlanded,
     "Report it as shortlanded to customs, or ask the terminal for a complete report."),
    ("PH-1705", "Discharged equipment is not on the manifest", _ERROR, discharge_manifest.overlanded,
     "Amend the manifest with its bill, or have the terminal correct the number."),
)  # fmt: skip

COMPARISONS: tuple[Comparison, ...] = (
    *(Comparison(*row[:3], StowagePlan, CargoReport, *row[3:]) for row in _STOWAGE),
    *(Comparison(*row[:3], EquipmentReport, CargoReport, *row[3:]) for row in _DISCHARGE),
)


def compare(one: Part, other: Part) -> list[Finding] | None:
    """Return what differs between two documents, in either order; None where nothing compares them."""
    for first, second in ((one, other), (other, one)):
        fitting = [c for c in COMPARISONS if isinstance(first, c.first) and isinstance(second, c.second)]
        if fitting:
            return [finding for comparison in fitting for finding in comparison.findings(first, second)]
    return None
