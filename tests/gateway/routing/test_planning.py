from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.model.acknowledgment import Verdict
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


@pytest.mark.parametrize(
    ("verdict", "endpoints"),
    [
        (Verdict.ACCEPTED, ["customs", "archive"]),
        (Verdict.ACCEPTED_WITH_FINDINGS, ["customs", "archive"]),
        (Verdict.REJECTED, ["acme-out", "archive"]),
    ],
)
def test_the_verdict_chooses_the_routes(verdict: Verdict, endpoints: list[str]) -> None:
    assert [planned.endpoint for planned in plan(AGREEMENT, ["CargoReport"], [verdict], NOW)] == endpoints


def test_outputs_come_in_the_order_of_documents_then_routes_with_their_times() -> None:
    verdicts = [Verdict.ACCEPTED, Verdict.ACCEPTED, Verdict.REJECTED]
    outputs = plan(AGREEMENT, ["CargoReport", "Other", "CargoReport"], verdicts, NOW)
    assert [(planned.document, planned.endpoint) for planned in outputs] == [
        (0, "customs"),
        (0, "archive"),
        (2, "acme-out"),
        (2, "archive"),
    ]
    assert [(planned.due_at, planned.answer_by) for planned in outputs][:3] == [
        (NOW, NOW + HOUR),
        (NOW, None),
        (NOW + HOUR, None),
    ]


def test_an_acknowledgment_is_due_from_when_the_output_may_go() -> None:
    late = Route("CargoReport", "archive", parse_type("CUSCAR D95B"), Delay(HOUR), When.ALWAYS, contrl_within=HOUR)
    (planned,) = plan(replace(AGREEMENT, routes=(late,)), ["CargoReport"], [Verdict.ACCEPTED], NOW)
    assert (planned.due_at, planned.contrl_by, planned.answer_by) == (NOW + HOUR, NOW + 2 * HOUR, None)


def test_a_reply_is_planned_apart_from_the_routes() -> None:
    assert plan(AGREEMENT, ["CustomsResponse"], [Verdict.ACCEPTED], NOW) == ()
    (reply,) = plan_replies(AGREEMENT, ["CustomsResponse"], [Verdict.REJECTED], NOW)
    assert (reply.endpoint, str(reply.type), reply.agreement) == ("acme-out", "CUSRES D96B", "lines")


def test_every_output_says_why() -> None:
    planned = plan(AGREEMENT, ["CargoReport"], [Verdict.ACCEPTED], NOW)[0]
    assert planned.reason == (
        "lines sends each CargoReport that is accepted to customs as wco cargo-report 1; this one is accepted"
    )


def test_a_verdict_for_each_document_is_needed() -> None:
    with pytest.raises(ValueError, match="shorter"):
        plan(AGREEMENT, ["CargoReport"], [], NOW)
