"""`pierhead route --dry-run`: who would get what of a file, why and when, with nothing sent or stored."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from gateway import app
from gateway.app import parts
from gateway.app.blank import BlankJournal
from gateway.cli.output import REJECTED, AsJson, out, print_json, rows
from gateway.cli.state import state_of
from gateway.errors import SettingsError
from gateway.model.journal import ProcessingResult, Work
from gateway.model.occasion import NEVER
from gateway.model.stages import Arrival, Envelope
from gateway.routing import consider
from gateway.settings import Site
from gateway.yaml_source import nearest

_ID = "dry-run"


@dataclass(frozen=True, slots=True)
class Answer:
    """What would become of a file: each agreement and why it applies or not, and what the path would produce."""

    considered: tuple[tuple[str, bool, str], ...]
    result: ProcessingResult

    @property
    def state(self) -> str:
        """What would become of it, in a word or two."""
        return self.result.arrival.state if self.result.arrival is not None else "repeats what is not processed yet"


def route(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A message as a partner would send it; - is standard input.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Needed: nothing is ever sent by this command.")] = False,
    partner: Annotated[
        str, typer.Option("--partner", metavar="ID", help="As this partner, signed in; without, by the envelope alone.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Say who would get what of a file, why, and when; nothing is sent or stored.

    What was received before does not count: nothing is a duplicate, and an answer is matched to nothing.
    Exits with 1 when not all of it would be accepted.
    """
    if not dry_run:
        raise SettingsError("'route' only tells: add --dry-run; what is to be sent goes to 'pierhead serve'")
    site = state_of(ctx).site()
    if partner and partner not in site.partners:
        raise SettingsError(f"there is no partner {partner}{nearest(partner, site.partners)}")
    content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    answer = answered(site, content, partner, app.now())
    if as_json:
        print_json(_plain(answer))
    else:
        _show(answer)
    if answer.state != "accepted":
        raise typer.Exit(REJECTED)


def answered(site: Site, content: bytes, partner: str, now: datetime) -> Answer:
    """Return what would become of bytes that come now from a partner, "" for whom the envelope names."""
    path = parts.processor(site, BlankJournal())
    adapter = path.standards.recognise(content)
    envelope = adapter.envelope(content) if adapter is not None else Envelope("")
    types = [type_ for type_ in envelope.types if type_.name != "CONTRL"]
    looked_at = consider(envelope, types, site.agreements, principal=partner)
    result = path.process(Arrival(_ID, "http", now, content, {"principal": partner} if partner else {}), now)
    return Answer(tuple((one.agreement.id, one.applies, one.why) for one in looked_at), result or ProcessingResult())


def _outputs(answer: Answer) -> Iterator[dict[str, Any]]:
    """Yield what would go out, in order: to whom, what, when and why."""
    result = answer.result
    why = {event.delivery: event.text for event in result.events if event.delivery}
    for one in result.deliveries:
        waits = f"when {one.awaits} happens" if one.awaits is not None else ""
        latest = "" if one.due_at >= NEVER else f"{one.due_at:%Y-%m-%dT%H:%M:%SZ}"
        yield {
            "to": one.endpoint,
            "what": one.description,
            "due": (f"{waits}, at the latest {latest}" if waits and latest else waits or latest),
            "why": why.get(one.id, one.description),
            "bytes": len(one.content),
        }
    told = {event.document: event.text for event in result.events if "gathered for" in event.text}
    for gathered in result.gathered:
        yield {
            "to": gathered.route.partition(" to ")[2].partition(" as ")[0],
            "what": gathered.route.partition(" as ")[2],
            "due": f"{gathered.fire_at:%Y-%m-%dT%H:%M:%SZ}, with what else is gathered",
            "why": told.get(gathered.document, ""),
            "bytes": 0,
        }


def _plain(answer: Answer) -> dict[str, Any]:
    result = answer.result
    return {
        "state": answer.state,
        "agreements": [{"id": id_, "applies": applies, "why": why} for id_, applies, why in answer.considered],
        "documents": [
            {"id": one.id, "type": one.type, "name": one.name, "accepted": one.accepted, "filing": one.filing}
            for one in result.documents
        ],
        "findings": [record.finding.as_dict() for record in result.findings],
        "outputs": list(_outputs(answer)),
        "deadlines": [f"{one.run_at:%Y-%m-%dT%H:%M:%SZ}" for one in result.work if one.kind == Work.WARN],
    }


def _show(answer: Answer) -> None:
    console, told = out(), _plain(answer)
    console.print(Text.assemble(("would be ", ""), (answer.state, "bold")))
    marks = (("applies" if one["applies"] else "", one["why"]) for one in told["agreements"])
    console.print(rows("agreements", ("", "why"), marks))
    lines = ((one["type"], one["name"], "accepted" if one["accepted"] else "rejected") for one in told["documents"])
    console.print(rows("documents", ("type", "document", "verdict"), lines))
    console.print(
        rows(
            "would go out",
            ("to", "what", "due", "why"),
            ((o["to"], o["what"], o["due"], o["why"]) for o in told["outputs"]),
        )
    )
    for time in told["deadlines"]:
        console.print(f"looked at again for its deadline: {time}", markup=False, soft_wrap=True)
    for record in answer.result.findings:
        finding = record.finding
        at = f", at {finding.path}" if finding.path else ""
        console.print(f"{finding.severity} {finding.code}: {finding.text}{at}", markup=False, soft_wrap=True)
