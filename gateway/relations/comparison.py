"""What a comparison of two documents is, and the difference it yields."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from gateway.model.base import Part
from gateway.model.finding import Finding, Kind, Severity


class Difference(NamedTuple):
    """One difference: at which canonical path of the document that has the value, the value, and what is wrong."""

    path: str
    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison of a document of class `first` with one of class `second`.

    `id` is stable for ever: the finding's code and the name of the page in `docs/rules`. `function` takes both
    documents, yields differences, and never raises.
    """

    id: str
    title: str
    severity: Severity
    first: type[Part]
    second: type[Part]
    function: Callable[[Any, Any], Iterable[Difference]]
    remedy: str

    def findings(self, first: Part, second: Part) -> list[Finding]:
        """Return the differences of two documents as findings, without a position."""
        return [
            Finding(
                self.id,
                Kind.RULE,
                one.text,
                severity=self.severity,
                path=one.path,
                value=one.value,
                remedy=self.remedy,
            )
            for one in self.function(first, second)
        ]
