from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from brokers import eventually
from feeding import Taker, intake, numbered

from gateway.transports.nmea_file import NmeaFileIn, NmeaFileReceiver

Read = Callable[..., NmeaFileReceiver]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "ais.nmea"


@pytest.fixture
def read(log: Path) -> Iterator[Read]:
    made: list[tuple[NmeaFileReceiver, Taker]] = []

    def start(taker: Taker, *, follow: bool = False) -> NmeaFileReceiver:
        receiver = NmeaFileReceiver(NmeaFileIn(log, follow=follow), intake())
        made.append((receiver, taker))
        receiver.start(taker)
        return receiver

    yield start
    for receiver, taker in made:
        taker.open.set()
        receiver.stop()


def write(log: Path, lines: object, mode: str = "ab") -> None:
    with log.open(mode) as file:
        file.write(b"".join(line + b"\r\n" for line in lines))  # type: ignore[attr-defined]


def test_a_recorded_log_is_read_once_to_its_end(log: Path, read: Read) -> None:
    write(log, numbered(20_000))
    with log.open("ab") as file:
        file.write(b"no line end")
    taker, again = Taker(), Taker()
    receiver = read(taker)
    eventually(lambda: receiver.health().messages == 20_001)
    assert taker.lines == [*numbered(20_000), b"no line end"]
    receiver.stop()
    second = read(again)
    eventually(lambda: second.health().alive and second.health().trouble == "" and not second.health().connected)
    assert again.got == []


def test_reading_goes_on_where_it_was_durable(log: Path, read: Read) -> None:
    write(log, numbered(10_000))
    first, second = Taker(refuse=b",5000"), Taker()
    receiver = read(first)
    eventually(lambda: first.asked > len(first.got))
    receiver.stop()
    assert 0 < len(first.lines) < 10_000
    read(second)
    eventually(lambda: bool(second.got) and second.lines[-1] == numbered(10_000)[-1])
    assert set(first.lines) | set(second.lines) == set(numbered(10_000))
    assert len(second.lines) < 10_000


def test_a_file_that_grows_is_followed(log: Path, read: Read) -> None:
    write(log, [b"one"])
    taker = Taker()
    read(taker, follow=True)
    eventually(lambda: taker.lines == [b"one"])
    with log.open("ab") as file:
        file.write(b"tw")
    with log.open("ab") as file:
        file.write(b"o\n")
    eventually(lambda: taker.lines == [b"one", b"two"])


def test_rotation_by_a_new_file_loses_nothing(log: Path, read: Read, tmp_path: Path) -> None:
    taker = Taker()
    wanted: list[bytes] = []

    def arrive(wanted: list[bytes]) -> None:
        eventually(lambda: taker.lines == wanted)

    write(log, [])
    read(taker, follow=True)
    for turn in range(3):
        lines = numbered(500, f"turn {turn},")
        write(log, lines)
        wanted += lines
        arrive(wanted)
        log.rename(tmp_path / f"ais.{turn}")
        late = [f"late {turn}".encode()]
        with (tmp_path / f"ais.{turn}").open("ab") as file:  # a logger that has not noticed yet
            file.write(late[0] + b"\n")
        write(log, [f"first of {turn + 1}".encode()])
        wanted += [*late, f"first of {turn + 1}".encode()]
        arrive(wanted)


def test_a_file_that_was_truncated_is_read_from_its_start(log: Path, read: Read) -> None:
    write(log, numbered(100))
    taker = Taker()
    read(taker, follow=True)
    eventually(lambda: len(taker.lines) == 100)
    write(log, [b"new"], "wb")
    eventually(lambda: taker.lines[100:] == [b"new"])


def test_a_file_replaced_while_nobody_read_is_a_gap(log: Path, read: Read, tmp_path: Path) -> None:
    write(log, [b"old"])
    first, second = Taker(), Taker()
    receiver = read(first, follow=True)
    eventually(lambda: first.lines == [b"old"])
    receiver.stop()
    log.rename(tmp_path / "ais.1")
    write(log, [b"new"])
    receiver = read(second, follow=True)
    eventually(lambda: second.lines == [b"new"])
    assert receiver.health().gaps == 1


def test_a_missing_file_is_waited_for(log: Path, read: Read) -> None:
    taker = Taker()
    receiver = read(taker, follow=True)
    eventually(lambda: "cannot read the file" in receiver.health().trouble)
    write(log, [b"x"])
    eventually(lambda: taker.lines == [b"x"])
    assert receiver.health().trouble == ""


def test_while_the_store_takes_nothing_no_more_is_read_than_there_is_room_for(log: Path, read: Read) -> None:
    write(log, numbered(200_000))
    taker = Taker(full=True)
    receiver = read(taker)
    eventually(lambda: taker.asked > 1)
    assert receiver.health().backlog < 10_000
    taker.full = False
    eventually(lambda: receiver.health().messages == 200_000)
    assert taker.lines == list(numbered(200_000))
