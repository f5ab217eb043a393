from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.metadata import entry_points

import pytest

from gateway.model.cargo_report import CargoReport
from gateway.model.occasion import NEVER, Await, Due, Occasion
from gateway.plugin import Trigger
from gateway.triggers import AtOnce, Delay, OnEvent

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
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
        text = {"at once": "", "after": "1 s"}.get(entry.name)
        if text is not None:
            assert isinstance(entry.load().parse(text), Trigger)


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
