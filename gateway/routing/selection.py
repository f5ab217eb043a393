"""Which agreement an interchange falls under, and why the others do not apply. Pure.

The refusal codes are those of code list 0085 (ISO 9735): 7 recipient not actual recipient, 17 no
agreement, 23 unknown sender, 25 test indicator not supported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from gateway.model.stages import Envelope, MessageType
from gateway.routing.agreement import Agreement


class _Gate(IntEnum):
    """The gates that an agreement must pass, in the order in which they are tried."""

    SENDER = 0
    RECIPIENT = 1
    TEST = 2
    TYPES = 3
    PASSED = 4


#: Code list 0085, by the last gate that any agreement was stopped at.
_CODES = {_Gate.SENDER: "23", _Gate.RECIPIENT: "7", _Gate.TEST: "25", _Gate.TYPES: "17"}


@dataclass(frozen=True, slots=True)
class Considered:
    """One agreement as it was looked at: `gate` is where it stopped, `why` says it in words."""

    agreement: Agreement
    gate: int
    why: str

    @property
    def applies(self) -> bool:
        """Whether the interchange falls under this agreement."""
        return self.gate == _Gate.PASSED


@dataclass(frozen=True, slots=True)
class Refusal:
    """No agreement covers an interchange: the code (0085) for its CONTRL, and the reason in words."""

    code: str
    reason: str


def consider(
    envelope: Envelope, types: Sequence[MessageType], agreements: Sequence[Agreement], *, principal: str = ""
) -> tuple[Considered, ...]:
    """Return every agreement with the gate it stopped at and the reason, in the order given.

    Args:
        envelope: the interchange; a sender or recipient that it does not state is not compared.
        types: the message types found, all of which the agreement must take; none when unreadable.
        agreements: those of the site.
        principal: the partner that the transport authenticated; "" when it did not. Only its own
            agreements apply, whatever the envelope says.
    """
    return tuple(_look(envelope, types, agreement, principal) for agreement in agreements)


def select_agreement(
    envelope: Envelope, types: Sequence[MessageType], agreements: Sequence[Agreement], *, principal: str = ""
) -> Agreement | Refusal:
    """Return the first agreement that applies, or why there is none. Arguments as for `consider`."""
    looked_at = consider(envelope, types, agreements, principal=principal)
    for considered in looked_at:
        if considered.applies:
            return considered.agreement
    furthest = max((considered.gate for considered in looked_at), default=_Gate.SENDER)
    code = _CODES[_Gate(furthest)]
    reasons = dict.fromkeys(considered.why for considered in looked_at if considered.gate == furthest)
    if furthest == _Gate.SENDER:
        return Refusal(code, _unknown_sender(envelope, principal))
    return Refusal(code, "; ".join(reasons))


def _unknown_sender(envelope: Envelope, principal: str) -> str:
    if envelope.sender is None:
        return f"no agreement has {principal} as its sender" if principal else "the interchange names no sender"
    said = f"no agreement has {envelope.sender} as its sender"
    return f"{said} that signed in as {principal}" if principal else said


def _look(envelope: Envelope, types: Sequence[MessageType], agreement: Agreement, principal: str) -> Considered:
    """Try the gates in order and say at which one the agreement stops."""
    for gate, why in (
        (_Gate.SENDER, _sender(envelope, agreement, principal)),
        (_Gate.RECIPIENT, _recipient(envelope, agreement)),
        (_Gate.TEST, _test(envelope, agreement)),
        (_Gate.TYPES, _types(types, agreement)),
    ):
        if why:
            return Considered(agreement, gate, f"{agreement.id}: {why}")
    found = ", ".join(map(str, types)) or "no readable message"
    return Considered(
        agreement, _Gate.PASSED, f"{agreement.id}: from {agreement.sender} to {agreement.recipient}, {found}"
    )


def _sender(envelope: Envelope, agreement: Agreement, principal: str) -> str:
    if principal and agreement.sender.partner != principal:
        return f"is from {agreement.sender.partner}, and {principal} signed in"
    if envelope.sender is None:
        return "" if principal else "the interchange names no sender"
    if agreement.sender.is_named(envelope.sender):
        return ""
    return f"is from {agreement.sender}, not from {envelope.sender}"


def _recipient(envelope: Envelope, agreement: Agreement) -> str:
    if envelope.recipient is None or agreement.recipient.is_named(envelope.recipient):
        return ""
    return f"is to {agreement.recipient}, not to {envelope.recipient}"


def _test(envelope: Envelope, agreement: Agreement) -> str:
    if envelope.test == agreement.test:
        return ""
    return "takes no test messages" if envelope.test else "takes test messages only"


def _types(types: Sequence[MessageType], agreement: Agreement) -> str:
    refused = [str(type_) for type_ in types if not agreement.takes(type_)]
    if not refused:
        return ""
    return f"takes {', '.join(map(str, agreement.accepts))}, not {', '.join(refused)}"
