"""The names of ports as they are looked up: folded to capital letters and digits, each part of a name by itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby
from types import MappingProxyType
from typing import Final

from gateway.unlocode import Place

#: Words that are written short, or in the language of the country.
_SAME: Final = MappingProxyType({"SAINT": "ST", "SANKT": "ST", "SINT": "ST", "FT": "FORT", "PT": "PORT", "MT": "MOUNT"})

_PORT: Final = " PT"  # behind the name of a city, UN/LOCODE marks its seaport so


def words(text: str) -> list[str]:
    """Return the words of a text in capital letters and digits, accents off, those of `_SAME` made one."""
    plain = unicodedata.normalize("NFKD", text).upper()
    found = re.findall(r"[A-Z0-9]+", "".join(each for each in plain if not unicodedata.combining(each)))
    return [_SAME.get(word, word) for word in found]


def folded(text: str) -> str:
    """Return the key that a name is looked up by: its words without anything between."""
    return "".join(words(text))


class PortNames:
    """Which ports a name may mean."""

    def __init__(self, places: Iterable[Place]) -> None:
        places = tuple(places)
        self._subdivisions = {place.unlocode: place.subdivision for place in places}
        proper: dict[str, dict[str, bool]] = {}
        further: dict[str, dict[str, bool]] = {}
        for place in places:
            for name in place.names:
                for part, main in _parts(name):
                    seaport = f" {part.upper()}".endswith(_PORT)
                    key = folded(part[: -len(_PORT)] if seaport else part)
                    if len(key) > 1:
                        table = proper if main else further
                        table.setdefault(key, {})[place.unlocode] = seaport
        self._codes = {key: _seaports_first(found) for key, found in {**further, **proper}.items()}

    def __iter__(self) -> Iterator[str]:
        return iter(self._codes)

    def codes(self, key: str) -> tuple[str, ...]:
        """Return the UN/LOCODEs of the ports that a folded name may mean."""
        return self._codes.get(key, ())

    def codes_in(self, key: str, region: str) -> tuple[str, ...]:
        """Return those of them that lie in a country or in a subdivision of one, by its code."""
        return tuple(code for code in self.codes(key) if region in (code[:2], self._subdivisions[code]))


def _parts(name: str) -> Iterator[tuple[str, bool]]:
    """Yield the names in a name, and whether each is its own: "Gent (Ghent)", "Mina Zayed/Abu Dhabi", "X, Island"."""
    yield name, True
    own, *cities = re.split(r"[/=]", name)
    for part in re.split(r"[()]", own):
        named = part.removeprefix("ex ").split(",")[0].strip()
        yield named, True
        yield named.removesuffix(" Port"), True
    for city in cities:
        yield city.split("(")[0].strip(), False


def _seaports_first(found: dict[str, bool]) -> tuple[str, ...]:
    """Return codes without the city of a country where the seaport of that city is another place."""
    kept: list[str] = []
    for _, group in groupby(sorted(found), key=lambda code: code[:2]):
        codes = list(group)
        kept += [code for code in codes if found[code]] or codes
    return tuple(kept)
