"""The service characters of an interchange: UNA, the defaults of level A, and the separators of level B."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property

from adapters.edifact.syntax.versions import Syntax
from gateway.model.conventions import Conventions

#: UNA is `UNA` and six characters (ISO 9735-1, 7.1).
UNA_LENGTH = 9
#: The repetition separator of syntax version 4 where no UNA says another (ISO 9735-1:2002, 7.3).
DEFAULT_REPETITION = "*"


@dataclass(frozen=True)
class Separators:
    """The service characters in force; `release` and `repetition` are "" where there is none.

    `decimal` holds the decimal marks allowed: without UNA both are met, so both are. `una` says whether a UNA stated
    them: its fifth character is reserved before syntax version 4, so what it means is known only behind UNB.
    """

    component: str = ":"
    element: str = "+"
    terminator: str = "'"
    release: str = "?"
    repetition: str = ""
    decimal: str = ".,"
    una: bool = field(default=False, compare=False)

    def under(self, syntax: Syntax, conventions: Conventions) -> Separators:
        """Return the separators of an interchange whose syntax version is known, as its partners agreed on them."""
        repetition = ""
        if syntax.repetition and conventions.repetition:
            repetition = self.repetition if self.una else DEFAULT_REPETITION
        if repetition in (self.component, self.element, self.terminator, self.release):
            repetition = ""
        decimal = conventions.decimal if conventions.decimal and not self.una else self.decimal
        return replace(self, repetition=repetition, decimal=decimal)

    @property
    def standard(self) -> bool:
        """Whether records need no translation to have `+` and `:` between their values."""
        own = (self.component, self.element, self.terminator, self.release)
        return own == (":", "+", "'", "?") and self.repetition in ("", DEFAULT_REPETITION)

    @property
    def usual(self) -> bool:
        """Whether these are the default service characters of level A."""
        return (self.component, self.element, self.terminator) == (":", "+", "'")

    @property
    def level_b(self) -> bool:
        """Whether these are the separators of level B."""
        return (self.component, self.element, self.terminator) == ("\x1f", "\x1d", "\x1c")

    @cached_property
    def end(self) -> bytes:
        """The terminator as a byte."""
        return self.terminator.encode("latin-1")

    @cached_property
    def mark(self) -> bytes:
        """The release character as a byte; empty where there is none."""
        return self.release.encode("latin-1")

    @cached_property
    def all_bytes(self) -> bytes:
        """Every service character, as bytes."""
        return (self.component + self.element + self.terminator + self.release + self.repetition).encode("latin-1")

    @cached_property
    def envelope(self) -> re.Pattern[bytes]:
        """Matches what may be a service segment's tag that ends a message, line breaks inside it included.

        Or that of USD, behind which octets follow that are not to be searched: then it has no group.
        """
        after = re.escape((self.element + self.terminator).encode("latin-1"))
        end = rb"(?=[\r\n]{0,4}[" + after + rb"])"
        return re.compile(rb"U[\r\n]{0,4}(?:N[\r\n]{0,4}([BEGHOTZ])|S[\r\n]{0,4}D)" + end)

    @cached_property
    def noise(self) -> re.Pattern[bytes]:
        """Matches transport noise and empty segments between two segments."""
        return re.compile(rb"[\r\n " + re.escape(self.end) + rb"]*")


DEFAULT = Separators()
#: Level B of syntax 1-3: IS1, IS3 and IS4, no release character.
LEVEL_B = Separators("\x1f", "\x1d", "\x1c", "")


def from_una(una: bytes) -> Separators | None:
    """Return the separators of the nine bytes of a UNA; None when they cannot be separators (0085 = 20)."""
    component, element, decimal, release, repetition, terminator = tuple(una[3:UNA_LENGTH].decode("latin-1"))
    used = [c for c in (component, element, decimal, release, repetition, terminator) if c != " "]
    broken = any(c.isalnum() for c in used) or len(set(used)) != len(used)
    if broken or " " in (component, element, terminator):
        return None
    return Separators(
        component,
        element,
        terminator,
        release.strip(" "),
        repetition.strip(" "),
        decimal if decimal in ".," else ".,",
        True,
    )


def from_unb(head: bytes) -> Separators:
    """Return the separators of an interchange without UNA, given its first bytes from the tag of UNB or UNH on.

    Those of level A or B, unless the bytes show others: then they are what stands at the places of separators.
    """
    after = head[3:4]
    if after == b"\x1d":
        return LEVEL_B
    element = "+" if after == b"" or after.isalnum() or after >= b"\x7f" else after.decode("latin-1")
    component = head[8:9].decode("latin-1") if head[:3] in (b"UNB", b"UIB") else ":"
    if not component or component.isalnum() or component in (" ", element, "'", "\x7f"):
        component = ":" if element != ":" else "+"
    terminator = _terminator(head, element, component)
    return Separators(component, element, terminator, "" if "?" in (element, component, terminator) else "?")


def _terminator(head: bytes, element: str, component: str) -> str:
    """Return what stands before the second segment: a character that is none of its data, or else the line feed."""
    second = re.search(
        rb"(.)[ \r]*(\n?)[\r\n ]*(?:UN[GH]|UIH|BGM|UCI|US[HA])" + re.escape(element.encode()), head[3:], re.DOTALL
    )
    if second is None:
        return "'"
    before = second[1].decode("latin-1")
    if not (before.isalnum() or before.isspace() or before in (element, component) or before >= "\x7f"):
        return before
    return "\n" if second[2] or before == "\n" else "'"
