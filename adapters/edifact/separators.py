"""The service characters of an interchange: UNA, the defaults of level A, and the separators of level B."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

#: UNA is `UNA` and six characters (ISO 9735-1, 7.1).
UNA_LENGTH = 9


@dataclass(frozen=True)
class Separators:
    """The service characters in force; `release` and `repetition` are "" where there is none.

    `decimal` holds the decimal marks allowed: without UNA both are met, so both are.
    """

    component: str = ":"
    element: str = "+"
    terminator: str = "'"
    release: str = "?"
    repetition: str = ""
    decimal: str = ".,"

    @property
    def standard(self) -> bool:
        """Whether records need no translation to have `+` and `:` between their values."""
        return (self.component, self.element, self.terminator, self.release) == (":", "+", "'", "?")

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
        """Matches what may be a service segment's tag that ends a message, line breaks inside it included."""
        after = re.escape((self.element + self.terminator).encode("latin-1"))
        return re.compile(rb"U[\r\n]*N[\r\n]*([BEGHTZ])(?=[\r\n]*[" + after + rb"])")

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
    used = [c for c in (component, element, release, repetition, terminator) if c != " "]
    broken = any(c.isalnum() for c in used) or len(set(used)) != len(used)
    if broken or " " in (component, element, terminator):
        return None
    return Separators(
        component, element, terminator, release.strip(" "), repetition.strip(" "), decimal if decimal in ".," else ".,"
    )


def from_unb(head: bytes) -> Separators:
    """Return the separators of an interchange without UNA, by the byte after its first tag."""
    after = head[3:4]
    if after == b"\x1d":
        return LEVEL_B
    if after in (b"+", b"") or after.isalnum() or after >= b"\x7f":
        return DEFAULT
    element = after.decode("latin-1")
    component = head[8:9].decode("latin-1") if head.startswith(b"UNB") else ""
    if not component or component.isalnum() or component in (" ", element, "'"):
        component = ":" if element != ":" else "+"
    terminator = "'" if element != "'" else "\n"
    return Separators(component, element, terminator, "" if "?" in (element, component) else "?")
