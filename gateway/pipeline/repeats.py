"""What has come before: which interchanges and messages of an arrival repeat a used reference, by the agreement's keys.

A repeated interchange is not processed again. With the same bytes it gets the first one's acknowledgment again, with
other bytes it is refused (0085 = 26); the other interchanges of the arrival go on. A repeated message is refused by
itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.model.finding import Finding, Kind, Position
from gateway.model.journal import Claim, Event, ProcessingResult, Use
from gateway.model.stages import Arrival, Delivery, Envelope
from gateway.pipeline.standards import Read
from gateway.plugin import Adapter, Journal
from gateway.routing import Agreement

_DUPLICATE = "26"  # code list 0085
_HEAD = 1024  # bytes by which a standard is recognised


@dataclass(frozen=True, slots=True)
class Repeats:
    """Asks the journal whose a reference is."""

    journal: Journal

    def interchanges(self, arrival: Arrival, agreement: Agreement, envelopes: Sequence[Envelope]) -> Sequence[Use]:
        """Return, for each interchange of an arrival, who used its reference first.

        As all that is free is taken in one step, no two arrivals can wait for each other.
        """
        wanted = [claim(arrival, agreement, envelope, number) for number, envelope in enumerate(envelopes, 1)]
        return self.journal.claim(arrival, wanted)

    def messages(self, arrival: Arrival, agreement: Agreement, of: Sequence[tuple[int, Envelope, Read]]) -> list[bool]:
        """Say of each message, given with the number and envelope of its interchange, whether its reference was used.

        Only what would be accepted uses a reference up.
        """
        terms = agreement.duplicates
        wanted = [
            Claim(
                "" if read.rejected else terms.message_key(envelope, read.message.reference, read.message.type),
                within=terms.within,
                number=number,
            )
            for number, envelope, read in of
        ]
        if not any(one.key for one in wanted):
            return [False] * len(wanted)
        uses = self.journal.claim(arrival, wanted)
        return [not own(use, arrival, one.number) for use, one in zip(uses, wanted, strict=True)]

    def acknowledged(self, id_: str, use: Use, arrival: str, now: datetime) -> tuple[Delivery, ...] | None:
        """Return the acknowledgments of an earlier use as new deliveries of an arrival; None while there are none."""
        sent = self.journal.acknowledgments_sent(use.arrival, use.number)
        if sent is None:
            return None
        return tuple(
            replace(one, id=f"{id_}{number}", key=f"{id_}{number}", arrival=arrival, due_at=now)
            for number, one in enumerate(sent, 1)
        )

    def replay(self, repeat_id: str, first: str, number: int, now: datetime) -> ProcessingResult | None:
        """Send the acknowledgments of the first arrival again, byte for byte; None when there are none yet."""
        again = self.acknowledged(f"{repeat_id}.a", Use(first, number, ""), first, now)
        if again is None:
            return None
        text = f"duplicate of {first}: its acknowledgment is sent again, and nothing else"
        return ProcessingResult(deliveries=again, events=(Event(now, "acknowledge", text, arrival=first),))


def intake(arrival: Arrival, adapter: Adapter | None, envelope: Envelope, agreement: Agreement | None) -> Claim:
    """Return the key by which an arrival is recognised when it comes again.

    One interchange has its own key. What holds several, cannot be told apart, or is covered by no agreement is known
    by its bytes, and by the agreement, so that nobody can use up what is somebody else's.
    """
    if agreement is not None and adapter is not None and _alone(arrival.content, adapter, envelope):
        made = claim(arrival, agreement, envelope, 1)
        if made.key:
            return made
    within = agreement.duplicates.within if agreement is not None else None
    named = agreement.id if agreement is not None else ""
    return Claim(f"sha256|{named}|{arrival.sha256}", arrival.sha256, within)


def claim(arrival: Arrival, agreement: Agreement, envelope: Envelope, number: int) -> Claim:
    """Return the claim of one interchange of an arrival to its key."""
    terms = agreement.duplicates
    key = terms.interchange_key(envelope)
    return Claim(key, _digest(arrival, envelope) if key else "", terms.within, number)


def own(use: Use, arrival: Arrival, number: int) -> bool:
    """Whether a key is an interchange's own."""
    return (use.arrival, use.number) == (arrival.id, number)


def same_bytes(use: Use, arrival: Arrival, envelope: Envelope) -> bool:
    """Whether an earlier use stood for the same bytes."""
    return use.sha256 in (_digest(arrival, envelope), arrival.sha256)


def used_before(reference: str) -> Finding:
    """Return the finding on an interchange whose reference stood for something else."""
    return Finding(
        _DUPLICATE,
        Kind.PARTY,
        f"interchange {reference} came before with another content",
        Position(tag="UNB", offset=0),
        value=reference,
        remedy="send it under a new reference",
        level="UCI",
    )


def refused(adapter: Adapter, read: Read) -> Read:
    """Return a message refused as a duplicate, its document left aside: it must not touch the filing of the first."""
    message = read.message
    finding = Finding(
        _DUPLICATE,
        Kind.PARTY,
        f"message {message.reference} ({message.type}) came before in another interchange",
        adapter.position(message, 0),
        value=message.reference,
        remedy="send it under a new message reference, or leave it out",
        level="UCM",
    )
    return replace(read, document=None, findings=(*read.findings, finding))


def _alone(content: bytes, adapter: Adapter, envelope: Envelope) -> bool:
    """Whether no other interchange follows the first."""
    if envelope.span is None:
        return True
    end = envelope.span[1]
    return not adapter.recognises(content[end : end + _HEAD])


def _digest(arrival: Arrival, envelope: Envelope) -> str:
    if envelope.span is None:
        return arrival.sha256
    return hashlib.sha256(memoryview(arrival.content)[slice(*envelope.span)]).hexdigest()
