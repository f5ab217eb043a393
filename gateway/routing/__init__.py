"""Agreements, which of them applies to an interchange, and what has to go out. Pure."""

from gateway.routing.agreement import Agreement, Route, Side, TypeRange, When, directory_order, parse_type
from gateway.routing.duplicates import Duplicates
from gateway.routing.planning import Planned, plan, plan_replies
from gateway.routing.selection import Considered, Refusal, consider, select_agreement

__all__ = [
    "Agreement",
    "Considered",
    "Duplicates",
    "Planned",
    "Refusal",
    "Route",
    "Side",
    "TypeRange",
    "When",
    "consider",
    "directory_order",
    "parse_type",
    "plan",
    "plan_replies",
    "select_agreement",
]
