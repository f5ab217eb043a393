"""`after 15 min`: a delivery is due some time after it is made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from gateway.model.occasion import Due, Occasion

_UNITS = MappingProxyType({"s": 1, "min": 60, "h": 3600, "d": 86400})


@dataclass(frozen=True, slots=True)
class Delay:
    """Due a fixed time later."""

    by: timedelta

    @classmethod
    def parse(cls, text: str) -> Delay:
        """Read what follows the word `after`: a number and s, min, h or d. Raises `ValueError` otherwise."""
        found = re.fullmatch(r"(\d{1,6})\s*(s|min|h|d)", text)
        if not found:
            raise ValueError(f"'after' needs a number and s, min, h or d, like 'after 15 min', not '{text}'")
        return cls(timedelta(seconds=int(found[1]) * _UNITS[found[2]]))

    def due(self, occasion: Occasion) -> Due:
        """Return the time later by the delay."""
        return Due(occasion.at + self.by)
