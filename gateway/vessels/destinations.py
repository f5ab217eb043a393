"""Free text of a destination to a UN/LOCODE, with how it was found and how far that is to be believed."""

from __future__ import annotations

from typing import NamedTuple


class Candidate(NamedTuple):
    """A port that a text may mean; `score` is 0 to 1."""

    unlocode: str
    name: str
    score: float


class Resolution(NamedTuple):
    """What a text was taken for: a UN/LOCODE or None, how far to believe it (0 to 1), how it was found, and others."""

    unlocode: str | None
    confidence: float
    how: str
    candidates: tuple[Candidate, ...] = ()


class Gazetteer:
    """Ports by code and name."""

    def resolve(
        self, text: str, lon: float | None = None, lat: float | None = None, within_nm: float | None = None
    ) -> Resolution:
        """Return what a destination means to a ship at a place that reaches no further than `within_nm`."""
        del text, lon, lat, within_nm
        return Resolution(None, 0.0, "unresolved")
