"""A site with real counterparties on loopback, and `pierhead serve` as a real process beside them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from gateway.cli.counterparty import Counterparty
from gateway.cli.samples import copy_example_site

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples" / "edifact" / "cuscar"
KEYS = {"blue-anchor": "k" * 64, "customs": "c" * 64, "port-community": "p" * 64}
PATIENCE = 60.0
HERE = Path(__file__).parent


class Stage:
    """The example site in a folder, with three counterparties that count by idempotency key."""

    def __init__(self, folder: Path) -> None:
        self.line, self.customs, self.community = (Counterparty(n) for n in ("line", "customs", "community"))
        self.parties = (self.line, self.customs, self.community)
        for party in self.parties:
            party.start()
        self.folder = folder / "site"
        copy_example_site(self.folder)
        for name, key in KEYS.items():
            (self.folder / "secrets" / f"{name}.key").write_text(key, encoding="ascii")
        ports = {"9101": self.line, "9102": self.customs, "9103": self.community}
        for path in self.folder.rglob("*.yaml"):
            text = path.read_text(encoding="utf-8").replace("poll: 1 s", "poll: 50 ms").replace("5 min", "1 s")
            text = text.replace("port: 8080", "port: 0").replace("first: 1 s", "first: 100 ms")
            for port, party in ports.items():
                text = text.replace(f":{port}/", f":{party.tcp_port}/")
            path.write_text(text, encoding="utf-8")
        with (self.folder / "site.yaml").open("a", encoding="utf-8") as settings:
            settings.write("limits: {body: 1 MB}\n")

    def close(self) -> None:
        for party in self.parties:
            party.stop()

    @contextmanager
    def serving(self, *crash: str) -> Iterator[Server]:
        """Run the gateway as a process of its own; `crash` names a step at whose end it dies, and which time."""
        server = Server(self.folder, crash)
        try:
            yield server
        finally:
            server.stop()

    def keys(self) -> tuple[int, int, int]:
        """How many different deliveries each counterparty has taken."""
        return len(self.line.keys), len(self.customs.keys), len(self.community.keys)

    def wait_for(self, wanted: tuple[int, int, int]) -> None:
        """Wait until each counterparty has taken so many; more of any is an error at once."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.keys() != wanted:
            assert all(got <= most for got, most in zip(self.keys(), wanted, strict=True)), self.keys()
            time.sleep(0.02)
        assert self.keys() == wanted


class Server:
    """`serve.py` beside this file, which is `pierhead serve` plus a way to die at a given step."""

    def __init__(self, site: Path, crash: tuple[str, ...]) -> None:
        log = site.parent / "serve.log"
        with log.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, str(HERE / "serve.py"), str(site), *crash],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self.process.stdout is not None
        first = self.process.stdout.readline().strip()
        if not first:
            self.stop()
            raise AssertionError(f"the gateway did not start: {log.read_text('utf-8', 'replace')}")
        self.url = f"http://127.0.0.1:{first}/v1/messages"

    def submit(
        self, content: bytes, partner: str = "blue-anchor", media: str = "application/edifact"
    ) -> httpx2.Response:
        headers = {"X-API-Key": KEYS[partner], "Content-Type": media}
        return httpx2.post(self.url, content=content, headers=headers, timeout=30)

    def ended(self) -> int:
        """Wait for the process to die by itself, and return how."""
        return self.process.wait(PATIENCE)

    def stop(self) -> None:
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGTERM)
        self.process.wait(PATIENCE)
        if self.process.stdout is not None:
            self.process.stdout.close()


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()
