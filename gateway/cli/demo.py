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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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
from gateway.cli.counterparty import LOOPBACK, PATIENCE, Counterparty, demo_site, only_errors
from gateway.cli.samples import samples

_REPORT = "urn:pierhead:profile:cargo-report:1"
_RESPONSE = "urn:pierhead:profile:response:1"
_TYPES = "urn:pierhead:profile:types:1"


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
        return f"http://{LOOPBACK}:{self.gateway.http_port}/v1/messages"

    def submit(
        self, content: bytes, partner: str = "blue-anchor", media: str = "application/edifact"
    ) -> httpx2.Response:
        """Post a message as a partner."""
        headers = {"X-API-Key": self.keys[partner], "Content-Type": media}
        return httpx2.post(self.url, content=content, headers=headers, timeout=PATIENCE)

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
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(file=sys.stderr), processors=[only_errors])
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


@contextmanager
def _stage(console: Console, *, quiet: bool) -> Iterator[Play]:
    """Set up the example site in a temporary folder, its counterparties, and the gateway."""
    line, customs, community = Counterparty("shipping line"), Counterparty("customs"), Counterparty("port community")
    parties = (line, customs, community)
    for party in parties:
        party.start()
    with tempfile.TemporaryDirectory(prefix="pierhead-demo-") as folder:
        keys = {name: secrets.token_hex(32) for name in ("blue-anchor", "customs", "port-community")}
        site = demo_site(Path(folder) / "site", keys, {"9101": line, "9102": customs, "9103": community})
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
