"""`pierhead convert`: any format in, any format out, without a site or a database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway import app
from gateway.cli.content import Content, open_content
from gateway.cli.findings import Report, in_short
from gateway.cli.output import REJECTED, AsJson, counted, err, print_json, rows
from gateway.cli.reading import (
    Ended,
    FileArgument,
    Item,
    PolicyName,
    PolicyOption,
    Understood,
    understand,
)
from gateway.cli.remark import Explainer
from gateway.cli.state import state_of
from gateway.cli.terms import AgreementOption, terms
from gateway.errors import EncodeError, SettingsError
from gateway.model.base import Part
from gateway.model.stages import Envelope, Loss, MessageType, Party
from gateway.pipeline.canonical import to_values
from gateway.pipeline.outputs import interchange_reference
from gateway.pipeline.standards import Standards
from gateway.routing import parse_type

CANONICAL = "canonical"
_EXTENSIONS = {"edifact": "edi", CANONICAL: "json"}
_SHOWN = 50  # losses that the summary lists

ToOption = Annotated[
    str, typer.Option("--to", metavar="TYPE", help='"edifact CUSCAR D95B", "wco cargo-report 1" or canonical.')
]
OutOption = Annotated[
    str, typer.Option("--out", metavar="FILE", help="Write here; a folder gets a numbered file for each message.")
]
PartyOption = Annotated[
    str, typer.Option(metavar="ID[:QUALIFIER]", help="In the envelope; of the source if not given.")
]
SyntaxOption = Annotated[str, typer.Option("--syntax", help="Character set and version of EDIFACT output.")]


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be written: `type` is None for canonical JSON."""

    type: MessageType | None

    @property
    def extension(self) -> str:
        """The file name extension."""
        return _EXTENSIONS.get(self.type.standard if self.type else CANONICAL, "xml")

    @property
    def concatenates(self) -> bool:
        """Whether several messages may stand one after the other in one file."""
        return self.extension != "xml"


@dataclass(frozen=True, slots=True)
class Envelopes:
    """How the interchanges written are addressed."""

    sender: Party
    recipient: Party
    reference: str
    syntax: str
    test: bool = False

    def envelope(self, kind: MessageType, number: int) -> Envelope:
        """Return the envelope of the message of that number, from 1."""
        reference = (
            self.reference if number == 1 and self.reference else interchange_reference(f"{self.reference}.{number}")
        )
        return Envelope(
            standard=kind.standard,
            sender=self.sender,
            recipient=self.recipient,
            reference=reference,
            syntax=self.syntax if kind.standard == "edifact" else "",
            prepared=f"{app.now():%y%m%d:%H%M}",
            test=self.test,
        )


@dataclass(slots=True)
class Sink:
    """Where outputs go: a folder, one file (complete or not there at all), or standard output."""

    target: Target
    out: str
    stem: str
    written: int = 0
    part: Path | None = None

    @property
    def folder(self) -> Path | None:
        """The folder to write into, or None."""
        folder = Path(self.out)
        return folder if self.out and (self.out.endswith("/") or folder.is_dir()) else None

    def write(self, content: bytes) -> str:
        """Write one output; return the file's name, "" for standard output."""
        self.written += 1
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / f"{self.stem}-{self.written:04d}.{self.target.extension}"
            path.write_bytes(content)
            return str(path)
        if self.written > 1 and not self.target.concatenates:
            raise SettingsError("there are several messages, and XML documents cannot share a file: give --out FOLDER/")
        if not self.out:
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
            return ""
        self.part = Path(f"{self.out}.part")
        with self.part.open("ab" if self.written > 1 else "wb") as file:
            file.write(content)
        return self.out

    def close(self, *, complete: bool) -> None:
        """Give the file its name, or remove what there is of it."""
        if self.part is not None and complete:
            self.part.replace(self.out)
        elif self.part is not None:
            self.part.unlink(missing_ok=True)


@dataclass(slots=True)
class Converted:
    """What became of the messages of a file."""

    report: Report
    messages: list[dict[str, Any]] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    losses: list[tuple[str, Loss]] = field(default_factory=list)
    skipped: int = 0


def convert(  # noqa: PLR0913, PLR0917  # each is an argument or option of the command
    ctx: typer.Context,
    file: FileArgument,
    to: ToOption,
    out_file: OutOption = "",
    policy_name: PolicyOption = PolicyName.STRICT,
    agreement: AgreementOption = "",
    sender: PartyOption = "",
    recipient: PartyOption = "",
    reference: Annotated[str, typer.Option(help="Interchange reference; of the source if not given.")] = "",
    syntax: SyntaxOption = "UNOC:3",
    as_json: AsJson = False,
) -> None:
    """Convert messages to another format, and say what was found and what could not be carried.

    Findings and losses go to standard error. Exits with 1 when a finding rejects a message; what could be read is
    written all the same.
    """
    target = parse_target(to)
    content = open_content(file)
    standards = app.standards(state_of(ctx).folder)
    by = terms(ctx, policy_name, agreement)
    envelopes = _envelopes(standards, content, sender, recipient, reference, syntax)
    sink = Sink(target, out_file, Path(file).stem if content.path else "message")
    converted = Converted(Report(content.name))
    explainer = Explainer(standards, content)
    complete = False
    try:
        for item in understand(standards, content, by):
            _find(converted, item, explainer, keep=as_json)
            _take(converted, item, standards, target, envelopes, None if as_json and not out_file else sink)
        complete = True
    finally:
        sink.close(complete=complete)
    if as_json:
        print_json(_as_json(converted, content))
    else:
        _tell(converted)
    if converted.report.rejects or converted.skipped:
        raise typer.Exit(REJECTED)


def parse_target(text: str) -> Target:
    """Return the target that `--to` names; raises a usage error."""
    if text == CANONICAL:
        return Target(None)
    try:
        return Target(parse_type(text))
    except ValueError as error:
        raise typer.BadParameter(f"{error}; or canonical", param_hint="--to") from error


def write(
    standards: Standards, document: Part, target: Target, envelopes: Envelopes, number: int
) -> tuple[bytes, tuple[Loss, ...]]:
    """Return a document in the target's format, and what of it could not be carried."""
    if target.type is None:
        return (json.dumps(to_values(document), ensure_ascii=False) + "\n").encode(), ()
    output = standards.write(document, target.type, envelopes.envelope(target.type, number))
    newline = b"" if output.content.endswith(b"\n") else b"\n"
    return output.content + newline, output.losses


def _find(converted: Converted, item: Item, explainer: Explainer, *, keep: bool) -> None:
    """Take note of the findings of an item; `keep` each one for JSON."""
    for finding in item.interchange.findings if isinstance(item, Ended) else item.findings:
        if keep:
            converted.told.append(explainer.remark(item, finding).as_dict())
        converted.report.add(finding, partial(explainer.remark, item, finding))


def _take(
    converted: Converted, item: Any, standards: Standards, target: Target, envelopes: Envelopes, sink: Sink | None
) -> None:
    if not isinstance(item, Understood):
        return
    made: dict[str, Any] = {
        "number": item.number,
        "type": str(item.type or CANONICAL),
        "reference": item.reference,
        "document": type(item.document).__name__ if item.document is not None else None,
        "rejected": item.rejected,
    }
    converted.messages.append(made)
    if item.document is None:
        converted.skipped += 1
        return
    content, losses = _written(standards, item, target, envelopes)
    converted.losses += [(item.title, loss) for loss in losses]
    made["losses"] = [{"path": loss.path, "value": loss.value, "why": loss.why} for loss in losses]
    if sink is None:
        made["content"] = content.decode("utf-8", "replace")
    else:
        made["file"] = sink.write(content)


def _written(
    standards: Standards, item: Understood, target: Target, envelopes: Envelopes
) -> tuple[bytes, tuple[Loss, ...]]:
    if item.document is None:
        return b"", ()
    try:
        return write(standards, item.document, target, envelopes, item.number)
    except EncodeError as error:
        raise EncodeError(f"message {item.number} ({item.title}): {error}") from error


def _envelopes(
    standards: Standards, content: Content, sender: str, recipient: str, reference: str, syntax: str
) -> Envelopes:
    """Return how to address outputs: as the options say, else as the source is addressed."""
    adapter = None if content.is_canonical else standards.recognise(content.head)
    source = adapter.envelope(content.head) if adapter is not None else Envelope("")
    return Envelopes(
        _party(sender) or source.sender or Party("PIERHEAD"),
        _party(recipient) or source.recipient or Party("RECIPIENT"),
        reference or source.reference or interchange_reference(content.name),
        syntax,
        source.test,
    )


def _party(text: str) -> Party | None:
    identifier, _, qualifier = text.partition(":")
    return Party(identifier, qualifier) if identifier else None


def _as_json(converted: Converted, content: Content) -> dict[str, Any]:
    return {
        "file": content.name,
        "messages": converted.messages,
        "findings": converted.told,
        "rejected": converted.report.rejects,
    }


def _tell(converted: Converted) -> None:
    console = err()
    converted.report.show(console)
    if converted.losses:
        console.print(rows("not carried", ("message", "path", "value", "why"), _losses(converted)))
        if len(converted.losses) > _SHOWN:
            console.print(f"and {len(converted.losses) - _SHOWN} more; --json lists them all", style="dim")
    told = f"{counted(len(converted.messages), 'message')}: {in_short(converted.report.severities)}, "
    told += f"{counted(len(converted.losses), 'value')} not carried"
    if converted.skipped:
        told += f", {converted.skipped} not converted (no map reads them)"
    console.print(told)


def _losses(converted: Converted) -> Iterator[tuple[str, str, str, str]]:
    for title, loss in converted.losses[:_SHOWN]:
        yield title, loss.path, loss.value[:80], loss.why
