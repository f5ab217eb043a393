"""Codes of public lists: ports and places, countries, packages, units."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gateway.unlocode import EDITION
from gateway.validation.cargo_index import CargoIndex, Placed
from gateway.validation.figures import KILOGRAMS
from gateway.validation.identifiers import is_unlocode
from gateway.validation.reference import countries, package_types, ports, units
from gateway.validation.rule import Fault

#: What senders write for a unit, and the code of Recommendation 20 that they mean.
USUAL_MISTAKES = {
    "KG": "KGM", "KGS": "KGM", "T": "TNE", "MT": "TNE", "TON": "TNE", "LB": "LBR", "LBS": "LBR",
    "M3": "MTQ", "CBM": "MTQ", "C": "CEL", "F": "FAH",
}  # fmt: skip

_UNECE = (None, "6")  # 3055: the list of packages is the UN's own, or nobody says otherwise


def port_form(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield ports whose UN/LOCODE cannot be one."""
    yield from _malformed(cargo.ports)


def place_form(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield places other than ports whose UN/LOCODE cannot be one."""
    yield from _malformed(cargo.places)


def port_known(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield ports with a well-formed UN/LOCODE that is not known as a port."""
    known = ports()
    for path, location in cargo.ports:
        code = location.unlocode
        if code and code not in known and _is_possible(code):
            text = f"{code} is not known as a port: UN/LOCODE {EDITION} has no such place with a port"
            yield Fault(f"{path}.unlocode", code, text)


def country_known(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield country codes, of the ship's flag and of addresses, that are not ISO 3166 alpha-2."""
    known = countries()
    flag = cargo.voyage.vessel.flag if cargo.voyage.vessel else None
    if flag and flag not in known:
        yield Fault("voyage.vessel.flag", flag, f"flag {flag!r} is not an ISO 3166 two-letter country code")
    for path, party in cargo.parties:
        country = party.address.country if party.address else None
        if country and country not in known:
            text = f"country {country!r} is not an ISO 3166 two-letter country code"
            yield Fault(f"{path}.address.country", country, text)


def package_type_known(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield package types outside Recommendation 21, unless another list or agency is named."""
    known = package_types()
    for path, item in cargo.items:
        packages = item.packages
        kind = packages.type if packages is not None else None
        if kind is None or kind.list is not None or kind.agency not in _UNECE:
            continue
        code = kind.value
        if code not in known:
            text = f"package type {code!r} is not in UN/ECE Recommendation 21"
            yield Fault(f"{path}.packages.type", code, text)


def unit_known(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield units of measure outside Recommendation 20."""
    known = units()
    for path, measure in (*cargo.masses, *cargo.volumes, *cargo.temperatures):
        unit = measure.unit
        if unit and unit not in known:
            meant = USUAL_MISTAKES.get(unit.upper())
            remedy = f"Write {meant}." if meant else ""
            yield Fault(path, unit, f"unit {unit!r} is not in UN/ECE Recommendation 20", remedy)


def mass_unit(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield masses whose unit is a known unit of something else, or too rare to be converted."""
    known = units()
    for path, measure in cargo.masses:
        unit = measure.unit
        if unit not in KILOGRAMS and unit in known:
            yield Fault(path, unit or "", f"unit {unit} does not measure the mass of cargo")


def _is_possible(code: str) -> bool:
    return is_unlocode(code) and code[:2] in countries()


def _malformed(locations: tuple[Placed[Any], ...]) -> Iterator[Fault]:
    known = ports()
    for path, location in locations:
        code = location.unlocode
        if not code or code in known or _is_possible(code):
            continue
        why = "has no country in front" if is_unlocode(code) else "is not two letters and three more characters"
        yield Fault(f"{path}.unlocode", code, f"UN/LOCODE {code!r} {why}")
