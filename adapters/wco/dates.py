"""Which formatCode a date without one is in: told from its digits, never guessed beyond them."""

from __future__ import annotations

import re

#: Forms of a date, and the formatCode (DE 2379) that says so.
_FORMS = (
    (re.compile(r"\d{8}"), "102"),
    (re.compile(r"\d{12}"), "203"),
    (re.compile(r"\d{14}"), "204"),
    (re.compile(r"\d{12}(Z|[+-]\d\d(:?\d\d)?)"), "303"),
    (re.compile(r"\d{14}(Z|[+-]\d\d(:?\d\d)?)"), "304"),
)
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.0+)?)?(Z|[+-]\d\d:?\d\d)?)?")


def stated(text: str) -> tuple[str, str]:
    """Return the digits of a date and their formatCode; an unknown form comes back as it is, without a code.

    ISO 8601 dates (2025-03-14, 2025-03-14T10:00:00Z) become digits.
    """
    iso = _ISO.fullmatch(text)
    if iso is not None:
        text = "".join(part or "" for part in iso.groups())
    return text, next((code for form, code in _FORMS if form.fullmatch(text)), "")
