"""An acknowledgment that is awaited of a delivery on one layer, and how that stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.model.acknowledgment import Layer, Verdict
from gateway.model.journal import AcknowledgmentRecord, Expectation


class Standing(StrEnum):
    """How an awaited acknowledgment stands."""

    WAITING = "waiting"
    OVERDUE = "overdue"
    NEGATIVE = "negative"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Awaited:
    """One line of the table of what is awaited.

    `verdict` is what holds of what was said, `answered_at` when it was said first; both are empty while nothing was.
    `remarks` say what is unusual: late, said again, contradicted, after the answer in substance.
    """

    delivery: str
    endpoint: str
    arrival: str
    layer: Layer
    due_at: datetime
    standing: Standing
    verdict: Verdict | None = None
    answered_at: datetime | None = None
    remarks: tuple[str, ...] = ()


def awaited(
    expected: Expectation, said: Sequence[AcknowledgmentRecord], now: datetime, *, endpoint: str = "", arrival: str = ""
) -> Awaited:
    """Return how an expectation stands, by everything that was said of its delivery, oldest first.

    A rejection stands, whatever was said before or is said after it: only a person can tell which of two holds.
    """
    own = [one for one in said if one.layer is expected.layer]
    if not own:
        standing = Standing.OVERDUE if expected.due_at <= now else Standing.WAITING
        return Awaited(expected.delivery, endpoint, arrival, expected.layer, expected.due_at, standing)
    verdicts = [one.verdict for one in own]
    verdict = Verdict.REJECTED if Verdict.REJECTED in verdicts else verdicts[-1]
    return Awaited(
        expected.delivery,
        endpoint,
        arrival,
        expected.layer,
        expected.due_at,
        Standing.NEGATIVE if verdict is Verdict.REJECTED else Standing.COMPLETE,
        verdict,
        own[0].at,
        tuple(_remarks(expected, own, said)),
    )


def _remarks(
    expected: Expectation, own: Sequence[AcknowledgmentRecord], said: Sequence[AcknowledgmentRecord]
) -> list[str]:
    """Return what is unusual about an answer."""
    times = len({one.arrival for one in own})
    decided = {
        one.verdict is Verdict.REJECTED for one in own if one.verdict is not Verdict.RECEIVED and not one.message
    }
    substance = [one.at for one in said if one.layer is Layer.FUNCTION]
    found = (
        ("late", own[0].at > expected.due_at),
        (f"said {times} times", times > 1),
        ("contradicted", len(decided) > 1),
        (
            "after the answer in substance",
            expected.layer is Layer.SYNTAX and bool(substance) and own[0].at > substance[0],
        ),
    )
    return [remark for remark, holds in found if holds]
