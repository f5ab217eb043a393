"""`pierhead validate`: decode, structure, rules; every finding at its place, for people, programs and editors."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import IO, Annotated

import typer

from gateway import app
from gateway.cli.content import Content, open_content
from gateway.cli.output import REJECTED, AsJson
from gateway.cli.reading import Ended, FilesArgument, Item, PolicyName, PolicyOption, Understood, understand
from gateway.cli.remark import Explainer
from gateway.cli.sarif import Sarif
from gateway.cli.state import state_of
from gateway.cli.telling import LISTED, Case, JsonTeller, Judged, SarifTeller, Screen, Teller, Validated
from gateway.cli.terms import AgreementOption, Terms, terms
from gateway.errors import SettingsError
from gateway.model.base import Part
from gateway.model.finding import Finding, Severity
from gateway.pipeline.outputs import interchange_reference
from gateway.pipeline.standards import Standards
from gateway.validation.controls import control_totals

Contrl = Annotated[bool, typer.Option("--contrl", help="Show the CONTRL that would be sent.")]
SarifFile = Annotated[
    str, typer.Option("--sarif", metavar="FILE", help="Write SARIF 2.1.0 for editors; - is standard output.")
]


def validate(  # each is an argument or option of the command
    ctx: typer.Context,
    files: FilesArgument,
    policy_name: PolicyOption = PolicyName.STRICT,
    agreement: AgreementOption = "",
    contrl: Contrl = False,
    sarif: SarifFile = "",
    as_json: AsJson = False,
) -> None:
    """Say what is wrong with messages, and where: syntax, structure, code lists, business rules.

    Exits with 1 when a finding rejects a message.
    """
    if sarif != "-" and sarif in files:
        raise typer.BadParameter(f"{sarif} is read: it cannot be written too", param_hint="--sarif")
    if sarif == "-" and as_json:
        raise typer.BadParameter(
            "standard output takes either JSON or SARIF: give --sarif a file", param_hint="--sarif"
        )
    standards = app.standards(state_of(ctx).folder)
    by = terms(ctx, policy_name, agreement)
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
            result = _validated(standards, content, by, tellers, contrl=contrl)
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
    standards: Standards, content: Content, by: Terms, tellers: Sequence[Teller], *, contrl: bool
) -> Validated:
    result = Validated(content)
    explainer = Explainer(standards, content)
    for teller in tellers:
        teller.begin(content)
    for item in understand(standards, content, by, gathered=contrl):
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
        if severities and len(result.outside) < LISTED:
            result.outside.append(_judged(severities, 0, "interchange", envelope.reference))
    elif isinstance(item, Understood):
        result.standard = item.type.standard if item.type else "canonical"
        result.number += 1
        segments = len(item.message.records) if item.message is not None else 0
        result.segments += segments
        if len(result.messages) < LISTED:
            called = str(item.type or "")
            result.messages.append(_judged(severities, item.number, called, item.reference, item.document, segments))


def _judged(  # the fields of a line of the summary
    severities: Counter[Severity],
    number: int,
    type_: str,
    reference: str,
    document: Part | None = None,
    segments: int = 0,
) -> Judged:
    return Judged(
        number=number,
        type=type_,
        reference=reference,
        document=type(document).__name__ if document is not None else None,
        segments=segments,
        rejected=severities[Severity.ERROR] > 0,
        errors=severities[Severity.ERROR],
        warnings=severities[Severity.WARNING],
        notes=severities[Severity.NOTE],
        controls=control_totals(document) if document is not None else (),
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
