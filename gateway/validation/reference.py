"""The reference lists that rules look codes up in: package data made by `tools/pack_lists.py`, codes only.

Loaded at first use and kept. A code outside its list is not wrong for certain: lists grow faster than
releases, so the rules that use them warn.
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from importlib.resources import files

from gateway.unlocode import codes


def _unpacked(name: str) -> str:
    return gzip.decompress(files("gateway.validation").joinpath("data", name).read_bytes()).decode("ascii")


@cache
def _codes() -> dict[str, frozenset[str]]:
    return {name: frozenset(members.split()) for name, members in json.loads(_unpacked("codes.json.gz")).items()}


def ports() -> frozenset[str]:
    """Return every UN/LOCODE whose function includes a port (17,497 of them)."""
    return codes()


def countries() -> frozenset[str]:
    """Return the ISO 3166-1 alpha-2 codes, with XI, XK and XZ as trade uses them."""
    return _codes()["countries"]


def imdg_classes() -> frozenset[str]:
    """Return the classes and divisions of the IMDG Code, without compatibility groups."""
    return _codes()["imdg_classes"]


def package_types() -> frozenset[str]:
    """Return the package type codes of UN/ECE Recommendation 21."""
    return _codes()["package_types"]


def units() -> frozenset[str]:
    """Return the unit codes of UN/ECE Recommendation 20."""
    return _codes()["units"]
