"""The lines that list what a segment or composite is made of: `010    C507 DATE/TIME/PERIOD   M    1`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adapters.edifact.directories.un_files.blocks import joined
from adapters.edifact.directories.un_files.source import MARKS, Place, Source

_START = re.compile(
    rf"(?:(?P<position>\d{{3,4}})|   )(?P<marks>{MARKS}{{1,7}})(?P<ref>[CSE]\d{{3}}|\d{{4}}) +(?P<rest>\S.*)$"
)
_END = re.compile(r"\s(?P<status>[MC])(?:\s+(?P<repeat>\d{1,5}))?(?:\s+(?P<format>an?(?:\.\.)?\d+|n(?:\.\.)?\d+))?$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: its position ("" for a component inside a segment), what it refers to, and how."""

    position: str
    ref: str
    status: str
    repeat: int
    format: str
    place: Place


def starts(line: str) -> bool:
    """Whether an entry begins here."""
    return _START.match(line) is not None


def entries(source: Source, lines: Sequence[tuple[int, str]]) -> Iterator[Entry]:
    """Yield every entry; raises `SettingsError` for one without M or C, also when its name takes two lines."""
    at = 0
    while at < len(lines):
        number, line = lines[at]
        at += 1
        start = _START.match(line)
        if start is None:
            continue
        words = [start["rest"]]
        while _END.search(words[-1]) is None and at < len(lines) and lines[at][1].strip() and not starts(lines[at][1]):
            words.append(lines[at][1])
            at += 1
        end = _END.search(joined(words))
        if end is None:
            source.at(number).refuse(f"expected M or C after the name of {start['ref']}, then repeat or format")
        if "-" in start["marks"] and not start["position"]:
            continue
        yield Entry(
            start["position"] or "",
            start["ref"],
            end["status"],
            int(end["repeat"] or 1),
            end["format"] or "",
            source.at(number),
        )
