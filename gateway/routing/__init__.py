"""Agreements, which of them applies to an interchange, and what has to go out. Pure."""

from gateway.routing.agreement import Agreement, Side, TypeRange, directory_order, parse_type
from gateway.routing.deadline_watch import DeadlineWatch
from gateway.routing.duplicates import Duplicates
from gateway.routing.event_route import EventRoute, Tell
from gateway.routing.planning import Planned, plan, plan_deadline, plan_event, plan_replies
from gateway.routing.route import Missed, Route, When
from gateway.routing.selection import Considered, Refusal, consider, select_agreement

__all__ = [
    "Agreement",
    "Considered",
    "DeadlineWatch",
    "Duplicates",
    "EventRoute",
    "Missed",
    "Planned",
    "Refusal",
    "Route",
    "Side",
    "Tell",
    "TypeRange",
    "When",
    "consider",
    "directory_order",
    "parse_type",
    "plan",
    "plan_deadline",
    "plan_event",
    "plan_replies",
    "select_agreement",
]
