"""NMEA over TCP in both directions and over UDP, on the loopback."""

from __future__ import annotations

import socket
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from brokers import eventually, free_port
from feeding import Taker, intake, numbered

from gateway.errors import SettingsError
from gateway.transports.nmea_tcp import NmeaTcpIn, NmeaTcpReceiver
from gateway.transports.nmea_tcp_server import NmeaTcpServer, NmeaTcpServerIn
from gateway.transports.nmea_udp import NmeaUdpIn, NmeaUdpReceiver


@pytest.fixture
def taker() -> Iterator[Taker]:
    made = Taker()
    yield made
    made.open.set()


class Station:
    """A server that hands its connections out, one after the other."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(60)
        self.port = int(self.listener.getsockname()[1])

    def connection(self) -> socket.socket:
        return self.listener.accept()[0]


@pytest.fixture
def station() -> Iterator[Station]:
    made = Station()
    yield made
    made.listener.close()


@pytest.fixture
def client(station: Station, taker: Taker) -> Iterator[NmeaTcpReceiver]:
    made = NmeaTcpReceiver(NmeaTcpIn("127.0.0.1", station.port), intake())
    made.start(taker)
    yield made
    taker.open.set()
    made.stop()


def test_a_client_takes_lines_however_they_are_cut_into_packets(
    client: NmeaTcpReceiver, station: Station, taker: Taker
) -> None:
    wanted = list(numbered(300))
    stream = b"".join(line + b"\r\n" for line in wanted)
    with station.connection() as wire:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(stream), 7):
            wire.sendall(stream[start : start + 7])
        eventually(lambda: len(taker.lines) >= 300)
        assert client.health().connected
    assert taker.lines == wanted
    assert all("source" not in arrival.attributes for arrival in taker.got)


def test_a_client_connects_again_and_says_that_there_was_a_gap(
    client: NmeaTcpReceiver, station: Station, taker: Taker
) -> None:
    with station.connection() as wire:
        wire.sendall(b"one\npart of a li")
    with station.connection() as wire:
        wire.sendall(b"two\n")
        eventually(lambda: len(taker.lines) >= 3)
        assert taker.lines == [b"one", b"part of a li", b"two"]
        assert (client.health().gaps, client.health().connected) == (1, True)
        assert client.health().gap_since is not None


def test_a_server_that_is_away_is_told() -> None:
    client = NmeaTcpReceiver(NmeaTcpIn("127.0.0.1", free_port()), intake())
    client.start(Taker())
    eventually(lambda: "no connection" in client.health().trouble)
    assert (client.health().alive, client.health().gaps) == (True, 0)
    client.stop()


def test_a_silent_server_is_connected_to_anew(station: Station, taker: Taker) -> None:
    client = NmeaTcpReceiver(NmeaTcpIn("127.0.0.1", station.port, silence_seconds=0.2), intake())
    client.start(taker)
    first = station.connection()
    with station.connection() as second:
        second.sendall(b"x\n")
        eventually(lambda: taker.lines == [b"x"])
    first.close()
    client.stop()


def test_while_the_store_takes_nothing_the_server_is_held_back_and_nothing_is_lost(
    client: NmeaTcpReceiver, station: Station, taker: Taker
) -> None:
    """More lines than kernel and backlog hold together: the server must wait with them."""
    taker.full = True
    wanted = list(numbered(200_000, "!AIVDM,1,1,,A," + "x" * 60))
    with station.connection() as wire:
        sent: list[bool] = []
        sending = Thread(target=lambda: sent.append(wire.sendall(b"\n".join(wanted) + b"\n") is None))
        sending.start()
        eventually(lambda: taker.asked > 1 and client.health().backlog >= 1000)
        assert client.health().backlog < 5000
        assert sent == []
        taker.full = False
        sending.join()
    eventually(lambda: client.health().messages == len(wanted))
    assert taker.lines == wanted


def test_overlong_lines_are_counted_and_the_next_line_is_whole(
    client: NmeaTcpReceiver, station: Station, taker: Taker
) -> None:
    with station.connection() as wire:
        wire.sendall(b"x" * 1_000_000)
        wire.sendall(b"\ngood\n")
        eventually(lambda: taker.lines == [b"good"])
    assert client.health().dropped == 1


@pytest.fixture
def server(taker: Taker) -> Iterator[NmeaTcpServer]:
    made = NmeaTcpServer(NmeaTcpServerIn("127.0.0.1", 0, stations=3), intake())
    made.start(taker)
    yield made
    taker.open.set()
    made.stop()


def connected(server: NmeaTcpServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.tcp_port))


def by_source(taker: Taker) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = defaultdict(list)
    for arrival in list(taker.got):
        found[arrival.attributes["source"]] += arrival.content.split(b"\n")
    return found


def test_lines_of_two_stations_are_never_joined(server: NmeaTcpServer, taker: Taker) -> None:
    """Each sends half a line, then the other does: what a naive reader would join to a ship that is not there."""
    with connected(server) as one, connected(server) as other:
        names = ["{}:{}".format(*wire.getsockname()) for wire in (one, other)]
        for number in range(50):
            one.sendall(b"!ONE,%d," % number)
            other.sendall(b"!OTHER,%d," % number)
            one.sendall(b"end\r\n")
            other.sendall(b"end\r\n")
        eventually(lambda: len(taker.lines) >= 100)
    assert by_source(taker) == {
        names[0]: [b"!ONE,%d,end" % number for number in range(50)],
        names[1]: [b"!OTHER,%d,end" % number for number in range(50)],
    }


def test_a_station_that_connects_again_is_another_source(server: NmeaTcpServer, taker: Taker) -> None:
    for _ in range(2):
        with connected(server) as wire:
            wire.sendall(b"x\n")
        eventually(lambda: not server.health().connected)
    eventually(lambda: len(taker.got) == 2)
    assert len(by_source(taker)) == 2


def test_no_more_stations_than_allowed_are_taken(server: NmeaTcpServer, taker: Taker) -> None:
    wires = [connected(server) for _ in range(3)]
    for wire in wires:
        wire.sendall(b"x\n")
    eventually(lambda: len(taker.lines) == 3)
    with connected(server) as wire:
        wire.settimeout(60)
        assert wire.recv(1) == b""
    for wire in wires:
        wire.close()


def test_stopping_a_server_makes_durable_what_it_has(taker: Taker) -> None:
    server = NmeaTcpServer(NmeaTcpServerIn("127.0.0.1", 0), intake())
    taker.open.clear()
    server.start(taker)
    with connected(server) as wire:
        wire.sendall(b"".join(line + b"\n" for line in numbered(700)))
        eventually(lambda: server.health().backlog == 700)
        stopping = Thread(target=server.stop)
        stopping.start()
        taker.open.set()
        stopping.join()
    assert taker.lines == list(numbered(700))


def test_a_port_that_is_taken_is_an_error_of_the_settings(server: NmeaTcpServer) -> None:
    with pytest.raises(SettingsError, match="cannot listen"):
        NmeaTcpServer(NmeaTcpServerIn("127.0.0.1", server.tcp_port), intake()).start(Taker())


@pytest.fixture
def datagrams(taker: Taker) -> Iterator[NmeaUdpReceiver]:
    made = NmeaUdpReceiver(NmeaUdpIn("127.0.0.1", 0, backlog=200), intake())
    made.start(taker)
    yield made
    taker.open.set()
    made.stop()


def test_a_datagram_holds_one_line_or_several(datagrams: NmeaUdpReceiver, taker: Taker) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        for datagram in (b"one", b"two\r\nthree\r\n", b"", b"\n\n", b"four\nfi", b"ve\n"):
            wire.sendto(datagram, ("127.0.0.1", datagrams.udp_port))
        eventually(lambda: len(taker.lines) >= 6)
        source = f"127.0.0.1:{wire.getsockname()[1]}"
    assert taker.lines == [b"one", b"two", b"three", b"four", b"fi", b"ve"]
    assert {arrival.attributes["source"] for arrival in taker.got} == {source}


def test_datagrams_that_find_no_room_are_counted_and_are_a_gap(datagrams: NmeaUdpReceiver, taker: Taker) -> None:
    def taken(count: int) -> None:
        """Wait until the receiver has seen so many, so that the kernel drops none."""
        eventually(lambda: datagrams.health().backlog + datagrams.health().dropped == count)

    taker.open.clear()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        for number, line in enumerate(numbered(300), 1):
            wire.sendto(line, ("127.0.0.1", datagrams.udp_port))
            taken(number)
    health = datagrams.health()
    assert (health.backlog, health.dropped, health.gaps) == (200, 100, 1)
    taker.open.set()
    eventually(lambda: len(taker.lines) == 200)
    assert taker.lines == list(numbered(200))


def test_a_udp_port_that_is_taken_is_an_error_of_the_settings(datagrams: NmeaUdpReceiver) -> None:
    with pytest.raises(SettingsError, match="cannot listen"):
        NmeaUdpReceiver(NmeaUdpIn("127.0.0.1", datagrams.udp_port), intake()).start(Taker())
