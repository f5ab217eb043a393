"""The versions of the syntax, and what differs between them (ISO 9735:1988 and Amd.1, ISO 9735-1:2002, ISO 9735-11)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Syntax:
    """The rules of one syntax version (UNB 0002).

    `service` is the service directory its service segments stand in; `answer` the version of CONTRL that answers it,
    whose codes (0085) are those of its findings, and with which the parts that came with version 4 (groups marked by
    UGH and UGT, packages that count) are or are not there. `repetition` says whether elements repeat by a separator of
    their own, and not by consecutive positions; `trailing` whether separators may stand before another one without
    need; `strict_numbers` whether only the interchange's decimal mark counts, with a digit on either side.
    """

    version: str
    service: str
    answer: str
    repetition: bool
    trailing: bool
    strict_numbers: bool

    @property
    def unsupported(self) -> str:
        """The code (0085) for a part of the standard that is recognised and not processed."""
        return "47" if self.answer == "4" else "27"


_EARLY = {version: Syntax(version, "3", "3", repetition=False, trailing=True, strict_numbers=True) for version in "123"}
VERSIONS = {
    **_EARLY,
    "4": Syntax("4", "4", "4", repetition=True, trailing=False, strict_numbers=False),
    # the profile of version 4 that version 3 can read: its segments, without what version 3 does not know
    "X": Syntax("X", "4", "3", repetition=False, trailing=True, strict_numbers=False),
}
#: What an interchange without UNB, or of an unknown version, is read by.
SYNTAX_3 = VERSIONS["3"]
SYNTAX_4 = VERSIONS["4"]


def syntax(version: str) -> Syntax | None:
    """Return the rules of a version, or None when there is no such version."""
    return VERSIONS.get(version)
