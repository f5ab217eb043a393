from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.metadata import entry_points

import pytest

from gateway.model.cargo_report import CargoReport
from gateway.model.occasion import Due, Occasion
from gateway.plugin import Trigger
from gateway.triggers import AtOnce, Delay

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
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
