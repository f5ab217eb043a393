"""The converters: inverse pairs between a raw text and a canonical value, and the table that names them.

`read_*` functions raise `ValueError` (with a text for people) on what they cannot convert; `write_*` functions
return texts. They run inside generated code, millions of times: each is a table lookup or a few C calls.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from gateway.mapping.fields import Shape
from gateway.model.base import Coded, Measure

#: A raw code that its table does not know is kept behind this mark, so that it can be written back exactly.
UNKNOWN = "?"

#: A number as ISO 9735-1 (10) writes it: comma or point is the decimal mark.
NUMBER = re.compile(r"-?(\d+([.,]\d*)?|[.,]\d+)", re.ASCII)
#: Validation without the detour over a constructor with keywords.
_MEASURE: Callable[[Any], Measure] = Measure.__pydantic_validator__.validate_python
_CODED: Callable[[Any], Coded] = Coded.__pydantic_validator__.validate_python

_INTEGER = re.compile(r"-?\d+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Converter:
    """What a converter takes: the shapes of field it fills, and how many companions it may or must have."""

    shapes: frozenset[Shape]
    companions: tuple[int, int] = (0, 0)  # least, most
    about: str = ""


TEXTUAL = frozenset({Shape.LINE, Shape.TEXT})
NAMES = frozenset({Shape.LINE, Shape.CHOICE})
#: Converters that a copy may have: what they read is compared as it is.
OF_COPIES = ("int", "moment", "measure", "coded", "code", "iso", "timestamp")
CONVERTERS: Mapping[str, Converter] = {
    "str": Converter(TEXTUAL | {Shape.CHOICE}, about="the text as it is"),
    "int": Converter(frozenset({Shape.INTEGER}), about="a whole number"),
    "code": Converter(NAMES, about="a name from a table of this map"),
    "decimal": Converter(frozenset({Shape.DECIMAL}), about="a number, or a whole number of its tenths or hundredths"),
    "iso": Converter(frozenset({Shape.MOMENT}), about="a time in ISO 8601, in the precision it has"),
    "timestamp": Converter(frozenset({Shape.MOMENT}), about="a time in RFC 3339: to the second, with its offset"),
    "texts": Converter(frozenset({Shape.LINES}), about="a list of texts"),
    "moment": Converter(frozenset({Shape.MOMENT}), (1, 1), "a time with its format qualifier (2379, formatCode)"),
    "measure": Converter(frozenset({Shape.MEASURE}), (0, 1), "a number with its unit"),
    "coded": Converter(frozenset({Shape.CODED}), (0, 2), "a value with its code list and agency"),
    "text": Converter(TEXTUAL, about="lines of the given width, run together into paragraphs"),
    "ref": Converter(frozenset({Shape.LINE}), about="the key of an entry in another list"),
}


def read_integer(raw: str) -> int:
    """Return a whole number; leading zeros are insignificant (ISO 9735-1, n)."""
    if _INTEGER.fullmatch(raw):
        return int(raw)
    raise ValueError("this is not a whole number")


def decimal(raw: str) -> Decimal:
    """Return a number; comma or point is the decimal mark (ISO 9735-1, 10.1)."""
    if NUMBER.fullmatch(raw):
        return Decimal(raw.replace(",", "."))
    raise ValueError("this is not a number")


def read_scaled(raw: str, factor: int) -> Decimal:
    """Return a number that is written `factor` (a power of ten) times as large: 1140 centimetres are 11.40 metres."""
    return decimal(raw) / factor


def write_scaled(number: Decimal, factor: int) -> str:
    """Return `factor` times a number, "" where that is no whole number."""
    scaled = number * factor
    return format(scaled.to_integral_value(), "f") if scaled == scaled.to_integral_value() else ""


_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", re.ASCII)


def write_timestamp(moment: str) -> str:
    """Return a moment as RFC 3339 has it, "" where it is not that precise or has no offset."""
    return moment if _RFC_3339.fullmatch(moment) else ""


@lru_cache(maxsize=8192)
def read_measure(raw: str, unit: str) -> Measure:
    """Return a measure with its unit as written."""
    return _MEASURE({"value": decimal(raw), "unit": unit or None})


@lru_cache(maxsize=8192)
def read_coded(raw: str, code_list: str, agency: str) -> Coded:
    """Return a coded value with its list and agency, where given."""
    return _CODED({"value": raw, "list": code_list or None, "agency": agency or None})


#: Date formats of DE 2379 and the WCO formatCode: digits of the value, and how they read as a moment.
_MOMENTS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "102": (re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII), r"\1-\2-\3"),
    "203": (re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)", re.ASCII), r"\1-\2-\3T\4:\5"),
    "204": (re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)", re.ASCII), r"\1-\2-\3T\4:\5:\6"),
    "303": (re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(Z|[+-]\d\d(?::?\d\d)?)", re.ASCII), r"\1-\2-\3T\4:\5\6"),
    "304": (
        re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(Z|[+-]\d\d(?::?\d\d)?)", re.ASCII),
        r"\1-\2-\3T\4:\5:\6\7",
    ),
}
#: The formats that moments are written in, by the precision they have.
FORMATS = tuple(_MOMENTS)
_SHORT_YEAR = {"101": "102", "201": "203", "202": "204", "301": "303"}
_OFFSET = re.compile(r"([+-]\d\d)(?::?(\d\d))?$")
_FORMAT_OF_LENGTH = {10: "102", 16: "203", 19: "204"}


@lru_cache(maxsize=8192)
def read_moment(raw: str, form: str) -> str:
    """Return the moment that `raw` states in the format `form` (DE 2379); a two-digit year is of this century."""
    if form in _SHORT_YEAR:
        raw, form = f"20{raw}", _SHORT_YEAR[form]
    if form not in _MOMENTS:
        raise ValueError(f"the date format {form!r} is not one of {', '.join([*_MOMENTS, *_SHORT_YEAR])}")
    pattern, template = _MOMENTS[form]
    match = pattern.fullmatch(raw)
    if match is None:
        raise ValueError(f"this is no date in format {form}")
    moment = (
        _OFFSET.sub(lambda o: f"{o[1]}:{o[2] or '00'}", match.expand(template))
        if form[0] == "3"
        else match.expand(template)
    )
    try:
        datetime.fromisoformat(moment)
    except ValueError as impossible:
        raise ValueError(f"there is no such date ({impossible})") from None
    return moment


@lru_cache(maxsize=8192)
def write_moment(moment: str, preferred: str) -> tuple[str, str]:
    """Return the digits and the format (DE 2379) of a moment, in the precision it has.

    `preferred` names a short-year format that is used where it fits (201 for 203, 101 for 102).
    """
    local, offset = moment[:19], ""
    if len(moment) > 10:
        zone = re.search(r"(Z|[+-]\d\d:\d\d)$", moment[16:])
        if zone:
            offset, local = zone[1], moment[: 16 + zone.start()]
    digits = re.sub(r"\D", "", local)
    if offset:
        form = "304" if len(local) == 19 else "303"
        short = offset.removesuffix(":00") if offset != "Z" else "Z"
        return digits + short.replace(":", ""), form
    form = _FORMAT_OF_LENGTH[len(local)]
    if _SHORT_YEAR.get(preferred) == form and digits.startswith("20"):
        return digits[2:], preferred
    return digits, form


def read_lines(lines: Sequence[str], width: int) -> str:
    """Join fixed-width lines into text: a line of exactly `width` runs on, any other ends its paragraph."""
    paragraphs: list[str] = []
    running = False
    for line in lines:
        if not line:
            running = False
        elif running:
            paragraphs[-1] += line
            running = len(line) == width
        else:
            paragraphs.append(line)
            running = len(line) == width
    return "\n".join(paragraphs).strip()


def write_lines(text: str, width: int) -> list[str]:
    """Split text into lines of at most `width`: the inverse of `read_lines` where there is one."""
    if len(text) <= width and "\n" not in text:
        return [text]
    return [
        paragraph[start : start + width]
        for paragraph in text.split("\n")
        for start in range(0, len(paragraph) or 1, width)
    ]


def write_decimal(number: Decimal) -> str:
    """Return plain digits, never an exponent (ISO 9735, version 3)."""
    return format(number, "f")


def read_codes(table: Mapping[str, str]) -> dict[str, str]:
    """Return raw code to name; a row `9|09: submit` reads both codes and writes the first."""
    return {code.strip(): str(name) for row, name in table.items() for code in row.split("|")}


def written_codes(table: Mapping[str, str]) -> dict[str, str]:
    """Return name to the raw code that is written for it."""
    return {str(name): row.split("|")[0].strip() for row, name in table.items()}
