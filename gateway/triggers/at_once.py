"""`at once`: a delivery is due when it is made."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.model.occasion import Due, Occasion


@dataclass(frozen=True, slots=True)
class AtOnce:
    """Due immediately."""

    @classmethod
    def parse(cls, text: str) -> AtOnce:
        """Read what follows the words `at once`: nothing. Raises `ValueError` otherwise."""
        if text:
            raise ValueError(f"'at once' stands alone, without '{text}'")
        return cls()

    def due(self, occasion: Occasion) -> Due:
        """Return the time of the occasion."""
        return Due(occasion.at)
