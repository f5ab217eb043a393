from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.model.acknowledgment import Verdict
from gateway.model.cargo_report import CargoReport
from gateway.model.customs_response import CustomsResponse
from gateway.model.occasion import Due, Occasion
from gateway.model.stages import Party
from gateway.routing import Agreement, Route, Side, TypeRange, When, parse_type, plan, plan_replies
from gateway.triggers import AtOnce, Delay

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
REPORT = Route("CargoReport", "customs", parse_type("wco cargo-report 1"), AtOnce(), answer_within=HOUR)
REJECTED = Route("CargoReport", "acme-out", parse_type("CUSRES D96B"), Delay(HOUR), When.REJECTED)
COPY = Route("CargoReport", "archive", parse_type("CUSCAR D95B"), AtOnce(), When.ALWAYS)
REPLY = Route("CustomsResponse", "acme-out", parse_type("CUSRES D96B"), AtOnce(), When.ALWAYS)
AGREEMENT = Agreement(
    "lines",
    Side("acme", (Party("ACME"),)),
    Side("us", (Party("US"),)),
    (TypeRange.parse("CUSCAR"),),
    routes=(REPORT, REJECTED, COPY),
    replies=(REPLY,),
)


RECEIVED = Occasion(NOW, CargoReport())


@pytest.mark.parametrize(
    ("verdict", "endpoints"),
    [
        (Verdict.ACCEPTED, ["customs", "archive"]),
        (Verdict.ACCEPTED_WITH_FINDINGS, ["customs", "archive"]),
        (Verdict.REJECTED, ["acme-out", "archive"]),
    ],
)
def test_the_verdict_chooses_the_routes(verdict: Verdict, endpoints: list[str]) -> None:
    assert [planned.endpoint for planned in plan(AGREEMENT, RECEIVED, verdict)] == endpoints


def test_outputs_come_in_the_order_of_routes_with_their_times() -> None:
    accepted = plan(AGREEMENT, RECEIVED, Verdict.ACCEPTED)
    assert [(planned.endpoint, planned.due, planned.answer_by) for planned in accepted] == [
        ("customs", Due(NOW), NOW + HOUR),
        ("archive", Due(NOW), None),
    ]
    late, _ = plan(AGREEMENT, RECEIVED, Verdict.REJECTED)
    assert (late.due, late.answer_by) == (Due(NOW + HOUR), None)


def test_an_acknowledgment_is_due_from_when_the_output_may_go() -> None:
    late = Route("CargoReport", "archive", parse_type("CUSCAR D95B"), Delay(HOUR), When.ALWAYS, contrl_within=HOUR)
    (planned,) = plan(replace(AGREEMENT, routes=(late,)), RECEIVED, Verdict.ACCEPTED)
    assert (planned.due, planned.contrl_by, planned.answer_by) == (Due(NOW + HOUR), NOW + 2 * HOUR, None)


def test_a_reply_is_planned_apart_from_the_routes() -> None:
    assert plan(AGREEMENT, Occasion(NOW, CustomsResponse()), Verdict.ACCEPTED) == ()
    (reply,) = plan_replies(AGREEMENT, Occasion(NOW, CustomsResponse()), Verdict.REJECTED)
    assert (reply.endpoint, str(reply.type), reply.agreement) == ("acme-out", "CUSRES D96B", "lines")


@pytest.mark.parametrize(
    ("order_by", "order"),
    [("", ""), ("all", "lines customs"), ("voyage", "lines customs voyage 042E"), ("mrn", "")],
)
def test_an_order_is_that_of_agreement_endpoint_and_key(order_by: str, order: str) -> None:
    route = replace(AGREEMENT.routes[0], order_by=order_by)
    occasion = replace(RECEIVED, keys=(("lrn", "L1"), ("voyage", "042E"), ("voyage", "042W")))
    (planned, *_) = plan(replace(AGREEMENT, routes=(route,)), occasion, Verdict.ACCEPTED)
    assert planned.order == order


def test_every_output_says_why() -> None:
    planned = plan(AGREEMENT, RECEIVED, Verdict.ACCEPTED)[0]
    assert planned.reason == (
        "lines sends each CargoReport that is accepted to customs as wco cargo-report 1; this one is accepted"
    )
