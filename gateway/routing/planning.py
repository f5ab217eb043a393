"""What has to go out for the documents of an arrival: data, with a reason for each. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.model.acknowledgment import Verdict
from gateway.model.stages import MessageType
from gateway.routing.agreement import Agreement, Route, When


@dataclass(frozen=True, slots=True)
class Planned:
    """One output to write and send.

    `document` is the index into the documents planned for; `due_at` when it may go, `answer_by` when an
    answer is overdue, `contrl_by` its syntax acknowledgment; `reason` says in words why it goes there.
    """

    agreement: str
    route: Route
    document: int
    endpoint: str
    type: MessageType
    due_at: datetime
    reason: str
    answer_by: datetime | None = None
    contrl_by: datetime | None = None


def plan(
    agreement: Agreement, documents: Sequence[str], verdicts: Sequence[Verdict], now: datetime
) -> tuple[Planned, ...]:
    """Return the outputs for documents received under an agreement, in the order of documents, then routes.

    Args:
        agreement: the one selected for the interchange.
        documents: the class name of each canonical document ("CargoReport"), in order.
        verdicts: the verdict on each, in the same order.
        now: the time that triggers count from.
    """
    return tuple(_planned(agreement, agreement.routes, documents, verdicts, now))


def plan_replies(
    agreement: Agreement, documents: Sequence[str], verdicts: Sequence[Verdict], now: datetime
) -> tuple[Planned, ...]:
    """Return the outputs for answers on a filing that was made under this agreement. Arguments as for `plan`."""
    return tuple(_planned(agreement, agreement.replies, documents, verdicts, now))


def _planned(
    agreement: Agreement,
    routes: Sequence[Route],
    documents: Sequence[str],
    verdicts: Sequence[Verdict],
    now: datetime,
) -> Iterator[Planned]:
    for index, (document, verdict) in enumerate(zip(documents, verdicts, strict=True)):
        for route in routes:
            if route.document != document or not _applies(route.when, verdict):
                continue
            due_at = route.trigger.due(now)
            answer_by = due_at + route.answer_within if route.answer_within else None
            contrl_by = due_at + route.contrl_within if route.contrl_within else None
            reason = (
                f"{agreement.id} sends each {route.document} that is {_spoken(route.when)} "
                f"to {route.to} as {route.type.standard} {route.type}; this one is {verdict}"
            )
            yield Planned(agreement.id, route, index, route.to, route.type, due_at, reason, answer_by, contrl_by)


def _applies(when: When, verdict: Verdict) -> bool:
    if when is When.ALWAYS:
        return True
    return (verdict is Verdict.REJECTED) == (when is When.REJECTED)


def _spoken(when: When) -> str:
    return "accepted or rejected" if when is When.ALWAYS else str(when)
