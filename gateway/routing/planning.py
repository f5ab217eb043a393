"""What has to go out for a document: data, with a reason for each. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.model.acknowledgment import Verdict
from gateway.model.occasion import NEVER, Due, Occasion
from gateway.model.stages import MessageType
from gateway.routing.agreement import Agreement
from gateway.routing.deadline_watch import DeadlineWatch
from gateway.routing.event_route import EventRoute
from gateway.routing.route import ALL, Route, When


@dataclass(frozen=True, slots=True)
class Planned:
    """One output to write and send.

    `due` says when it may go; `answer_by` when an answer is overdue, `contrl_by` its syntax acknowledgment; `reason`
    says in words why it goes there. Outputs of one `order` go one after another; "" has none.
    """

    agreement: str
    route: Route
    endpoint: str
    type: MessageType
    due: Due
    reason: str
    answer_by: datetime | None = None
    contrl_by: datetime | None = None
    order: str = ""


def plan(agreement: Agreement, occasion: Occasion, verdict: Verdict) -> tuple[Planned, ...]:
    """Return the outputs for a document received under an agreement, in the order of its routes.

    Args:
        agreement: the one selected for the interchange.
        occasion: the document, and the time that triggers count from.
        verdict: the verdict on the document.
    """
    return tuple(_planned(agreement, agreement.routes, occasion, verdict))


def plan_replies(agreement: Agreement, occasion: Occasion, verdict: Verdict) -> tuple[Planned, ...]:
    """Return the outputs for an answer on a filing that was made under this agreement. Arguments as for `plan`."""
    return tuple(_planned(agreement, agreement.replies, occasion, verdict))


def plan_event(agreement: Agreement, route: EventRoute, occasion: Occasion) -> Planned:
    """Return the output for what is told of a vessel's event; `occasion` has the document to send."""
    way = route.route
    reason = f"{agreement.id} has {route.tell} told to {way.to} as {way.type.standard} {way.type}"
    return _output(agreement, way, occasion, reason)


def plan_deadline(agreement: Agreement, watch: DeadlineWatch, occasion: Occasion) -> Planned:
    """Return the output for a reminder of a deadline; `occasion` has the reminder."""
    way = watch.route
    reason = f"{agreement.id} has what is not accepted {watch.by} told to {way.to} as {way.type.standard} {way.type}"
    return _output(agreement, way, occasion, reason)


def _planned(agreement: Agreement, routes: Sequence[Route], occasion: Occasion, verdict: Verdict) -> Iterator[Planned]:
    for route in routes:
        if route.document != type(occasion.document).__name__ or not _applies(route.when, verdict):
            continue
        reason = (
            f"{agreement.id} sends each {route.document} that is {_spoken(route.when)} "
            f"to {route.to} as {route.type.standard} {route.type}; this one is {verdict}"
        )
        yield _output(agreement, route, occasion, reason)


def _output(agreement: Agreement, route: Route, occasion: Occasion, reason: str) -> Planned:
    """Return one output with its times."""
    due = route.trigger.due(occasion)
    timed = due.at < NEVER
    answer_by = due.at + route.answer_within if route.answer_within and timed else None
    contrl_by = due.at + route.contrl_within if route.contrl_within and timed else None
    if due.why:
        reason += f"; due {due.why}"
    if due.awaits is not None:
        reason += f", and waits for {due.awaits}"
    order = _order(agreement, route, occasion)
    return Planned(agreement.id, route, route.to, route.type, due, reason, answer_by, contrl_by, order)


def _order(agreement: Agreement, route: Route, occasion: Occasion) -> str:
    """Return the order that an output belongs to; a document without the key that orders belongs to none."""
    if route.order_by == ALL:
        return f"{agreement.id} {route.to}"
    values = sorted(value for kind, value in occasion.keys if kind == route.order_by)
    return f"{agreement.id} {route.to} {route.order_by} {values[0]}" if values else ""


def _applies(when: When, verdict: Verdict) -> bool:
    if when is When.ALWAYS:
        return True
    return (verdict is Verdict.REJECTED) == (when is When.REJECTED)


def _spoken(when: When) -> str:
    return "accepted or rejected" if when is When.ALWAYS else str(when)
