"""What a demo is played with: counterparties that are real servers on loopback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: Seconds until an expected message must have come.
PATIENCE = 30.0
LOOPBACK = "127.0.0.1"


@dataclass(slots=True)
class Counterparty:
    """A real HTTP server on loopback that keeps what is posted to it and where, each idempotency key once."""

    name: str
    posted: list[tuple[str, bytes]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    on_message: Callable[[bytes], None] = lambda _content: None
    server: ThreadingHTTPServer | None = None

    @property
    def received(self) -> list[bytes]:
        """What was posted, wherever to."""
        return [content for _, content in self.posted]

    @property
    def tcp_port(self) -> int:
        """The port it listens on."""
        assert self.server is not None  # noqa: S101  # started before it is asked
        return int(self.server.server_address[1])

    def start(self) -> None:
        """Listen on any free port of loopback."""
        party = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                content = self.rfile.read(length)
                if len(content) < length:  # its sender died before it was whole
                    self.close_connection = True
                    return
                key = self.headers.get("Idempotency-Key", "")
                self.send_response(200 if key in party.keys else 202)
                self.send_header("Content-Length", "0")
                self.end_headers()
                if key not in party.keys:
                    party.keys.add(key)
                    party.posted.append((self.path, content))
                    threading.Thread(target=party.on_message, args=(content,), daemon=True).start()

            def log_message(self, *_args: object) -> None:
                """Stay quiet."""

        self.server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
        threading.Thread(target=self.server.serve_forever, name=self.name, daemon=True).start()

    def wait_for(self, count: int, holding: bytes = b"", at: str = "") -> list[bytes]:
        """Return what was posted to a path that ends so, once there are `count` messages that hold a text."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = [content for path, content in self.posted if holding in content and path.endswith(at)]
            if len(found) >= count:
                return found
            time.sleep(0.02)
        raise TimeoutError(f"{self.name} got {len(self.received)} messages, {count} with {holding!r} were expected")

    def stop(self) -> None:
        """Close the server."""
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()


@dataclass(slots=True)
class CoastStation:
    """A real TCP server on loopback that sends AIS sentences to the one who connects to it."""

    _server: socket.socket = field(default_factory=lambda: socket.create_server((LOOPBACK, 0)))
    _wire: socket.socket | None = None

    @property
    def tcp_port(self) -> int:
        """The port it listens on."""
        return int(self._server.getsockname()[1])

    def send(self, lines: Iterable[bytes]) -> None:
        """Send sentences, a line each."""
        if self._wire is None:
            self._server.settimeout(PATIENCE)
            self._wire, _ = self._server.accept()
        self._wire.sendall(b"".join(line + b"\r\n" for line in lines))

    def close(self) -> None:
        """Close the wire and the server."""
        for one in (self._wire, self._server):
            if one is not None:
                one.close()
