"""Every finding of the JSON adapter: one table of codes, and how a finding gets its place."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from gateway.model.finding import Finding, Kind, Position, Severity

NOT_WELL_FORMED = "PH-3301"
KEY_TWICE = "PH-3302"
TOO_LARGE = "PH-3303"
TOO_DEEP = "PH-3304"
ENCODING = "PH-3305"
NO_JSON = "PH-3306"
UNKNOWN_MESSAGE = "PH-3311"
UNKNOWN_SCHEMA = "PH-3312"
SAID_ABSENT = "PH-3313"
WHITE_SPACE = "PH-3314"
FRACTION = "PH-3315"
MADE_OTHERWISE = "PH-3316"
EXTENSION = "PH-3317"
UNKNOWN_MEMBER = "PH-3321"
MISSING = "PH-3322"
WRONG_TYPE = "PH-3323"
WRONG_LENGTH = "PH-3324"
NOT_IN_LIST = "PH-3325"
WRONG_FORM = "PH-3326"
NOT_TOGETHER = "PH-3327"

#: Class and severity of each code. A policy may change the severity of errors, not of warnings.
CODES: Mapping[str, tuple[Kind, Severity]] = {
    NOT_WELL_FORMED: (Kind.SYNTAX, Severity.ERROR),
    KEY_TWICE: (Kind.SYNTAX, Severity.ERROR),
    TOO_LARGE: (Kind.SYNTAX, Severity.ERROR),
    TOO_DEEP: (Kind.SYNTAX, Severity.ERROR),
    ENCODING: (Kind.CHARSET, Severity.ERROR),
    NO_JSON: (Kind.SYNTAX, Severity.ERROR),
    UNKNOWN_MESSAGE: (Kind.STRUCTURE, Severity.ERROR),
    UNKNOWN_SCHEMA: (Kind.DIRECTORY, Severity.WARNING),
    SAID_ABSENT: (Kind.FORM, Severity.WARNING),
    WHITE_SPACE: (Kind.FORM, Severity.WARNING),
    FRACTION: (Kind.FORM, Severity.WARNING),
    MADE_OTHERWISE: (Kind.FORM, Severity.WARNING),
    EXTENSION: (Kind.FORM, Severity.WARNING),
    UNKNOWN_MEMBER: (Kind.SCHEMA, Severity.ERROR),
    MISSING: (Kind.SCHEMA, Severity.ERROR),
    WRONG_TYPE: (Kind.SCHEMA, Severity.ERROR),
    WRONG_LENGTH: (Kind.SCHEMA, Severity.ERROR),
    NOT_IN_LIST: (Kind.SCHEMA, Severity.ERROR),
    WRONG_FORM: (Kind.SCHEMA, Severity.ERROR),
    NOT_TOGETHER: (Kind.SCHEMA, Severity.ERROR),
}
_SHOWN = 200  # characters of an offending value that a finding repeats
_EACH = 100  # findings of one code in one message, before the rest is only counted


def finding(code: str, text: str, position: Position = Position(), *, value: str = "", remedy: str = "") -> Finding:  # noqa: B008  # Position is frozen
    """Return a finding with the class and severity of its code."""
    kind, severity = CODES[code]
    shown = "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in value[:_SHOWN])
    return Finding(code, kind, text, position, severity, value=shown, remedy=remedy)


class Lines:
    """Numbers of lines by character of a text, from 1."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _starts(self) -> list[int]:
        return [at + 1 for at, character in enumerate(self._text) if character == "\n"]

    def of(self, at: int) -> int:
        """Return the line of a character."""
        return bisect_right(self._starts, at) + 1


@dataclass(slots=True)
class Notes:
    """The findings of one message as they are made: placed, and counted where one code goes on and on."""

    lines: Lines
    message: str = ""
    found: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def at(self, code: str, pointer: str, at: int, text: str, *, value: str = "", remedy: str = "") -> None:
        """Note a finding at a JSON pointer, which stands at a character of the text."""
        self.counts[code] += 1
        if self.counts[code] <= _EACH:
            position = Position(message=self.message, line=self.lines.of(at), xpath=pointer)
            self.found.append(finding(code, text, position, value=value, remedy=remedy))

    def all(self) -> tuple[Finding, ...]:
        """Return the findings, the last of each endless code saying how many more there are."""
        rest = []
        for code, count in self.counts.items():
            if count > _EACH:
                last = next(one for one in reversed(self.found) if one.code == code)
                text = f"there are {count - _EACH} more like this"
                rest.append(finding(code, text, last.position, remedy=last.remedy))
        return (*self.found, *rest)
