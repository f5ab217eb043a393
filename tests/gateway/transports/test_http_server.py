from __future__ import annotations

import asyncio
import hashlib
import http.client
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from threading import Event, Thread
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException

from gateway.errors import SettingsError, StoreError, StoreFull
from gateway.model.access import ApiKey, Scope
from gateway.model.stages import Arrival
from gateway.transports.http_server import HttpIn, HttpReceiver, Identify

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = {"X-API-Key": "acme-key"}


@dataclass
class Answer:
    id: str
    duplicate: bool = False
    conflict: bool = False


@dataclass
class Gateway:
    """What stands behind the receiver in these tests."""

    url: str = ""
    port: int = 0
    got: list[Arrival] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=dict)
    broken: bool = False
    full: bool = False
    keys: list[ApiKey] = field(default_factory=list)
    waiting: Event = field(default_factory=Event)
    go_on: Event = field(default_factory=Event)

    def accept(self, arrival: Arrival) -> Answer:
        if self.full:
            raise StoreFull("100000 items or more are queued")
        if self.broken:
            raise StoreError("disk full")
        self.got.append(arrival)
        return Answer(**({"id": arrival.id} | self.answer))

    def admit(self, key: ApiKey, arrival: Arrival) -> Arrival:
        if arrival.attributes.get("idempotency_key") == "used":
            raise HTTPException(422, "used before")
        self.keys.append(key)
        return arrival

    def validate(self, arrival: Arrival) -> Mapping[str, Any] | None:
        return {"state": f"{len(arrival.content)} bytes"}

    def mount(self, app: FastAPI, identify: Identify, stopping: Callable[[], bool]) -> None:
        @app.get("/v1/fault")
        async def fault(request: Request) -> None:
            identify(request, Scope.READ)
            raise ValueError(str(stopping()))

        @app.get("/v1/wait")
        async def wait() -> None:
            self.waiting.set()
            await asyncio.to_thread(self.go_on.wait)

    def ready(self) -> Mapping[str, Any]:
        if self.broken:
            raise StoreError("disk full")
        return {"ready": True}


@contextmanager
def serving(**options: Any) -> Iterator[Gateway]:
    """A real server on loopback, with what stands behind it."""
    made = Gateway()
    numbers = count(1)
    keys = (
        ApiKey("acme", hashlib.sha256(b"acme-key").digest()),
        ApiKey("other", hashlib.sha256(b"other-key").digest()),
        ApiKey("acme", hashlib.sha256(b"reader").digest(), frozenset({Scope.READ})),
    )
    config = HttpIn("127.0.0.1", 0, keys=keys, max_bytes=1000, **options)
    receiver = HttpReceiver(config, lambda: NOW, lambda: f"a{next(numbers)}", behind=made)
    receiver.start(made.accept)
    made.port = receiver.tcp_port
    made.url = f"http://127.0.0.1:{receiver.tcp_port}"
    try:
        yield made
    finally:
        made.go_on.set()
        receiver.stop()
    assert not receiver.alive


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with serving(receive_seconds=0.5, max_connections=8) as made:
        yield made


def post(gateway: Gateway, content: bytes = b"UNA", **headers: str) -> httpx2.Response:
    return httpx2.post(f"{gateway.url}/v1/messages", content=content, headers=KEY | headers)


def test_a_message_is_confirmed_with_its_id_and_kept_as_sent(gateway: Gateway) -> None:
    content = bytes(range(256))
    answer = httpx2.post(
        f"{gateway.url}/v1/messages",
        content=content,
        headers=KEY | {"Content-Type": "application/edifact", "Idempotency-Key": "k1"},
    )
    assert (answer.status_code, answer.json()) == (202, {"id": "a1", "status": "/v1/messages/a1"})
    (arrival,) = gateway.got
    assert (arrival.id, arrival.endpoint, arrival.received_at, arrival.content) == ("a1", "http", NOW, content)
    assert arrival.attributes == {
        "principal": "acme",
        "content_type": "application/edifact",
        "idempotency_key": "k1",
    }


@pytest.mark.parametrize("header", ["X-API-Key", "Authorization"])
@pytest.mark.parametrize("key", ["", "acme-ke", "acme-key ", "ACME-KEY", "x" * 5000])
def test_an_unknown_key_is_refused_before_the_body_is_read(gateway: Gateway, header: str, key: str) -> None:
    value = key if header == "X-API-Key" else f"Bearer {key}x"
    with socket.create_connection(("127.0.0.1", gateway.port)) as wire:
        head = f"POST /v1/messages HTTP/1.1\r\nHost: x\r\n{header}: {value}x\r\nContent-Length: 900\r\n\r\n"
        wire.sendall(head.encode())
        assert wire.recv(100).startswith(b"HTTP/1.1 401")
    assert gateway.got == []


def test_a_request_without_any_key_is_refused(gateway: Gateway) -> None:
    assert httpx2.post(f"{gateway.url}/v1/messages", content=b"x").status_code == 401
    assert httpx2.get(f"{gateway.url}/v1/fault").status_code == 401


def test_a_bearer_token_is_a_key_too(gateway: Gateway) -> None:
    answer = httpx2.post(f"{gateway.url}/v1/messages", content=b"x", headers={"Authorization": "Bearer other-key"})
    assert answer.status_code == 202
    assert gateway.got[0].attributes["principal"] == "other"


def test_a_duplicate_is_200_and_a_conflict_409(gateway: Gateway) -> None:
    gateway.answer = {"id": "a0", "duplicate": True}
    assert (post(gateway).status_code, post(gateway).json()["id"]) == (200, "a0")
    gateway.answer = {"conflict": True}
    answer = post(gateway)
    assert answer.status_code == 409
    assert "another message" in answer.json()["detail"]


def test_a_body_over_the_limit_is_413_however_it_is_sent(gateway: Gateway) -> None:
    assert post(gateway, b"x" * 1000).status_code == 202
    assert post(gateway, b"x" * 1001).status_code == 413

    def chunks() -> Iterator[bytes]:
        for _ in range(20):
            yield b"x" * 100

    answer = httpx2.post(f"{gateway.url}/v1/messages", content=chunks(), headers=KEY)
    assert answer.status_code == 413
    assert len(gateway.got) == 1


def test_a_compressed_or_empty_body_is_not_taken(gateway: Gateway) -> None:
    assert post(gateway, b"\x1f\x8b", **{"Content-Encoding": "gzip"}).status_code == 415
    assert post(gateway, b"").status_code == 400
    assert gateway.got == []


def test_a_body_that_never_ends_is_408(gateway: Gateway) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=60)
    connection.putrequest("POST", "/v1/messages")
    connection.putheader("X-API-Key", "acme-key")
    connection.putheader("Content-Length", "500")
    connection.endheaders(b"some")
    assert connection.getresponse().status == 408
    connection.close()
    assert gateway.got == []


def test_heads_that_never_end_are_cut_and_keep_nobody_out(gateway: Gateway) -> None:
    """As many connections as there may be at all, each of which begins a request and goes on byte by byte."""
    wires = [socket.create_connection(("127.0.0.1", gateway.port), timeout=60) for _ in range(8)]
    for wire in wires:
        wire.sendall(b"POST /v1/messages HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    with httpx2.Client(timeout=60) as client:
        while wires:
            for wire in tuple(wires):
                try:
                    wire.sendall(b"x")
                except OSError:  # the server has closed it
                    wire.close()
                    wires.remove(wire)
            time.sleep(0.05)
        assert client.post(f"{gateway.url}/v1/messages", content=b"UNA", headers=KEY).status_code == 202
        time.sleep(0.7)  # longer than a head may take: between requests nothing is awaited of it
        assert client.post(f"{gateway.url}/v1/messages", content=b"UNB", headers=KEY).status_code == 202
    assert [arrival.content for arrival in gateway.got] == [b"UNA", b"UNB"]


#: What a slow client begins with, and how the answer begins that it gets before it is cut; it goes on byte by byte.
SLOW = {
    "nothing": (b"", b""),
    "a head": (b"POST /v1/messages HTTP/1.1\r\nHost: x\r\nX-Slow: ", b""),
    "the head after an answer": (b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nX: ", b"HTTP/1.1 200"),
    "a message": (
        b"POST /v1/messages HTTP/1.1\r\nHost: x\r\nX-API-Key: acme-key\r\nContent-Length: 999\r\n\r\n",
        b"HTTP/1.1 408",
    ),
    "a message without a key": (
        b"POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 999999\r\n\r\n",
        b"HTTP/1.1 401",
    ),
    "a body that nobody reads": (
        b"GET /health/live HTTP/1.1\r\nHost: x\r\nContent-Length: 999999\r\n\r\n",
        b"HTTP/1.1 200",
    ),
    "a body to nowhere": (b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 999999\r\n\r\n", b"HTTP/1.1 404"),
}


def slow_client(gateway: Gateway, begins: bytes) -> socket.socket:
    wire = socket.create_connection(("127.0.0.1", gateway.port), timeout=0.05)
    wire.sendall(begins)
    return wire


def goes_on(wire: socket.socket, byte: bytes = b"x") -> tuple[bytes, bool]:
    """Send one more byte; return what has come, and whether the server still holds the connection."""
    try:
        wire.sendall(byte)
        came = wire.recv(4096)
    except TimeoutError:
        return b"", True
    except OSError:
        return b"", False
    return came, came != b""


@pytest.mark.parametrize("kind", SLOW)
def test_a_client_that_goes_on_byte_by_byte_is_cut(gateway: Gateway, kind: str) -> None:
    begins, answered = SLOW[kind]
    came, held = b"", True
    with slow_client(gateway, begins) as wire:
        patience = time.monotonic() + 60
        while held and time.monotonic() < patience:
            more, held = goes_on(wire, b"x" if begins else b"")
            came += more
    assert not held
    assert came[:12] == answered
    assert post(gateway).status_code == 202
    assert [arrival.content for arrival in gateway.got] == [b"UNA"]


def test_others_are_served_while_fifty_slow_clients_are_connected() -> None:
    with serving(receive_seconds=600, max_connections=40) as gateway:
        begins = [kind[0] for kind in SLOW.values()]
        wires = [slow_client(gateway, begins[number % len(begins)]) for number in range(50)]
        with httpx2.Client(timeout=60) as client:
            for number in range(3):
                answer = client.post(f"{gateway.url}/v1/messages", content=b"UNA%d" % number, headers=KEY)
                assert answer.status_code == 202
                assert all(goes_on(wire)[1] for wire in wires)
        for wire in wires:
            wire.close()
        assert [arrival.content for arrival in gateway.got] == [b"UNA0", b"UNA1", b"UNA2"]


def test_a_sender_that_hangs_up_leaves_nothing(gateway: Gateway) -> None:
    with socket.create_connection(("127.0.0.1", gateway.port)) as wire:
        wire.sendall(b"POST /v1/messages HTTP/1.1\r\nHost: x\r\nX-API-Key: acme-key\r\nContent-Length: 900\r\n\r\nhalf")
    assert post(gateway).status_code == 202
    assert [arrival.content for arrival in gateway.got] == [b"UNA"]


def test_a_sender_is_told_when_to_come_back_while_there_is_no_room(gateway: Gateway) -> None:
    gateway.full = True
    answer = httpx2.post(f"{gateway.url}/v1/messages", content=b"x", headers=KEY)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert "no room" in answer.json()["detail"]
    assert gateway.got == []


def test_a_store_that_takes_nothing_is_503_with_a_time_to_come_back(gateway: Gateway) -> None:
    gateway.broken = True
    answer = post(gateway)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "disk" not in answer.text


def test_health_needs_no_key_and_tells_ready_from_live(gateway: Gateway) -> None:
    assert httpx2.get(f"{gateway.url}/health/live").json() == {"live": True}
    assert httpx2.get(f"{gateway.url}/health/ready").status_code == 200
    gateway.broken = True
    assert httpx2.get(f"{gateway.url}/health/live").status_code == 200
    assert httpx2.get(f"{gateway.url}/health/ready").status_code == 503


def test_nothing_else_is_served(gateway: Gateway) -> None:
    for path in ("/docs", "/openapi.json", "/", "/v1/messages"):
        assert httpx2.get(f"{gateway.url}{path}").status_code in (404, 405)


def test_a_port_in_use_is_a_settings_error(gateway: Gateway) -> None:
    receiver = HttpReceiver(HttpIn("127.0.0.1", gateway.port), lambda: NOW, lambda: "x", behind=gateway)
    with pytest.raises(SettingsError, match="cannot listen"):
        receiver.start(gateway.accept)


@pytest.mark.parametrize(
    ("method", "path", "headers", "content", "status"),
    [
        ("GET", "/nothing", {}, None, 404),
        ("DELETE", "/v1/messages", KEY, None, 405),
        ("POST", "/v1/messages", {}, b"x", 401),
        ("POST", "/v1/messages", {"X-API-Key": "reader"}, b"x", 403),
        ("POST", "/v1/messages", KEY, b"", 400),
        ("POST", "/v1/messages", KEY, b"x" * 1001, 413),
        ("POST", "/v1/messages", KEY | {"Content-Encoding": "gzip"}, b"x", 415),
        ("POST", "/v1/messages", KEY | {"Idempotency-Key": "used"}, b"x", 422),
        ("POST", "/v1/messages", KEY | {"Idempotency-Key": "k" * 256}, b"x", 400),
        ("POST", "/v1/messages?validate=perhaps", KEY, b"x", 422),
        ("GET", "/v1/%00", {}, None, 400),
        ("GET", "/v1/fault", KEY, None, 500),
    ],
)
def test_every_error_is_a_problem(  # the columns of the table
    gateway: Gateway, method: str, path: str, headers: dict[str, str], content: bytes | None, status: int
) -> None:
    answer = httpx2.request(method, f"{gateway.url}{path}", headers=headers, content=content)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert (told["type"], told["status"]) == ("about:blank", status)
    assert told["title"]
    assert told["detail"]
    assert "ValueError" not in answer.text


def test_a_store_without_room_or_use_is_told_as_a_problem_too(gateway: Gateway) -> None:
    gateway.broken = True
    for answer in (post(gateway), httpx2.get(f"{gateway.url}/health/ready")):
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")


def test_more_requests_at_once_than_there_is_room_for_are_told_to_come_again(gateway: Gateway) -> None:
    waiters = [Thread(target=httpx2.get, args=(f"{gateway.url}/v1/wait",), kwargs={"timeout": 60}) for _ in range(8)]
    for one in waiters:
        one.start()
    assert gateway.waiting.wait(60)
    answer = httpx2.get(f"{gateway.url}/health/live")
    while answer.status_code == 200:  # the last of the eight is on its way
        answer = httpx2.get(f"{gateway.url}/health/live")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert answer.headers["content-type"] == "application/problem+json"
    gateway.go_on.set()
    for one in waiters:
        one.join()
    assert httpx2.get(f"{gateway.url}/health/live").status_code == 200


def test_a_validation_is_told_where_it_is_asked_for(gateway: Gateway) -> None:
    answer = httpx2.post(f"{gateway.url}/v1/messages?validate=true", content=b"UNA", headers=KEY)
    assert (answer.status_code, answer.json()["validation"]) == (202, {"state": "3 bytes"})
    gateway.answer = {"conflict": True}
    answer = httpx2.post(f"{gateway.url}/v1/messages?validate=true", content=b"UNA", headers=KEY)
    assert (answer.status_code, "validation" in answer.json()) == (409, False)
