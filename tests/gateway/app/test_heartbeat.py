from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from gateway.app.heartbeat import Heartbeat
from gateway.errors import StoreError

WITHIN = 60  # seconds, for a machine that does much else


@pytest.fixture
def heartbeat() -> Iterator[Heartbeat]:
    made = Heartbeat(0.01)
    made.start()
    yield made
    made.stop()


def test_what_is_worked_on_is_kept_again_and_again_until_it_is_done(heartbeat: Heartbeat) -> None:
    beats, enough = [0], threading.Event()

    def keep() -> None:
        beats[0] += 1
        if beats[0] == 3:
            enough.set()

    with heartbeat(keep):
        assert enough.wait(WITHIN)
    other = threading.Event()
    counted: list[int] = []

    def after() -> None:
        counted.append(beats[0])
        if len(counted) == 3:
            other.set()

    with heartbeat(after):
        assert other.wait(WITHIN)
    assert counted[1] == counted[2], "whoever is done is left alone"


def test_a_store_that_cannot_be_reached_stops_no_other_heartbeat(heartbeat: Heartbeat) -> None:
    enough = threading.Event()

    def fail() -> None:
        raise StoreError("gone")

    with heartbeat(fail), heartbeat(enough.set):
        assert enough.wait(WITHIN)
        enough.clear()
        assert enough.wait(WITHIN)


def test_a_heartbeat_that_was_never_started_ends_too() -> None:
    Heartbeat(1).stop()
