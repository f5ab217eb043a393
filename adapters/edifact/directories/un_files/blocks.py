"""The blocks between rulers in which segments, composites, elements and code lists are specified."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from adapters.edifact.directories.un_files.source import MARKS, Kind, Place, Remark, Source

_RULER = re.compile(r"\s*[-─]{40,}$")
_LABEL = re.compile(rf"{MARKS}{{0,12}}(?P<label>Function|Desc|Note|Repr|Dependency notes?):\s*(?P<text>.*)$")
_USAGE = re.compile(r"\s*\[[BIC]\]\s*$")
#: Up to D99A a minus sign marks what is gone; later it marks what will go.
_MINUS_IS_GONE = re.compile(r"\s*a minus sign \(-\)\s+for a deletion")
_HEADERS = {
    Kind.SEGMENTS: (re.compile(rf"(?P<marks>{MARKS}{{0,7}})(?P<key>[A-Z]{{3}})  +(?P<name>\S.*)$"), "a tag (BGM)"),
    Kind.COMPOSITES: (re.compile(rf"(?P<marks>{MARKS}{{0,7}})(?P<key>C\d{{3}}) +(?P<name>\S.*)$"), "a number (C507)"),
    Kind.ELEMENTS: (re.compile(rf"(?P<marks>{MARKS}{{0,7}})(?P<key>\d{{4}}) +(?P<name>\S.*)$"), "a number (1004)"),
    Kind.CODES: (re.compile(rf"(?P<marks>{MARKS}{{0,7}})(?P<key>\d{{4}}) +(?P<name>\S.*)$"), "a number (1001)"),
}


@dataclass(frozen=True, slots=True)
class Use:
    """A reference from one definition to another: a segment's to a composite, a composite's to an element.

    `format` is what the using place says of a data element, None where it says nothing.
    """

    ref: str
    place: Place
    format: str | None = None


@dataclass(frozen=True, slots=True)
class Defined:
    """One definition: `value` is what goes into the facts, `text` the UN's description of it.

    `components` are what a segment says about the insides of its composites: `(ref, ((number, status, format), ..))`.
    `remarks` are what is odd in it.
    """

    key: str
    name: str
    text: str
    value: Any
    place: Place
    uses: tuple[Use, ...] = ()
    components: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its key and name, and the lines after them with their numbers."""

    source: Source
    key: str
    name: str
    line: int
    body: tuple[tuple[int, str], ...]

    @property
    def place(self) -> Place:
        """Where the block begins."""
        return self.source.at(self.line)


def blocks(source: Source) -> Iterator[Block]:
    """Yield each block; raises `SettingsError` for one that does not begin with a key and a name.

    What stands before the first ruler is the preface, unless it begins as a block does.
    """
    header, expected = _HEADERS[source.kind]
    minus_is_gone = any(map(_MINUS_IS_GONE.match, source.lines[:40]))
    for number, lines in enumerate(_between_rulers(source)):
        first, text = lines[0]
        found = header.match(text)
        if found is None and number == 0:
            continue
        if found is None:
            source.at(first).refuse(f"expected {expected} and a name after the ruler, not {text.strip()[:60]!r}")
        if minus_is_gone and "-" in found["marks"]:
            continue
        name, body = _name(found["name"], lines[1:])
        yield Block(source, found["key"], name, first, body)


def _between_rulers(source: Source) -> Iterator[list[tuple[int, str]]]:
    """Yield the numbered lines between rulers, from the first that is not blank."""
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(source.lines, 1):
        if _RULER.match(line):
            if lines:
                yield lines
            lines = []
        elif lines or line.strip():
            lines.append((number, line))
    if lines:
        yield lines


def _name(first: str, lines: list[tuple[int, str]]) -> tuple[str, tuple[tuple[int, str], ...]]:
    """Return a name, which may go on in the next lines, and the lines after it."""
    words = [_USAGE.sub("", first)]
    taken = 0
    for _, line in lines:
        if not line.strip() or _LABEL.match(line):
            break
        words.append(_USAGE.sub("", line))
        taken += 1
    return joined(words), tuple(lines[taken:])


def joined(lines: Iterable[str]) -> str:
    """Return lines as one text with single spaces."""
    return " ".join(" ".join(lines).split())


def labelled(lines: Iterable[tuple[int, str]]) -> tuple[dict[str, str], int]:
    """Return the paragraphs by label (Function, Desc, Repr, Note), and how many lines they take.

    A paragraph goes on until the next label; a blank line inside it is kept as a line feed.
    """
    found: dict[str, list[str]] = {}
    current: list[str] = []
    taken = 0
    for taken, (_, line) in enumerate(lines, 1):  # noqa: B007  # the count is wanted after the loop
        label = _LABEL.match(line)
        if label:
            current = found.setdefault(label["label"], [])
            current.append(label["text"])
        else:
            current.append(line)
    return {label: paragraphs(text) for label, text in found.items()}, taken


def paragraphs(lines: Iterable[str]) -> str:
    """Return lines as paragraphs, one to a line."""
    made: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            made[-1].append(line)
        elif made[-1]:
            made.append([])
    return "\n".join(joined(words) for words in made if words)


def described(found: dict[str, str], label: str) -> str:
    """Return a description with the note below it."""
    note = found.get("Note", "")
    return "\n".join(filter(None, (found.get(label, ""), note and f"Note: {note}")))
