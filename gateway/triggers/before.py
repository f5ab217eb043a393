"""`24 h before loading`, `48 h before arrival`: a delivery is due at a legal deadline, which counts from the voyage.

Loading counts from when the ship is to leave the port of loading (ETD), arrival from when it is to arrive (ETA), as
the document says. A time without an offset is taken as UTC, a date without a time from its midnight, and both are said
in the reason. What is past is due at once, and so is what the document gives no time for, each with a finding.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

from gateway.model.base import Part
from gateway.model.finding import Finding, Kind, Severity
from gateway.model.occasion import Due, Occasion
from gateway.yaml_source import nearest

#: The codes of the findings, with a page each in docs/rules.
PAST: Final = "PH-5005"
UNKNOWN: Final = "PH-5006"

_UNITS: Final = MappingProxyType({"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)})
_SPELLED: Final = re.compile(r"(?P<number>\d{1,4})\s*(?P<unit>min|h|d) before (?P<what>.+)")
#: The field of the voyage that each is counted from.
FIELDS: Final = MappingProxyType({"loading": "etd", "departure": "etd", "arrival": "eta"})


@dataclass(frozen=True, slots=True)
class Counted:
    """A moment of a voyage as an instant, and how it is meant: "2026-03-01T12:00, taken as UTC"."""

    at: datetime
    said: str


@dataclass(frozen=True, slots=True)
class Before:
    """Due some time before the ship loads or arrives."""

    by: timedelta
    what: str

    @classmethod
    def parse(cls, text: str) -> Before:
        """Read all of `24 h before loading`. Raises `ValueError` otherwise."""
        found = _SPELLED.fullmatch(text)
        if not found or found["what"] not in FIELDS:
            hint = nearest(found["what"], FIELDS) if found else ""
            raise ValueError(
                f"'{text}' is no deadline: write a number, min, h or d, and {', '.join(FIELDS)}, "
                f"like '24 h before loading'{hint}"
            )
        return cls(int(found["number"]) * _UNITS[found["unit"]], found["what"])

    def counted(self, document: Part) -> Counted | None:
        """Return the moment that the deadline is counted from; None where the document does not give it."""
        voyage = getattr(document, "voyage", None)
        text = getattr(voyage, FIELDS[self.what], None) if voyage is not None else None
        return None if text is None else _counted(text)

    def deadline(self, document: Part) -> datetime | None:
        """Return the deadline, UTC; None where the document does not say when the ship loads or arrives."""
        counted = self.counted(document)
        return None if counted is None else counted.at - self.by

    def due(self, occasion: Occasion) -> Due:
        """Return the deadline, or the time of the occasion where it is past or unknown, with a finding."""
        counted = self.counted(occasion.document)
        path = f"voyage.{FIELDS[self.what]}"
        if counted is None:
            return Due(occasion.at, findings=(_unknown(self, path),))
        at, why = counted.at - self.by, f"{self} of {counted.said}"
        if at >= occasion.at:
            return Due(at, why=why)
        return Due(occasion.at, why=f"{why}, which is past", findings=(_past(self, at, occasion.at, counted, path),))

    def __str__(self) -> str:
        return f"{spoken(self.by)} before {self.what}"


def spoken(time: timedelta) -> str:
    """Return a time as a site spells it: 24 h, 90 min."""
    hours, rest = divmod(time, timedelta(hours=1))
    return f"{time // timedelta(minutes=1)} min" if rest else f"{hours} h"


def _counted(text: str) -> Counted:
    read = datetime.fromisoformat(text)
    notes = []
    if "T" not in text:
        notes.append("from midnight")
    if read.tzinfo is None:
        notes.append("taken as UTC")
        read = read.replace(tzinfo=UTC)
    return Counted(read.astimezone(UTC), ", ".join([text, *notes]))


def _past(before: Before, at: datetime, now: datetime, counted: Counted, path: str) -> Finding:
    text = f"{before} was {at:%Y-%m-%dT%H:%M} UTC, {spoken(now - at)} ago: it is sent at once"
    remedy = "file earlier, or correct the voyage's time"
    return Finding(PAST, Kind.RULE, text, severity=Severity.WARNING, path=path, value=counted.said, remedy=remedy)


def _unknown(before: Before, path: str) -> Finding:
    text = f"{before} cannot be computed: the document does not give the time: it is sent at once"
    remedy = f"give the estimated time ({FIELDS[before.what].upper()}) of the voyage"
    return Finding(UNKNOWN, Kind.RULE, text, severity=Severity.WARNING, path=path, remedy=remedy)
