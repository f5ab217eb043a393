"""Counts and masses: units converted exactly, tolerance by what was declared, numbers as people write them.

Decimal arithmetic here runs in `ARITHMETIC`, which has no traps, so that no value a document may hold raises.
"""

from __future__ import annotations

from decimal import Context, Decimal

from gateway.model.base import Measure

ARITHMETIC = Context(prec=40, traps=[])

#: Kilograms in one unit of mass (UN/ECE Recommendation 20). A mass without a unit is in kilograms.
KILOGRAMS = {
    None: Decimal(1),
    "KGM": Decimal(1),
    "TNE": Decimal(1000),
    "GRM": Decimal("0.001"),
    "HGM": Decimal("0.1"),
    "DTN": Decimal(100),
    "KTN": Decimal(1_000_000),
    "LBR": Decimal("0.45359237"),
    "ONZ": Decimal("0.028349523125"),
    "CWA": Decimal("45.359237"),
    "CWI": Decimal("50.80234544"),
    "STN": Decimal("907.18474"),
    "LTN": Decimal("1016.0469088"),
}

#: How far a declared mass may lie from the sum of its lines: the larger of this many kilograms, this
#: share of the sum, and half a unit of the last place as declared ("24.4 TNE" may be 50 kg off).
MASS_TOLERANCE_KG = Decimal(1)
MASS_TOLERANCE_SHARE = Decimal("0.001")

_PLAIN = 24  # the largest and smallest power of ten written out


def kilograms(measure: Measure | None) -> Decimal | None:
    """Return a mass in kilograms, or None when there is none or its unit is not a unit of mass."""
    if measure is None:
        return None
    if measure.unit == "KGM":
        return measure.value
    factor = KILOGRAMS.get(measure.unit)
    return None if factor is None else ARITHMETIC.multiply(measure.value, factor)


def agrees(declared: Measure, total: Decimal) -> bool:
    """Whether a declared mass agrees with a sum in kilograms, within the tolerance."""
    mass = kilograms(declared)
    if mass is None:
        return True
    last_place = Decimal((0, (5,), int(declared.value.as_tuple().exponent) - 1))
    tolerance = max(
        MASS_TOLERANCE_KG,
        ARITHMETIC.multiply(ARITHMETIC.abs(total), MASS_TOLERANCE_SHARE),
        ARITHMETIC.multiply(last_place, KILOGRAMS[declared.unit]),
    )
    return ARITHMETIC.compare(ARITHMETIC.abs(ARITHMETIC.subtract(mass, total)), tolerance) <= 0


def figure(number: int | Decimal) -> str:
    """Return a number as people write it; one of absurd size in short."""
    if isinstance(number, int):
        return str(number) if number.bit_length() <= 256 else "an absurdly large number"
    if not number.is_finite() or not -_PLAIN < number.adjusted() < _PLAIN:
        return str(number)
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def counted(number: int, thing: str) -> str:
    """Return a number and what it counts, in the plural unless it is one."""
    return f"{figure(number)} {thing}" if number == 1 else f"{figure(number)} {thing}s"


def measured(measure: Measure) -> str:
    """Return a measure as people write it: figure and unit."""
    return f"{figure(measure.value)} {measure.unit}" if measure.unit else figure(measure.value)
