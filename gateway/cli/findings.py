"""Findings for people: what is wrong, the text as received with a caret, names, rule and remedy; like ones together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gateway.cli.content import shown
from gateway.cli.output import STYLES, counted, rows, severity, table
from gateway.cli.remark import Remark, likeness
from gateway.model.finding import Finding, Position, Severity

_SHOWN = 200  # findings that a table shows; the others are counted
_KINDS = 500  # kinds of finding that a report keeps apart; findings of others are counted
_ALSO = 4  # further places named of one kind of finding
_INDENT, _NARROWEST = 9, 20  # columns before the details of a finding, and the fewest for them
_VALUE = 120  # characters of a value that a line shows
_ORDER = {kind: number for number, kind in enumerate(Severity)}


@dataclass(slots=True, eq=False)
class Alike:
    """Findings that say the same of different places: the first explained, some others, and how many there are."""

    first: Remark
    others: list[Remark] = field(default_factory=list)
    number: int = 1

    @property
    def order(self) -> tuple[int, int]:
        """The gravest first, then as they stand in the file."""
        quote = self.first.quote
        return _ORDER[self.first.finding.severity], quote.first if quote is not None else -1


@dataclass(slots=True, eq=False)
class Report:
    """The findings of one file, in bounded memory."""

    file: str
    severities: Counter[Severity] = field(default_factory=Counter)
    codes: Counter[tuple[Severity, str]] = field(default_factory=Counter)
    titles: dict[str, str] = field(default_factory=dict)
    left_out: int = 0
    _alike: dict[tuple[object, ...], Alike] = field(default_factory=dict)

    @property
    def rejects(self) -> bool:
        """Whether any of the findings rejects."""
        return self.severities[Severity.ERROR] > 0

    def add(self, finding: Finding, explained: Callable[[], Remark]) -> None:
        """Count a finding, and have it explained if it will be shown."""
        self.severities[finding.severity] += 1
        self.codes[finding.severity, finding.code] += 1
        if finding.code not in self.titles:
            self.titles[finding.code] = explained().clause.title
        found = self._alike.get(likeness(finding))
        if found is not None:
            found.number += 1
            if len(found.others) < _ALSO:
                found.others.append(explained())
        elif len(self._alike) < _KINDS:
            self._alike[likeness(finding)] = Alike(explained())
        else:
            self.left_out += 1

    def show(self, console: Console) -> None:
        """Print each kind of finding."""
        for alike in sorted(self._alike.values(), key=lambda one: one.order):
            _show(console, self.file, alike)
            console.print()
        if self.left_out:
            console.print(
                f"and {counted(self.left_out, 'finding')} of other kinds; --json lists them all\n", style="dim"
            )

    def summary(self) -> Table:
        """Return a table of the codes: how often each was given, and what it means."""
        every = sorted(self.codes.items(), key=lambda one: (_ORDER[one[0][0]], one[0][1]))
        lines = [(severity(kind), code, number, self.titles[code]) for (kind, code), number in every]
        return rows("", ("severity", "code", "#count", "meaning"), lines)


def _show(console: Console, file: str, alike: Alike) -> None:
    one = alike.first
    style = STYLES[one.finding.severity]
    head = Text(f"{one.finding.severity} {one.finding.code}", style=style)
    console.print(head.append(f"  {shown(one.finding.text)}", style="bold default"), soft_wrap=False)
    _show_excerpt(console, file, one, style)
    for label, text in _details(alike):
        lines = Text(text).wrap(console, max(console.width - _INDENT, _NARROWEST))
        for number, line in enumerate(lines):
            line.rstrip()
            named = f"  {label}" if number == 0 else ""
            console.print(Text.assemble((named.ljust(_INDENT), "dim"), line), crop=False, no_wrap=True)


def _show_excerpt(console: Console, file: str, one: Remark, style: str) -> None:
    if one.spot is None:
        return
    gutter = f"{one.spot.line} "
    margin = " " * cell_len(gutter)
    at = Text(f"{margin}--> {file}:{one.spot.line}:{one.spot.column}", style="blue")
    console.print(at, no_wrap=True, overflow="ignore", crop=False)
    if one.passage is None or not one.passage.text:
        return
    excerpt = one.passage.excerpt(console.width - len(gutter) - 4)
    console.print(Text.assemble((f" {gutter}| ", "blue"), excerpt.text), no_wrap=True, overflow="ignore", crop=False)
    caret = Text.assemble((f" {margin}| ", "blue"), (excerpt.caret, style))
    console.print(caret, no_wrap=True, overflow="ignore", crop=False)


def _details(alike: Alike) -> Iterator[tuple[str, str]]:
    """Yield what there is to say of a kind of finding, each with what it is."""
    one = alike.first
    yield "place", _place(one)
    called = ", ".join(name for name in (one.names.record, one.names.element, one.names.component) if name)
    if called and called != one.finding.position.tag:
        yield "name", called
    if one.finding.path:
        yield "field", one.finding.path
    value = one.finding.value
    if value and value not in one.finding.text and one.passage is None:
        yield "value", shown(value[:_VALUE])
    yield "rule", ": ".join(part for part in (one.clause.title, one.clause.source) if part)
    if one.remedy:
        yield "remedy", one.remedy
    if alike.number > 1:
        yield "also", "\n".join(_also(alike))


def _place(remark: Remark) -> str:
    """Return where, in the sender's own terms."""
    position = remark.finding.position
    parts = []
    if remark.number:
        named = position.message and position.message != str(remark.number)
        parts.append(f"message {remark.number}" + (f" (reference {shown(position.message)})" if named else ""))
    if position.xpath:
        parts.append(position.xpath)
    elif position.segment is not None:
        parts.append(f"segment {position.segment} {position.tag}".strip())
    elif position.tag:
        parts.append(position.tag)
    if position.element is not None:
        parts.append(f"element {position.element}")
    if position.component is not None:
        parts.append(f"component {position.component}")
    if position.occurrence is not None:
        parts.append(f"occurrence {position.occurrence}")
    if position.offset is not None:
        parts.append(f"byte {position.offset}")
    return ", ".join(parts) or "the document as a whole"


def _also(alike: Alike) -> Iterator[str]:
    """Yield the further places of a kind of finding, with what is said of each where that differs."""
    rest = alike.number - 1 - len(alike.others)
    more = f"and {rest} more of these" if rest else ""
    if all(other.finding.text == alike.first.finding.text for other in alike.others):
        places = ", ".join(_short(other) for other in alike.others)
        yield f"at {places} {more}".strip()
        return
    for other in alike.others:
        yield f"{_short(other)}  {shown(other.finding.text)}"
    if more:
        yield more


def _short(remark: Remark) -> str:
    if remark.spot is not None:
        return f"{remark.spot.line}:{remark.spot.column}"
    return remark.finding.path or str(remark.finding.position)


def findings_table(findings: Sequence[Finding]) -> Table:
    """Return a table of the first findings, for a page on something else."""
    made = table("severity", "code", "place", "finding")
    if len(findings) > _SHOWN:
        made.caption = f"and {len(findings) - _SHOWN} more; --json lists them all"
    for finding in findings[:_SHOWN]:
        known = finding.position != Position()
        place = str(finding.position) if known else finding.path
        told = "\n".join(part for part in (shown(finding.text), finding.remedy) if part)
        made.add_row(severity(finding.severity), Text(finding.code), Text(place or "whole message"), Text(told))
    return made


def in_short(severities: Counter[Severity]) -> str:
    """Return "2 errors, 1 warning", or "nothing to report", from how many there are of each."""
    numbers = [(severities[kind], str(kind)) for kind in Severity]
    return ", ".join(counted(number, noun) for number, noun in numbers if number) or "nothing to report"
