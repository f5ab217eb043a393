"""`pierhead demo`: the main job on the embedded default, with every counterparty a real HTTP server on loopback.

A shipping line submits a manifest; it is acknowledged, handed to customs as WCO XML, and customs' fault on one
consignment comes back as CUSRES at the line's own segment. The corrected manifest is accepted. A broken interchange,
a duplicate and a reference used twice are answered as the standard has it. When the ship is heard to arrive, customs
is told, a foreign agency gets the copy that waited for her, and the port community the hour's list.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from rich.console import Console

from gateway.cli.counterparty import CoastStation
from gateway.cli.play import Cast, Play, on_stage, sample_manifest, voyage_log

_REPORT = "urn:pierhead:profile:cargo-report:1"
_RESPONSE = "urn:pierhead:profile:response:1"
_SUMMARY = "agreements/vessel-summary.yaml"
_HOURLY = "every 1 h"
_OFTEN = "every 2 s"  # so that whoever watches needs no patience


@dataclass(slots=True)
class Customs:
    """The customs office: refuses a consignee without a city, and registers everything else."""

    answer: Callable[[bytes], None]
    registered: int = 0

    def judge(self, content: bytes) -> None:
        """Read a cargo report and post the response to it; what else customs is told needs none."""
        report = next(ET.fromstring(content).iter(f"{{{_REPORT}}}Declaration"), None)  # noqa: S314  # our own bytes
        if report is None:
            return
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


def run(console: Console, *, as_json: bool = False) -> int:
    """Play the demo; return the exit code (0 when every act ended as it must)."""
    play, station = Play(console, quiet=as_json), CoastStation()
    with closing(station), on_stage({_SUMMARY: _often}, {9104: station.tcp_port}) as cast:
        cast.customs.on_message = Customs(lambda content: _post_answer(cast, content)).judge
        for act in (_rejected_manifest, _corrected_manifest, _broken, _duplicate, _conflict):
            act(play, cast)
        station.send(voyage_log())
        _arrival(play, cast)
        _timeline(play, cast)
    play.end("Everything above went over real HTTP and TCP and a SQLite store.")
    return 0


def _often(agreement: str) -> str:
    return agreement.replace(_HOURLY, _OFTEN)


def _post_answer(cast: Cast, content: bytes) -> None:
    cast.submit(content, "customs", "application/xml").raise_for_status()


def _rejected_manifest(play: Play, cast: Cast) -> None:
    manifest = sample_manifest("consignee-without-city.edi")
    cast.submit(manifest).raise_for_status()
    play.show("1  A manifest is submitted", "Blue Anchor posts CUSCAR D.95B to the gateway.", manifest)
    contrl = cast.line.wait_for(1, b"CONTRL:")[0]
    play.show("2  CONTRL", "The gateway acknowledges it: syntax and structure are right (0083 = 7).", contrl)
    xml = cast.customs.wait_for(1)[0]
    play.show("3  WCO XML", "Customs receives a cargo report, valid against its schema.", xml, "xml")
    copy = cast.community.wait_for(1, b"CUSCAR:D:16A")[0]
    play.show("4  D.16A for the port", "The port community gets the same manifest in its own directory.", copy)
    cusres = cast.line.wait_for(1, b"CUSRES:")[0]
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


def _corrected_manifest(play: Play, cast: Cast) -> None:
    corrected = sample_manifest("consignee-corrected.edi")
    cast.submit(corrected).raise_for_status()
    cusres = cast.line.wait_for(2, b"CUSRES:")[1]
    play.show(
        "6  Corrected", "The line replaces the manifest (1225 = 5); customs registers it (1225 = 29, RFF+ABT).", cusres
    )
    if b"ERP" in cusres or b"RFF+ABT" not in cusres:
        raise ValueError("the corrected manifest was not accepted")


def _broken(play: Play, cast: Cast) -> None:
    broken = (
        sample_manifest("full.edi")
        .replace(b"BA000001", b"BA000009")
        .replace(b"EQD+CN+", b"EQD++", 1)
        .replace(b"UNT+61", b"UNT+60")
    )
    cast.submit(broken).raise_for_status()
    contrl = cast.line.wait_for(1, b"UCI+BA000009")[0]
    play.show(
        "7  A broken interchange", "A missing element and a wrong count are refused where they stand (13, 29).", contrl
    )


def _duplicate(play: Play, cast: Cast) -> None:
    before = len(cast.customs.received)
    answer = cast.submit(sample_manifest("consignee-corrected.edi"))
    contrl = cast.line.wait_for(2, b"UCI+BA000003")[1]
    said = f"The same bytes again: HTTP {answer.status_code}, the same CONTRL once more, and nothing to customs."
    play.show("8  A duplicate", said, contrl)
    if len(cast.customs.received) != before:
        raise ValueError("a duplicate was delivered")


def _conflict(play: Play, cast: Cast) -> None:
    other = sample_manifest("full.edi").replace(b"BA000001", b"BA000003")
    answer = cast.submit(other)
    contrl = cast.line.wait_for(3, b"UCI+BA000003")[2]
    play.show("9  A reference used twice", f"Other bytes under it: HTTP {answer.status_code}, CONTRL 26.", contrl)


def _arrival(play: Play, cast: Cast) -> None:
    """The ship comes in: what waited for her goes, and the hour's list follows."""
    notice = cast.customs.wait_for(1, b"conveyance-report:1")[0]
    said = "A coast station hears the ship arrive (AIS over TCP); customs is told, with the voyage that was declared."
    play.show("10  The ship arrives", said, notice, "xml")
    copy = cast.agency.wait_for(1, _REPORT.encode())[0]
    said = "A foreign agency may have the manifest once the ship is here: its copy waited for her, and goes now."
    play.show("11  The copy for a foreign agency", said, copy, "xml")
    told = json.loads(cast.community.wait_for(1, at="/summaries")[0])
    said = f"On its schedule the port community gets what ships did as one list (every hour; here {_OFTEN})."
    lines = "\n".join(f"{one['time']} {one['data']['detail']}" for one in told)
    play.show("12  The hourly summary", said, lines.encode())


def _timeline(play: Play, cast: Cast) -> None:
    rows = [
        {"at": event.at.isoformat(), "step": event.step, "text": event.text}
        for event in cast.gateway.store.timeline("blue-anchor/BA26-042E-02")
    ]
    play.show_table("timeline", "The filing BA26-042E-02", ("time", "step", "what happened"), rows)
