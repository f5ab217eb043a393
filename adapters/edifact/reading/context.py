"""What an interchange says about its messages, with what its partners agreed on: how the bytes are to be read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from adapters.edifact.checks.elements import Rules
from adapters.edifact.checks.specification import Library
from adapters.edifact.syntax.charset import UNDECLARED, Charset
from adapters.edifact.syntax.separators import Separators
from adapters.edifact.syntax.versions import SYNTAX_3, Syntax
from gateway.model.conventions import AS_DECLARED, Conventions


@dataclass(frozen=True)
class Context:
    """Service characters in force, character set, syntax version, and the directories and profiles to check by."""

    library: Library
    separators: Separators
    charset: Charset = UNDECLARED
    syntax: Syntax = SYNTAX_3
    conventions: Conventions = AS_DECLARED

    @cached_property
    def rules(self) -> Rules:
        """What elements are checked by."""
        return Rules(self.syntax, self.separators.decimal, repeats=bool(self.separators.repetition))
