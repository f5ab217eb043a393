"""`pierhead validate`: decode, structure, rules; every finding at its place, for people, programs and editors."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import IO, Annotated, Any, Protocol

import typer
from rich.markup import escape
from rich.text import Text

from gateway import app
from gateway.cli.content import Content, open_content, shown
from gateway.cli.findings import Report, in_short
from gateway.cli.output import REJECTED, AsJson, counted, out, row, table
from gateway.cli.reading import (
    Ended,
    FilesArgument,
    Item,
    PolicyName,
    PolicyOption,
    Understood,
    policy,
    understand,
)
from gateway.cli.remark import Explainer, Remark
from gateway.cli.sarif import Sarif
from gateway.cli.state import state_of
from gateway.errors import SettingsError
from gateway.model.finding import Finding, Severity
from gateway.pipeline.outputs import interchange_reference
from gateway.pipeline.standards import Standards

Contrl = Annotated[bool, typer.Option("--contrl", help="Show the CONTRL that would be sent.")]
SarifFile = Annotated[
    str, typer.Option("--sarif", metavar="FILE", help="Write SARIF 2.1.0 for editors; - is standard output.")
]

#: Messages that a result lists, and those that people are shown; the others are counted.
_LISTED, _SHOWN = 10_000, 50


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
            "messages": [asdict(message) for message in self.messages],
            "outside_messages": [asdict(interchange) for interchange in self.outside],
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


def validate(  # each is an argument or option of the command
    ctx: typer.Context,
    files: FilesArgument,
    policy_name: PolicyOption = PolicyName.STRICT,
    contrl: Contrl = False,
    sarif: SarifFile = "",
    as_json: AsJson = False,
) -> None:
    """Say what is wrong with messages, and where: syntax, structure, code lists, business rules.

    Exits with 1 when a finding rejects a message.
    """
    if sarif == "-" and as_json:
        raise typer.BadParameter(
            "standard output takes either JSON or SARIF: give --sarif a file", param_hint="--sarif"
        )
    standards = app.standards(state_of(ctx).site_mappings)
    contents = [open_content(file) for file in files]
    results = []
    with ExitStack() as stack:
        tellers: list[Teller] = []
        if sarif:
            tellers.append(SarifTeller(Sarif(_opened(sarif, stack))))
        if as_json:
            tellers.append(JsonTeller(sys.stdout))
        elif sarif != "-":
            tellers.append(Screen())
        for content in contents:
            result = _validated(standards, content, policy_name, tellers, contrl=contrl)
            results.append((content.name, result.rejected))
        for teller in tellers:
            teller.close(results)
    if any(rejected for _, rejected in results):
        raise typer.Exit(REJECTED)


def _opened(name: str, stack: ExitStack) -> IO[str]:
    if name == "-":
        return sys.stdout
    try:
        return stack.enter_context(open(name, "w", encoding="utf-8"))  # noqa: PTH123  # closed by the stack
    except OSError as error:
        raise SettingsError(f"{name}: cannot be written: {error.strerror}") from error


def _validated(
    standards: Standards, content: Content, policy_name: str, tellers: Sequence[Teller], *, contrl: bool
) -> Validated:
    result = Validated(content)
    explainer = Explainer(standards, content)
    for teller in tellers:
        teller.begin(content)
    for item in understand(standards, content, policy(policy_name), gathered=contrl):
        found = item.interchange.findings if isinstance(item, Ended) else item.findings
        _count(result, item, found)
        for finding in found:
            case = Case(explainer, item, finding)
            for teller in tellers:
                teller.add(case)
        if contrl and isinstance(item, Ended):
            result.contrls += _contrl(standards, item, f"{content.name}.{len(result.contrls) + 1}")
    for teller in tellers:
        teller.end(result)
    return result


def _count(result: Validated, item: Item, found: Iterable[Finding]) -> None:
    severities = Counter(finding.severity for finding in found)
    result.severities += severities
    result.codes.update((finding.code, finding.severity) for finding in found)
    if isinstance(item, Ended):
        result.interchanges += 1
        envelope = item.interchange.envelope
        result.standard = envelope.standard or result.standard
        if severities and len(result.outside) < _LISTED:
            result.outside.append(_judged(severities, 0, "interchange", envelope.reference))
    elif isinstance(item, Understood):
        result.standard = item.type.standard if item.type else "canonical"
        result.number += 1
        segments = len(item.message.records) if item.message is not None else 0
        result.segments += segments
        if len(result.messages) < _LISTED:
            document = type(item.document).__name__ if item.document is not None else None
            called = str(item.type or "")
            result.messages.append(_judged(severities, item.number, called, item.reference, document, segments))


def _judged(  # the fields of a line of the summary
    severities: Counter[Severity],
    number: int,
    type_: str,
    reference: str,
    document: str | None = None,
    segments: int = 0,
) -> Judged:
    return Judged(
        number=number,
        type=type_,
        reference=reference,
        document=document,
        segments=segments,
        rejected=severities[Severity.ERROR] > 0,
        errors=severities[Severity.ERROR],
        warnings=severities[Severity.WARNING],
        notes=severities[Severity.NOTE],
    )


def _contrl(standards: Standards, ended: Ended, seed: str) -> Iterator[str]:
    adapter = standards.adapters.get(ended.interchange.envelope.standard)
    if adapter is None:
        return
    written = adapter.acknowledge(
        ended.interchange, ended.findings, reference=interchange_reference(seed), now=app.now()
    )
    if written is not None:
        yield written.decode("utf-8", "replace")


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
    for one in (*result.messages[:_SHOWN], *result.outside[:_SHOWN]):
        verdict = Text("rejected", style="bold red") if one.rejected else Text("accepted", style="green")
        counts = (one.segments or "", one.errors, one.warnings)
        row(made, one.number or "", one.type, shown(one.reference), *counts, verdict)
    if made.rows:
        console.print(made)
    if result.number > _SHOWN:
        console.print(f"and {counted(result.number - _SHOWN, 'message')} more; --json lists them", style="dim")
    for one in result.messages[:_SHOWN]:
        if one.document is None:
            unread = "no map reads it, so its content was not checked" if one.type else "it cannot be read"
            console.print(f"message {one.number}: {unread}")
    if report.codes:
        if made.rows:
            console.print()
        console.print(report.summary())
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
