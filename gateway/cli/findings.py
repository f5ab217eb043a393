"""Findings for people: place, text, the line as received with a caret, remedy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.table import Table
from rich.text import Text

from gateway.cli.content import Content
from gateway.cli.output import STYLES, counted, severity, table
from gateway.model.finding import Finding, Position, Severity

_VALUE = 120  # characters of a value that a line shows
_SHOWN = 200  # findings that a table shows; the others are counted


def findings_table(findings: Sequence[Finding], content: Content | None = None) -> Table:
    """Return a table of the first findings, each with its line as received where there is one."""
    made = table("severity", "code", "place", "finding")
    if len(findings) > _SHOWN:
        made.caption = f"and {len(findings) - _SHOWN} more; --json lists them all"
    for finding in findings[:_SHOWN]:
        made.add_row(severity(finding.severity), Text(finding.code), _place(finding), _told(finding, content))
    return made


def _place(finding: Finding) -> Text:
    """Return where, a line for each part; the canonical path where nothing else is known."""
    position = finding.position
    first = []
    if position.message:
        first.append(f"message {position.message}")
    if position.segment is not None:
        first.append(f"segment {position.segment}")
    if position.tag and not position.xpath:
        first.append(position.tag)
    inside = [f"element {position.element}"] if position.element is not None else []
    if position.component is not None:
        inside.append(f"component {position.component}")
    if position.name and not position.xpath:
        inside.append(f"({position.name})")
    at = [f"line {position.line}"] if position.line is not None else []
    if position.offset is not None:
        at.append(f"byte {position.offset}")
    lines = [" ".join(part) for part in (first, inside, [position.xpath], at) if any(part)]
    return Text("\n".join(lines) or finding.path or "whole message")


def _told(finding: Finding, content: Content | None) -> Text:
    made = Text(finding.text)
    if finding.path and finding.position != Position():
        made.append(f"\n{finding.path}", style="dim")
    excerpt = content.excerpt(finding.position, finding.value) if content is not None else None
    if excerpt is not None:
        made.append(f"\n  {excerpt.text}", style="bright_black")
        if excerpt.caret:
            made.append(f"\n  {excerpt.caret}", style=STYLES[finding.severity])
    elif finding.value and finding.value not in finding.text:
        made.append(f"\n  {finding.value[:_VALUE]}", style="bright_black")
    if finding.remedy:
        made.append(f"\n{finding.remedy}", style="italic")
    return made


def told_in_short(findings: Iterable[Finding]) -> str:
    """Return "2 errors, 1 warning", or "nothing to report"."""
    found = list(findings)
    numbers = [(sum(one.severity is kind for one in found), str(kind)) for kind in Severity]
    return ", ".join(counted(number, noun) for number, noun in numbers if number) or "nothing to report"
