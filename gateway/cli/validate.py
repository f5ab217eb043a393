"""`pierhead validate`: decode, structure, rules; every finding at its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.text import Text

from gateway import app
from gateway.cli.content import Content, open_content
from gateway.cli.findings import findings_table, told_in_short
from gateway.cli.output import REJECTED, AsJson, counted, out, print_json
from gateway.cli.reading import (
    Ended,
    FilesArgument,
    PolicyName,
    PolicyOption,
    Understood,
    Unknown,
    as_dict,
    counts,
    policy,
    rejects,
    understand,
)
from gateway.cli.state import state_of
from gateway.model.finding import Finding
from gateway.pipeline.outputs import interchange_reference
from gateway.pipeline.standards import Standards

Contrl = Annotated[bool, typer.Option("--contrl", help="Show the CONTRL that would be sent.")]


@dataclass(slots=True)
class Validated:
    """What validating one file found."""

    content: Content
    standard: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    contrls: list[str] = field(default_factory=list)

    @property
    def rejected(self) -> bool:
        """Whether a finding rejects anything of the file."""
        return rejects(self.findings)

    def as_dict(self) -> dict[str, Any]:
        """Return everything for JSON."""
        return {
            "file": self.content.name,
            "standard": self.standard,
            "rejected": self.rejected,
            "messages": self.messages,
            "findings": [as_dict(one, self.content.excerpt(one.position, one.value)) for one in self.findings],
            "contrl": self.contrls,
            **counts(self.findings),
        }


def validate(
    ctx: typer.Context,
    files: FilesArgument,
    policy_name: PolicyOption = PolicyName.STRICT,
    contrl: Contrl = False,
    as_json: AsJson = False,
) -> None:
    """Say what is wrong with messages, and where: syntax, structure, code lists, business rules.

    Exits with 1 when a finding rejects a message.
    """
    standards = app.standards(state_of(ctx).folder)
    results = []
    for file in files:
        result = _validated(standards, open_content(file), policy_name, contrl=contrl)
        results.append(result)
        if not as_json:
            _show(result)
    if as_json:
        print_json({"files": [result.as_dict() for result in results], "rejected": any(r.rejected for r in results)})
    elif len(results) > 1:
        rejected = sum(result.rejected for result in results)
        out().print(f"{counted(len(results), 'file')}, {rejected} rejected", style="bold")
    if any(result.rejected for result in results):
        raise typer.Exit(REJECTED)


def _validated(standards: Standards, content: Content, policy_name: str, *, contrl: bool) -> Validated:
    result = Validated(content)
    for item in understand(standards, content, policy(policy_name)):
        match item:
            case Understood():
                result.standard = item.type.standard if item.type else "canonical"
                result.findings += item.findings
                result.messages.append(_message(item))
            case Ended():
                result.standard = item.interchange.envelope.standard or result.standard
                result.findings += item.interchange.findings
                if contrl:
                    result.contrls += _contrl(standards, item, f"{content.name}.{len(result.contrls) + 1}")
            case Unknown():
                result.findings += item.findings
    return result


def _message(item: Understood) -> dict[str, Any]:
    return {
        "number": item.number,
        "type": str(item.type or ""),
        "reference": item.reference,
        "document": type(item.document).__name__ if item.document is not None else None,
        "rejected": item.rejected,
        **counts(item.findings),
    }


def _contrl(standards: Standards, ended: Ended, seed: str) -> Iterator[str]:
    adapter = standards.adapters.get(ended.interchange.envelope.standard)
    if adapter is None:
        return
    written = adapter.acknowledge(
        ended.interchange, ended.findings, reference=interchange_reference(seed), now=app.now()
    )
    if written is not None:
        yield written.decode("utf-8", "replace")


def _told(message: dict[str, Any]) -> str:
    """Return a message in a line: what it is called, the verdict, the document that was checked."""
    named = f"{message['type']} {message['reference']}".strip() or f"document {message['number']}"
    verdict = "[bold red]rejected[/]" if message["rejected"] else "[green]accepted[/]"
    unread = "no map reads it, so its content was not checked" if message["type"] else "it cannot be read"
    return f"{escape(named)}: {verdict}, {message['document'] or unread}"


def _show(result: Validated) -> None:
    console = out()
    console.rule(Text(result.content.name, style="bold"), align="left", style="dim")
    if result.findings:
        console.print(findings_table(result.findings, result.content))
    for message in result.messages:
        console.print(_told(message))
    for contrl in result.contrls:
        console.print("CONTRL", style="bold")
        console.print("\n".join(contrl.splitlines()), markup=False)
    verdict = "[bold red]rejected[/]" if result.rejected else "[green]accepted[/]"
    messages = counted(len(result.messages), "message")
    console.print(f"{verdict}: {messages}, {told_in_short(result.findings)}")
