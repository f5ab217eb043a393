"""Every finding of the XML adapter: one table of codes, and how a finding gets its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.wco.xpath import line_of, readable
from gateway.model.finding import Finding, Kind, Position, Severity

NOT_WELL_FORMED = "PH-3001"
DOCTYPE = "PH-3002"
TOO_LARGE = "PH-3003"
TOO_DEEP = "PH-3004"
ENCODING = "PH-3005"
NO_XML = "PH-3006"
UNKNOWN_DOCUMENT = "PH-3101"
UNKNOWN_NAMESPACE = "PH-3102"
NO_NAMESPACE = "PH-3103"
OTHER_NAMESPACE = "PH-3104"
BARE_DATE = "PH-3105"
NO_FORMAT_CODE = "PH-3106"
WHITE_SPACE = "PH-3107"
WRAPPER = "PH-3108"
UNKNOWN_ELEMENT = "PH-3201"
WRONG_PLACE = "PH-3202"
TOO_OFTEN = "PH-3203"
MISSING = "PH-3204"
WRONG_TYPE = "PH-3205"
WRONG_LENGTH = "PH-3206"
NOT_IN_LIST = "PH-3207"
WRONG_FORM = "PH-3208"
MISSING_ATTRIBUTE = "PH-3209"
UNKNOWN_ATTRIBUTE = "PH-3210"
OTHER_FAULT = "PH-3299"

#: Class and severity of each code. A policy may change the severity of errors, not of warnings.
CODES: Mapping[str, tuple[Kind, Severity]] = {
    NOT_WELL_FORMED: (Kind.SYNTAX, Severity.ERROR),
    DOCTYPE: (Kind.SYNTAX, Severity.ERROR),
    TOO_LARGE: (Kind.SYNTAX, Severity.ERROR),
    TOO_DEEP: (Kind.SYNTAX, Severity.ERROR),
    ENCODING: (Kind.CHARSET, Severity.ERROR),
    NO_XML: (Kind.SYNTAX, Severity.ERROR),
    UNKNOWN_DOCUMENT: (Kind.STRUCTURE, Severity.ERROR),
    UNKNOWN_NAMESPACE: (Kind.DIRECTORY, Severity.WARNING),
    NO_NAMESPACE: (Kind.FORM, Severity.WARNING),
    OTHER_NAMESPACE: (Kind.FORM, Severity.WARNING),
    BARE_DATE: (Kind.FORM, Severity.WARNING),
    NO_FORMAT_CODE: (Kind.FORM, Severity.WARNING),
    WHITE_SPACE: (Kind.FORM, Severity.WARNING),
    WRAPPER: (Kind.FORM, Severity.WARNING),
    UNKNOWN_ELEMENT: (Kind.SCHEMA, Severity.ERROR),
    WRONG_PLACE: (Kind.SCHEMA, Severity.ERROR),
    TOO_OFTEN: (Kind.SCHEMA, Severity.ERROR),
    MISSING: (Kind.SCHEMA, Severity.ERROR),
    WRONG_TYPE: (Kind.SCHEMA, Severity.ERROR),
    WRONG_LENGTH: (Kind.SCHEMA, Severity.ERROR),
    NOT_IN_LIST: (Kind.SCHEMA, Severity.ERROR),
    WRONG_FORM: (Kind.SCHEMA, Severity.ERROR),
    MISSING_ATTRIBUTE: (Kind.SCHEMA, Severity.ERROR),
    UNKNOWN_ATTRIBUTE: (Kind.SCHEMA, Severity.ERROR),
    OTHER_FAULT: (Kind.SCHEMA, Severity.ERROR),
}
_SHOWN = 200  # characters of an offending value that a finding repeats
_EACH = 100  # findings of one code in one document, before the rest is only counted


def finding(code: str, text: str, position: Position, *, value: str = "", remedy: str = "") -> Finding:
    """Return a finding with the class and severity of its code."""
    kind, severity = CODES[code]
    return Finding(code, kind, text, position, severity, value=value[:_SHOWN], remedy=remedy)


@dataclass(slots=True)
class Notes:
    """The findings of one document as they are made: placed, and counted where one code goes on and on."""

    repeating: frozenset[str] = frozenset()
    found: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def at(
        self, code: str, element: Any, text: str, *, value: str = "", remedy: str = "", severity: Severity | None = None
    ) -> None:
        """Note a finding at an element."""
        self.counts[code] += 1
        if self.counts[code] > _EACH:
            return
        position = Position(line=line_of(element), xpath=readable(element, self.repeating))
        made = finding(code, text, position, value=value, remedy=remedy)
        self.found.append(made.with_severity(severity) if severity else made)

    def all(self) -> tuple[Finding, ...]:
        """Return the findings, the last of each endless code saying how many more there are."""
        endless = [(code, count - _EACH) for code, count in self.counts.items() if count > _EACH]
        rest = []
        for code, more in endless:
            last = next(one for one in reversed(self.found) if one.code == code)
            text = f"there are {more} more like this"
            rest.append(finding(code, text, last.position, remedy=last.remedy).with_severity(last.severity))
        return (*self.found, *rest)
