"""What a directory says of a message, a segment, an element and a code: plain values.

A directory is named as UNH spells it, `D` + `95B`. Positions count from 1 after the tag.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Format:
    """A data element's representation: `kind` a, n or an; lengths in characters (ISO 9735 annex A)."""

    kind: str
    least: int
    most: int

    @property
    def fixed(self) -> bool:
        """Whether the length is prescribed (n3), not only limited (n..3)."""
        return self.least == self.most and self.least > 0

    def __str__(self) -> str:
        return f"{self.kind}{self.most}" if self.fixed else f"{self.kind}..{self.most}"


@cache
def representation(text: str) -> Format:
    """Return a representation from its spelling: an..35, n3, a..2; raises `ValueError` for any other."""
    kind = text.rstrip("0123456789.")
    digits = text.removeprefix(kind)
    if kind not in ("a", "n", "an") or not digits.removeprefix("..").isdecimal():
        raise ValueError(f"{text!r} is no representation: write it like an..35, n3 or a..2")
    most = int(digits.removeprefix(".."))
    return Format(kind, 1 if digits.startswith("..") else most, most)


@dataclass(frozen=True, slots=True)
class ComponentDefinition:
    """One data element where it is used: in a composite, or standing alone as the only component."""

    number: str
    name: str
    mandatory: bool
    format: Format


@dataclass(frozen=True, slots=True)
class ElementDefinition:
    """One position of a segment.

    `ref` is the composite (C507) or the data element (1004). A repeating element is one position with `repeat`
    occurrences in syntax version 4, and as many consecutive positions before it, told apart by `occurrence` (from 1).
    A stand-alone element has one component.
    """

    ref: str
    name: str
    position: int
    occurrence: int
    mandatory: bool
    components: tuple[ComponentDefinition, ...]
    repeat: int = 1

    @property
    def composite(self) -> bool:
        """Whether the element is a composite, however few components it has."""
        return self.ref[0] in "CSE"


@dataclass(frozen=True, slots=True)
class SegmentDefinition:
    """A segment of one directory: its elements in order.

    `dependencies` holds a rule (D5) with the element positions it ties together.
    """

    tag: str
    name: str
    elements: tuple[ElementDefinition, ...]
    dependencies: tuple[tuple[str, tuple[int, ...]], ...] = ()

    @property
    def repeats(self) -> bool:
        """Whether some element may be repeated by a repetition separator."""
        return any(element.repeat > 1 for element in self.elements)


@dataclass(frozen=True, slots=True)
class CompositeDefinition:
    """A composite data element of one directory."""

    ref: str
    name: str
    components: tuple[ComponentDefinition, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A segment or a group of a message structure; `members[0]` of a group is its trigger."""

    tag: str
    mandatory: bool
    repeat: int
    group: int | None = None
    members: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeValue:
    """A value of a code list: the first and last directory that has it."""

    value: str
    first: str
    last: str
