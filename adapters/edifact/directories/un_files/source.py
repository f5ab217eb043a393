"""The text files of a directory: their characters, their lines, and which part of the directory each one is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from gateway.errors import SettingsError

#: Lines of a directory have 80 to 90 characters; what is far longer is no directory.
LONGEST_LINE = 200
#: Characters that mark what has changed since the directory before: `+`, `*`, `#`, `|`, `-` and X.
MARKS = r"[-+*#|X ]"

_BOXES = re.compile(rb"\xc4{5}")
_RELEASE = re.compile(r"(?:^|[._-])D?\.?(\d\d[AB])(?:\.TXT)?$", re.IGNORECASE)
_MESSAGE = re.compile(r"\s*Message Type\s*:\s*[A-Z]{6}\s*$")
_INTERACTIVE_MESSAGE = re.compile(r"\d{4,5}" + MARKS + r"{1,5}UIH ")
_INTERACTIVE_REFERENCE = re.compile(rf"(?:\d{{3}}|   ){MARKS}{{1,7}}E\d{{3}} ")
_BATCH_REFERENCE = re.compile(rf"(?:\d{{3}}|   ){MARKS}{{1,7}}C\d{{3}} ")
_ELEMENT = re.compile(rf"{MARKS}{{0,7}}\d{{4}}  +\S")


class Kind(StrEnum):
    """A part of a directory, named by the files that hold it."""

    MESSAGES = "EDMD or TRMD"
    SEGMENTS = "EDSD or TRSD"
    COMPOSITES = "EDCD or TRCD"
    ELEMENTS = "EDED or TRED"
    CODES = "UNCL"


_HEADINGS = (
    (re.compile(r"\s*\d\.\s+Segment specifications\s*$", re.IGNORECASE), Kind.SEGMENTS),
    (re.compile(r"\s*\d\.\s+Composite specifications\s*$", re.IGNORECASE), Kind.COMPOSITES),
    (re.compile(r"\s*\d\.\s+Data element specifications\s*$", re.IGNORECASE), Kind.ELEMENTS),
    (re.compile(r"\s*\d\.\s+Code lists?(?: UNCL)?\s*$", re.IGNORECASE), Kind.CODES),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, for people."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    def refuse(self, what: str) -> NoReturn:
        """Raise `SettingsError` that says file, line and what was expected there."""
        raise SettingsError(f"{self}: {what}")


@dataclass(frozen=True, slots=True)
class Remark:
    """Something in the UN's files that contradicts itself, and is not fatal."""

    place: Place
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


@dataclass(frozen=True, slots=True)
class Source:
    """One text file of a directory. `name` is its path, through the archives that it came in."""

    name: str
    kind: Kind
    lines: tuple[str, ...]

    def at(self, line: int) -> Place:
        """Return the place of a line, counted from 1."""
        return Place(self.name, line)


def release_of(name: str) -> str | None:
    """Return the release that a file's name ends in ("95B" of TRSD.95B, in upper case), or None."""
    found = _RELEASE.search(name)
    return found[1].upper() if found else None


def decoded(content: bytes) -> str:
    """Return the text of a file.

    Directories up to D04 may draw their tables in code page 437; letters beyond ASCII are otherwise Windows's,
    also in files of that time (a Spanish bank in UNCL D.03B), so the drawings decide and not the year.
    """
    if _BOXES.search(content):
        return content.decode("cp437")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read_source(name: str, content: bytes) -> Source | None:
    """Return a file as a part of a directory, or None when it is none that we compile.

    None are indexes, introductions, service code lists (they belong to the syntax) and the interactive
    messages, segments and composites. Raises `SettingsError` for a part whose lines are no text.
    """
    if b"\0" in content[:4096]:
        return None
    lines = tuple(line.rstrip(" \r\x1a\x0c") for line in decoded(content).split("\n"))
    kind = _kind(lines)
    if kind is None:
        return None
    source = Source(name, kind, lines)
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST_LINE:
            source.at(number).refuse(f"a line of {len(line):,} characters; a directory's have at most {LONGEST_LINE}")
    return source


def _kind(lines: tuple[str, ...]) -> Kind | None:
    head = _first(lines, 60)
    if any(_MESSAGE.match(line) for line in head):
        return None if any(_INTERACTIVE_MESSAGE.match(line) for line in lines) else Kind.MESSAGES
    kind = next((kind for line in head[:12] for heading, kind in _HEADINGS if heading.match(line)), None)
    if kind in (Kind.SEGMENTS, Kind.COMPOSITES):
        return None if _interactive(lines) else kind
    if kind is None and head and _ELEMENT.match(head[0]) and any(line.lstrip().startswith("Repr:") for line in head):
        return Kind.CODES  # UNCL of early directories goes on in a second file, which has no heading
    return kind


def _first(lines: tuple[str, ...], most: int) -> list[str]:
    """Return the first lines that are not blank."""
    found: list[str] = []
    for line in lines:
        if line.strip():
            found.append(line)
        if len(found) == most:
            break
    return found


def _interactive(lines: tuple[str, ...]) -> bool:
    """Whether composites here are those of interactive messages (E001), never those of batch ones (C001)."""
    return any(map(_INTERACTIVE_REFERENCE.match, lines)) and not any(map(_BATCH_REFERENCE.match, lines))
