"""What opens a group although the same tag stands nearer: decides where mandatory segments are absent.

A message without fault needs no such hint: its automaton is exact (`structure`). Where a sender leaves out a mandatory
segment, the tag alone would lead to the nearer place; the values below tell (guides of SMDG, WCO/IATA/ICAO, customs;
ISO 9735 for UNS), or the segment that follows does, since it stands in one of the two groups only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

Record = Sequence[str]
Opener = Callable[[Record, Record], bool]
"""Given a segment and the one behind it, says whether the former opens the group further on."""


def _qualified(*values: str) -> Opener:
    """Return what holds of a segment with one of these qualifiers."""
    known = frozenset(values)
    return lambda record, _: _qualifier(record) in known


def _before(tag: str, qualifier: str = "") -> Opener:
    """Return what holds of a segment that stands before this one."""
    return lambda _, behind: behind[0] == tag and qualifier in ("", _qualifier(behind))


def _qualifier(record: Record) -> str:
    return record[1].partition(":")[0] if len(record) > 1 else ""


_CELL = _qualified("147")
OPENERS: Mapping[str, Mapping[str, Opener]] = {
    "BAPLIE": {"LOC": _CELL},
    "MOVINS": {"LOC": _CELL, "HAN": _before("LOC", "147"), "RFF": _before("DGS")},
    "PAXLST": {"NAD": _qualified("FL", "FM", "DDU", "DDT")},
    "CUSCAR": {"RFF": _qualified("BM", "MB", "BH")},
    "TANSTA": {"LOC": _before("MEA")},
    "INVRPT": {"QTY": _before("INV")},  # the one message that is ambiguous though nothing is absent
}
#: In every message: UNS+S ends the detail section, though the UNS before it (UNS+D) is absent (0081).
SECTIONS: Mapping[str, Opener] = {"UNS": _qualified("S")}


def openers(message: str) -> Mapping[str, Opener]:
    """Return the openers of a message by tag."""
    return {**OPENERS.get(message, {}), **SECTIONS}
