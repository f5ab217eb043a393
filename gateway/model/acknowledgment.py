"""What one layer of a counterparty said of something we, or a partner, sent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.model.finding import Finding


class Layer(StrEnum):
    """The layers of acknowledgment, which are never mixed (architecture: the one-way path)."""

    TRANSPORT = "transport"
    SYNTAX = "syntax"
    FUNCTION = "function"
    REGISTRATION = "registration"
    RISK = "risk"
    CLEARANCE = "clearance"


class Verdict(StrEnum):
    """The three answers there are."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_FINDINGS = "accepted with findings"
    REJECTED = "rejected"
    RECEIVED = "received"  # interchange received, nothing said of its content (0083 = 8)


@dataclass(frozen=True, slots=True)
class MessageVerdict:
    """What was said of one message of the subject interchange."""

    reference: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Acknowledgment:
    """An answer to one interchange: `subject` is its reference (UNB 0020 or LRN), as sent."""

    layer: Layer
    verdict: Verdict
    subject: str
    sender: str = ""
    recipient: str = ""
    findings: tuple[Finding, ...] = ()
    messages: tuple[MessageVerdict, ...] = ()
