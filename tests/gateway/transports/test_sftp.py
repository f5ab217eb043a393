"""SFTP in both directions, against asyncssh's own server."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import asyncssh
from brokers import eventually
from feeding import Answer, Taker, intake
from sftp_servers import RunningSftp

from gateway.errors import TransportBusy, TransportRefused
from gateway.model.stages import Arrival, Delivery, Outcome
from gateway.section import Secret
from gateway.transports.names import unique_name
from gateway.transports.sftp_host import SftpHost
from gateway.transports.sftp_in import SftpIn, SftpReceiver
from gateway.transports.sftp_out import SftpOut, SftpTransport

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DELIVERY = Delivery("d1", "key-1", "a", "e", b"<x/>", "application/xml", "document", NOW, name="report.xml")
NAME = unique_name("report.xml", "key-1")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningSftp]:
    (tmp_path / "served" / "inbox").mkdir(parents=True)
    made = RunningSftp(tmp_path / "served").start()
    yield made
    made.stop()


@pytest.fixture
def inbox(server: RunningSftp) -> Path:
    return server.folder / "inbox"


To = Callable[[SftpHost], SftpTransport]


@pytest.fixture
def to() -> Iterator[To]:
    made: list[SftpTransport] = []

    def make(host: SftpHost) -> SftpTransport:
        made.append(SftpTransport(SftpOut(host), lambda: NOW))
        return made[-1]

    yield make
    for transport in made:
        transport.close()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def busy(transport: SftpTransport, delivery: Delivery = DELIVERY) -> TransportBusy:
    with pytest.raises(TransportBusy) as caught:
        transport.send(delivery)
    return caught.value


# out


def test_a_file_has_its_name_only_when_it_is_whole(to: To, server: RunningSftp, inbox: Path) -> None:
    seen: list[list[str]] = []
    server.on = lambda request: seen.append(names(inbox)) if request in ("write", "rename") else None
    assert to(server.host("/inbox")).send(DELIVERY).outcome is Outcome.DELIVERED
    assert names(inbox) == [NAME]
    assert len(seen) >= 2
    assert all(name.startswith(".") and name.endswith(".part") for found in seen for name in found)


def test_a_repeated_attempt_finds_its_file_and_writes_nothing(to: To, server: RunningSftp, inbox: Path) -> None:
    transport = to(server.host("/inbox"))
    transport.send(DELIVERY)
    assert "earlier attempt" in transport.send(DELIVERY).detail
    assert names(inbox) == [NAME]


def test_a_file_of_another_length_under_the_name_is_refused(to: To, server: RunningSftp, inbox: Path) -> None:
    (inbox / NAME).write_bytes(b"something else")
    with pytest.raises(TransportRefused, match="is there already"):
        to(server.host("/inbox")).send(DELIVERY)
    assert (inbox / NAME).read_bytes() == b"something else"


def test_what_an_attempt_left_half_written_is_written_anew(to: To, server: RunningSftp, inbox: Path) -> None:
    transport = to(server.host("/inbox"))

    def cut(request: str) -> None:
        if request == "rename":
            raise ConnectionResetError

    server.on = cut
    busy(transport)
    (part,) = names(inbox)
    (inbox / part).write_bytes(b"longer than the delivery, and half of something")
    server.on = lambda _request: None
    transport.send(DELIVERY)
    assert names(inbox) == [NAME]
    assert (inbox / NAME).read_bytes() == b"<x/>"


def test_one_connection_carries_delivery_after_delivery(to: To, server: RunningSftp, inbox: Path) -> None:
    transport = to(server.host("/inbox"))
    deliveries = [Delivery(f"d{n}", f"key-{n}", "a", "e", b"x" * n, "", "document", NOW) for n in range(12)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(transport.send, deliveries))
    assert server.connections == 1
    assert sorted(len(path.read_bytes()) for path in inbox.iterdir()) == list(range(12))


def test_a_host_key_that_is_not_pinned_is_not_spoken_to(to: To, server: RunningSftp, inbox: Path) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    error = busy(to(server.host("/inbox", host_keys=(other,))))
    assert not error.ambiguous
    assert "HostKeyNotVerifiable" in str(error)
    assert (server.connections, names(inbox)) == (0, [])


def test_the_pinned_key_is_asked_for_where_a_host_has_several(to: To, server: RunningSftp) -> None:
    server.stop()
    rsa = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
    server.more_keys = [rsa]
    server.start()
    pinned = rsa.export_public_key().decode().strip()
    assert to(server.host("/inbox", host_keys=(pinned,))).send(DELIVERY).outcome is Outcome.DELIVERED


def test_a_wrong_password_is_busy_and_sends_nothing(to: To, server: RunningSftp, inbox: Path) -> None:
    transport = to(server.host("/inbox", password=Secret("wrong")))
    assert not busy(transport).ambiguous
    assert "PermissionDenied" in transport.health().trouble
    assert names(inbox) == []


@pytest.mark.parametrize("phrase", ["", "an invented phrase"])
def test_a_private_key_opens_the_door(to: To, tmp_path: Path, phrase: str) -> None:
    own = asyncssh.generate_private_key("ssh-ed25519")
    (tmp_path / "id").write_bytes(own.export_private_key(passphrase=phrase or None))
    server = RunningSftp(tmp_path, authorized=own.export_public_key().decode()).start()
    secret = Secret(phrase) if phrase else None
    host = server.host("/", password=None, key=str(tmp_path / "id"), passphrase=secret)
    try:
        assert to(host).send(DELIVERY).outcome is Outcome.DELIVERED
        assert "cannot be used" in str(busy(to(server.host("/", password=None, key=__file__))))
    finally:
        server.stop()


def test_a_folder_that_is_not_there_is_busy(to: To, server: RunningSftp) -> None:
    assert not busy(to(server.host("/nowhere"))).ambiguous


def test_a_connection_lost_while_writing_is_no_doubt(to: To, server: RunningSftp, inbox: Path) -> None:
    transport = to(server.host("/inbox", timeout_seconds=1.0))
    held = Event()
    server.on = lambda request: held.wait() and None if request == "write" else None
    try:
        assert not busy(transport).ambiguous
    finally:
        held.set()
    server.on = lambda _request: None
    assert transport.send(DELIVERY).outcome is Outcome.DELIVERED
    assert names(inbox) == [NAME]


def test_silence_while_renaming_is_ambiguous(to: To, server: RunningSftp, inbox: Path) -> None:
    transport = to(server.host("/inbox", timeout_seconds=1.0))
    held = Event()
    server.on = lambda request: held.wait() and None if request == "rename" else None
    try:
        assert busy(transport).ambiguous
    finally:
        held.set()
    eventually(lambda: names(inbox) == [NAME])
    server.on = lambda _request: None
    assert "earlier attempt" in transport.send(DELIVERY).detail


def test_a_lost_connection_is_made_anew(to: To, server: RunningSftp, inbox: Path) -> None:
    transport = to(server.host("/inbox"))
    transport.send(DELIVERY)
    server.cut()
    second = Delivery("d2", "key-2", "a", "e", b"2", "", "document", NOW)
    with contextlib.suppress(TransportBusy):  # it may find the old connection dead first
        transport.send(second)
    transport.send(second)
    assert len(names(inbox)) == 2


# in


def polled(receiver: SftpReceiver, taker: Any, times: int = 2) -> int:
    return sum(receiver.poll(taker) for _ in range(times))


From = Callable[..., SftpReceiver]


@pytest.fixture
def by(server: RunningSftp) -> Iterator[From]:
    made: list[SftpReceiver] = []

    def make(*, deletes: bool = False, **options: Any) -> SftpReceiver:
        made.append(SftpReceiver(SftpIn(server.host("/inbox"), 0.05, deletes), intake("", **options)))
        return made[-1]

    yield make
    for receiver in made:
        receiver.stop()


def test_a_complete_file_is_taken_once_and_moved(by: From, inbox: Path) -> None:
    (inbox / "a.edi").write_bytes(bytes(range(256)))
    taker = Taker()
    assert polled(by(), taker, 4) == 1
    (arrival,) = taker.got
    assert arrival.content == bytes(range(256))
    assert arrival.attributes == {"file_name": "a.edi", "principal": "coast"}
    assert names(inbox) == []
    (moved,) = names(inbox / "done")
    assert moved == f"{arrival.id}-a.edi"


def test_what_was_taken_is_deleted_if_asked(by: From, inbox: Path) -> None:
    (inbox / "a.edi").write_bytes(b"x")
    taker = Taker()
    assert polled(by(deletes=True), taker) == 1
    assert names(inbox) == []
    assert not (inbox / "done").exists()


def test_a_file_that_grows_is_left_until_it_does_not(by: From, inbox: Path) -> None:
    receiver, taker = by(), Taker()
    for size in (1, 2, 3):
        (inbox / "a.edi").write_bytes(b"x" * size)
        assert receiver.poll(taker) == 0
    assert receiver.poll(taker) == 1
    assert taker.contents == [b"xxx"]


def test_unfinished_work_folders_and_links_are_left(by: From, inbox: Path) -> None:
    for name in (".hidden", "a.part", "b.TMP"):
        (inbox / name).write_bytes(b"x")
    (inbox / "folder").mkdir()
    (inbox / "link").symlink_to("/etc/hostname")
    assert polled(by(), Taker(), 3) == 0
    assert names(inbox) >= [".hidden", "a.part", "b.TMP"]


def test_while_nothing_can_be_recorded_the_file_stays(by: From, inbox: Path) -> None:
    (inbox / "a.edi").write_bytes(b"x")
    receiver, taker = by(), Taker(full=True)
    assert polled(receiver, taker, 3) == 0
    assert names(inbox) == ["a.edi"]
    assert receiver.health().trouble == "the disk is full"
    taker.full = False
    assert polled(receiver, taker) == 1
    assert receiver.health().trouble == ""


def test_a_file_recorded_and_not_moved_is_moved_without_recording_it_again(
    by: From, server: RunningSftp, inbox: Path
) -> None:
    (inbox / "a.edi").write_bytes(b"x")

    def refuse(request: str) -> None:
        if request == "rename":
            raise asyncssh.SFTPPermissionDenied("not now")

    server.on = refuse
    receiver, taker = by(), Taker()
    assert polled(receiver, taker, 3) == 0
    assert "not now" in receiver.health().trouble
    server.on = lambda _request: None
    assert polled(receiver, taker) == 1
    assert taker.contents == [b"x"]
    assert len(names(inbox / "done")) == 1


def test_a_conflict_goes_to_the_refused(by: From, inbox: Path) -> None:
    (inbox / "a.edi").write_bytes(b"x")

    def conflicting(arrival: Arrival) -> Answer:
        return Answer(arrival.id, conflict=True)

    assert polled(by(deletes=True), conflicting) == 1
    assert len(names(inbox / "refused")) == 1


def test_a_file_that_is_too_large_is_refused_unread(by: From, server: RunningSftp, inbox: Path) -> None:
    opened: list[str] = []
    server.on = opened.append
    (inbox / "a.edi").write_bytes(b"x" * 11)
    receiver, taker = by(max_bytes=10), Taker()
    assert polled(receiver, taker) == 0
    assert "more than 10 bytes" in receiver.health().trouble
    assert len(names(inbox / "refused")) == 1
    assert not [request for request in opened if request.startswith("open")]


@pytest.mark.parametrize("name", ["line\nbreak.edi", "back\\slash", "-rf", "ü 港.edi", "CON", "x" * 250, "%2e%2e"])
def test_a_hostile_name_is_harmless(by: From, inbox: Path, name: str, tmp_path: Path) -> None:
    (inbox / name).write_bytes(b"x")
    before = {path for path in tmp_path.rglob("*") if "inbox" not in path.parts}
    taker = Taker()
    assert polled(by(), taker) == 1
    (moved,) = names(inbox / "done")
    assert moved.isascii() and moved.isprintable() and len(moved) < 120  # noqa: PT018  # one fact: a plain name
    assert {path for path in tmp_path.rglob("*") if "inbox" not in path.parts} == before


def test_a_name_that_is_no_text_is_taken(by: From, inbox: Path) -> None:
    with open(os.fsencode(inbox) + b"/\xff\xfe.edi", "wb") as file:  # noqa: PTH123  # pathlib has no bytes
        file.write(b"x")
    taker = Taker()
    assert polled(by(), taker) == 1
    assert taker.got[0].attributes["file_name"] == "\\xff\\xfe.edi"


def test_it_runs_by_itself_and_survives_a_lost_connection(by: From, server: RunningSftp, inbox: Path) -> None:
    receiver, taker = by(), Taker()
    receiver.start(taker)
    (inbox / "a.edi").write_bytes(b"1")
    eventually(lambda: taker.contents == [b"1"])
    server.cut()
    (inbox / "b.edi").write_bytes(b"2")
    eventually(lambda: taker.contents == [b"1", b"2"])
