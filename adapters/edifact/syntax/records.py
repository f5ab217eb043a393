"""The records of a message: its segments as lists of elements, each split when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload


@dataclass(frozen=True, slots=True)
class Records(Sequence[list[str]]):
    """The elements of each segment, tag first.

    Checks work on whole segments and a map looks at each record once, so nothing is gained by holding them.
    """

    segments: Sequence[str]

    def __len__(self) -> int:
        return len(self.segments)

    def __iter__(self) -> Iterator[list[str]]:
        return (segment.split("+") for segment in self.segments)

    @overload
    def __getitem__(self, at: int) -> list[str]: ...
    @overload
    def __getitem__(self, at: slice) -> list[list[str]]: ...
    def __getitem__(self, at: int | slice) -> list[str] | list[list[str]]:
        if isinstance(at, slice):
            return [segment.split("+") for segment in self.segments[at]]
        return self.segments[at].split("+")
