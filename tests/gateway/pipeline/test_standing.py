"""What an answer says of a filing: states, latches, and at which time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.model.customs_response import CustomsResponse
from gateway.model.filing import Latch, State, Statement
from gateway.pipeline.standing import answered

RECEIVED = datetime(2026, 3, 2, 12, tzinfo=UTC)


def said(**values: Any) -> tuple[Statement, ...]:
    return answered(CustomsResponse.model_validate(values), 2, RECEIVED, "customs")


def statuses(*codes: str) -> dict[str, Any]:
    return {"statuses": [{"code": {"value": code}} for code in codes]}


@pytest.mark.parametrize(
    ("verdict", "state", "sets", "lifts"),
    [
        ("accepted", State.REGISTERED, None, None),
        ("held", None, Latch.HOLD, None),
        ("released", State.RELEASED, None, Latch.HOLD),
        ("cleared", State.RELEASED, None, Latch.HOLD),
        ("do_not_load", None, Latch.DO_NOT_LOAD, None),
        ("may_load", None, None, Latch.DO_NOT_LOAD),
    ],
)
def test_a_verdict_moves_a_filing_and_sets_and_lifts_latches(
    verdict: str, state: State | None, sets: Latch | None, lifts: Latch | None
) -> None:
    one = {"version": 2, "by": "customs"}
    expected = [Statement(RECEIVED, state, **one)] if state else []
    expected += [Statement(RECEIVED, sets=sets, **one)] if sets else []
    expected += [Statement(RECEIVED, lifts=lifts, **one)] if lifts else []
    assert said(verdict=verdict) == tuple(expected)


def test_what_nobody_foresaw_says_nothing() -> None:
    assert said(verdict="payment_wanted", **statuses("99")) == ()


def test_a_registration_number_alone_registers() -> None:
    assert [one.state for one in said(subject={"registration": "26EX1"})] == [State.REGISTERED]


def test_a_status_is_told_beside_the_verdict_and_a_latch_set_and_lifted_at_once_holds() -> None:
    found = said(verdict="accepted", **statuses("5", "7", "4"))
    assert [one.state for one in found if one.state] == [State.REGISTERED, State.CONTROL_PLANNED, State.RELEASED]
    assert [one.sets for one in found if one.sets] == [Latch.HOLD]
    assert not [one for one in found if one.lifts]


@pytest.mark.parametrize(
    ("issued_at", "at"),
    [
        ("2026-03-02T10:00:00+02:00", datetime(2026, 3, 2, 8, tzinfo=UTC)),
        ("2026-03-02T10:00:00Z", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("2026-03-02T10:00:00", RECEIVED),  # of which zone is not said
        ("2026-03-02", RECEIVED),
        ("2026-03-02T13:00:00+00:00", RECEIVED),  # ahead of our clock
    ],
)
def test_the_time_is_the_authoritys_own_where_it_can_be_told(issued_at: str, at: datetime) -> None:
    (one,) = said(verdict="released", issued_at=issued_at)[:1]
    assert one.at == at
    assert one.at.utcoffset() == timedelta(0)
