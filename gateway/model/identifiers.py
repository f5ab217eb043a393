"""Forms and check digits of identifiers that more than one package must know."""

from __future__ import annotations

import re

_IMO = re.compile(r"[0-9]{7}")


def is_imo_number(text: str) -> bool:
    """Whether the text has the form of an IMO ship number: seven digits, check digit not checked."""
    return _IMO.fullmatch(text) is not None


def imo_check_digit(number: str) -> str:
    """Return the check digit for the first six digits: the last digit of their sum weighted 7 to 2."""
    return str(sum(int(digit) * weight for digit, weight in zip(number[:6], range(7, 1, -1), strict=True)) % 10)
