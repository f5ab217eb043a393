"""Container and ship numbers: form and check digit."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.model.equipment import Equipment
from gateway.model.identifiers import imo_check_digit, is_imo_number
from gateway.validation.cargo_index import CONTAINER, CargoIndex
from gateway.validation.identifiers import container_check_digit, is_container_number
from gateway.validation.rule import Fault


def container_form(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield containers whose number is not four letters (the fourth U, J, Z or R) and seven digits (ISO 6346).

    Equipment of another kind, and numbers declared to be of another list, are left alone.
    """
    for path, unit in cargo.equipment:
        number = unit.number
        if number and unit.number_list is None and _is_container(unit) and not is_container_number(number):
            yield Fault(f"{path}.number", number, f"container number {number!r} is not of the form ABCU1234567")


def container_digit(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield containers whose number ends in another digit than ISO 6346 gives."""
    for path, unit in cargo.equipment:
        number = unit.number
        if not (number and _is_container(unit) and is_container_number(number)):
            continue
        digit = container_check_digit(number)
        if number[-1] != digit:
            yield Fault(
                f"{path}.number",
                number,
                f"container number {number} ends in check digit {number[-1]}, its other characters give {digit}",
                f"Compare {number} with the number painted on the container;"
                f" if the first ten characters are right, the last must be {digit}.",
            )


def imo_form(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield an IMO number that is not seven digits."""
    imo = cargo.voyage.vessel.imo if cargo.voyage.vessel else None
    if imo and not is_imo_number(imo):
        yield Fault("voyage.vessel.imo", imo, f"IMO number {imo!r} is not seven digits")


def imo_digit(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield an IMO number that ends in another digit than its first six give."""
    imo = cargo.voyage.vessel.imo if cargo.voyage.vessel else None
    if imo and is_imo_number(imo) and imo[-1] != imo_check_digit(imo):
        text = f"IMO number {imo} ends in check digit {imo[-1]}, its first six digits give {imo_check_digit(imo)}"
        yield Fault("voyage.vessel.imo", imo, text)


def _is_container(unit: Equipment) -> bool:
    return unit.kind is None or unit.kind == CONTAINER
