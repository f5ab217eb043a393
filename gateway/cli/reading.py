"""Reading a file of any format that is known: EDIFACT, WCO XML, canonical JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import typer

from gateway.cli.content import Content
from gateway.cli.terms import Terms
from gateway.model.base import Part
from gateway.model.finding import Finding, Position, Severity
from gateway.model.policy import Policy
from gateway.model.stages import Interchange, Message, MessageType
from gateway.pipeline.canonical import from_json
from gateway.pipeline.standards import Standards, not_recognised
from gateway.plugin import Adapter
from gateway.validation import check


class PolicyName(StrEnum):
    """The presets of `gateway.model.policy`, by name."""

    STRICT = "strict"
    TOLERANT = "tolerant"
    REPORT_ONLY = "report-only"


PolicyOption = Annotated[PolicyName, typer.Option("--policy", help="How severe each class of finding is.")]
_FORMATS = "EDIFACT, WCO XML or canonical JSON; - is standard input."
FileArgument = Annotated[str, typer.Argument(metavar="FILE", help=_FORMATS)]
FilesArgument = Annotated[list[str], typer.Argument(metavar="FILE...", help=_FORMATS)]


@dataclass(frozen=True, slots=True)
class Understood:
    """One message of a file, or one canonical document: `message` and `type` are None for the latter."""

    number: int
    type: MessageType | None
    reference: str
    document: Part | None
    findings: tuple[Finding, ...]
    message: Message | None = None

    @property
    def rejected(self) -> bool:
        """Whether any finding rejects it."""
        return rejects(self.findings)

    @property
    def title(self) -> str:
        """What to call it: the type and reference of a message, the class of a document."""
        if self.type is None:
            return type(self.document).__name__ if self.document is not None else f"document {self.number}"
        return f"{self.type} {self.reference}".strip()


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of one interchange; `findings` are those on it and on its messages, where they were gathered."""

    interchange: Interchange
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """The content is of no standard known here."""

    findings: tuple[Finding, ...]


Item = Understood | Ended | Unknown


def understand(standards: Standards, content: Content, by: Terms, *, gathered: bool = False) -> Iterator[Item]:
    """Yield each message as it ends, and each interchange after its messages; one message is held at a time.

    With `gathered`, every finding of an interchange is held until it ends, as its acknowledgment needs them all.
    """
    if content.is_canonical:
        yield from _canonical(content, by.policy)
        return
    adapter = standards.recognise(content.head)
    if adapter is None:
        yield Unknown((not_recognised(content.head),))
        return
    yield from _messages(standards, adapter, content, by, gathered=gathered)


def _messages(standards: Standards, adapter: Adapter, content: Content, by: Terms, *, gathered: bool) -> Iterator[Item]:
    number, inside = 0, list[Finding]()
    for item in standards.read(adapter, content.chunks(), by.policy, by.conventions):
        if isinstance(item, Interchange):
            yield Ended(item, (*item.findings, *inside))
            inside = []
            continue
        number += 1
        if gathered:
            inside += item.findings
        yield Understood(number, item.message.type, item.message.reference, item.document, item.findings, item.message)


def _canonical(content: Content, judged_by: Policy) -> Iterator[Item]:
    text = content.whole.decode("utf-8", "replace")
    for number, reading in enumerate(from_json(text), 1):
        found = reading.findings if reading.document is None else check(reading.document)
        yield Understood(number, None, "", reading.document, judged_by.judge_all(found))


def rejects(findings: Iterable[Finding]) -> bool:
    """Whether any of the findings rejects."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def counts(findings: Sequence[Finding]) -> dict[str, int]:
    """Return how many findings there are of each severity."""
    return {f"{severity}s": sum(finding.severity is severity for finding in findings) for severity in Severity}


def as_dict(finding: Finding) -> dict[str, Any]:
    """Return a finding for JSON, with its place in words."""
    known = finding.position != Position()
    return finding.as_dict() | {"place": str(finding.position) if known else finding.path or "whole message"}
