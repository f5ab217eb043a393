"""The long way round: CUSCAR to cargo report to WCO XML, and all the way back; and how to compare both ends.

Nothing may get lost on the way that neither a finding nor a loss names. What may differ is how things are written:
equipment hangs on bills in XML, so its order is that of the bills; and of several ways to say the same in EDIFACT the
map writes one (`SPELLINGS`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gateway.model.base import Part
from gateway.model.finding import Finding
from gateway.model.stages import Envelope, Interchange, Loss, Message, MessageType, Party
from gateway.pipeline.canonical import differences, to_values
from gateway.pipeline.standards import Output, Read, Standards

WCO = MessageType("wco", "cargo-report", "1", association="pierhead")
ENVELOPE = Envelope("", Party("SENDER"), Party("RECIPIENT"), "TRIP", "UNOC:3", "250101:0000")

#: What the maps read and write otherwise: a pattern of the segment, and how it is written again.
SPELLINGS = (
    (r"^(LOC\+\w+\+[A-Z]{2}[A-Z0-9]{3})(?=\+|$)", r"\1:139:6"),  # a bare code is a UN/LOCODE
    (r"^(TDT\+.*:146):11(?=:|$)", r"\1:"),  # the agency of IMO numbers is not repeated
    (r"^(TDT\+.*:103):ZZZ(?=:|$)", r"\1:"),
    (r"^RFF\+AAZ", "RFF+AFB"),
    (r"^NAD\+N1", "NAD+NI"),
    (r"^MEA\+(?:AAE|WT|AAI)\+(?:G|AAB)", "MEA+AAE+G"),
    (r"^MEA\+WT", "MEA+AAE"),
    (r"^PCI\+(?:24|34)?\+", "PCI+28+"),
    (r"^CTA\+NT", "CTA+IC"),
    (r"^(GID|CNI)\+0+(?=\d)", r"\1+"),
)
_SPELLINGS = tuple((re.compile(pattern), written) for pattern, written in SPELLINGS)
_EQUIPMENT = re.compile(r"^equipment\[(\d+)\]")


@dataclass(frozen=True)
class End:
    """A message and what it was read as."""

    message: Message
    document: Part
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Trip:
    """One cargo report on its way: as received, as XML, and as EDIFACT again."""

    start: End
    there: Output
    middle: End
    back: Output
    end: End

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What writing reported, both times; paths are those of the document received."""
        return (*self.there.losses, *self.back.losses)


def ends(standards: Standards, content: bytes) -> Iterator[End]:
    """Yield each message that is read as a document."""
    adapter = standards.recognise(content)
    assert adapter is not None
    for item in standards.read(adapter, [content]):
        if not isinstance(item, Interchange) and item.document is not None:
            yield _end(item)


def _end(read: Read) -> End:
    assert read.document is not None
    return End(read.message, read.document, read.findings)


def travel(standards: Standards, start: End) -> Trip:
    """Write a report as WCO XML, read that, write it as EDIFACT of the same directory, and read that."""
    there = standards.write(start.document, WCO, ENVELOPE)
    (middle,) = ends(standards, there.content)
    back = standards.write(middle.document, start.message.type, ENVELOPE)
    (end,) = ends(standards, back.content)
    return Trip(start, there, middle, back, end)


# documents


def unexplained(before: Part, after: Part, losses: tuple[Loss, ...]) -> list[tuple[str, Any, Any]]:
    """Return (path, before, after) of each difference between two documents that no loss names."""
    lost = tuple(_keyed_path(loss.path, before) for loss in losses)
    found = differences(_keyed(before), _keyed(after))
    return [one for one in found if not one[0].startswith(lost)]


def _keyed(document: Part) -> dict[str, Any]:
    """Return a document's values, its equipment by number: the order of that list is nobody's data."""
    values: dict[str, Any] = next(iter(to_values(document).values()))
    units = values.pop("equipment", None)
    if units:
        values["equipment"] = dict(zip(_names(units), units, strict=True))
    return values


def _names(units: list[dict[str, Any]]) -> list[str]:
    seen: Counter[str] = Counter()
    names = []
    for unit in units:
        number = unit.get("number", "")
        seen[number] += 1
        names.append(f"{number}#{seen[number]}")
    return names


def _keyed_path(path: str, document: Part) -> str:
    match = _EQUIPMENT.match(path)
    if match is None:
        return path
    names = _names(next(iter(to_values(document).values()))["equipment"])
    return f"equipment.{names[int(match[1])]}{path[match.end() :]}"


# text


def changed(standards: Standards, trip: Trip) -> list[str]:
    """Return each segment of the message received that is written otherwise or not at all, and that nothing names."""
    written = Counter(line for _, line in _lines(standards, trip.end.message))
    named = _named(standards, trip)
    missing = []
    for record, line in _lines(standards, trip.start.message):
        if written[line] > 0:
            written[line] -= 1
        elif record not in named:
            missing.append(f"segment {record + 1}: {line}")
    added = [f"added: {line}" for line, count in written.items() for _ in range(count)]
    return missing + (added if missing or not named else [])


def _lines(standards: Standards, message: Message) -> Iterator[tuple[int, str]]:
    """Yield number and text of each segment but UNH and UNT, below what it stands under, in one spelling."""
    grammar = standards.adapters["edifact"].grammar(message.type)
    above: dict[int, str] = {}
    for number, (place, segment) in enumerate(zip(message.places, message.records, strict=True)):
        tag = segment[0]
        if tag in ("UNH", "UNT"):
            continue
        text = "+".join(segment)
        for pattern, respelled in _SPELLINGS:
            text = pattern.sub(respelled, text)
        parent = grammar.places[place].parent
        trail = above.get(parent.id, "") if parent is not None else ""
        line = f"{trail}{text}"
        above[place] = f"{'+'.join(text.split('+')[:3])} > " if tag in _KEYS else f"{trail}{tag} > "
        yield number, line


#: Groups whose key tells one instance from the others.
_KEYS = frozenset(("EQD", "RFF", "NAD"))


def _named(standards: Standards, trip: Trip) -> set[int]:
    """Return the numbers of the records received that a finding or a loss is about."""
    message = trip.start.message
    named = {finding.position.segment - 1 for finding in trip.start.findings if finding.position.segment}
    origins = standards.origins(standards.adapters["edifact"], message) if trip.losses else None
    for loss in trip.losses:
        assert origins is not None
        inside = [entry.record for path, entry in origins.by_path.items() if path.startswith(loss.path)]
        spot = origins.spot(loss.path)
        named |= {*inside, *([spot.record] if spot else [])}
    return named
