from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.validation.moments import elapsed, is_later


@pytest.mark.parametrize(("first", "second", "hours"), [
    ("2025-03-14", "2025-03-16", 48),
    ("2025-03-14T23:59", "2025-03-15", 24),
    ("2025-03-14", "2025-03-14T23:59:59+09:00", 0),
    ("2025-03-14T12:00:59", "2025-03-14T13:00", 1),
    ("2025-03-14T12:00+09:00", "2025-03-14T12:00Z", 9),
    ("2025-03-14T12:00+09:00", "2025-03-14T12:00", 0),
])  # fmt: skip
def test_time_between_moments_is_taken_at_their_common_precision(first: str, second: str, hours: int) -> None:
    assert elapsed(first, second) == timedelta(hours=hours)
    assert elapsed(second, first) == -timedelta(hours=hours)


@pytest.mark.parametrize(("first", "second", "later"), [
    ("2025-03-15", "2025-03-14", True),
    ("2025-03-14", "2025-03-14T00:01", False),
    ("2025-03-14T12:00", "2025-03-14T10:00", False),  # a zone of two hours may lie between
    ("2025-03-14T12:01", "2025-03-14T10:00", True),
    ("2025-03-14T12:01+01:00", "2025-03-14T12:00+01:00", True),
    ("2025-03-14T12:01:30+01:00", "2025-03-14T12:01+01:00", False),
    ("2025-03-14T12:30+02:00", "2025-03-14T12:00Z", False),
    ("0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00", False),
    ("9999-12-31T23:59-12:00", "0001-01-01T00:00+14:00", True),
])  # fmt: skip
def test_a_moment_is_later_only_when_that_is_certain(first: str, second: str, later: bool) -> None:
    assert is_later(first, second) is later


moments = st.datetimes().flatmap(
    lambda at: st.sampled_from(
        [
            at.strftime("%Y-%m-%d").rjust(10, "0"),
            at.isoformat("T", "minutes"),
            at.isoformat("T", "seconds"),
            at.isoformat("T", "minutes") + "Z",
            at.isoformat("T", "seconds") + "-11:30",
        ]
    )
)


@given(moments, moments)
def test_no_two_moments_are_each_later_than_the_other(first: str, second: str) -> None:
    assert not (is_later(first, second) and is_later(second, first))
    assert elapsed(first, second) == -elapsed(second, first)
