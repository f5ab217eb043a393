"""A demo as it is shown: act by act on the console, or as one JSON document."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias
from xml.etree import ElementTree as ET

import httpx2
import structlog
from rich.console import Console
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table

from gateway.app import service
from gateway.cli.counterparty import LOOPBACK, PATIENCE, Counterparty
from gateway.cli.samples import copy_example_site, samples
from gateway.settings import Site, load_site

_PREFIXES = {"": "urn:pierhead:profile:cargo-report:1", "ds": "urn:pierhead:profile:types:1"}


#: From the text of a file of the example site to what it is in a demo.
Edit: TypeAlias = Callable[[str], str]


@dataclass(slots=True)
class Play:
    """What has been shown so far; nothing is printed when it is to be one JSON document."""

    console: Console
    quiet: bool
    acts: list[dict[str, Any]] = field(default_factory=list)

    def show(self, title: str, said: str, content: bytes = b"", language: str = "text") -> None:
        """Show one act: a sentence, and the bytes it is about."""
        text = content.decode("utf-8", "replace").strip()
        self.acts.append({"act": title, "said": said, "content": text})
        if self.quiet:
            return
        self.console.rule(f"[bold]{title}", align="left")
        self.console.print(said)
        if text:
            shown = _indented(content) if language == "xml" else text
            self.console.print(Panel(Syntax(shown, language, word_wrap=True, background_color="default"), expand=False))

    def show_table(self, act: str, title: str, headings: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
        """Show the last act, a table: each row by column, in the order of the headings."""
        self.acts.append({"act": act, "events": [dict(row) for row in rows]})
        if self.quiet:
            return
        table = Table(*headings, title=title, title_justify="left")
        for row in rows:
            table.add_row(*row.values())
        self.console.print(table)

    def end(self, said: str) -> None:
        """Say that it is over."""
        if self.quiet:
            self.console.print_json(json.dumps({"acts": self.acts}))
        else:
            self.console.print(f"\n[bold green]Done.[/] {said}")


@dataclass(slots=True)
class Cast:
    """The gateway of the example site at work, and its counterparties."""

    gateway: service.Gateway
    keys: dict[str, str]
    line: Counterparty
    customs: Counterparty
    community: Counterparty
    agency: Counterparty

    def submit(
        self, content: bytes, partner: str = "blue-anchor", media: str = "application/edifact"
    ) -> httpx2.Response:
        """Post a message as a partner."""
        url = f"http://{LOOPBACK}:{self.gateway.http_port}/v1/messages"
        headers = {"X-API-Key": self.keys[partner], "Content-Type": media}
        return httpx2.post(url, content=content, headers=headers, timeout=PATIENCE)


@contextmanager
def on_stage(edits: Mapping[str, Edit], ports: Mapping[int, int] | None = None) -> Iterator[Cast]:
    """Set up the example site in a temporary folder, its counterparties as HTTP servers, and the gateway.

    `edits` makes files of the site from what they are, and `ports` names who plays other TCP ports of it.
    """
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(file=sys.stderr), processors=[_only_errors])
    parties = [Counterparty(name) for name in ("shipping line", "customs", "port community", "foreign agency")]
    for party in parties:
        party.start()
    listening = dict(zip((9101, 9102, 9103, 9105), (party.tcp_port for party in parties), strict=True))
    with tempfile.TemporaryDirectory(prefix="pierhead-demo-") as folder:
        site = _example_site(Path(folder) / "site", {**listening, **(ports or {})}, edits)
        keys = {path.stem: path.read_text("ascii") for path in Path(folder).glob("site/secrets/*.key")}
        gateway = service.build(site)
        gateway.start()
        try:
            yield Cast(gateway, keys, *parties)
        finally:
            gateway.stop()
            for party in parties:
                party.stop()


def voyage_log() -> list[bytes]:
    """Return the log of an invented ship's call at Exampleport, line by line."""
    return samples().joinpath("ais", "exampleport-call.nmea").read_bytes().splitlines()


def sample_manifest(name: str) -> bytes:
    """Return a sample manifest, for the call of that log."""
    content = samples().joinpath("edifact", "cuscar", name).read_bytes()
    return content.replace(b"NLRTM", b"XZEXP").replace(b"202611280600", b"202611210600")


def _example_site(folder: Path, ports: Mapping[int, int], edits: Mapping[str, Edit]) -> Site:
    """Copy the example site, with fresh keys, and point its endpoints at who plays them."""
    copy_example_site(folder)
    for name, edit in edits.items():
        path = folder / name
        path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")
    for path in (*folder.rglob("*.yaml"),):
        text = path.read_text(encoding="utf-8").replace("port: 8080", "port: 0").replace("poll: 1 s", "poll: 100 ms")
        for port, played in ports.items():
            text = re.sub(rf":{port}\b", f":{played}", text)
        path.write_text(text, encoding="utf-8")
    return load_site(folder)


def _indented(content: bytes) -> str:
    for prefix, namespace in _PREFIXES.items():
        ET.register_namespace(prefix, namespace)
    tree = ET.fromstring(content)  # noqa: S314  # our own gateway's bytes on loopback
    ET.indent(tree)
    return ET.tostring(tree, encoding="unicode")


def _only_errors(_logger: object, method: str, event: Any) -> str:
    """Keep the log out of the play, but not what goes wrong."""
    if method != "error":
        raise structlog.DropEvent
    return json.dumps(event, default=str)
