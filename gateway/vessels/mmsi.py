"""What an MMSI says of its bearer (ITU-R M.585): its first digits tell ships from stations, aircraft and buoys."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Family(StrEnum):
    """Who may have an MMSI."""

    SHIP = "ship"
    CRAFT = "auxiliary craft"  # 98, of a mothership
    GROUP = "group of ships"
    COAST = "coast or base station"
    AIRCRAFT = "search and rescue aircraft"
    AID = "aid to navigation"
    BEACON = "SART, MOB or EPIRB"
    HANDHELD = "handheld"
    UNKNOWN = "unknown"


#: Lowest and highest MMSI of each family; what lies between is nobody's.
_FAMILIES: Final = (
    (2_000_000, 7_999_999, Family.COAST),
    (20_000_000, 79_999_999, Family.GROUP),
    (111_000_000, 111_999_999, Family.AIRCRAFT),
    (200_000_000, 799_999_999, Family.SHIP),
    (800_000_000, 899_999_999, Family.HANDHELD),
    (970_000_000, 970_999_999, Family.BEACON),
    (972_000_000, 972_999_999, Family.BEACON),
    (974_000_000, 974_999_999, Family.BEACON),
    (980_000_000, 989_999_999, Family.CRAFT),
    (990_000_000, 999_999_999, Family.AID),
)


def family(mmsi: int) -> Family:
    """Return who bears an MMSI."""
    for low, high, found in _FAMILIES:
        if low <= mmsi <= high:
            return found
    return Family.UNKNOWN


def is_watched(mmsi: int) -> bool:
    """Whether an MMSI is a ship's or an auxiliary craft's."""
    return 200_000_000 <= mmsi <= 799_999_999 or 980_000_000 <= mmsi <= 989_999_999
