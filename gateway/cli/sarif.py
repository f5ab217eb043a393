"""Findings for editors and code scanners: one SARIF 2.1.0 log, written as the findings come.

OASIS Static Analysis Results Interchange Format 2.1.0. The members of a run have no order, so results are written
before the rules they name, and memory is bounded by the number of rules.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from gateway.cli.lines import Spot
from gateway.cli.remark import Remark
from gateway.version import __version__

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


@dataclass(slots=True, eq=False)
class Sarif:
    """A log being written: one run over all files."""

    file: IO[str]
    _rules: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    _artifacts: list[dict[str, Any]] = field(default_factory=list)
    _first: bool = True

    def begin(self) -> None:
        """Write the start of the log."""
        self.file.write(f'{{"version": "2.1.0", "$schema": "{_SCHEMA}", "runs": [{{"results": [')

    def artifact(self, name: str, path: Path | None) -> None:
        """Say which file the results that follow are about."""
        self._artifacts.append({"location": _location(name, path)})

    def add(self, remark: Remark) -> None:
        """Write one result."""
        self.file.write(("" if self._first else ",") + "\n")
        self._first = False
        json.dump(self._result(remark), self.file, ensure_ascii=False)

    def end(self) -> None:
        """Write the rules, and close the log."""
        rules = [rule for _, rule in self._rules.values()]
        driver = {"name": "Pierhead", "version": __version__, "rules": rules}
        rest = {
            "tool": {"driver": driver},
            "artifacts": self._artifacts,
            "columnKind": "unicodeCodePoints",
            "invocations": [{"executionSuccessful": True}],
        }
        members = json.dumps(rest, ensure_ascii=False, indent=1)
        self.file.write("\n]," + members[1:-1].rstrip() + "\n}]}\n")

    def _result(self, remark: Remark) -> dict[str, Any]:
        finding = remark.finding
        message = finding.text + (f" ({remark.remedy})" if remark.remedy else "")
        properties = {
            "kind": str(finding.kind),
            "source": remark.clause.source,
            "value": finding.value,
            "path": finding.path,
        }
        return {
            "ruleId": finding.code,
            "ruleIndex": self._rule(remark),
            "level": str(finding.severity),
            "message": {"text": message},
            "locations": [self._place(remark)],
            "properties": {name: value for name, value in properties.items() if value},
        }

    def _rule(self, remark: Remark) -> int:
        code = remark.finding.code
        if code not in self._rules:
            title = remark.clause.title or code
            told = f"{remark.clause.remedy or title} See {remark.page}."
            rule = {
                "id": code,
                "shortDescription": {"text": title},
                "help": {"text": told, "markdown": f"{remark.clause.remedy or title} See [{code}]({remark.page})."},
                "defaultConfiguration": {"level": str(remark.finding.severity)},
                "properties": {"page": remark.page},
            }
            self._rules[code] = len(self._rules), rule
        return self._rules[code][0]

    def _place(self, remark: Remark) -> dict[str, Any]:
        number = len(self._artifacts) - 1
        physical: dict[str, Any] = {"artifactLocation": {**self._artifacts[number]["location"], "index": number}}
        at, passage = remark.quote, remark.passage
        if at is not None and passage is not None and remark.spot is not None and remark.end is not None:
            physical["region"] = _region(at.first, at.last, remark.spot, remark.end, passage.meant)
            if remark.around is not None and (at.start, at.stop) != (at.first, at.last):
                physical["contextRegion"] = _region(at.start, at.stop, *remark.around, passage.text)
        logical = _logical(remark)
        return {"physicalLocation": physical} | ({"logicalLocations": [logical]} if logical else {})


def _region(first: int, last: int, start: Spot, end: Spot, text: str) -> dict[str, Any]:
    return {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
        "byteOffset": first,
        "byteLength": last - first,
        "snippet": {"text": text},
    }


def _logical(remark: Remark) -> dict[str, Any]:
    """Return the place in the sender's own terms, outermost first: message, segment, element."""
    at = remark.finding.position
    parts = [("message", f"{remark.type} {at.message}".strip())] if remark.number and remark.type else []
    if at.xpath:
        parts.append(("element", at.xpath))
    elif at.tag:
        parts.append(("segment", at.tag if at.segment is None else f"{at.segment} {at.tag}"))
    if at.element is not None:
        component = "" if at.component is None else f".{at.component}"
        called = (remark.names.component or remark.names.element).partition(" ")[0] or at.name
        occurrence = "" if at.occurrence is None else f" occurrence {at.occurrence}"
        parts.append(("element", f"{at.element}{component} {called}".strip() + occurrence))
    if not parts and remark.finding.path:
        parts.append(("member", remark.finding.path))
    if not parts:
        return {}
    kind, name = parts[-1]
    return {"name": name, "fullyQualifiedName": "/".join(part for _, part in parts), "kind": kind}


def _location(name: str, path: Path | None) -> dict[str, Any]:
    if path is None:
        return {"uri": quote(name), "description": {"text": name}}
    return {"uri": path.as_uri() if path.is_absolute() else quote(path.as_posix())}
