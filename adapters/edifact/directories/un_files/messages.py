"""Messages, as EDMD and TRMD specify them: the segment table of section 4.3, checked against the prose of 4.1."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from adapters.edifact.directories.un_files.blocks import Defined, Use, paragraphs
from adapters.edifact.directories.un_files.source import MARKS, Place, Remark, Source

_TABLE = re.compile(r"4\.3(?:\.\d)?\.?\s+Segment table\s*$", re.IGNORECASE)
_NUMBER = r"(?P<position>\d{4,5})"
_TAIL = r"(?P<status>[MC]) +(?P<most>\d{1,7})(?P<bars>[^0-9A-Za-z]*)$"
_SEGMENT = re.compile(rf"{_NUMBER}(?P<marks>{MARKS}*) (?P<tag>[A-Z][A-Z0-9]{{2}}) (?P<name>.*?) +{_TAIL}")
_GROUP = re.compile(rf"{_NUMBER}{MARKS}*[-─]+ *Segment group +(?P<group>\d{{1,4}}) *[-─]* *{_TAIL}", re.IGNORECASE)
_CUT = re.compile(rf"{_NUMBER}{MARKS}* [A-Z][A-Z0-9]{{2}} \S")
_DELETED = re.compile(r" {4,}[*+#|X ]*- +(?:[A-Z][A-Z0-9]{2} |[-─]{2})")
_PASSED = re.compile(r"[\s|│]*$|\s*Pos\s+Tag\s+Name\b|[^a-z]*SECTION[\s|│]*$")
_PROSE = re.compile(rf"\d{{4,5}}{MARKS}*Segment group +(?P<group>\d{{1,4}}): *(?P<members>.*)$", re.IGNORECASE)
_MEMBER = re.compile(r"SG\d+|[A-Z][A-Z0-9]{2}")
_DEFINITION = re.compile(rf"1\.1{MARKS}+Functional definition", re.IGNORECASE)
_SECTION = re.compile(r"\d\.\d")
#: The UN nests some eight deep, and lists the members of a group in a few lines.
_DEEPEST, _LONGEST_LIST = 40, 20
_CORNERS, _LINES = "+┐┘┴┤", "|│"


def message_name(source: Source) -> str:
    """Return the message that a file specifies (CUSCAR)."""
    return _stated(source, "Message Type", r"[A-Z]{6}")


def message_directory(source: Source) -> str:
    """Return the directory that a message says it is of (D95B)."""
    return _stated(source, "Version", r"[A-Z0-9]+") + _stated(source, "Release", r"[A-Z0-9]+")


def message(source: Source) -> Defined:
    """Return the message of a file, `[tag, M|C, max]` and `[number, M|C, max, [member, ..]]` in order.

    Raises `SettingsError` for a table that is missing, cut off or not nested.
    """
    table = _Table(source)
    table.read(_heading(source))
    title, text = _texts(source)
    value = table.content[0]
    remarks = (*table.remarks, *_against_prose(source, value))
    return Defined(message_name(source), title, text, value, source.at(1), tuple(table.uses), remarks=remarks)


def _stated(source: Source, label: str, form: str) -> str:
    stated = re.compile(rf"\s*{label}\s*:\s*({form})\s*$")
    found = next(filter(None, map(stated.match, source.lines)), None)
    if found is None:
        source.at(1).refuse(f"expected {label!r} on the title page of the message")
    return found[1].upper()


def _heading(source: Source) -> int:
    """Return the number of the line below the heading of the segment table."""
    found = [number for number, line in enumerate(source.lines, 1) if _TABLE.match(line)]
    if not found:
        source.at(len(source.lines)).refuse("the file ends before section 4.3.1, the segment table; is it cut off?")
    return found[-1]


@dataclass(slots=True)
class _Table:
    """The segment table while it is read: `content` holds the members of each group that is open."""

    source: Source
    content: list[list[Any]] = field(default_factory=lambda: [[]])
    uses: list[Use] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    groups: int = 0

    def read(self, start: int) -> None:
        """Read until UNT: what follows may be an annex with the same table in other words."""
        cut = ""
        for number, line in enumerate(self.source.lines[start:], start + 1):
            place = self.source.at(number)
            text = f"{cut} {line.strip()}" if cut else line
            group, segment = _GROUP.match(text), _SEGMENT.match(text)
            if group:
                self._open(group, place)
            elif segment:
                self._add(segment, place)
                if segment["tag"] == "UNT":
                    return
            elif _CUT.match(line) and not cut:
                cut = line.rstrip(_LINES + " ")
                continue
            elif cut or not (_PASSED.match(line) or _DELETED.match(line)):
                place.refuse(f"expected a segment or a group with M or C and a number, not {line.strip()[:60]!r}")
            cut = ""
        self.source.at(len(self.source.lines)).refuse("the segment table ends without UNT; is the file cut off?")

    def _open(self, found: re.Match[str], place: Place) -> None:
        self.groups += 1
        if int(found["group"]) != self.groups:
            place.refuse(f"expected segment group {self.groups}, not {found['group']}")
        if len(self.content) > 1 and not self.content[-1]:
            place.refuse(f"expected the trigger segment of segment group {self.groups - 1} before another group")
        if len(self.content) > _DEEPEST:
            place.refuse(f"segment group {self.groups} is more than {_DEEPEST} groups deep")
        bars = _bars(found["bars"])
        if len(bars) != len(self.content) or bars[:1] not in tuple(_CORNERS) or set(bars[1:]) & set(_CORNERS):
            self._odd(place, bars, len(self.content))
        members: list[Any] = []
        self.content[-1].append([self.groups, found["status"], int(found["most"]), members])
        self.content.append(members)

    def _add(self, found: re.Match[str], place: Place) -> None:
        tag = found["tag"]
        depth = len(self.content) - 1
        bars = _bars(found["bars"])
        closed = sum(bar in _CORNERS for bar in bars)
        if closed > depth:
            place.refuse(f"{tag} closes {closed} segment groups, but {depth} are open")
        if tag == "UNT" and depth:
            place.refuse(f"expected UNT outside of every segment group, but {depth} are not closed")
        if len(bars) != depth or any(bar in _CORNERS for bar in bars[closed:]):
            self._odd(place, bars, depth)
        self.content[-1].append([tag, found["status"], int(found["most"])])
        self.uses.append(Use(tag, place))
        del self.content[len(self.content) - closed :]

    def _odd(self, place: Place, bars: str, depth: int) -> None:
        self.remarks.append(Remark(place, f"the bars {bars!r} do not show the depth, which is {depth}"))


def _bars(text: str) -> str:
    return "".join(char for char in text if char not in " -─")


def _against_prose(source: Source, content: list[Any]) -> Iterator[Remark]:
    """Yield where section 4.1 lists other members of a group than the table has: `Segment group 5: NAD-SG6-RFF`."""
    members = dict(_groups(content))
    for number, text in enumerate(source.lines, 1):
        found = _PROSE.match(text)
        if found is None:
            continue
        said = found["members"].strip()
        for line in source.lines[number : number + _LONGEST_LIST]:
            if not said.endswith("-"):
                break
            said += line.strip()
        listed, group = _MEMBER.findall(said), int(found["group"])
        has = members.get(group)
        if has is None:
            yield Remark(source.at(number), f"the prose has segment group {group}, the segment table has not")
        elif listed != has:
            prose, table = "-".join(listed), "-".join(has)
            yield Remark(source.at(number), f"segment group {group} is {prose} in the prose, {table} in the table")


def _groups(content: list[Any]) -> Iterator[tuple[int, list[str]]]:
    """Yield each group's number with its members, groups inside it as SG6."""
    for member in content:
        if isinstance(member[0], int):
            yield member[0], [f"SG{one[0]}" if isinstance(one[0], int) else one[0] for one in member[3]]
            yield from _groups(member[3])


def _texts(source: Source) -> tuple[str, str]:
    """Return the title below CONTENTS, and section 1.1, the functional definition."""
    lines = iter(source.lines)
    title = ""
    for line in lines:
        if line.strip() == "CONTENTS":
            title = next((after.strip() for after in lines if after.strip()), "")
            break
    definition: list[str] = []
    inside = False
    for line in source.lines:
        if _DEFINITION.match(line):
            inside = True
        elif inside and _SECTION.match(line):
            break
        elif inside:
            definition.append(line)
    return title, paragraphs(definition)
