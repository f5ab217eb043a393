"""`on port arrival at DEHAM or after 48 h`: a delivery waits for an event of the vessel that its document names.

An event of the last day counts too, for a document that comes when its vessel is already there. Without `or after`
a delivery waits for as long as it takes; whoever looks at it is told for what.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gateway.model.occasion import NEVER, Await, Due, Occasion
from gateway.model.vessel_event import EventType
from gateway.triggers.delay import Delay
from gateway.yaml_source import nearest

_BEFORE: Final = timedelta(days=1)
_SPELLED: Final = re.compile(r"(?P<event>.+?)(?: at (?P<place>[A-Z]{2}[A-Z2-9]{3}))?(?: or after (?P<delay>.+))?")
_RING: Final = re.compile(r"approach (\d{1,4}) nm")
_KEYS: Final = ("vessel", "mmsi")


@dataclass(frozen=True, slots=True)
class OnEvent:
    """Due when a vessel does something, at the latest some time after the document came."""

    event: str
    place: str = ""
    at_most: timedelta | None = None

    @classmethod
    def parse(cls, text: str) -> OnEvent:
        """Read what follows the word `on`. Raises `ValueError` for what is no event."""
        found = _SPELLED.fullmatch(text)
        event = found["event"] if found else text
        known = [str(one) for one in EventType if one is not EventType.APPROACH]
        if found is None or (event not in known and not _RING.fullmatch(event)):
            raise ValueError(
                f"'{event}' is no event of a vessel: use approach N nm, {', '.join(known)}{nearest(event, known)}"
            )
        delay = found["delay"]
        return cls(event, found["place"] or "", Delay.parse(delay).by if delay else None)

    def due(self, occasion: Occasion) -> Due:
        """Return what is awaited; a document that names no vessel can wait for its time only, or goes at once."""
        keys = tuple(key for key in occasion.keys if key[0] in _KEYS)
        latest = NEVER if self.at_most is None else occasion.at + self.at_most
        if not keys:
            return Due(occasion.at if self.at_most is None else latest)
        return Due(latest, Await(self.event, keys, occasion.at - _BEFORE, self.place))
