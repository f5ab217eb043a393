"""A string of bits as one integer and its length: what payloads are, before and behind the armour."""

from __future__ import annotations

from typing import NamedTuple


class Bits(NamedTuple):
    """`length` bits, the first received the most significant of `value`."""

    value: int
    length: int

    @classmethod
    def of(cls, digits: str) -> Bits:
        """Return the bits of a text of `0` and `1`."""
        return cls(int(digits, 2) if digits else 0, len(digits))

    def __str__(self) -> str:
        return f"{self.value:0{self.length}b}" if self.length else ""

    def followed_by(self, other: Bits) -> Bits:
        """Return these bits and then the others."""
        return Bits(self.value << other.length | other.value, self.length + other.length)


NONE = Bits(0, 0)
