from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.metadata import entry_points

import pytest

from gateway.model.cargo_report import CargoReport
from gateway.model.customs_response import CustomsResponse
from gateway.model.occasion import NEVER, Await, Due, Occasion
from gateway.model.vessel import Voyage
from gateway.plugin import Deadline, Trigger
from gateway.settings import trigger_reader
from gateway.triggers import AtOnce, Before, Delay, OnEvent

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SPELLED = {
    "at once": "",
    "after": "1 s",
    "before": "24 h before loading",
    "cron": "0 * * * *",
    "every": "1 h",
    "on": "port arrival",
}
RECEIVED = Occasion(NOW, CargoReport())


def test_at_once_is_now() -> None:
    assert AtOnce.parse("").due(RECEIVED) == Due(NOW)


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("30 s", timedelta(seconds=30)),
        ("15 min", timedelta(minutes=15)),
        ("2h", timedelta(hours=2)),
        ("1 d", timedelta(1)),
    ],
)
def test_a_delay_counts_from_now(text: str, by: timedelta) -> None:
    assert Delay.parse(text).due(RECEIVED) == Due(NOW + by)


@pytest.mark.parametrize("text", ["", "soon", "-1 s", "1", "1 week", "1.5 h", "1234567 s"])
def test_a_delay_that_says_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="needs a number"):
        Delay.parse(text)


def test_at_once_takes_nothing_else() -> None:
    with pytest.raises(ValueError, match="stands alone"):
        AtOnce.parse("please")


def test_every_installed_trigger_is_one() -> None:
    for entry in entry_points(group="pierhead.triggers"):
        assert isinstance(entry.load().parse(SPELLED[entry.name]), Trigger)


SHIP = Occasion(NOW, CargoReport(), (("bill", "B1"), ("vessel", "9074729"), ("vessel", "EX4B2")))
KEYS = (("vessel", "9074729"), ("vessel", "EX4B2"))


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("port arrival", Due(NEVER, Await("port arrival", KEYS, NOW - DAY))),
        ("berth arrival at GBFXT", Due(NEVER, Await("berth arrival", KEYS, NOW - DAY, "GBFXT"))),
        ("approach 60 nm or after 48 h", Due(NOW + 2 * DAY, Await("approach 60 nm", KEYS, NOW - DAY))),
    ],
)
def test_a_delivery_can_wait_for_what_the_vessel_does(text: str, due: Due) -> None:
    assert OnEvent.parse(text).due(SHIP) == due


def test_a_document_that_names_no_vessel_does_not_wait_for_ever() -> None:
    assert OnEvent.parse("port arrival").due(RECEIVED) == Due(NOW)
    assert OnEvent.parse("port arrival or after 1 h").due(RECEIVED) == Due(NOW + timedelta(hours=1))


@pytest.mark.parametrize("text", ["", "arrival", "port arrivals", "approach", "approach nm", "port arrival at Hamburg"])
def test_what_is_no_event_of_a_vessel_is_refused_with_those_there_are(text: str) -> None:
    with pytest.raises(ValueError, match="port arrival, port departure"):
        OnEvent.parse(text)


def test_a_document_of_a_filing_waits_for_what_that_filing_is_answered_and_for_no_other_of_its_lrn() -> None:
    own = Occasion(NOW, CargoReport(), (("lrn", "L1"), ("filing", "acme/L1")))
    assert OnEvent.parse("released").due(own) == Due(NEVER, Await("released", (("filing", "acme/L1"),), NOW))


def test_a_document_that_names_anothers_filing_waits_for_it_whenever_it_was_answered() -> None:
    named = Occasion(NOW, CargoReport(), (("mrn", "26EX1"), ("vessel", "EX4B2")))
    due = OnEvent.parse("registered or after 2 h").due(named)
    assert due.at == NOW + timedelta(hours=2)
    assert due.awaits is not None
    assert (due.awaits.keys, due.awaits.since.year) == ((("mrn", "26EX1"),), 1970)


def test_a_filing_is_at_no_place() -> None:
    with pytest.raises(ValueError, match="is at no place"):
        OnEvent.parse("released at GBFXT")


def voyage(**times: str) -> Occasion:
    return Occasion(NOW, CargoReport(voyage=Voyage(number="042E", **times)))


@pytest.mark.parametrize(
    ("text", "times", "at", "why"),
    [
        (
            "24 h before loading",
            {"etd": "2026-03-04T12:00+02:00"},
            datetime(2026, 3, 3, 10, tzinfo=UTC),
            "24 h before loading of 2026-03-04T12:00+02:00",
        ),
        (
            "48 h before arrival",
            {"eta": "2026-03-06T18:30", "etd": "2026-03-02"},
            datetime(2026, 3, 4, 18, 30, tzinfo=UTC),
            "48 h before arrival of 2026-03-06T18:30, taken as UTC",
        ),
        (
            "90 min before departure",
            {"etd": "2026-03-04"},
            datetime(2026, 3, 3, 22, 30, tzinfo=UTC),
            "90 min before departure of 2026-03-04, from midnight, taken as UTC",
        ),
    ],
)
def test_a_deadline_counts_from_the_voyage(text: str, times: dict[str, str], at: datetime, why: str) -> None:
    trigger = Before.parse(text)
    occasion = voyage(**times)
    assert isinstance(trigger, Deadline)
    assert trigger.due(occasion) == Due(at, why=why)
    assert trigger.deadline(occasion.document) == at


def test_a_deadline_that_is_past_is_due_at_once_with_a_finding() -> None:
    due = Before.parse("24 h before loading").due(voyage(etd="2026-03-02T10:00"))
    (finding,) = due.findings
    assert (due.at, finding.code, finding.path) == (NOW, "PH-5005", "voyage.etd")
    assert finding.text == "24 h before loading was 2026-03-01T10:00 UTC, 2 h ago: it is sent at once"


@pytest.mark.parametrize("occasion", [RECEIVED, voyage(eta="2026-03-04"), Occasion(NOW, CustomsResponse())])
def test_a_deadline_without_a_time_to_count_from_is_due_at_once_with_a_finding(occasion: Occasion) -> None:
    trigger = Before.parse("24 h before loading")
    due = trigger.due(occasion)
    assert (due.at, [one.code for one in due.findings]) == (NOW, ["PH-5006"])
    assert trigger.deadline(occasion.document) is None


@pytest.mark.parametrize("text", ["", "before loading", "24 h before", "24 h before leaving", "24 before loading"])
def test_what_is_no_deadline_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no deadline.*like '24 h before loading'"):
        Before.parse(text)


def test_a_route_spells_a_trigger_by_its_first_words_or_has_its_name_in_the_middle() -> None:
    read = trigger_reader({"at once": AtOnce.parse, "after": Delay.parse, "before": Before.parse})
    assert read("48 h before arrival") == Before(2 * DAY, "arrival")
    assert read("after 1 d") == Delay(DAY)
    with pytest.raises(ValueError, match="is no trigger"):
        read("beforehand")
