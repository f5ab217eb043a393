"""What is wrong with a partner's data, and where: a value, never an exception."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """What a finding does; decided by the agreement's policy, never by the decoder."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Kind(StrEnum):
    """The class of a finding: the handle by which a policy sets its severity."""

    SYNTAX = "syntax"  # separators, release, unreadable bytes
    CHARSET = "charset"  # a character outside the declared set
    WRAPPING = "wrapping"  # line breaks inside segments, spaces after terminators
    PREFIX = "prefix"  # bytes before the interchange: byte order mark, telex or mail header, blank lines
    TRAILING = "trailing"  # separators that nothing follows
    ENVELOPE = "envelope"  # header and trailer segments
    REFERENCE = "reference"  # control references that differ between header and trailer, or are repeated
    COUNT = "count"  # control counts
    UNSUPPORTED = "unsupported"  # security, packages and other parts of the standard that are not acted upon
    DIRECTORY = "directory"  # unknown directory, message or segment tag
    STRUCTURE = "structure"  # a record missing, misplaced or repeated too often
    ELEMENT = "element"  # mandatory, length, type, number of elements
    CODE_LIST = "code-list"  # a value outside the code list
    PROFILE = "profile"  # what a guide or a partner's profile demands beyond the directory
    SCHEMA = "schema"  # XML schema faults
    FORM = "form"  # other tolerated deviations: missing namespace, bare date, white space
    MAPPING = "mapping"  # data that a map does not carry or cannot convert
    RULE = "rule"  # identifiers and business rules
    PARTY = "party"  # unknown sender or recipient, no agreement, duplicate


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a partner's own message, in the terms of the partner's standard.

    EDIFACT: `segment` counts UNH as 1 (ISO 9735, 0096); `element` counts the first data element after
    the tag as 1 (so 0098 is `element` + 1); `component` counts from 1 (0104). XML: `xpath` and `line`;
    JSON: the same, with a JSON pointer (RFC 6901) as `xpath`.
    `offset` is the byte offset in the arrival. `name` is the data element number or the leaf's name.
    """

    message: str = ""
    segment: int | None = None
    tag: str = ""
    element: int | None = None
    component: int | None = None
    occurrence: int | None = None
    name: str = ""
    offset: int | None = None
    line: int | None = None
    xpath: str = ""

    def __str__(self) -> str:
        parts = [f"message {self.message}"] if self.message else []
        if self.segment is not None:
            parts.append(f"segment {self.segment}")
        if self.tag and not self.xpath:
            parts.append(self.tag)
        if self.element is not None:
            parts.append(f"element {self.element}")
        if self.component is not None:
            parts.append(f"component {self.component}")
        if self.occurrence is not None:
            parts.append(f"occurrence {self.occurrence}")
        if self.name and not self.xpath:
            parts.append(f"({self.name})")
        if self.xpath:
            parts.append(self.xpath)
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.offset is not None:
            parts.append(f"byte {self.offset}")
        return " ".join(parts) or "whole message"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or remark on a partner's data.

    `code` is the ISO 9735 code list 0085 for syntax findings ("13" missing), else ours ("PH-...").
    `text` says what is wrong, `remedy` what to do, `value` is the offending value as received and
    `path` the canonical path where one is known. `level` is the CONTRL level that reports it
    (UCI, UCF, UCM, UCS, UCD), empty outside EDIFACT.
    """

    code: str
    kind: Kind
    text: str
    position: Position = Position()
    severity: Severity = Severity.ERROR
    path: str = ""
    value: str = ""
    remedy: str = ""
    level: str = ""

    def with_severity(self, severity: Severity) -> Finding:
        """Return the same finding as the agreement's policy sees it."""
        return self if severity is self.severity else replace(self, severity=severity)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values without empty ones, for JSON and the store."""
        found = {k: v for k, v in asdict(self).items() if v not in ("", None)}
        found["position"] = {k: v for k, v in found["position"].items() if v not in ("", None)}
        return found

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Finding:
        """Rebuild a finding from `as_dict`."""
        rest = dict(values)
        position = Position(**rest.pop("position", {}))
        kind, severity = Kind(rest.pop("kind")), Severity(rest.pop("severity"))
        return cls(position=position, kind=kind, severity=severity, **rest)
