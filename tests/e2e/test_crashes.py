"""kill -9 between any two steps of the path: nothing lost, and each counterparty sees each delivery once, by key."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from stage import Stage, sample

MANIFEST = sample("full.edi")

#: Every step that the runner tells of, and its occurrence: the third attempt, send and settle is the last delivery.
MOMENTS = [
    ("receive", 1),
    ("record", 1),
    ("identify", 1),
    ("check", 1),
    ("acknowledge", 1),
    ("write", 1),
    ("commit", 1),
    *((step, n) for step in ("attempt", "send", "settle") for n in (1, 2, 3)),
]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize(("step", "count"), MOMENTS)
def test_a_kill_loses_nothing_and_doubles_nothing(stage: Stage, step: str, count: int) -> None:
    with stage.serving(step, str(count)) as server:
        try:
            confirmed = server.submit(MANIFEST).status_code == 202
        except httpx2.RequestError:
            confirmed = False
        assert server.ended() == -signal.SIGKILL
    with stage.serving() as server:
        if not confirmed:  # the sender still holds the message, and sends it again
            again = server.submit(MANIFEST)
            assert again.status_code in (200, 202)
            repeated = again.status_code == 200
        else:
            repeated = False
        # A repeat is answered by the same acknowledgment once more, and by nothing else.
        stage.wait_for((2 if repeated else 1, 1, 1))
    assert len({content.split(b"UNH")[1] for content in stage.line.received}) == 1
    assert b"BANU26000418" in stage.customs.received[0]


def test_what_was_confirmed_before_a_kill_is_answered_after_it_without_being_sent_again(stage: Stage) -> None:
    with stage.serving("commit", "1") as server:
        assert server.submit(MANIFEST).status_code == 202
        assert server.ended() == -signal.SIGKILL
    with stage.serving():
        stage.wait_for((1, 1, 1))
