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
    Kind.COUNT: Severity.WARNING,
    Kind.CHARSET: Severity.WARNING,
    Kind.ELEMENT: Severity.WARNING,
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


@dataclass(frozen=True, slots=True)
class Policy:
    """Severity per class of finding, and per code where the agreement names one (`codes` wins).

    A decoder or rule may lower a finding to a note or warning by itself; a policy never raises a note,
    and raises a warning to an error only where the agreement names its code.
    """

    kinds: Mapping[Kind, Severity] = field(default_factory=lambda: STRICT)
    codes: Mapping[str, Severity] = field(default_factory=dict)

    def judge(self, finding: Finding) -> Finding:
        """Return the finding with the severity this policy gives it."""
        named = self.codes.get(finding.code)
        if named is not None:
            return finding.with_severity(named)
        if finding.severity is not Severity.ERROR:
            return finding
        return finding.with_severity(self.kinds.get(finding.kind, Severity.ERROR))

    def judge_all(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return all findings as this policy sees them, in the same order."""
        return tuple(self.judge(finding) for finding in findings)
