"""What a destination's text can mean, whoever sends it: every reading, the surest first.

The prescribed form is "NL RTM>DE HAM" (IMO SN.1/Circ.244); most ships write a name, a short form, or no port at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from rapidfuzz import fuzz, process

from gateway.vessels.aliases import NO_PORT, NO_PORT_WORDS
from gateway.vessels.port_names import PortNames, folded, words

#: How similar a suggestion is at least, of 100, and how many there are.
_SIMILAR: Final = 80
_SUGGESTIONS: Final = 5

#: What a name within other words has at least, in letters, and at most, in words.
_LETTERS: Final = 4
_WORDS: Final = 4

# IMO SN.1/Circ.244 has ">" alone; ships write the others as well.
_TO: Final = re.compile(r"\s*(?:[-=]*>+)\s*")
_BOTH_WAYS: Final = re.compile(r"\s*(?:<[-=]*>|[/&+;|])\s*")
_LEGS: Final = re.compile(r"\s*(?:-+|\bTO\b)\s*")
_CODE: Final = re.compile(r"([A-Z]{2})[ -]?([A-Z2-9]{3})")
_CODE_IN_TEXT: Final = re.compile(r"^([A-Z]{2}) ([A-Z2-9]{3})\b|\b([A-Z]{2})([A-Z2-9]{3})\b")

#: ISRS location code (RIS index): UN/LOCODE, fairway section, object, hectometre.
_ISRS: Final = re.compile(r"([A-Z]{2}[A-Z2-9]{3})[A-Z0-9]{5}[A-Z0-9]{5}[0-9]{5}")

#: Telephone numbers, times and channels, with all that follows their word.
_NO_PLACE: Final = re.compile(r"\b(?:ETA|ETD|TEL|PHONE|MOB|MOBILE|VHF|CALL|AGENT)\b.*|[+(]?\d[\d ()/.:-]{3,}\d")
_DIGITS: Final = str.maketrans("0158", "OISB")


class How(StrEnum):
    """By which reading a text was resolved, or why not."""

    FROM_TO = "from>to"
    CODE = "code"
    NAME_OVER_CODE = "name that looks like a code"
    ALIAS = "alias"
    NAME = "name"
    DIGITS = "name with digits for letters"
    CODE_IN_TEXT = "code in text"
    ROUTE = "route"
    NAME_IN_TEXT = "name in text"
    ISRS = "ISRS"
    AMBIGUOUS = "ambiguous"
    OUT_OF_REACH = "out of reach"
    SIMILAR = "similar"
    NO_PORT = "no port"
    EMPTY = "empty"
    UNRESOLVED = "unresolved"


#: How far each reading that gives a port is to be believed, 0 to 1.
CONFIDENCE: Final[Mapping[How, float]] = MappingProxyType(
    {
        How.FROM_TO: 0.99,
        How.CODE: 0.95,
        How.ISRS: 0.9,
        How.ALIAS: 0.9,
        How.NAME: 0.9,
        How.NAME_OVER_CODE: 0.8,
        How.CODE_IN_TEXT: 0.8,
        How.DIGITS: 0.75,
        How.ROUTE: 0.65,
        How.NAME_IN_TEXT: 0.6,
    }
)


class Reading(NamedTuple):
    """The ports that one reading gives, and how far it is to be believed if they are one.

    `stated` says that the text holds a code, which means its port wherever the ship is. What is only similar has a
    score for each port, 0 to 1.
    """

    how: How
    codes: tuple[str, ...] = ()
    confidence: float = 0.0
    stated: bool = False
    scores: tuple[float, ...] = ()


class DestinationReader:
    """Reads texts against names, short forms and codes; `known` tells whether a code is a port."""

    def __init__(self, names: PortNames, aliases: Mapping[str, str], known: Callable[[str], bool]) -> None:
        self._names = names
        self._aliases = aliases
        self._known = known
        self._keys = tuple(dict.fromkeys((*names, *aliases)))

    def readings(self, text: str) -> tuple[Reading, ...]:
        """Return every reading, the surest first; the only one where there is nothing to look up; none of no port."""
        plain = " ".join(text.upper().split())
        isrs = _ISRS.fullmatch(plain)
        if isrs is not None:
            known = self._known(isrs[1])
            return (_reading(How.ISRS, (isrs[1],)) if known else Reading(How.UNRESOLVED, (isrs[1],)),)
        if not folded(plain):
            return (Reading(How.EMPTY),)
        found: dict[Reading, None] = {}
        for reading in self._all(plain):
            found[reading] = None
            if reading.how is How.NO_PORT:  # whatever else its words may be
                break
        return tuple(found)

    def similar(self, text: str) -> tuple[Reading, ...]:
        """Return the names that a text without a reading is spelt much like: a suggestion, which takes milliseconds."""
        return self._similar(_TO.split(" ".join(text.upper().split()))[-1])

    def _all(self, text: str) -> Iterator[Reading]:
        if ">" in text and "<" not in text:
            yield from self._from_to(_TO.split(text)[-1])
            return
        yield from self._place(text)
        said = " ".join(_NO_PLACE.sub(" ", text).split())
        if said != text:
            yield from _lowered(How.NAME_IN_TEXT, self._place(said))
        ends = tuple(self._ends(_BOTH_WAYS.split(said)))
        yield from ends
        if any(len(reading.codes) > 1 for reading in ends):
            return
        to, via, _ = said.partition(" VIA ")
        legs = _LEGS.split(to)
        if len(legs) > 1 or via:
            yield from _lowered(How.ROUTE, self._place(legs[-1]))
        yield from self._within(to)

    def _from_to(self, to: str) -> Iterator[Reading]:
        """Read what stands behind the last ">": "=" before a name, "?" for what is not known (SN.1/Circ.244)."""
        place = to.lstrip("= ")
        if not folded(place):
            yield Reading(How.EMPTY)
            return
        for reading in (*self._place(place), *self._within(place)):
            sure = CONFIDENCE[How.FROM_TO] if reading.how is How.CODE else reading.confidence
            yield reading._replace(how=How.FROM_TO, confidence=sure) if reading.codes else reading

    def _place(self, text: str) -> Iterator[Reading]:
        """Read a text as one place and nothing else."""
        key = folded(text)
        named = self._called(key)
        code = _CODE.fullmatch(text)
        unlocode = "".join(code.groups()) if code else ""
        if unlocode and self._known(unlocode):
            if named and text == key:
                yield _reading(How.NAME_OVER_CODE, named)
            yield _reading(How.CODE, (unlocode,))
        elif key in NO_PORT or not NO_PORT_WORDS.isdisjoint(words(text)):
            yield Reading(How.NO_PORT)
        if key in self._aliases:
            yield _reading(How.ALIAS, (self._aliases[key],))
        yield from _found(How.NAME, self._names.codes(key))
        yield from self._in_region(words(text))
        spelt = folded(" ".join(map(_in_letters, words(text))))
        if spelt != key:
            yield from _found(How.DIGITS, self._called(spelt))

    def _in_region(self, said: list[str]) -> Iterator[Reading]:
        """Read a name with its country or subdivision behind it: "TACOMA, WA", "ROTTERDAM NL"."""
        if len(said) > 1 and 2 <= len(said[-1]) <= 3:
            yield from _found(How.NAME, self._names.codes_in("".join(said[:-1]), said[-1]))

    def _ends(self, pieces: list[str]) -> Iterator[Reading]:
        """Read a service between ports, or two names of one: which end is meant, the text does not say."""
        found: dict[str, None] = {}
        for piece in pieces if len(pieces) > 1 else ():
            readings = (reading for reading in (*self._place(piece), *self._within(piece)) if len(reading.codes) == 1)
            found.update(dict.fromkeys(next(readings, Reading(How.UNRESOLVED)).codes))
        yield from _found(How.ROUTE, tuple(found))

    def _within(self, text: str) -> Iterator[Reading]:
        """Read a code, then a name, among other words."""
        codes = dict.fromkeys("".join(filter(None, found)) for found in _CODE_IN_TEXT.findall(text))
        yield from _found(How.CODE_IN_TEXT, tuple(code for code in codes if self._known(code) and code not in NO_PORT))
        yield from self._longest(words(text))

    def _longest(self, said: list[str]) -> Iterator[Reading]:
        """Read the most words in a row that are a name, the first such."""
        for count in range(min(len(said), _WORDS), 0, -1):
            for start in range(len(said) - count + 1):
                key = "".join(said[start : start + count])
                if key not in NO_PORT and (len(key) >= _LETTERS or (len(key) > 2 and key in self._aliases)):
                    codes = self._called(key)
                    if codes:
                        yield _reading(How.NAME_IN_TEXT, codes)
                        return

    def _similar(self, text: str) -> tuple[Reading, ...]:
        key = folded(_NO_PLACE.sub(" ", text))
        alike = process.extract(key, self._keys, scorer=fuzz.ratio, score_cutoff=_SIMILAR, limit=_SUGGESTIONS)
        scores: dict[str, float] = {}
        for name, score, _ in alike if len(key) >= _LETTERS else ():
            for code in self._called(name):
                scores.setdefault(code, round(score / 100, 2))
        return (Reading(How.SIMILAR, tuple(scores), scores=tuple(scores.values())),) if scores else ()

    def _called(self, key: str) -> tuple[str, ...]:
        alias = self._aliases.get(key)
        return self._names.codes(key) if alias is None else (alias,)


def _reading(how: How, codes: tuple[str, ...]) -> Reading:
    return Reading(how, codes, CONFIDENCE[how], how in (How.CODE, How.ISRS, How.CODE_IN_TEXT))


def _found(how: How, codes: tuple[str, ...]) -> Iterator[Reading]:
    if codes:
        yield _reading(how, codes)


def _lowered(how: How, readings: Iterable[Reading]) -> Iterator[Reading]:
    """Yield readings of a part of a text, believed no more than such a part is."""
    for reading in readings:
        if reading.codes:
            yield reading._replace(how=how, confidence=min(reading.confidence, CONFIDENCE[how]))


def _in_letters(word: str) -> str:
    """Return a word with the letters that its digits look like, unless it is a number."""
    return word if word.isdigit() else word.translate(_DIGITS)
