"""What goods items add up to, and what a bill with houses may mean by its total.

Where a master bill has goods of its own and houses with goods, senders differ on whether the first repeat
the second. So such a bill has several readings, and a declared total that agrees with any of them agrees.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from gateway.model.cargo_report import Consignment
from gateway.model.goods import Item
from gateway.validation.figures import ARITHMETIC, kilograms


class Sum(NamedTuple):
    """What lines add up to; None where a line is silent, so that the sum is not known."""

    packages: int | None
    kilograms: Decimal | None

    def plus(self, other: Sum) -> Sum:
        """Return both together."""
        packages = None if self.packages is None or other.packages is None else self.packages + other.packages
        mass = None
        if self.kilograms is not None and other.kilograms is not None:
            mass = ARITHMETIC.add(self.kilograms, other.kilograms)
        return Sum(packages, mass)


NOTHING = Sum(0, Decimal(0))


class Readings(NamedTuple):
    """The sums of one or more bills: by own goods first, by goods of houses first, by both together."""

    own_first: Sum
    houses_first: Sum
    both: Sum

    def plus(self, other: Readings) -> Readings:
        """Return the readings of both together."""
        return Readings(
            self.own_first.plus(other.own_first),
            self.houses_first.plus(other.houses_first),
            self.both.plus(other.both),
        )


def sum_of(items: Iterable[Item]) -> Sum:
    """Return what goods items add up to."""
    packages: int | None = 0
    mass: Decimal | None = Decimal(0)
    for item in items:
        if packages is not None:
            quantity = item.packages.quantity if item.packages else None
            packages = None if quantity is None else packages + quantity
        if mass is not None:
            weight = kilograms(item.gross)
            mass = None if weight is None else ARITHMETIC.add(mass, weight)
    return Sum(packages, mass)


def readings_of(master: Consignment) -> Readings | None:
    """Return what a master bill's goods add up to; None when neither it nor a house has any."""
    own = sum_of(master.items) if master.items else None
    below = [item for house in master.houses for item in house.items]
    houses = sum_of(below) if below else None
    if own is None or houses is None:
        only = own or houses
        return None if only is None else Readings(only, only, only)
    return Readings(own, houses, own.plus(houses))


def readings_of_all(masters: Iterable[Readings | None]) -> Readings | None:
    """Return what all bills together add up to; None when one of them has no goods, or there are none."""
    total = None
    for readings in masters:
        if readings is None:
            return None
        total = readings if total is None else total.plus(readings)
    return total
