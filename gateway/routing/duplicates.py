"""By what a partner's interchanges and messages are told apart, and for how long a reference counts as used. Pure.

An interchange is known by sender, recipient and control reference (ISO 9735: S002, S003, 0020; in syntax version 4
with the internal sub-identifications 0042 and 0046), a message by its reference and type (0062, S009) between the same
two. Test and production never meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from gateway.model.stages import Envelope, MessageType, Party


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What two partners agreed on repeated references.

    `within` is how long a reference counts as used, for good without it; `dated` says that the day of preparation
    belongs to the key, for senders whose counters start again; `messages` that a message reference may not come
    again in another interchange either.
    """

    within: timedelta | None = None
    dated: bool = False
    messages: bool = False

    def interchange_key(self, envelope: Envelope) -> str:
        """Return the key of an interchange; "" when its envelope does not say who, to whom and which."""
        if not (envelope.sender and envelope.recipient and envelope.reference):
            return ""
        return self._key(envelope, envelope.reference)

    def message_key(self, envelope: Envelope, reference: str, type_: MessageType) -> str:
        """Return the key of a message; "" when such keys are not agreed, or it cannot be told apart."""
        if not (self.messages and envelope.sender and envelope.recipient and reference):
            return ""
        kind = (type_.name, type_.version, type_.agency, type_.association)
        return self._key(envelope, "message", reference, *kind)

    def _key(self, envelope: Envelope, *named: str) -> str:
        """Join the parts of a key, with date and test indicator at the end."""
        parts = [envelope.standard, _party(envelope.sender), _party(envelope.recipient), *map(_part, named)]
        parts.append("test" if envelope.test else "")
        if self.dated:
            parts.append(_part(envelope.prepared.partition(":")[0].partition("T")[0]))
        return "|".join(parts)


#: Nothing agreed: a reference is used once.
FOR_GOOD = Duplicates()


def _party(party: Party | None) -> str:
    """Return a party with qualifier and sub-identification, where it has them."""
    if party is None:
        return ""
    parts = [party.id, party.qualifier, party.sub]
    while parts[-1] == "" and len(parts) > 1:
        parts.pop()
    return ":".join(_part(part).replace(":", "\\:") for part in parts)


def _part(text: str) -> str:
    """Return a text in which no separator of keys stands bare."""
    return text.replace("\\", "\\\\").replace("|", "\\|")
