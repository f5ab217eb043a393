"""How `pierhead validate` tells what it found: to people, as JSON, and as SARIF."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import IO, Any, Protocol

from rich.markup import escape
from rich.text import Text

from gateway.cli.content import Content, shown
from gateway.cli.findings import Report, in_short
from gateway.cli.output import counted, out, row, rows, table
from gateway.cli.reading import Item
from gateway.cli.remark import Explainer, Remark
from gateway.cli.sarif import Sarif
from gateway.model.finding import Finding, Severity
from gateway.validation.controls import ControlTotal

#: Messages that a result lists, and those that people are shown; the others are counted.
LISTED, _SHOWN = 10_000, 50


@dataclass(frozen=True, slots=True)
class Judged:
    """One message or canonical document, and what was found in it; or an interchange (number 0), messages apart."""

    number: int
    type: str
    reference: str
    document: str | None
    segments: int
    rejected: bool
    errors: int
    warnings: int
    notes: int
    controls: tuple[ControlTotal, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return everything for JSON."""
        return asdict(self) | {"controls": [control._asdict() for control in self.controls]}


@dataclass(slots=True)
class Validated:
    """What validating one file found, findings counted."""

    content: Content
    standard: str = ""
    messages: list[Judged] = field(default_factory=list)
    outside: list[Judged] = field(default_factory=list)
    number: int = 0
    segments: int = 0
    interchanges: int = 0
    contrls: list[str] = field(default_factory=list)
    severities: Counter[Severity] = field(default_factory=Counter)
    codes: Counter[tuple[str, Severity]] = field(default_factory=Counter)

    @property
    def rejected(self) -> bool:
        """Whether a finding rejects anything of the file."""
        return self.severities[Severity.ERROR] > 0

    def as_dict(self) -> dict[str, Any]:
        """Return everything but the findings for JSON."""
        return {
            "standard": self.standard,
            "rejected": self.rejected,
            "bytes": self.content.size,
            "interchanges": self.interchanges,
            "segments": self.segments,
            "messages": [message.as_dict() for message in self.messages],
            "outside_messages": [interchange.as_dict() for interchange in self.outside],
            "messages_not_listed": self.number - len(self.messages),
            "codes": [
                {"code": code, "severity": str(kind), "count": number}
                for (code, kind), number in self.codes.most_common()
            ],
            "contrl": self.contrls,
            **{f"{kind}s": self.severities[kind] for kind in Severity},
        }


@dataclass(eq=False)
class Case:
    """A finding as it came; it is explained when somebody asks."""

    explainer: Explainer
    item: Item
    finding: Finding

    @cached_property
    def remark(self) -> Remark:
        """The finding explained."""
        return self.explainer.remark(self.item, self.finding)


class Teller(Protocol):
    """Tells somebody what was found, file by file."""

    def begin(self, content: Content) -> None:
        """Start a file."""

    def add(self, case: Case) -> None:
        """Take the next finding."""

    def end(self, result: Validated) -> None:
        """Take what is known at the end of the file."""

    def close(self, results: Sequence[tuple[str, bool]]) -> None:
        """End it all: each file, and whether it is rejected."""


class SarifTeller:
    """Writes every finding into one SARIF log."""

    def __init__(self, log: Sarif) -> None:
        self._log = log
        log.begin()

    def begin(self, content: Content) -> None:
        """Name the file."""
        self._log.artifact(content.name, content.path)

    def add(self, case: Case) -> None:
        """Write a result."""
        self._log.add(case.remark)

    def end(self, result: Validated) -> None:
        """Do nothing: a log has no end of a file."""

    def close(self, results: Sequence[tuple[str, bool]]) -> None:  # noqa: ARG002  # a log has no verdict
        """Write the end of the log."""
        self._log.end()


class JsonTeller:
    """Writes one JSON object, findings as they come, one on a line."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._files = self._findings = 0
        file.write('{"files": [')

    def begin(self, content: Content) -> None:
        """Start the object of a file."""
        self._file.write(
            ("," if self._files else "") + "\n" + '{"file": ' + json.dumps(content.name) + ', "findings": ['
        )
        self._files += 1
        self._findings = 0

    def add(self, case: Case) -> None:
        """Write a finding."""
        self._file.write("," if self._findings else "")
        self._file.write("\n  " + json.dumps(case.remark.as_dict(), ensure_ascii=False, default=str))
        self._findings += 1

    def end(self, result: Validated) -> None:
        """Write what is known of a file at its end."""
        rest = json.dumps(result.as_dict(), ensure_ascii=False, indent=1)
        self._file.write("\n],\n" + rest[2:])

    def close(self, results: Sequence[tuple[str, bool]]) -> None:
        """Write the verdict."""
        self._file.write('\n], "rejected": ' + json.dumps(any(rejected for _, rejected in results)) + "}\n")


class Screen:
    """Prints a report for people at the end of each file."""

    def __init__(self) -> None:
        self._report = Report("")

    def begin(self, content: Content) -> None:
        """Start a report."""
        self._report = Report(content.name)

    def add(self, case: Case) -> None:
        """Take note of a finding."""
        self._report.add(case.finding, lambda: case.remark)

    def end(self, result: Validated) -> None:
        """Print the report, the summary and the verdict."""
        console = out()
        console.rule(Text(result.content.name, style="bold"), align="left", style="dim")
        self._report.show(console)
        _summarise(result, self._report)
        for contrl in result.contrls:
            console.print("CONTRL", style="bold")
            console.print("\n".join(contrl.splitlines()), markup=False)
        verdict = "[bold red]rejected[/]" if result.rejected else "[green]accepted[/]"
        console.print(f"{verdict}: {counted(result.number, 'message')}, {in_short(result.severities)}")

    def close(self, results: Sequence[tuple[str, bool]]) -> None:
        """Print how many files there were."""
        if len(results) > 1:
            rejected = sum(rejected for _, rejected in results)
            out().print(f"{counted(len(results), 'file')}, {rejected} rejected", style="bold")


def _summarise(result: Validated, report: Report) -> None:
    console = out()
    made = table("#", "type", "reference", "#segments", "#errors", "#warnings", "verdict")
    made.padding = (0, 1, 0, 0)
    for column in made.columns[3:]:
        column.no_wrap = True
    messages = sorted(result.messages, key=lambda one: not one.rejected)[:_SHOWN]
    for one in (*sorted(messages, key=lambda one: one.number), *result.outside[:_SHOWN]):
        verdict = Text("rejected", style="bold red") if one.rejected else Text("accepted", style="green")
        counts = (one.segments or "", one.errors, one.warnings)
        row(made, one.number or "", one.type, shown(one.reference), *counts, verdict)
    if made.rows:
        console.print(made)
    if result.number > _SHOWN:
        console.print(f"and {counted(result.number - _SHOWN, 'message')} more; --json lists them", style="dim")
    unread = Counter(one.type for one in result.messages if one.document is None)
    for type_, number in unread.items():
        why = f"no map reads {type_}, so the content" if type_ else "what it is cannot be read, so the content"
        console.print(escape(f"{why} of {counted(number, 'message')} was not checked"))
    if report.codes:
        if made.rows:
            console.print()
        console.print(report.summary())
    controls = [(one.number, *control) for one in messages for control in one.controls]
    if controls:
        console.print()
        console.print(rows("", ("#message", "control total", "#declared", "#counted"), controls))
    if result.interchanges:
        console.print(escape(_arrived(result)), style="dim")


def _arrived(result: Validated) -> str:
    """Return the totals of what arrived."""
    parts = [
        counted(result.interchanges, "interchange"),
        counted(result.number, "message"),
        counted(result.segments, "segment") if result.standard == "edifact" else "",
        counted(result.content.size, "byte"),
    ]
    return "arrived: " + ", ".join(part for part in parts if part)
