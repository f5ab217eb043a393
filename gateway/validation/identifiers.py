"""Check digits and forms of the trade's identifiers: pure functions over text, each a line of its standard."""

from __future__ import annotations

import re

# ISO 6346: letters count from 10 upwards and leave out the multiples of 11.
_LETTER_VALUES = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (n for n in range(10, 39) if n % 11), strict=True))
_CHARACTER_VALUES = _LETTER_VALUES | {str(digit): digit for digit in range(10)}

# ISO 6346: owner code, category (U container, J detachable equipment, Z trailer or chassis; R is seen
# on refrigerated units), serial number, check digit.
_CONTAINER = re.compile(r"[A-Z]{3}[UJZR][0-9]{7}")
_UNLOCODE = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")
_UN_NUMBER = re.compile(r"[0-9]{4}")


def is_container_number(text: str) -> bool:
    """Whether the text has the form of an ISO 6346 number, check digit included but not checked."""
    return _CONTAINER.fullmatch(text) is not None


def container_check_digit(number: str) -> str:
    """Return the digit that ISO 6346 gives for the first ten characters (capitals and digits only)."""
    total = sum(_CHARACTER_VALUES[character] << place for place, character in enumerate(number[:10]))
    return str(total % 11 % 10)


def is_unlocode(text: str) -> bool:
    """Whether the text has the form of a UN/LOCODE: two letters, then three of A-Z and 2-9."""
    return _UNLOCODE.fullmatch(text) is not None


def is_un_number(text: str) -> bool:
    """Whether the text has the form of a UN number of dangerous goods: four digits, not all zero."""
    return _UN_NUMBER.fullmatch(text) is not None and text != "0000"
