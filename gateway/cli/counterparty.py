"""What a demo is played with: counterparties that are real HTTP servers on loopback, and the example site."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import structlog

from gateway.cli.samples import copy_example_site
from gateway.settings import Site, load_site

#: Seconds until an expected message must have come.
PATIENCE = 30.0
LOOPBACK = "127.0.0.1"


@dataclass(slots=True)
class Counterparty:
    """A real HTTP server on loopback that keeps what is posted to it, each idempotency key once."""

    name: str
    received: list[bytes] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    on_message: Callable[[bytes], None] = lambda _content: None
    server: ThreadingHTTPServer | None = None

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
                content = self.rfile.read(int(self.headers["Content-Length"]))
                key = self.headers.get("Idempotency-Key", "")
                self.send_response(200 if key in party.keys else 202)
                self.send_header("Content-Length", "0")
                self.end_headers()
                if key not in party.keys:
                    party.keys.add(key)
                    party.received.append(content)
                    threading.Thread(target=party.on_message, args=(content,), daemon=True).start()

            def log_message(self, *_args: object) -> None:
                """Stay quiet."""

        self.server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
        threading.Thread(target=self.server.serve_forever, name=self.name, daemon=True).start()

    def wait_for(self, count: int, holding: bytes = b"") -> list[bytes]:
        """Return what was received, once there are `count` messages that hold a text."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = [content for content in self.received if holding in content]
            if len(found) >= count:
                return found
            time.sleep(0.02)
        raise TimeoutError(f"{self.name} got {len(self.received)} messages, {count} with {holding!r} were expected")

    def stop(self) -> None:
        """Close the server."""
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()


def only_errors(_logger: object, method: str, event: Any) -> str:
    """Keep the log out of the play, but not what goes wrong."""
    if method != "error":
        raise structlog.DropEvent
    return json.dumps(event, default=str)


def demo_site(
    folder: Path, keys: dict[str, str], ports: dict[str, Counterparty], instead: Mapping[str, str] | None = None
) -> Site:
    """Copy the example site, give it fresh keys, and point its endpoints at the counterparties.

    `instead` holds files of the site that are others in this demo.
    """
    copy_example_site(folder)
    for name, text in (instead or {}).items():
        (folder / name).write_text(text, encoding="utf-8")
    for name, key in keys.items():
        secret = folder / "secrets" / f"{name}.key"
        secret.parent.mkdir(exist_ok=True)
        secret.write_text(key, encoding="ascii")
    for path in (*folder.rglob("*.yaml"),):
        text = path.read_text(encoding="utf-8").replace("port: 8080", "port: 0").replace("poll: 1 s", "poll: 100 ms")
        for port, party in ports.items():
            text = text.replace(f":{port}/", f":{party.tcp_port}/")
        path.write_text(text, encoding="utf-8")
    return load_site(folder)
