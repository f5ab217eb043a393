"""`on port arrival at DEHAM or after 48 h`, `on released`: a delivery waits for an event of a vessel or of a filing.

An event of the vessel that the document names counts from the day before on, for a document that comes when its vessel
is already there. An event of a filing is what its authority answers: of the filing that the document belongs to since
the document came, or, for a document that names another's filing by its LRN or MRN, at any time.

Without `or after` a delivery waits for as long as it takes; whoever looks at it is told for what.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from gateway.model.occasion import FILING, FILING_EVENTS, NEVER, Await, Due, Key, Occasion
from gateway.model.vessel_event import EventType
from gateway.triggers.delay import Delay
from gateway.yaml_source import nearest

_BEFORE: Final = timedelta(days=1)
_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SPELLED: Final = re.compile(r"(?P<event>.+?)(?: at (?P<place>[A-Z]{2}[A-Z2-9]{3}))?(?: or after (?P<delay>.+))?")
_RING: Final = re.compile(r"approach (\d{1,4}) nm")
_OF_VESSELS: Final = ("vessel", "mmsi")
_OF_FILINGS: Final = ("lrn", "mrn")


@dataclass(frozen=True, slots=True)
class OnEvent:
    """Due when a vessel does something or a filing is answered, at the latest some time after the document came."""

    event: str
    place: str = ""
    at_most: timedelta | None = None

    @classmethod
    def parse(cls, text: str) -> OnEvent:
        """Read what follows the word `on`. Raises `ValueError` for what is no event."""
        found = _SPELLED.fullmatch(text)
        event = found["event"] if found else text
        known = [str(one) for one in EventType if one is not EventType.APPROACH]
        if found is None or (event not in (*known, *FILING_EVENTS) and not _RING.fullmatch(event)):
            raise ValueError(
                f"'{event}' is no event of a vessel or filing: use approach N nm, {', '.join(known)}, "
                f"or {', '.join(FILING_EVENTS)}{nearest(event, (*known, *FILING_EVENTS))}"
            )
        if found["place"] and event in FILING_EVENTS:
            raise ValueError(f"'{event}' happens to a filing, which is at no place: leave 'at {found['place']}' out")
        delay = found["delay"]
        return cls(event, found["place"] or "", Delay.parse(delay).by if delay else None)

    def due(self, occasion: Occasion) -> Due:
        """Return what is awaited; a document that names no vessel or filing waits for its time only, or not at all."""
        keys, since = self._awaited(occasion)
        latest = NEVER if self.at_most is None else occasion.at + self.at_most
        if not keys:
            return Due(occasion.at if self.at_most is None else latest)
        return Due(latest, Await(self.event, tuple(keys), since, self.place))

    def _awaited(self, occasion: Occasion) -> tuple[Sequence[Key], datetime]:
        """Return the keys of what is awaited, and from when on it counts.

        An LRN is unique for its sender only, so that a document with a filing of its own waits for that one.
        """
        if self.event not in FILING_EVENTS:
            return _of(occasion, *_OF_VESSELS), occasion.at - _BEFORE
        own = _of(occasion, FILING)
        return (own, occasion.at) if own else (_of(occasion, *_OF_FILINGS), _EVER)


def _of(occasion: Occasion, *kinds: str) -> list[Key]:
    return [key for key in occasion.keys if key[0] in kinds]
