"""The example site served on loopback, with keys made at test time and nobody to deliver to."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from gateway.app import service
from gateway.cli.samples import copy_example_site, samples
from gateway.settings import load_site

MANIFEST = (samples() / "edifact/cuscar/full.edi").read_bytes()
OPERATOR = secrets.token_urlsafe(24)
METRICS = secrets.token_urlsafe(24)
NARROW = secrets.token_urlsafe(24)
REPLAYS = secrets.token_urlsafe(24)


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


@dataclass
class Served:
    """A running gateway, and who speaks to it."""

    folder: Path
    gateway: service.Gateway
    keys: dict[str, str] = field(default_factory=dict)
    client: httpx2.Client = field(default_factory=lambda: httpx2.Client(timeout=60))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.gateway.http_port}"

    def call(self, method: str, path: str, by: str = "blue-anchor", **more: Any) -> httpx2.Response:
        headers = {"X-API-Key": self.keys[by]} | more.pop("headers", {})
        return self.client.request(method, f"{self.url}{path}", headers=headers, **more)

    def get(self, path: str, by: str = "blue-anchor", **more: Any) -> httpx2.Response:
        return self.call("GET", path, by, **more)

    def submit(self, content: bytes = MANIFEST, by: str = "blue-anchor", **more: Any) -> httpx2.Response:
        return self.call("POST", "/v1/messages", by, content=content, **more)

    def settled(self, id_: str) -> dict[str, Any]:
        """What became of a message, once it has become something."""
        while True:
            found: dict[str, Any] = self.get(f"/v1/messages/{id_}", "operator").json()
            if found["state"] != "recorded":
                return found


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """Serve a copy of the example site that receives over HTTP alone and sends into folders."""
    copy_example_site(folder)
    site = folder / "site.yaml"
    text = site.read_text("utf-8").replace("port: 8080", "port: 0").replace("poll: 1 s", "poll: 100 ms")
    operators = f"operators:\n  - name: ops\n    sha256: {digest(OPERATOR)}\n"
    operators += f"  - name: prometheus\n    sha256: {digest(METRICS)}\n    scopes: metrics\n"
    site.write_text(text + operators, "utf-8")
    partner = folder / "partners/blue-anchor.yaml"
    narrow = f"  - sha256: {digest(NARROW)}\n    agreements: customs-answers\n"
    replays = f"  - sha256: {digest(REPLAYS)}\n    scopes: [read, replay]\n"
    partner.write_text(partner.read_text("utf-8").replace("api_keys:\n", f"api_keys:\n{narrow}{replays}"), "utf-8")
    for endpoint in (folder / "endpoints").glob("*.yaml"):
        text = endpoint.read_text("utf-8")
        if "transport: http" in text or "send_to" in text:
            owner = next(line for line in text.splitlines() if line.startswith("partner:"))
            endpoint.write_text(
                f"id: {endpoint.stem}\n{owner}\ntransport: folder\nsend_to: exchange/{endpoint.stem}\n", "utf-8"
            )
        elif "feed:" in text:
            endpoint.unlink()
    keys = {"operator": OPERATOR, "prometheus": METRICS, "narrow": NARROW, "replays": REPLAYS}
    keys |= {path.stem: path.read_text("utf-8").strip() for path in (folder / "secrets").iterdir()}
    gateway = service.build(load_site(folder))
    gateway.start()
    try:
        made = Served(folder, gateway, keys)
        yield made
        made.client.close()
    finally:
        gateway.stop()
