"""A message's bytes to its segments as flat texts, whatever the interchange's own service characters are.

A segment is a text with `+` between elements, `:` between components and, where elements repeat by a separator of
their own (syntax version 4), `*` between occurrences; a released service character is one private-use character
(`RELEASED`), so that splitting is right and a length counts characters. `restore` gives the text back as it was
meant. Segments carry no terminator, no line breaks, no spaces round them and none at the end of an element or
component, where they are insignificant (ISO 9735); those before a value are data.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from adapters.edifact.syntax.charset import UNDECLARED, Charset
from adapters.edifact.syntax.separators import DEFAULT, Separators

#: The private-use character that stands for each service character where it is data.
RELEASED = {"?": "\ue000", "+": "\ue001", ":": "\ue002", "'": "\ue003"}
#: The repetition separator, where there is one; elsewhere it is data.
REPETITION = "*"
RELEASED_4 = {**RELEASED, REPETITION: "\ue004"}
_RESTORED = str.maketrans({stand_in: character for character, stand_in in RELEASED_4.items()})
_PRIVATE = re.compile("[\ue000-\uf8ff]")
#: While a message is split, "?" and a letter stand for each released service character: they separate nothing.
_MASKS = {"?": "?Q", "+": "?P", ":": "?C", "'": "?T", REPETITION: "?R"}
_STAND_INS = {mask: RELEASED_4[character] for character, mask in _MASKS.items()}
_PAIR = re.compile(r"\?(.)", re.DOTALL)
_MASK = re.compile(r"\?(?:.|\Z)")
#: A space at the end of an element or component, or before a segment; begins with it, so that `re` looks at spaces
#: alone.
_SPACED = re.compile(r" (?:[+:']|(?<![^'] ))")
_BETWEEN = re.compile(r"'[\r\n]* ")
_RELEASED_THEN_BREAK = re.compile(rb"\?'[\r\n]")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The segments of a message, and what was put right to get them.

    `wrapped`, `empty` count the segments with a line break inside and those without any character; `spaced` says that
    spaces stood between segments, `dangling` that the last segment ended in a release character.
    """

    segments: list[str]
    wrapped: int = 0
    empty: int = 0
    dangling: bool = False
    spaced: bool = False


def restore(text: str) -> str:
    """Return a value as it was meant: stand-ins of released service characters undone."""
    return text if text.isascii() else text.translate(_RESTORED)


def tokenize(raw: bytes, separators: Separators = DEFAULT, charset: Charset = UNDECLARED) -> Tokens:
    """Return the segments of a message, given from its first byte to its last terminator."""
    text = (_unbroken(raw) if separators.standard else raw).decode(charset.codec, "replace")
    if not text.isascii() and _PRIVATE.search(text):
        text = _PRIVATE.sub("\ufffd", text)
    if not separators.standard:
        text = _standard(text if separators.terminator != "\n" else text.replace("\r", ""), separators)
    return _tokens(text, RELEASED_4 if separators.repetition else RELEASED)


def _unbroken(raw: bytes) -> bytes:
    """Return a message without its line breaks where each of them follows a terminator; else as it is."""
    joined = raw.translate(None, b"\r\n")
    breaks = len(raw) - len(joined)
    if breaks and breaks not in (raw.count(b"'\n"), 2 * raw.count(b"'\r\n")):
        return raw
    if b"\x1b" in raw or (b"?" in raw and _RELEASED_THEN_BREAK.search(raw)):  # ISO 2022: bytes are no characters
        return raw
    return joined


def _tokens(text: str, released: Mapping[str, str]) -> Tokens:
    text = text.strip("\r\n ")
    releases = "?" in text
    if releases:
        text = _PAIR.sub(lambda pair: _MASKS[pair[1]] if pair[1] in released else pair[1], text)
    segments = text.split("'")
    if releases:
        segments = [segment if "?" not in segment else _MASK.sub(_stand_in, segment) for segment in segments]
    wrapped = 0
    broken = "\n" in text or "\r" in text
    if broken:
        segments, wrapped = _unwrapped(segments)
    dangling = text.endswith("?")
    spaced = _SPACED.search(text) is not None
    if dangling or wrapped or spaced:
        segments = _trimmed(segments)
    if not segments[-1]:
        segments.pop()
    empty = 0
    if "" in segments:
        kept = [segment for segment in segments if segment]
        empty = len(segments) - len(kept)
        segments = kept
    return Tokens(segments, wrapped, empty, dangling, (spaced or broken) and _BETWEEN.search(text) is not None)


def _stand_in(mask: re.Match[str]) -> str:
    return _STAND_INS.get(mask[0], "")


def _trimmed(segments: list[str]) -> list[str]:
    """Remove spaces round segments and at the end of elements and components, in passes over the whole message."""
    text = "'" + "'".join(segments) + "'"
    spaces = " "
    while spaces + spaces in text:
        spaces += spaces
    while spaces:  # halving: what is left of a run is always shorter than the next two
        for separator in "+:'":
            text = text.replace(spaces + separator, separator)
        text = text.replace("'" + spaces, "'")
        spaces = spaces[: len(spaces) // 2]
    return text[1:-1].split("'")


def pieces(text: str, terminator: str = "'", release: str = "?") -> list[str]:
    """Split at the terminators that are not released: the parity of the release run before one decides."""
    if not release or release + terminator not in text:
        return text.split(terminator)
    found: list[str] = []
    held: list[str] = []
    *parts, rest = text.split(release + terminator)
    for part in parts:
        *whole, tail = part.split(terminator)
        _close(whole, held, terminator)
        found += whole
        held.append(tail + release)
        if not _dangling(held[-1], release):
            found.append(terminator.join(held))
            held.clear()
    last = rest.split(terminator)
    _close(last, held, terminator)
    return found + last


def _close(whole: list[str], held: list[str], terminator: str) -> None:
    """Put what is held before a released terminator in front of the first piece after it."""
    if whole and held:
        whole[0] = terminator.join((*held, whole[0]))
        held.clear()


def _dangling(piece: str, release: str = "?") -> bool:
    return (len(piece) - len(piece.rstrip(release))) % 2 == 1


def _unwrapped(segments: list[str]) -> tuple[list[str], int]:
    """Remove line breaks: those after a terminator are transport noise, others wrap a segment (counted)."""
    cleaned: list[str] = []
    wrapped = 0
    for segment in segments:
        kept = segment.lstrip("\r\n ") if segment[:1] in ("\r", "\n", " ") else segment
        if "\r" in kept or "\n" in kept:
            kept = kept.replace("\r", "").replace("\n", "")
            wrapped += 1
        cleaned.append(kept)
    return cleaned, wrapped


def _standard(text: str, separators: Separators) -> str:
    """Return the text with the default service characters, its data escaped accordingly."""
    pattern, replace = _translation(separators)
    return pattern.sub(replace, text)


@lru_cache(256)
def _translation(separators: Separators) -> tuple[re.Pattern[str], Callable[[re.Match[str]], str]]:
    released = RELEASED_4 if separators.repetition else RELEASED
    table = {character: "?" + character for character in released}
    table |= {separators.component: ":", separators.element: "+", separators.terminator: "'"}
    if separators.repetition:
        table[separators.repetition] = REPETITION
    services = f"[{re.escape(''.join(table))}]"
    if separators.release:
        table[separators.release] = "?"
        services = f"{re.escape(separators.release)}(?P<released>.?)|{services}"

    def replace(match: re.Match[str]) -> str:
        meant = match.groupdict().get("released")
        if meant is None:
            return table[match[0]]
        return "?" + meant if meant in released or not meant else meant

    return re.compile(services, re.DOTALL), replace
