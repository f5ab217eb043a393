"""What a code means, where its rule stands, what to do about it, and which page of the documentation says more."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.model.finding import Finding
from gateway.model.stages import MessageType
from gateway.plugin import Adapter, Clause
from gateway.relations import COMPARISONS, Comparison
from gateway.validation import Rule
from gateway.validation.table import rules

_SYNTAX_PAGE = "docs/reference/findings.md"
_OWN = "PH-"

#: Codes of ours that neither a rule nor an adapter gives.
_TITLES: Mapping[str, str] = {
    "PH-0001": "Bytes are of no standard known here",
    "PH-0002": "JSON is no canonical document",
    "PH-2001": "Data is not carried",
    "PH-2002": "Only the first is carried",
    "PH-2003": "A value cannot be read",
    "PH-2004": "A field is given twice, differently",
    "PH-2006": "A code is unknown to its table",
    "PH-2007": "Another value than the map's constant",
    "PH-2008": "A running number does not run",
    "PH-2101": "The target cannot carry everything",
    "PH-2102": "A document cannot be written",
}
_RULES: Mapping[str, Rule | Comparison] = {
    **{rule.id: rule for rule in rules()},
    **{comparison.id: comparison for comparison in COMPARISONS},
}


def clause(adapter: Adapter | None, type_: MessageType | None, finding: Finding) -> Clause:
    """Return the rule that a finding goes by: the standard's, a business rule, or one of ours on maps and content."""
    if finding.code in _RULES:
        rule = _RULES[finding.code]
        return Clause(rule.title, f"{finding.code}, {page(finding.code)}", rule.remedy)
    given = None
    if adapter is not None:
        given = adapter.clause(type_ or MessageType(adapter.standard, ""), finding)
    if given is not None:
        return given
    return Clause(_TITLES.get(finding.code, ""), f"{finding.code}, {page(finding.code)}")


def page(code: str) -> str:
    """Return the page on a code, from the root of the repository."""
    return f"docs/rules/{code}.md" if code.startswith(_OWN) else _SYNTAX_PAGE
