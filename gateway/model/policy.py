"""Which class of finding rejects, warns or is only recorded: the agreement's tolerance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gateway.model.finding import Finding, Kind, Severity

STRICT: Mapping[Kind, Severity] = {
    **dict.fromkeys(Kind, Severity.ERROR),
    Kind.CODE_LIST: Severity.WARNING,
    Kind.FORM: Severity.WARNING,
    Kind.DIRECTORY: Severity.WARNING,
}
TOLERANT: Mapping[Kind, Severity] = {
    **STRICT,
    Kind.CHARSET: Severity.WARNING,
    Kind.WRAPPING: Severity.WARNING,
    Kind.PREFIX: Severity.WARNING,
    Kind.TRAILING: Severity.WARNING,
    Kind.REFERENCE: Severity.WARNING,
    Kind.COUNT: Severity.WARNING,
    Kind.UNSUPPORTED: Severity.WARNING,
    Kind.ELEMENT: Severity.WARNING,
    Kind.PROFILE: Severity.WARNING,
    Kind.MAPPING: Severity.WARNING,
}
REPORT_ONLY: Mapping[Kind, Severity] = {
    **dict.fromkeys(Kind, Severity.WARNING),
    Kind.PARTY: Severity.ERROR,
}
PRESETS: Mapping[str, Mapping[Kind, Severity]] = {
    "strict": STRICT,
    "tolerant": TOLERANT,
    "report-only": REPORT_ONLY,
}

_RANK: Mapping[Severity, int] = {Severity.NOTE: 0, Severity.WARNING: 1, Severity.ERROR: 2}


@dataclass(frozen=True, slots=True)
class Policy:
    """Severity per class of finding: a preset for all of them, and what the agreement itself names.

    A decoder, map or rule proposes a severity. A code that the agreement names in `codes` decides, whatever was
    proposed. A kind that it names in `kinds` decides over errors and warnings, both ways, and leaves notes. The
    `preset` only lowers: what is read all the same and proposed as a warning stays one under the strictest of them.
    """

    preset: Mapping[Kind, Severity] = field(default_factory=lambda: STRICT)
    kinds: Mapping[Kind, Severity] = field(default_factory=dict)
    codes: Mapping[str, Severity] = field(default_factory=dict)

    def judge(self, finding: Finding) -> Finding:
        """Return the finding with the severity this policy gives it."""
        proposed = finding.severity
        named = self.codes.get(finding.code)
        if named is None and proposed is not Severity.NOTE:
            named = self.kinds.get(finding.kind)
        if named is None:
            named = min(proposed, self.preset.get(finding.kind, proposed), key=_RANK.__getitem__)
        return finding.with_severity(named)

    def judge_all(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return all findings as this policy sees them, in the same order."""
        return tuple(self.judge(finding) for finding in findings)
