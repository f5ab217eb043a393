"""References that were used before, over real HTTP: each interchange by its own key, within the agreement's window."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from stage import Server, Stage, sample

FULL = sample("full.edi")
BOTH = sample("two-interchanges.edi")
SECOND = BOTH[BOTH.index(b"UNA", 3) :]
GROUPS = sample("ung-groups.edi")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path)
    yield made
    made.close()


def agree(stage: Stage, old: str, new: str) -> None:
    """Change the manifests' agreement."""
    path = stage.folder / "agreements" / "manifests.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def contrl(stage: Stage, reference: bytes, count: int = 1) -> list[bytes]:
    """The acknowledgments that the line got for an interchange."""
    return stage.line.wait_for(count, b"UCI+" + reference)


def test_an_interchange_that_came_before_is_answered_again_and_the_rest_of_its_file_goes_on(stage: Stage) -> None:
    with stage.serving() as server:
        assert server.submit(SECOND).status_code == 202
        stage.wait_for((1, 2, 2))
        assert server.submit(BOTH).status_code == 202
        stage.wait_for((3, 3, 3))
        assert b"+7'" in contrl(stage, b"BA000313")[0]
        first, again = contrl(stage, b"BA000314", 2)
        assert first == again
        assert server.submit(SECOND).status_code == 200
        assert server.submit(BOTH).status_code == 200
        stage.wait_for((6, 3, 3))


def test_an_interchange_under_a_used_reference_is_refused_with_26_and_the_rest_of_its_file_goes_on(
    stage: Stage,
) -> None:
    with stage.serving() as server:
        server.submit(SECOND.replace(b"GLAZED", b"MATTED"))
        stage.wait_for((1, 2, 2))
        assert server.submit(BOTH).status_code == 202
        stage.wait_for((3, 3, 3))
        assert b"+7'" in contrl(stage, b"BA000313")[0]
        assert b"+4+26+UNB'" in contrl(stage, b"BA000314", 2)[1]
        assert server.submit(SECOND).status_code == 409


def test_of_many_who_send_the_same_at_once_one_is_new(stage: Stage) -> None:
    codes: list[int] = []
    with stage.serving() as server:
        start = threading.Barrier(6)

        def submit() -> None:
            start.wait()
            codes.append(server.submit(FULL).status_code)

        threads = [threading.Thread(target=submit) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(codes) == [200] * 5 + [202]
        stage.wait_for((6, 1, 1))
        assert len(set(contrl(stage, b"BA000001", 6))) == 1


def test_after_the_window_a_reference_is_new_again(stage: Stage) -> None:
    other = FULL.replace(b"GLAZED", b"MATTED")
    with stage.serving() as server:
        assert server.submit(FULL).status_code == 202
        stage.wait_for((1, 1, 1))
        assert server.submit(other).status_code == 409
        stage.wait_for((2, 1, 1))
    agree(stage, "within: 90 d", "within: 1 s")
    time.sleep(1.1)  # the window has gone by, however much longer this takes
    with stage.serving() as server:
        assert server.submit(other).status_code == 202
        stage.line.wait_for(2, b"ZZ+7'")
        stage.customs.wait_for(2)


def test_a_message_that_came_before_is_refused_by_itself_with_26(stage: Stage) -> None:
    agree(stage, "within: 90 d", "within: 90 d, messages: true")
    with stage.serving() as server:
        server.submit(SECOND)  # messages 1 and 2
        stage.wait_for((1, 2, 2))
        assert server.submit(GROUPS).status_code == 202  # messages 1, 2 and 3
        stage.wait_for((2, 3, 3))
        text = contrl(stage, b"BA000318")[0]
        assert b"UCI+BA000318+BLUEANCHOR:ZZ+EXCUSTOMS:ZZ+7'" in text
        assert text.count(b"UCM+") == 2
        assert b"UCM+1+CUSCAR:D:95B:UN+4+26" in text
        assert b"UCM+2+CUSCAR:D:95B:UN+4+26" in text


def test_a_class_of_finding_is_judged_as_the_agreement_says(stage: Stage) -> None:
    agree(stage, "policy: strict", "policy: {preset: strict, kinds: {count: tolerant}}")
    with stage.serving() as server:
        server.submit(FULL.replace(b"UNT+61", b"UNT+99"))
        stage.wait_for((1, 1, 1))
        assert b"+7'" in contrl(stage, b"BA000001")[0]


@pytest.mark.parametrize("step", ["record", "identify", "check", "acknowledge", "write", "commit"])
def test_a_kill_leaves_no_reference_used_for_nothing(stage: Stage, step: str) -> None:
    with stage.serving() as server:
        server.submit(SECOND)
        stage.wait_for((1, 2, 2))
    with stage.serving(step, "1") as server:
        killed(server, BOTH)
    with stage.serving() as server:
        again = server.submit(BOTH)
        assert again.status_code == 200
        # The file is a repeat as a whole: its two acknowledgments, and then the two again.
        stage.wait_for((5, 3, 3))
        assert len(set(contrl(stage, b"BA000313", 2))) == len(set(contrl(stage, b"BA000314", 3))) == 1


def killed(server: Server, content: bytes) -> None:
    """Submit a message to a gateway that dies of it."""
    with contextlib.suppress(httpx2.RequestError):
        server.submit(content)
    assert server.ended() == -signal.SIGKILL
