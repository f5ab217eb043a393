"""The start of a new map: every place and value of a message, the mandatory ones filled in, the others as comments.

It loads as it is once its document is chosen, so that it can grow rule by rule with `pierhead mapping test`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.errors import MappingError
from gateway.mapping.coverage import SERVICE_PLACES
from gateway.model.documents import DOCUMENTS
from gateway.model.place import Locator, Place
from gateway.plugin import Grammar

#: What stands for the document until one is chosen.
UNCHOSEN = "CHOOSE"
_FORMAT = re.compile(r"(?P<kind>a|n|an)(?P<up_to>\.\.)?(?P<most>\d+)")
_COMMENT_AT = 44


def skeleton(grammar: Grammar, document: str = UNCHOSEN) -> str:
    """Return the text of a new map for a message structure.

    A mandatory value is a constant (`=CODE`): replace it by the field it becomes. Raises `MappingError` when a
    mandatory place cannot be named in a map.
    """
    kind = grammar.type
    name = f"{kind.standard}/{kind.name.lower()}/{kind.version.lower()}"
    lines = [
        f"# {kind}: a start. Lines behind '#' are not carried yet; replace FIELD, LIST and the constants (=...).",
        f"# The whole message: pierhead directory show {kind.standard} {kind.name} {kind.version}",
        f"map: {name}",
        _commented(f"document: {document}", " or ".join(DOCUMENTS)),
        f"message: {kind.name} {kind.version}",
        "rules:",
    ]
    lines += [line for place in grammar.root.children for line in _place(grammar, place, 1, dead=False)]
    return "\n".join(lines) + "\n"


def _commented(text: str, comment: str) -> str:
    return f"{text.ljust(_COMMENT_AT)} # {comment}"


def _place(grammar: Grammar, place: Place, depth: int, *, dead: bool) -> Iterator[str]:
    """Yield the lines of a place and all below it; `dead` when something above it is only a comment."""
    if place.name in SERVICE_PLACES:
        return
    dead = dead or not place.mandatory
    key = _place_name(grammar, place, needed=not dead)
    values = list(_values(grammar, place, depth + 1, dead=dead))
    below = [line for child in place.children for line in _place(grammar, child, depth + 1, dead=dead)]
    live = any(not line.lstrip().startswith("#") for line in (*values, *below))
    verb = "" if place.repeat == 1 else " first" if not dead else " each LIST"
    group = f", group {place.group}" if place.group is not None else ""
    told = f"{'M' if place.mandatory else 'C'} {place.repeat}{group} {grammar.title(place)}".rstrip()
    yield _line(depth, _commented(f"{key}{verb}:" + ("" if live or dead else " {}"), told), dead=dead)
    yield from values
    yield from below


def _line(depth: int, text: str, *, dead: bool) -> str:
    return f"{'  ' * depth}{'# ' if dead else ''}{text}"


def _place_name(grammar: Grammar, place: Place, *, needed: bool) -> str:
    """Return how a map names a place under its parent; the group number is added where the name is not enough."""
    parent = place.parent or grammar.root
    among = [one for one in parent.children if one.name == place.name].index(place) + 1
    for name in (place.name, f"{place.name}#{place.group or 0}", f"{place.name}#{among}"):
        try:
            if grammar.child(parent, name) is place:
                return name
        except MappingError:
            continue
    if needed:
        raise MappingError(
            f"{place.trail} of {grammar.type} is mandatory and cannot be named in a map: it stands twice"
        )
    return place.name


def _values(grammar: Grammar, place: Place, depth: int, *, dead: bool) -> Iterator[str]:
    needed = grammar.mandatory_elements(place)
    starred: set[tuple[int, str]] = set()
    for locator in grammar.locators(place):
        spelling = _spelling(grammar, place, locator, starred)
        if spelling is None:
            continue
        mandatory = locator.mandatory and (not locator.element or locator.element in needed or bool(locator.leaf))
        told = f"{'M' if mandatory else 'C'} {locator.format} {grammar.title(place, locator)}".rstrip()
        value = f"={_stand_in(grammar, locator)}" if mandatory else "FIELD"
        yield _line(depth, _commented(f"{spelling}: {value}", told), dead=dead or not mandatory)


def _spelling(grammar: Grammar, place: Place, locator: Locator, starred: set[tuple[int, str]]) -> str | None:
    """Return the shortest spelling that means this value; None for a repeat that a starred one takes."""
    if (locator.element, locator.name) in starred:
        return None
    composite, _, number = locator.text.rpartition(".")
    plain = [locator.text] if locator.leaf else [locator.name, locator.text]
    counted = [f"{composite}#{n}.{number}" for n in range(1, 10)] if composite else []
    for text in (*plain, *counted):
        if _means(grammar, place, text, locator):
            return text
    for text in (*plain, *counted):
        if _means(grammar, place, f"{text}*", locator):
            starred.add((locator.element, locator.name))
            return f"{text}*"
    return None


def _means(grammar: Grammar, place: Place, text: str, locator: Locator) -> bool:
    try:
        return grammar.value(place, text).key == locator.key
    except MappingError:
        return False


def _stand_in(grammar: Grammar, locator: Locator) -> str:
    """Return a constant that fits a value: a code of its list, else zeros or crosses."""
    match = _FORMAT.fullmatch(locator.format)
    least = int(match["most"]) if match and not match["up_to"] else 1
    most = int(match["most"]) if match else least
    codes = sorted(code for code in grammar.codes(locator) or () if least <= len(code) <= most)
    if codes:
        return codes[0]
    return ("0" if match and match["kind"] == "n" else "X") * least
