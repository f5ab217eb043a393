"""The names and bounds of the rules' numbers that a site may set for a zone, each with its unit in its name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

#: Lowest and highest value of each.
THRESHOLDS: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        "enter_fixes": (1, 100),
        "enter_minutes": (0, 1440),
        "stop_knots": (0, 10),
        "leave_knots": (0, 10),
        "stop_minutes": (0, 1440),
        "gap_minutes": (1, 100_000),
    }
)
