"""`pierhead demo`: the main job on the embedded default, with every counterparty a real HTTP server on loopback.

A shipping line submits a manifest; it is acknowledged, handed to customs as WCO XML, and customs' fault on one
consignment comes back as CUSRES at the line's own segment. The corrected manifest is accepted. A broken interchange,
a duplicate and a reference used twice are answered as the standard has it.
"""

from __future__ import annotations

import json
import secrets
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import httpx2
import structlog
from rich.console import Console
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table

from gateway.app import service
from gateway.cli.samples import copy_example_site, samples
from gateway.settings import Site, load_site

_PATIENCE = 30.0  # seconds until an expected message must have come
_REPORT = "urn:pierhead:profile:cargo-report:1"
_RESPONSE = "urn:pierhead:profile:response:1"
_TYPES = "urn:pierhead:profile:types:1"
_LOOPBACK = "127.0.0.1"


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

        self.server = ThreadingHTTPServer((_LOOPBACK, 0), Handler)
        threading.Thread(target=self.server.serve_forever, name=self.name, daemon=True).start()

    def wait_for(self, count: int, holding: bytes = b"") -> list[bytes]:
        """Return what was received, once there are `count` messages that hold a text."""
        deadline = time.monotonic() + _PATIENCE
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


@dataclass(slots=True)
class Customs:
    """The customs office: refuses a consignee without a city, and registers everything else."""

    answer: Callable[[bytes], None]
    registered: int = 0

    def judge(self, content: bytes) -> None:
        """Read a cargo report and post the response to it."""
        report = ET.fromstring(content)  # noqa: S314  # our own gateway's bytes on loopback
        if report.tag != f"{{{_REPORT}}}Declaration":
            report = next(report.iter(f"{{{_REPORT}}}Declaration"))
        name = {"r": _REPORT}
        reference = report.findtext("r:FunctionalReferenceID", "", name)
        faulty = [
            number
            for number, consignment in enumerate(report.findall("r:Consignment", name), 1)
            if consignment.find("r:Consignee/r:Address/r:CityName", name) is None
        ]
        self.answer(self._response(reference, faulty))

    def _response(self, reference: str, faulty: list[int]) -> bytes:
        faults = "".join(
            "<Error><Description>The consignee's city is missing</Description>"
            "<ValidationCode>EX120</ValidationCode>"
            f"{_pointer(1, '42A')}{_pointer(number, '28A')}{_pointer(1, '27A')}{_pointer(1, '04A', '241')}</Error>"
            for number in faulty
        )
        self.registered += 0 if faulty else 1
        mrn = "" if faulty else f"<ID>26EX{self.registered:014d}</ID>"
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><Response xmlns="{_RESPONSE}">'
            f"<FunctionCode>{27 if faulty else 29}</FunctionCode>"
            f"<FunctionalReferenceID>EXR-{secrets.token_hex(6)}</FunctionalReferenceID>"
            f"<TypeCode>{963 if faulty else 962}</TypeCode>{faults}"
            f"<Declaration><FunctionalReferenceID>{reference}</FunctionalReferenceID>{mrn}</Declaration></Response>"
        ).encode()


def _pointer(sequence: int, section: str, tag: str = "") -> str:
    """Return one step of a WCO pointer (class 97A)."""
    at = f"<TagID>{tag}</TagID>" if tag else ""
    number = f"<SequenceNumeric>{sequence}</SequenceNumeric>"
    return f"<Pointer>{number}<DocumentSectionCode>{section}</DocumentSectionCode>{at}</Pointer>"


@dataclass(slots=True)
class Play:
    """The demo under way: the gateway, its counterparties, and what was shown."""

    console: Console
    quiet: bool
    gateway: service.Gateway
    line: Counterparty
    customs: Counterparty
    community: Counterparty
    keys: dict[str, str]
    acts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where the gateway takes messages."""
        return f"http://{_LOOPBACK}:{self.gateway.http_port}/v1/messages"

    def submit(
        self, content: bytes, partner: str = "blue-anchor", media: str = "application/edifact"
    ) -> httpx2.Response:
        """Post a message as a partner."""
        headers = {"X-API-Key": self.keys[partner], "Content-Type": media}
        return httpx2.post(self.url, content=content, headers=headers, timeout=_PATIENCE)

    def show(self, title: str, said: str, content: bytes = b"", language: str = "text") -> None:
        """Show one act: a sentence, and the bytes it is about."""
        text = content.decode("utf-8", "replace").strip()
        self.acts.append({"act": title, "said": said, "content": text})
        if self.quiet:
            return
        self.console.rule(f"[bold]{title}", align="left")
        self.console.print(said)
        if text and language == "xml":
            tree = ET.fromstring(content)  # noqa: S314  # our own gateway's bytes on loopback
            ET.indent(tree)
            text = ET.tostring(tree, encoding="unicode")
        if text:
            self.console.print(Panel(Syntax(text, language, word_wrap=True, background_color="default"), expand=False))


def run(console: Console, *, as_json: bool = False) -> int:
    """Play the demo; return the exit code (0 when every act ended as it must)."""
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(file=sys.stderr), processors=[_only_errors])
    for prefix, namespace in (("", _REPORT), ("ds", _TYPES)):
        ET.register_namespace(prefix, namespace)
    with _stage(console, quiet=as_json) as play:
        for act in (_rejected_manifest, _corrected_manifest, _broken, _duplicate, _conflict):
            act(play)
        _timeline(play)
        if as_json:
            console.print_json(json.dumps({"acts": play.acts}))
        else:
            console.print("\n[bold green]Done.[/] Everything above went over real HTTP and a SQLite store.")
    return 0


def _only_errors(_logger: object, method: str, event: Any) -> str:
    """Keep the log out of the play, but not what goes wrong."""
    if method != "error":
        raise structlog.DropEvent
    return json.dumps(event, default=str)


@contextmanager
def _stage(console: Console, *, quiet: bool) -> Iterator[Play]:
    """Set up the example site in a temporary folder, its counterparties, and the gateway."""
    line, customs, community = Counterparty("shipping line"), Counterparty("customs"), Counterparty("port community")
    parties = (line, customs, community)
    for party in parties:
        party.start()
    with tempfile.TemporaryDirectory(prefix="pierhead-demo-") as folder:
        keys = {name: secrets.token_hex(32) for name in ("blue-anchor", "customs", "port-community")}
        site = _site(Path(folder) / "site", keys, {"9101": line, "9102": customs, "9103": community})
        gateway = service.build(site)
        gateway.start()
        play = Play(console, quiet, gateway, line, customs, community, keys)
        office = Customs(lambda content: _post_answer(play, content))
        customs.on_message = office.judge
        try:
            yield play
        finally:
            gateway.stop()
            for party in parties:
                party.stop()


def _post_answer(play: Play, content: bytes) -> None:
    play.submit(content, "customs", "application/xml").raise_for_status()


def _site(folder: Path, keys: dict[str, str], ports: dict[str, Counterparty]) -> Site:
    """Copy the example site, give it fresh keys, and point its endpoints at the counterparties."""
    copy_example_site(folder)
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


def _sample(name: str) -> bytes:
    return bytes(samples().joinpath("edifact", "cuscar", name).read_bytes())


def _rejected_manifest(play: Play) -> None:
    manifest = _sample("consignee-without-city.edi")
    play.submit(manifest).raise_for_status()
    play.show("1  A manifest is submitted", "Blue Anchor posts CUSCAR D.95B to the gateway.", manifest)
    contrl = play.line.wait_for(1, b"CONTRL:")[0]
    play.show("2  CONTRL", "The gateway acknowledges it: syntax and structure are right (0083 = 7).", contrl)
    xml = play.customs.wait_for(1)[0]
    play.show("3  WCO XML", "Customs receives a cargo report, valid against its schema.", xml, "xml")
    copy = play.community.wait_for(1, b"CUSCAR:D:16A")[0]
    play.show("4  D.16A for the port", "The port community gets the same manifest in its own directory.", copy)
    cusres = play.line.wait_for(1, b"CUSRES:")[0]
    said = _pointed(manifest, cusres)
    play.show("5  CUSRES", f"Customs' fault on one consignment comes back at the line's own segment: {said}", cusres)


def _pointed(manifest: bytes, cusres: bytes) -> str:
    """Return, in words, which segment of the manifest the ERP of a CUSRES points at."""
    erp = next(segment.strip().decode() for segment in cusres.split(b"'") if segment.strip().startswith(b"ERP"))
    _, point, place = (erp + "++").split("+")[:3]
    element = (point + "::").split(":")[1]
    tag, number = (place + ":").split(":")[:2]
    if not number.isdigit():
        raise ValueError(f"customs' fault points at no segment: {erp}")
    body = [segment.strip() for segment in manifest.split(b"'")]
    start = next(index for index, segment in enumerate(body) if segment.startswith(b"UNH"))
    segment = body[start + int(number) - 1].decode()
    if not segment.startswith(tag):
        raise ValueError(f"segment {number} of the manifest is {segment}, not {tag}")
    return f"segment {number}, element {element} of {segment}'"


def _corrected_manifest(play: Play) -> None:
    corrected = _sample("consignee-corrected.edi")
    play.submit(corrected).raise_for_status()
    cusres = play.line.wait_for(2, b"CUSRES:")[1]
    play.show(
        "6  Corrected", "The line replaces the manifest (1225 = 5); customs registers it (1225 = 29, RFF+ABT).", cusres
    )
    if b"ERP" in cusres or b"RFF+ABT" not in cusres:
        raise ValueError("the corrected manifest was not accepted")


def _broken(play: Play) -> None:
    broken = (
        _sample("full.edi")
        .replace(b"BA000001", b"BA000009")
        .replace(b"EQD+CN+", b"EQD++", 1)
        .replace(b"UNT+61", b"UNT+60")
    )
    play.submit(broken).raise_for_status()
    contrl = play.line.wait_for(1, b"UCI+BA000009")[0]
    play.show(
        "7  A broken interchange", "A missing element and a wrong count are refused where they stand (13, 29).", contrl
    )


def _duplicate(play: Play) -> None:
    before = len(play.customs.received)
    answer = play.submit(_sample("consignee-corrected.edi"))
    contrl = play.line.wait_for(2, b"UCI+BA000003")[1]
    said = f"The same bytes again: HTTP {answer.status_code}, the same CONTRL once more, and nothing to customs."
    play.show("8  A duplicate", said, contrl)
    if len(play.customs.received) != before:
        raise ValueError("a duplicate was delivered")


def _conflict(play: Play) -> None:
    other = _sample("full.edi").replace(b"BA000001", b"BA000003")
    answer = play.submit(other)
    contrl = play.line.wait_for(3, b"UCI+BA000003")[2]
    play.show("9  A reference used twice", f"Other bytes under it: HTTP {answer.status_code}, CONTRL 26.", contrl)


def _timeline(play: Play) -> None:
    store = play.gateway.store
    table = Table("time", "step", "what happened", title="The filing BA26-042E-02", title_justify="left")
    rows = []
    for event in store.timeline("blue-anchor/BA26-042E-02"):
        rows.append({"at": event.at.isoformat(), "step": event.step, "text": event.text})
        table.add_row(f"{event.at:%H:%M:%S.%f}"[:-3], event.step, event.text)
    play.acts.append({"act": "timeline", "events": rows})
    if not play.quiet:
        play.console.print(table)
