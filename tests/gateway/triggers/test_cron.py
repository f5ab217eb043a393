from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.model.cargo_report import CargoReport
from gateway.model.occasion import Due, Occasion
from gateway.triggers import Cron, Every
from gateway.triggers.wall_time import instant, wall

ZONES = (
    "UTC",
    "Europe/Oslo",
    "Europe/London",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",  # half an hour of summer time
    "Pacific/Apia",  # had no 30 December 2011
    "Asia/Kathmandu",
    "Africa/Casablanca",
)
MOMENTS = st.integers(1_104_537_600, 2_143_238_400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))  # to 2037


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def fires(trigger: Cron | Every, start: datetime, count: int) -> list[datetime]:
    found = []
    for _ in range(count):
        start = trigger.after(start)
        found.append(start)
    return found


@pytest.mark.parametrize(
    ("line", "moment", "next_"),
    [
        ("0 * * * *", "2026-03-01T12:00:00+00:00", "2026-03-01T13:00:00+00:00"),
        ("0 * * * *", "2026-03-01T12:00:01+00:00", "2026-03-01T13:00:00+00:00"),
        ("*/15 6-18 * * 1-5", "2026-02-27T18:45:00+00:00", "2026-03-02T06:00:00+00:00"),
        ("30 6 * * 1-5 Europe/Oslo", "2026-06-05T12:00:00+00:00", "2026-06-08T04:30:00+00:00"),
        ("0 0 * * 0", "2026-03-02T00:00:00+00:00", "2026-03-08T00:00:00+00:00"),  # 0 is Sunday
        ("0 0 * * 7", "2026-03-02T00:00:00+00:00", "2026-03-08T00:00:00+00:00"),  # and so is 7
        ("0 0 * * sat-mon", "2026-03-04T00:00:00+00:00", "2026-03-07T00:00:00+00:00"),
        ("0 0 13 * 5", "2026-03-07T00:00:00+00:00", "2026-03-13T00:00:00+00:00"),
        ("0 0 15 * 5", "2026-03-14T00:00:00+00:00", "2026-03-15T00:00:00+00:00"),  # either day will do
        ("0 0 15 * 5", "2026-03-15T00:00:00+00:00", "2026-03-20T00:00:00+00:00"),
        ("0 0 29 2 *", "2026-03-01T00:00:00+00:00", "2028-02-29T00:00:00+00:00"),
    ],
)
def test_a_line_of_a_crontab_means_what_cron_makes_of_it(line: str, moment: str, next_: str) -> None:
    assert Cron.parse(line).after(at(moment)) == at(next_)


def test_half_past_two_fires_once_on_the_day_that_has_it_twice() -> None:
    assert fires(Cron.parse("30 2 * * * Europe/Oslo"), at("2026-10-24T12:00:00+00:00"), 2) == [
        at("2026-10-25T00:30:00+00:00"),
        at("2026-10-26T01:30:00+00:00"),
    ]


def test_half_past_two_fires_when_the_gap_ends_on_the_day_that_has_none() -> None:
    assert fires(Cron.parse("30 2 * * * Europe/Oslo"), at("2026-03-28T12:00:00+00:00"), 2) == [
        at("2026-03-29T01:00:00+00:00"),  # 03:00 in Oslo
        at("2026-03-30T00:30:00+00:00"),
    ]


def test_all_times_of_one_gap_and_its_end_are_one_fire() -> None:
    assert fires(Cron.parse("0,15,30,45 2-3 * * * Europe/Oslo"), at("2026-03-29T00:00:00+00:00"), 2) == [
        at("2026-03-29T01:00:00+00:00"),
        at("2026-03-29T01:15:00+00:00"),
    ]


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(ZONES), MOMENTS, st.integers(0, 23), st.integers(0, 59))
def test_a_daily_time_fires_once_for_each_day_and_never_twice_at_a_wall_time(
    zone: str, start: datetime, hour: int, minute: int
) -> None:
    place = ZoneInfo(zone)
    found = fires(Cron.parse(f"{minute} {hour} * * * {zone}"), start, 400)
    assert all(one < other for one, other in pairwise(found))
    assert len({wall(one, place) for one in found}) == len(found)
    days = [wall(found[0], place).date() + timedelta(days=number) for number in range(402)]
    wanted = dict.fromkeys(instant(datetime.combine(day, time(hour, minute)), place) for day in days)
    assert found == [one for one in wanted if one >= found[0]][: len(found)]


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(ZONES), MOMENTS, st.sampled_from((5, 15, 20, 30)))
def test_no_wall_time_of_a_dense_line_is_skipped_or_fires_twice(zone: str, start: datetime, step: int) -> None:
    place = ZoneInfo(zone)
    found = fires(Cron.parse(f"*/{step} * * * * {zone}"), start, 300)
    walls = [wall(one, place) for one in found]
    assert all(one < other for one, other in pairwise(found))
    assert len(set(walls)) == len(walls)
    seen, due = set(found), found[0]
    while due < found[-1]:  # every instant on the grid is a fire, or repeats a wall time that was one
        local = wall(due, place)
        assert local.minute % step or due in seen or instant(local, place) < due
        due += timedelta(minutes=5)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(ZONES), MOMENTS)
def test_what_is_due_after_a_moment_is_due_after_any_moment_up_to_it(zone: str, start: datetime) -> None:
    trigger = Cron.parse(f"30 2 * * * {zone}")
    due = trigger.after(start)
    assert start < due
    assert trigger.after(due - timedelta(microseconds=1)) == due
    assert trigger.after(due) > due


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("", "'cron' needs minute"),
        ("0 6 * *", "'cron' needs minute"),
        ("61 * * * *", "no line of a crontab"),
        ("0 25 * * *", "no line of a crontab"),
        ("0 0 * * 8", "no weekday"),
        ("0 0 * * someday", "no weekday"),
        ("0 0 30 2 *", "never comes"),
        ("0 0 * * * Europe/Olso", "no time zone.*Europe/Oslo"),
        ("0 0 * * * ../../etc/passwd", "no time zone"),
    ],
)
def test_a_line_that_is_wrong_or_never_comes_is_refused(line: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Cron.parse(line)


@pytest.mark.parametrize(
    ("text", "moment", "next_"),
    [
        ("15 min", "2026-03-01T12:00:00+00:00", "2026-03-01T12:15:00+00:00"),
        ("15 min", "2026-03-01T12:14:59.999999+00:00", "2026-03-01T12:15:00+00:00"),
        ("1 h", "2026-03-01T12:07:00+00:00", "2026-03-01T13:00:00+00:00"),
        ("6 h from 06:00 Europe/Oslo", "2026-06-01T00:00:00+00:00", "2026-06-01T04:00:00+00:00"),
        ("7 h from 06:00", "2026-06-01T20:00:00+00:00", "2026-06-02T06:00:00+00:00"),  # 06, 13, 20, and anew
        ("1 d from 06:00 Europe/Oslo", "2026-10-25T00:00:00+00:00", "2026-10-25T05:00:00+00:00"),
        ("6 h from 06:00 Europe/Oslo", "2026-10-24T22:00:00+00:00", "2026-10-25T05:00:00+00:00"),  # 7 h that night
        ("1 h Asia/Kathmandu", "2026-06-01T00:00:00+00:00", "2026-06-01T00:15:00+00:00"),
    ],
)
def test_a_period_ends_on_its_grid(text: str, moment: str, next_: str) -> None:
    assert Every.parse(text).after(at(moment)) == at(next_)


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(ZONES),
    MOMENTS,
    st.sampled_from(("15 min", "1 h", "6 h", "7 h", "1 d")),
    st.sampled_from(("00", "06")),
)
def test_no_period_is_half_as_long_again_and_none_ends_twice(zone: str, start: datetime, by: str, hour: str) -> None:
    trigger = Every.parse(f"{by} from {hour}:00 {zone}")
    found = fires(trigger, start, 200)
    assert all(one < other for one, other in pairwise([start, *found]))
    assert all(other - one < trigger.by * 1.5 for one, other in pairwise(found))


@pytest.mark.parametrize("text", ["", "now", "0 min", "15", "15 ms", "2 d from 06:00", "1 h from 24:00", "1 h No/X"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"'every|no time zone"):
        Every.parse(text)


def test_both_are_due_after_the_occasion() -> None:
    occasion = Occasion(at("2026-03-01T12:00:00+00:00"), CargoReport())
    assert Cron.parse("0 * * * *").due(occasion) == Due(at("2026-03-01T13:00:00+00:00"))
    assert Every.parse("1 h").due(occasion) == Due(at("2026-03-01T13:00:00+00:00"))
