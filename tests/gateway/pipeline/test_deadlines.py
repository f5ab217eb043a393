"""Legal deadlines of filings: warnings before, an overdue event after, nothing where the filing is accepted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from desk import LINE, Desk, answer, manifest

from gateway.routing import DeadlineWatch, Route
from gateway.routing.agreement import parse_type
from gateway.triggers import AtOnce, Before

LRN = "BA26-042E-01"
HOUR = timedelta(hours=1)
ANSWERS = Route("CustomsResponse", LINE, parse_type("APERAK D96A"), AtOnce())
BY = Before(24 * HOUR, "arrival")


@pytest.fixture
def watched(desk: Desk) -> Desk:
    """The desk, with manifests to be accepted 24 h before arrival, and warnings 6 h and 1 h before that."""
    watch = DeadlineWatch("CargoReport", BY, (6 * HOUR, HOUR), ANSWERS)
    desk.runner.processor = replace(
        desk.processor,
        agreements=[
            replace(one, deadlines=(watch,)) if one.id == "manifests" else one for one in desk.processor.agreements
        ],
    )
    return desk


def reminders(desk: Desk) -> list[str]:
    """The codes that the line was reminded with, in order of their names."""
    found = [content.decode() for content in desk.inbox(LINE)]
    return sorted(text.partition("ERC+")[2].partition(":")[0] for text in found if "PH-50" in text)


def at(desk: Desk, time: datetime) -> None:
    desk.now = time
    desk.work()


def deadline_of(desk: Desk) -> tuple[str, datetime]:
    """Take a manifest in two days before its deadline; return its arrival and the deadline."""
    processor = desk.processor
    (read, *_) = processor.standards.read(processor.standards.adapters["edifact"], [manifest()])
    document = getattr(read, "document", None)
    assert document is not None
    by = BY.deadline(document)
    assert by is not None
    desk.now = by - 48 * HOUR
    arrival = desk.take(manifest())
    assert reminders(desk) == []
    return arrival, by


def test_a_filing_that_nobody_accepts_is_warned_of_twice_and_then_overdue(watched: Desk) -> None:
    arrival, by = deadline_of(watched)
    at(watched, by - 6 * HOUR)
    assert reminders(watched) == ["PH-5007"]
    at(watched, by - HOUR)
    assert reminders(watched) == ["PH-5007"] * 2
    at(watched, by)
    at(watched, by + 100 * HOUR)
    assert reminders(watched) == ["PH-5007", "PH-5007", "PH-5008"]
    assert {"PH-5007", "PH-5008"} <= watched.codes(arrival)
    told = watched.told(f"blue-anchor/{LRN}")
    assert f"deadline: to be accepted by {by:%Y-%m-%dT%H:%M} UTC, 24 h before arrival" in told
    assert f"{LRN} is not accepted, and 24 h before arrival was {by:%Y-%m-%dT%H:%M} UTC: it is overdue" in told


def test_a_filing_that_is_accepted_in_time_is_not_reminded_of(watched: Desk) -> None:
    _, by = deadline_of(watched)
    at(watched, by - 6 * HOUR)
    watched.take(answer(LRN), "customs")
    at(watched, by + HOUR)
    assert reminders(watched) == ["PH-5007"]


def test_an_answer_that_does_not_accept_changes_nothing(watched: Desk) -> None:
    _, by = deadline_of(watched)
    watched.take(answer(LRN, "27"), "customs")
    at(watched, by)
    assert reminders(watched) == ["PH-5008"]


def test_after_downtime_only_what_is_true_now_is_told(watched: Desk) -> None:
    _, by = deadline_of(watched)
    at(watched, by - HOUR / 2)
    assert reminders(watched) == ["PH-5007"]
    at(watched, by + 50 * HOUR)
    assert reminders(watched) == ["PH-5007", "PH-5008"]


def test_a_filing_that_comes_after_its_deadline_is_overdue_at_once(watched: Desk) -> None:
    content = manifest()
    watched.now = datetime.fromisoformat("2030-01-01T00:00+00:00")
    watched.take(content)
    assert reminders(watched) == ["PH-5008"]


def test_a_step_that_is_done_again_tells_nothing_twice(watched: Desk) -> None:
    arrival, by = deadline_of(watched)
    at(watched, by)
    subject = f"{arrival}.1|0|2"
    again = watched.processor.warn(subject, by + HOUR)
    (made,) = again.deliveries
    kept = watched.store.delivery(made.id)
    assert kept is not None
    assert (kept.delivery.content, kept.delivery.key) == (made.content, made.key)
