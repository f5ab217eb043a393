from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model.filing import ENDS, NEXT, Filed, Latch, State, Statement, follows, settle

S = State
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)

LIVES = (
    (S.DRAFT, S.QUEUED, S.SENT, S.RECEIVED, S.SYNTAX_OK, S.REGISTERED, S.UNDER_ASSESSMENT, S.ASSESSED, S.ARRIVED),
    (S.ARRIVED, S.PRESENTED, S.RELEASED, S.CLOSED),
    (S.QUEUED, S.UNDELIVERABLE),
    (S.SENT, S.REJECTED),
    (S.SENT, S.REGISTERED, S.INCOMPLETE, S.INFO_REQUESTED, S.UNDER_ASSESSMENT, S.SCREENING_REQUESTED, S.ASSESSED),
    (S.REGISTERED, S.AMENDED, S.UNDER_ASSESSMENT, S.AMENDED, S.REJECTED),
    (S.REGISTERED, S.INVALIDATION_REQUESTED, S.INVALIDATED),
    (S.ASSESSED, S.INVALIDATION_REQUESTED, S.UNDER_ASSESSMENT),
    (S.RELEASED, S.CONTROL_PLANNED, S.ASSESSED, S.RELEASED, S.CLOSED),
    (S.REGISTERED, S.EXPIRED),
)


@pytest.mark.parametrize("life", LIVES, ids=lambda life: f"{life[0]} to {life[-1]} in {len(life)}")
def test_a_filing_may_live_so(life: tuple[State, ...]) -> None:
    assert all(follows(before, after) for before, after in pairwise(life))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (S.DRAFT, S.SENT),
        (S.DRAFT, S.REGISTERED),
        (S.REGISTERED, S.SENT),
        (S.REGISTERED, S.SYNTAX_OK),
        (S.REGISTERED, S.REJECTED),
        (S.RELEASED, S.REGISTERED),
        (S.QUEUED, S.RELEASED),
        (S.UNDER_ASSESSMENT, S.UNDELIVERABLE),
        (S.RELEASED, S.AMENDED),
        *((end, after) for end in sorted(ENDS) for after in State),
    ],
)
def test_a_filing_may_not_go_so(before: State, after: State) -> None:
    assert not follows(before, after)


def test_every_state_can_be_reached_from_a_draft_and_every_one_but_an_end_can_be_left() -> None:
    reached, left = {S.DRAFT}, [S.DRAFT]
    while left:
        new = NEXT[left.pop()] - reached
        reached |= new
        left += new
    assert reached == set(State)
    assert {state for state in State if not NEXT[state]} == ENDS


def test_the_order_of_arrival_changes_nothing() -> None:
    said = [
        Statement(AT, S.QUEUED),
        Statement(AT + HOUR, S.SENT),
        Statement(AT + 2 * HOUR, S.REGISTERED),
        Statement(AT + 3 * HOUR, sets=Latch.DO_NOT_LOAD),
        Statement(AT + 4 * HOUR, S.UNDER_ASSESSMENT),
    ]
    wanted = Filed(S.UNDER_ASSESSMENT, frozenset({Latch.DO_NOT_LOAD}), 1)
    assert {settle(order) for order in permutations(said)} == {wanted}
    assert settle([*said, *said]) == wanted


def test_a_latch_holds_until_a_later_lift_whatever_the_state_does() -> None:
    said = [Statement(AT, sets=Latch.HOLD), Statement(AT + HOUR, S.RELEASED, version=1)]
    assert settle(said, S.PRESENTED).latches == {Latch.HOLD}
    assert settle([*said, Statement(AT - HOUR, lifts=Latch.HOLD)], S.PRESENTED).latches == {Latch.HOLD}
    assert settle([*said, Statement(AT, lifts=Latch.HOLD)], S.PRESENTED).latches == {Latch.HOLD}
    assert settle([*said, Statement(AT + HOUR, lifts=Latch.HOLD)], S.PRESENTED).latches == frozenset()


def test_what_no_rule_foresees_is_taken_and_told_but_an_end_stays() -> None:
    jumped = settle([Statement(AT, S.RELEASED)], S.SENT)
    assert (jumped.state, jumped.unforeseen) == (S.RELEASED, ((S.SENT, S.RELEASED),))
    ended = settle([Statement(AT, S.REJECTED), Statement(AT + HOUR, S.REGISTERED)], S.SENT)
    assert (ended.state, ended.unforeseen) == (S.REJECTED, ((S.REJECTED, S.REGISTERED),))


def test_a_later_version_wins_over_a_later_time() -> None:
    said = [Statement(AT, S.UNDER_ASSESSMENT, version=2), Statement(AT + HOUR, S.ASSESSED)]
    assert settle(said, S.REGISTERED) == Filed(S.UNDER_ASSESSMENT, frozenset(), 2)


def test_what_the_wires_say_comes_before_the_authority_and_never_takes_a_state_back() -> None:
    said = [
        Statement(AT + 3 * HOUR, S.SENT),  # our clock is ahead of theirs
        Statement(AT + 2 * HOUR, S.QUEUED),
        Statement(AT, S.REGISTERED, by="customs"),
    ]
    found = settle(said)
    assert (found.state, found.by, found.since, found.unforeseen) == (S.REGISTERED, "customs", AT, ())


def test_what_could_not_be_delivered_may_go_after_all() -> None:
    said = [Statement(AT, S.QUEUED), Statement(AT + HOUR, S.UNDELIVERABLE)]
    assert settle(said).state is S.UNDELIVERABLE
    assert settle([*said, Statement(AT + 2 * HOUR, S.SENT)]) == Filed(S.SENT, frozenset(), 1)


REGISTERED = (Statement(AT, S.QUEUED), Statement(AT + HOUR, S.SENT), Statement(AT + 2 * HOUR, S.REGISTERED))
AMENDING = (Statement(AT + 3 * HOUR, S.QUEUED, version=2), Statement(AT + 4 * HOUR, S.SENT, version=2))


def test_a_later_version_amends_what_is_registered_and_stands_or_leaves_it_as_it_was() -> None:
    assert settle((*REGISTERED, *AMENDING)) == Filed(S.AMENDED, frozenset(), 2)
    taken = settle((*REGISTERED, *AMENDING, Statement(AT + 5 * HOUR, S.REGISTERED, version=2)))
    assert taken == Filed(S.REGISTERED, frozenset(), 2)
    refused = settle((*REGISTERED, *AMENDING, Statement(AT + 5 * HOUR, S.REJECTED, version=2)))
    assert refused == Filed(S.REGISTERED, frozenset(), 2, refused=2)
    assert refused.since == AT + 2 * HOUR


def test_an_amendment_that_we_refuse_ourselves_is_no_surprise_and_a_later_one_makes_it_past() -> None:
    ours = Statement(AT + 3 * HOUR, S.REJECTED, version=2)
    assert settle((*REGISTERED, ours)) == Filed(S.REGISTERED, frozenset(), 2, refused=2)
    third = Statement(AT + 4 * HOUR, S.QUEUED, version=3)
    amended = settle((*REGISTERED, ours, third))
    assert amended == Filed(S.AMENDED, frozenset(), 3)
    assert (amended.by, amended.since) == ("", AT + 4 * HOUR)


def test_of_two_states_at_the_very_same_time_the_further_one_holds() -> None:
    said = (Statement(AT, S.QUEUED), Statement(AT, S.CONTROL_PLANNED), Statement(AT, S.REGISTERED))
    assert settle(said) == Filed(S.CONTROL_PLANNED, frozenset(), 1)


def test_a_late_answer_to_the_version_before_changes_nothing() -> None:
    late = Statement(AT + 9 * HOUR, S.UNDER_ASSESSMENT)
    assert settle((*REGISTERED, *AMENDING, late)).state is S.AMENDED


def test_what_was_rejected_may_be_filed_again_as_a_later_version() -> None:
    rejected = (Statement(AT, S.QUEUED), Statement(AT + HOUR, S.REJECTED))
    assert settle((*rejected, *AMENDING)) == Filed(S.SENT, frozenset(), 2)


def test_a_filing_is_withdrawn_and_that_is_granted_or_refused() -> None:
    asked = (*REGISTERED, *AMENDING, Statement(AT + 3 * HOUR, S.INVALIDATION_REQUESTED, version=2))
    assert settle(asked) == Filed(S.INVALIDATION_REQUESTED, frozenset(), 2)
    assert settle((*asked, Statement(AT + 5 * HOUR, S.INVALIDATED, version=2))).state is S.INVALIDATED
    assert settle((*asked, Statement(AT + 5 * HOUR, S.REJECTED, version=2))).state is S.REGISTERED


statements = st.builds(
    Statement,
    st.integers(0, 5).map(lambda hours: AT + hours * HOUR),
    st.none() | st.sampled_from(State),
    st.none() | st.sampled_from(Latch),
    st.none() | st.sampled_from(Latch),
    st.integers(1, 3),
)


@given(st.lists(statements, max_size=8), st.randoms(use_true_random=False))
def test_any_statements_in_any_order_and_number_give_one_standing(said: list[Statement], chance: object) -> None:
    again = [*said, *said[:3]]
    chance.shuffle(again)  # type: ignore[attr-defined]  # a Random
    assert settle(again) == settle(said)
