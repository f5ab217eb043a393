"""Dangerous goods: UN number and class belong together, and both must exist (IMDG Code)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.model.goods import DangerousGoods
from gateway.validation.cargo_index import CargoIndex, Placed, listed
from gateway.validation.identifiers import is_un_number
from gateway.validation.reference import imdg_classes
from gateway.validation.rule import Fault

# IMDG 2.1: explosives add a compatibility group to their division, 1.4S.
_WITH_GROUP = re.compile(r"1\.[1-6][A-HJ-LNS]")

PACKING_GROUPS = frozenset({"I", "II", "III"})


def class_missing(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield UN numbers without a class."""
    for path, goods in _goods(cargo):
        if goods.un_number and not goods.imdg_class:
            yield Fault(f"{path}.imdg_class", "", f"UN number {goods.un_number} has no IMDG class beside it")


def un_number_missing(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield classes without a UN number."""
    for path, goods in _goods(cargo):
        if goods.imdg_class and not goods.un_number:
            yield Fault(f"{path}.un_number", "", f"IMDG class {goods.imdg_class} has no UN number beside it")


def un_number_form(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield UN numbers that are not four digits."""
    for path, goods in _goods(cargo):
        number = goods.un_number
        if number and not is_un_number(number):
            yield Fault(f"{path}.un_number", number, f"UN number {number!r} is not four digits")


def class_known(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield classes that the IMDG Code does not have."""
    for path, goods in _goods(cargo):
        stated = goods.imdg_class
        if stated and not _is_class(stated):
            yield Fault(f"{path}.imdg_class", stated, f"{stated!r} is not a class or division of the IMDG Code")


def flashpoint_stated(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield flammable liquids (class 3) without a flashpoint."""
    for path, goods in _goods(cargo):
        if goods.imdg_class == "3" and goods.flashpoint is None:
            number = goods.un_number or "without a UN number"
            yield Fault(f"{path}.flashpoint", "", f"class 3 goods (UN {number}) have no flashpoint")


def packing_group_known(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield packing groups other than I, II and III."""
    for path, goods in _goods(cargo):
        stated = goods.packing_group
        if stated and stated not in PACKING_GROUPS:
            raw = stated.removeprefix("?")  # a code that the map's table does not know
            yield Fault(f"{path}.packing_group", raw, f"packing group {raw!r} is none of I, II and III")


def _is_class(text: str) -> bool:
    return text in imdg_classes() or _WITH_GROUP.fullmatch(text) is not None


def _goods(cargo: CargoIndex) -> Iterator[Placed[DangerousGoods]]:
    for path, item in cargo.items:
        if item.dangerous_goods:
            yield from listed(f"{path}.dangerous_goods", item.dangerous_goods)
