"""What an agreement watches: by when filings are to be accepted, and who is told before and after. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.plugin import Deadline
from gateway.routing.route import Route


@dataclass(frozen=True, slots=True)
class DeadlineWatch:
    """Filings of this class of document are to be accepted by a time counted from their voyage.

    `warn` says how long before that somebody is told, longest first; `route` says who, and as what.
    """

    document: str
    by: Deadline
    warn: tuple[timedelta, ...]
    route: Route

    def steps(self, deadline: datetime) -> tuple[datetime, ...]:
        """Return when to look, in order of time: for each warning, and at the deadline."""
        return (*(deadline - before for before in self.warn), deadline)

    def __str__(self) -> str:
        return f"{self.document} accepted {self.by}, told to {self.route.to}"
