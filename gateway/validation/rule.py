"""What a rule is, and the fault it yields."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from gateway.model.base import Part
from gateway.model.finding import Finding, Kind, Severity


class Fault(NamedTuple):
    """One breach of a rule: at which canonical path, by which value, and what is wrong, naming both sides.

    A missing value has an empty `value` and the path where it belongs. `remedy` stands in for the rule's
    own where this fault allows a more exact one.
    """

    path: str
    value: str
    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule over one kind of document.

    `id` is stable for ever: it is the finding's code, the name of the page in `docs/rules`, and what an
    agreement names to change `severity`. `function` takes the document as indexed for its kind
    (`CargoIndex` for a CargoReport, the document itself otherwise) and yields faults; it never raises.
    """

    id: str
    title: str
    severity: Severity
    document: type[Part]
    function: Callable[[Any], Iterable[Fault]]
    remedy: str
    kind: Kind = Kind.RULE

    def findings(self, subject: Any) -> list[Finding]:
        """Return the faults of an indexed document as findings, without a position."""
        return [
            Finding(
                code=self.id,
                kind=self.kind,
                text=fault.text,
                severity=self.severity,
                path=fault.path,
                value=fault.value,
                remedy=fault.remedy or self.remedy,
            )
            for fault in self.function(subject)
        ]
