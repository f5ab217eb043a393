"""Who may do what over HTTP: an API key by its digest, whose it is, and what it opens."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Scope(StrEnum):
    """What a key opens. Without `operator` a key opens only what is its partner's own."""

    SUBMIT = "submit"  # send messages in
    READ = "read"  # see what became of them
    REPLAY = "replay"  # have them computed, or processed, again
    METRICS = "metrics"  # the figures of the whole gateway
    OPERATOR = "operator"  # see and replay everybody's; figures and settings of the site


#: What a partner's key opens where nothing else is said.
USUAL: Final = frozenset({Scope.SUBMIT, Scope.READ})

#: The scopes that another one holds too.
_WITHIN: Final = {Scope.OPERATOR: frozenset({Scope.READ, Scope.REPLAY, Scope.METRICS})}


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as kept: the SHA-256 digest of it, never the key.

    `partner` is whose it is, "" for an operator's; `name` says which key it is in a log. With `agreements` it opens
    only what stands under one of them.
    """

    partner: str
    digest: bytes = field(repr=False)
    scopes: frozenset[Scope] = USUAL
    agreements: frozenset[str] = frozenset()
    name: str = ""

    @property
    def operator(self) -> bool:
        """Whether it opens everybody's messages."""
        return Scope.OPERATOR in self.scopes

    def opens(self, scope: Scope) -> bool:
        """Whether the key has a scope, by itself or within another."""
        return scope in self.scopes or any(scope in _WITHIN.get(one, frozenset()) for one in self.scopes)
