"""The places of UN/LOCODE that have a port (function 1): package data made by `tools/pack_lists.py`.

Loaded at first use; the codes alone, which rules need for each document, without names and coordinates.
"""

from __future__ import annotations

import gzip
import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

#: The edition that the ports are from.
EDITION = "2023-1"

_COORDINATES = re.compile(r"(\d\d)(\d\d)([NS])(\d\d\d)(\d\d)([EW])")


class Place(NamedTuple):
    """A port: its names as the list has them; where the list has them, coordinates in degrees and subdivision.

    The subdivision is that of ISO 3166-2 without its country: "WA".
    """

    unlocode: str
    names: tuple[str, ...]
    lon: float | None = None
    lat: float | None = None
    subdivision: str = ""


def _lines(name: str) -> list[str]:
    return gzip.decompress(files("gateway.unlocode").joinpath("data", name).read_bytes()).decode("ascii").splitlines()


@cache
def _ordered() -> tuple[str, ...]:
    return tuple(
        country + members[start : start + 3]
        for country, members in (line.split() for line in _lines("ports.txt.gz"))
        for start in range(0, len(members), 3)
    )


@cache
def codes() -> frozenset[str]:
    """Return every UN/LOCODE whose function includes a port (17,497 of them)."""
    return frozenset(_ordered())


def places() -> tuple[Place, ...]:
    """Return every port in order of its code; read anew at each call, so whoever looks things up keeps it."""
    return tuple(_place(code, line) for code, line in zip(_ordered(), _lines("port_names.txt.gz"), strict=True))


def _place(code: str, line: str) -> Place:
    names, coordinates, subdivision = line.split("\t")
    found = _COORDINATES.fullmatch(coordinates)
    if found is None:
        return Place(code, tuple(names.split("|")), subdivision=subdivision)
    lat = (int(found[1]) + int(found[2]) / 60) * (1 if found[3] == "N" else -1)
    lon = (int(found[4]) + int(found[5]) / 60) * (1 if found[6] == "E" else -1)
    return Place(code, tuple(names.split("|")), lon, lat, subdivision)
