from __future__ import annotations

import socket
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from certificates import make

from gateway.errors import TransportBusy, TransportRefused
from gateway.model.stages import Delivery, Outcome, Receipt
from gateway.section import Secret
from gateway.transports.http import HttpEndpoint, HttpTransport
from gateway.transports.oauth2 import ClientCredentials
from gateway.transports.tls import Tls

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DELIVERY = Delivery("d1", "key-1", "a", "e", b"<x/>", "application/xml; charset=UTF-8", "document", NOW)
ANSWER_SECONDS = 0.5
DROP_SECONDS = 0.05
MOST_DROPS = 400  # then the server ends the connection, so that nobody waits for ever for what is broken


@dataclass
class Slow:
    """A counterparty that begins to answer with `head`, and goes on with `drop` again and again."""

    head: bytes
    drop: bytes
    pause: float = DROP_SECONDS
    url: str = ""
    dropped: int = 0
    over: Event = field(default_factory=Event)

    def serve(self, wire: socket.socket) -> None:
        try:
            received = b""
            while b"\r\n\r\n" not in received:
                more = wire.recv(65_536)
                if not more:
                    return
                received += more
            wire.sendall(self.head)
            while self.dropped < MOST_DROPS and not self.over.wait(self.pause):
                wire.sendall(self.drop)
                self.dropped += 1
        except OSError:
            return
        finally:
            wire.close()


@contextmanager
def slow(head: bytes, drop: bytes, *, pause: float = DROP_SECONDS, tls: ssl.SSLContext | None = None) -> Iterator[Slow]:
    """Serve it on loopback."""
    made = Slow(head, drop, pause)
    listener = socket.create_server(("127.0.0.1", 0))
    if tls is not None:
        listener = tls.wrap_socket(listener, server_side=True)
    made.url = f"http{'s' if tls else ''}://localhost:{listener.getsockname()[1]}/messages"

    def accept() -> None:
        while not made.over.is_set():
            try:
                wire, _ = listener.accept()
            except OSError:
                return
            made.serve(wire)

    thread = Thread(target=accept)
    thread.start()
    try:
        yield made
    finally:
        made.over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def send(url: str, **options: Any) -> Receipt:
    transport = HttpTransport(HttpEndpoint(url, timeout_seconds=ANSWER_SECONDS, **options), lambda: NOW)
    try:
        return transport.send(DELIVERY)
    finally:
        transport.close()


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"HTTP/1.1 2", b"0"),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"X-Slow: x\r\n"),
        (b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
    ],
    ids=["status", "header", "headers", "interim answers"],
)
def test_a_head_that_comes_drop_by_drop_is_ambiguous_after_the_time(head: bytes, drop: bytes) -> None:
    with slow(head, drop) as counterparty:
        with pytest.raises(TransportBusy, match="ReadTimeout") as caught:
            send(counterparty.url)
        assert 0 < counterparty.dropped < MOST_DROPS
    assert caught.value.ambiguous


def test_a_body_that_comes_drop_by_drop_is_cut_after_the_time_and_the_delivery_stands() -> None:
    with slow(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x") as counterparty:
        receipt = send(counterparty.url)
        assert 0 < counterparty.dropped < MOST_DROPS
    assert (receipt.outcome, receipt.detail) == (Outcome.DELIVERED, "200 OK; the answer was cut off")
    assert receipt.answer
    assert receipt.answer.strip(b"x") == b""


def test_the_reason_of_a_refusal_is_cut_after_the_time() -> None:
    with slow(b"HTTP/1.1 422 No\r\nContent-Length: 100\r\n\r\nwrong", b"") as counterparty:
        with pytest.raises(TransportRefused, match=r"422 No: wrong"):
            send(counterparty.url)
        assert counterparty.dropped < MOST_DROPS


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
    ids=["until it closes", "stated", "in chunks"],
)
def test_of_a_body_without_end_only_so_much_is_read(head: bytes) -> None:
    drop = b"10000\r\n" + b"y" * 65_536 + b"\r\n" if b"chunked" in head else b"y" * 65_536
    with slow(head, drop, pause=0) as counterparty:
        receipt = send(counterparty.url, answer_bytes=1000)
        assert counterparty.dropped < MOST_DROPS
    assert (receipt.outcome, receipt.answer) == (Outcome.DELIVERED, b"y" * 1000)
    assert receipt.detail.endswith("the answer was cut off")


def test_a_head_without_end_is_no_answer() -> None:
    with slow(b"HTTP/1.1 200 OK\r\nX-Endless: ", b"y" * 65_536, pause=0) as counterparty:
        with pytest.raises(TransportBusy, match="RemoteProtocolError") as caught:
            send(counterparty.url)
        assert counterparty.dropped < MOST_DROPS
    assert caught.value.ambiguous


def test_the_time_is_kept_over_tls(tmp_path: Path) -> None:
    make(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
    with slow(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x", tls=context) as counterparty:
        with pytest.raises(TransportBusy, match="ReadTimeout"):
            send(counterparty.url, tls=Tls(ca=str(tmp_path / "ca.pem")))
        assert 0 < counterparty.dropped < MOST_DROPS


def test_the_time_begins_anew_with_each_request(peer: Any) -> None:
    """A connection that is older than an answer may take is used again."""
    transport = HttpTransport(HttpEndpoint(peer.url, timeout_seconds=ANSWER_SECONDS), lambda: NOW)
    try:
        transport.send(DELIVERY)
        Event().wait(2 * ANSWER_SECONDS)
        assert transport.send(DELIVERY).answer == b"taken"
    finally:
        transport.close()
    assert len(peer.ports) == 1


def test_a_token_endpoint_has_the_same_time_and_nothing_is_sent_without_a_token(peer: Any) -> None:
    with slow(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b" ") as tokens:
        with pytest.raises(TransportBusy, match="no access token: ReadTimeout") as caught:
            send(peer.url, oauth2=ClientCredentials(tokens.url, "pierhead", Secret("s")))
        assert tokens.dropped < MOST_DROPS
    assert not caught.value.ambiguous
    assert peer.got == []
