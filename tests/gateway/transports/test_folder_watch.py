from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from gateway.errors import StoreError
from gateway.model.journal import Claim
from gateway.model.stages import Arrival
from gateway.plugin import Intake
from gateway.store import Store
from gateway.transports.folder_watch import FolderIn, FolderReceiver

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Answer:
    id: str
    duplicate: bool = False
    conflict: bool = False


@dataclass
class Taker:
    conflict: bool = False
    got: list[Arrival] = field(default_factory=list)

    def __call__(self, arrival: Arrival) -> Answer:
        self.got.append(arrival)
        return Answer(arrival.id, conflict=self.conflict)


def watching(folder: Path, poll_seconds: float = 2.0, **options: object) -> FolderReceiver:
    numbers = count(1)
    taken = Intake("acme-in", "acme", lambda: NOW, lambda: f"a{next(numbers)}", **options)  # type: ignore[arg-type]
    return FolderReceiver(FolderIn(folder, poll_seconds), taken)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_taken_when_it_has_not_changed_between_two_polls(tmp_path: Path) -> None:
    receiver, taker = watching(tmp_path), Taker()
    (tmp_path / "m.edi").write_bytes(b"UNA")
    assert receiver.poll(taker) == 0
    assert receiver.poll(taker) == 1
    (arrival,) = taker.got
    assert (arrival.id, arrival.endpoint, arrival.content, arrival.received_at) == ("a1", "acme-in", b"UNA", NOW)
    assert arrival.attributes == {"file_name": "m.edi", "principal": "acme"}
    assert names(tmp_path) == ["done", "refused"]
    assert names(tmp_path / "done") == ["a1-m.edi"]


def test_a_file_that_still_grows_is_left(tmp_path: Path) -> None:
    receiver, taker = watching(tmp_path), Taker()
    path = tmp_path / "m.edi"
    for number in range(4):
        path.write_bytes(b"x" * (number + 1))
        os.utime(path, ns=(0, number))
        assert receiver.poll(taker) == 0
    assert receiver.poll(taker) == 1
    assert taker.got[0].content == b"xxxx"


@pytest.mark.parametrize("name", [".hidden", "m.part", "m.tmp", "M.PART", "m.edi.part"])
def test_unfinished_files_are_left_alone(tmp_path: Path, name: str) -> None:
    receiver, taker = watching(tmp_path), Taker()
    (tmp_path / name).write_bytes(b"x")
    assert [receiver.poll(taker) for _ in range(3)] == [0, 0, 0]
    assert (tmp_path / name).exists()


def test_links_folders_and_pipes_are_no_files(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "secret").write_text("x")
    (folder / "link.edi").symlink_to(tmp_path / "secret")
    (folder / "sub.edi").mkdir()
    os.mkfifo(folder / "pipe.edi")
    receiver, taker = watching(folder), Taker()
    assert [receiver.poll(taker) for _ in range(3)] == [0, 0, 0]


def test_a_conflict_goes_to_refused(tmp_path: Path) -> None:
    receiver, taker = watching(tmp_path), Taker(conflict=True)
    (tmp_path / "m.edi").write_bytes(b"x")
    receiver.poll(taker)
    receiver.poll(taker)
    assert names(tmp_path / "refused") == ["a1-m.edi"]


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    receiver, taker = watching(tmp_path, max_bytes=10), Taker()
    (tmp_path / "m.edi").write_bytes(b"x" * 11)
    receiver.poll(taker)
    assert receiver.poll(taker) == 0
    assert taker.got == []
    assert "more than 10 bytes" in receiver.trouble
    assert len(names(tmp_path / "refused")) == 1


def test_the_oldest_file_comes_first(tmp_path: Path) -> None:
    receiver, taker = watching(tmp_path), Taker()
    for age, name in enumerate(["c", "a", "b"]):
        (tmp_path / name).write_bytes(name.encode())
        os.utime(tmp_path / name, ns=(0, age))
    receiver.poll(taker)
    receiver.poll(taker)
    assert [arrival.content for arrival in taker.got] == [b"c", b"a", b"b"]


def test_a_store_that_takes_nothing_leaves_the_file_for_later(tmp_path: Path) -> None:
    def closed(_: Arrival) -> Answer:
        raise StoreError("the store is closed")

    receiver, taker = watching(tmp_path), Taker()
    (tmp_path / "m.edi").write_bytes(b"x")
    receiver.poll(closed)
    assert receiver.poll(closed) == 0
    assert receiver.trouble == "the store is closed"
    assert (tmp_path / "m.edi").exists()
    assert receiver.poll(taker) == 1
    assert receiver.trouble == ""


def test_a_file_that_cannot_be_moved_is_recorded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    receiver, taker = watching(tmp_path), Taker()
    (tmp_path / "m.edi").write_bytes(b"x")
    receiver.poll(taker)
    with monkeypatch.context() as patch:

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        patch.setattr(Path, "rename", full)
        assert [receiver.poll(taker) for _ in range(3)] == [0, 0, 0]
        assert "No space" in receiver.trouble
    assert receiver.poll(taker) == 1
    assert len(taker.got) == 1
    assert names(tmp_path / "done") == ["a1-m.edi"]


def test_a_crash_between_recording_and_moving_gives_a_duplicate(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/p.db")
    store.upgrade()
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "m.edi").write_bytes(b"x")

    class Killed(BaseException):
        pass

    def cut(arrival: Arrival) -> Answer:
        store.record(arrival, Claim(arrival.sha256, arrival.sha256))
        raise Killed

    receiver = watching(folder)
    receiver.poll(cut)
    with pytest.raises(Killed):
        receiver.poll(cut)
    numbers = count(100)
    after = FolderReceiver(FolderIn(folder), Intake("acme-in", "", lambda: NOW, lambda: f"b{next(numbers)}"))
    outcomes = []

    def accept(arrival: Arrival) -> Answer:
        recorded = store.record(arrival, Claim(arrival.sha256, arrival.sha256))
        outcomes.append(recorded.outcome)
        return Answer(recorded.id, recorded.duplicate, recorded.conflict)

    after.poll(accept)
    assert after.poll(accept) == 1
    assert outcomes == ["duplicate"]
    assert names(folder / "done") == ["b100-m.edi"]
    store.close()


def waited(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.01)
    return False


def test_the_thread_takes_files_until_it_is_stopped(tmp_path: Path) -> None:
    receiver, taker = watching(tmp_path / "in", poll_seconds=0.02), Taker()
    receiver.start(taker)
    assert waited((tmp_path / "in/done").exists)
    (tmp_path / "in/m.edi").write_bytes(b"x")
    assert waited(lambda: len(taker.got) == 1)
    assert receiver.alive
    receiver.stop()
    assert not receiver.alive
