"""A counterparty that misbehaves: a real HTTP server that plays a bad mood for some requests, then behaves."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LOOPBACK = "127.0.0.1"
_TRICKLE_SECONDS = 0.2
_FLOOD = b"x" * 65_536


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request as it came in: its idempotency key, its bytes, and the mood it met."""

    key: str
    content: bytes
    mood: str


class _Quiet(ThreadingHTTPServer):
    """A server that says nothing of clients that die in the middle of a request."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


@dataclass(slots=True)
class Misbehaving:
    """Takes deliveries like any counterparty, each key once, but meets the next requests in the moods given.

    hang        no answer until `recovered` is set, then the connection ends
    reset       the connection is reset once the request is whole
    half        the connection ends in the middle of the status line
    error       500
    busy        429 with `Retry-After: 1`
    forget      200, and nothing is kept
    take        kept, and then the connection is reset before the answer
    trickle     200 with a header line that comes a byte at a time, without end
    drip        200 with a body that comes a byte at a time, without end
    flood       200 with a body without end
    garbage     bytes that are no HTTP
    elsewhere   302 to `other_url`
    """

    moods: list[str] = field(default_factory=list)
    other_url: str = ""
    attempts: list[Attempt] = field(default_factory=list)
    kept: dict[str, bytes] = field(default_factory=dict)
    recovered: threading.Event = field(default_factory=threading.Event)
    on_message: Callable[[bytes], None] = lambda _content: None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _server: ThreadingHTTPServer | None = None

    @property
    def tcp_port(self) -> int:
        assert self._server is not None
        return int(self._server.server_address[1])

    @property
    def keys(self) -> dict[str, bytes]:
        return self.kept

    @property
    def received(self) -> list[bytes]:
        return list(self.kept.values())

    def start(self) -> None:
        party = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                content = self.rfile.read(length)
                if len(content) < length:  # its sender died before it was whole: nothing was delivered
                    self.close_connection = True
                    return
                key = self.headers.get("Idempotency-Key", "")
                with party._lock:
                    mood = party.moods.pop(0) if party.moods else "well"
                    party.attempts.append(Attempt(key, content, mood))
                getattr(party, f"_{mood}")(self, key, content)

            def log_message(self, *_args: object) -> None:
                """Stay quiet."""

        self._server = _Quiet((LOOPBACK, 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.recovered.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def _keep(self, key: str, content: bytes) -> None:
        with self._lock:
            new = key not in self.kept
            self.kept.setdefault(key, content)
        if new:
            threading.Thread(target=self.on_message, args=(content,), daemon=True).start()

    # moods

    def _well(self, handler: BaseHTTPRequestHandler, key: str, content: bytes) -> None:
        self._keep(key, content)
        _answer(handler, 200)

    def _hang(self, handler: BaseHTTPRequestHandler, _key: str, _content: bytes) -> None:
        self.recovered.wait(60)
        handler.close_connection = True

    def _reset(self, handler: BaseHTTPRequestHandler, _key: str, _content: bytes) -> None:
        _reset(handler)

    def _take(self, handler: BaseHTTPRequestHandler, key: str, content: bytes) -> None:
        self._keep(key, content)
        _reset(handler)

    def _half(self, handler: BaseHTTPRequestHandler, _key: str, _content: bytes) -> None:
        handler.wfile.write(b"HTTP/1.1 20")
        handler.close_connection = True

    def _error(self, handler: BaseHTTPRequestHandler, _key: str, _content: bytes) -> None:
        _answer(handler, 500, b"out of order")

    def _busy(self, handler: BaseHTTPRequestHandler, _key: str, _content: bytes) -> None:
        _answer(handler, 429, headers={"Retry-After": "1"})

    def _forget(self, handler: BaseHTTPRequestHandler, _key: str, _content: bytes) -> None:
        _answer(handler, 200)

    def _elsewhere(self, handler: BaseHTTPRequestHandler, _key: str, _content: bytes) -> None:
        _answer(handler, 302, headers={"Location": self.other_url})

    def _garbage(self, handler: BaseHTTPRequestHandler, _key: str, _content: bytes) -> None:
        handler.wfile.write(b"\x00\x01 this is no HTTP\r\n\r\n")
        handler.close_connection = True

    def _trickle(self, handler: BaseHTTPRequestHandler, _key: str, _content: bytes) -> None:
        self._drop_by_drop(handler, b"HTTP/1.1 200 OK\r\nX-Slow: ")

    def _drip(self, handler: BaseHTTPRequestHandler, key: str, content: bytes) -> None:
        self._keep(key, content)
        self._drop_by_drop(handler, b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")

    def _flood(self, handler: BaseHTTPRequestHandler, key: str, content: bytes) -> None:
        self._keep(key, content)
        handler.close_connection = True
        try:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            while not self.recovered.is_set():
                handler.wfile.write(_FLOOD)
        except OSError:
            return

    def _drop_by_drop(self, handler: BaseHTTPRequestHandler, head: bytes) -> None:
        handler.close_connection = True
        try:
            handler.wfile.write(head)
            while not self.recovered.wait(_TRICKLE_SECONDS):
                handler.wfile.write(b"x")
        except OSError:
            return


def _answer(
    handler: BaseHTTPRequestHandler, status: int, body: bytes = b"", headers: dict[str, str] | None = None
) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def _reset(handler: BaseHTTPRequestHandler) -> None:
    """End a connection by RST."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True
