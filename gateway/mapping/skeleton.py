"""The start of a new map: every place and value of a message, the mandatory ones filled in, the others as comments.

It loads as it is once its document is chosen, so that it can grow rule by rule with `pierhead mapping test`; where it
does not, `undecided` says what is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.errors import MappingError
from gateway.mapping.compiler import compile_map
from gateway.mapping.coverage import SERVICE_PLACES
from gateway.mapping.source import read_source, where
from gateway.model.documents import DOCUMENTS
from gateway.model.place import Locator, Place
from gateway.plugin import Grammar

#: What stands for the document until one is chosen.
UNCHOSEN = "CHOOSE"
_FORMAT = re.compile(r"(?P<kind>a|n|an)(?P<up_to>\.\.)?(?P<most>\d+)")
_COMMENT_AT = 44


def skeleton(grammar: Grammar, document: str = UNCHOSEN) -> str:
    """Return the text of a new map for a message structure.

    A mandatory value is a constant (`=CODE`): replace it by the field it becomes. A mandatory place that cannot be
    named in a map is a comment that says so.
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


def undecided(text: str, grammar: Grammar, file: str) -> tuple[str, ...]:
    """Return what has to be decided before a new map loads, a line each with file, line and column; () if it loads."""
    try:
        source = read_source(file, {file: text}.__getitem__)
        if source.document == UNCHOSEN:
            return (f"{where(source.document)}: choose its document: {', '.join(DOCUMENTS)}",)
        compile_map(source, grammar)
    except MappingError as error:
        return tuple(str(error).splitlines())
    return ()


def _commented(text: str, comment: str) -> str:
    return f"{text.ljust(_COMMENT_AT)} # {comment}"


def _place(grammar: Grammar, place: Place, depth: int, *, dead: bool) -> Iterator[str]:
    """Yield the lines of a place and all below it; `dead` when something above it is only a comment."""
    if place.name in SERVICE_PLACES:
        return
    name = _place_name(grammar, place)
    if name is None and place.mandatory and not dead:
        yield _line(depth, f"{place.name} is mandatory and cannot be named: this name stands twice here", dead=True)
    dead = dead or not place.mandatory or name is None
    key = name or place.name
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


def _place_name(grammar: Grammar, place: Place) -> str | None:
    """Return how a map names a place under its parent, with its group number where the name is not enough.

    None where a map cannot name it.
    """
    parent = place.parent or grammar.root
    among = [one for one in parent.children if one.name == place.name].index(place) + 1
    for name in (place.name, f"{place.name}#{place.group or 0}", f"{place.name}#{among}"):
        try:
            if grammar.child(parent, name) is place:
                return name
        except MappingError:
            continue
    return None


def _values(grammar: Grammar, place: Place, depth: int, *, dead: bool) -> Iterator[str]:
    needed = grammar.mandatory_elements(place)
    starred: set[tuple[int, str]] = set()
    for locator in grammar.locators(place):
        spelling = _spelling(grammar, place, locator, starred)
        if spelling is None:
            continue
        mandatory = locator.mandatory and (not locator.element or locator.element in needed or bool(locator.leaf))
        told = f"{'M' if mandatory else 'C'} {locator.format} {grammar.title(place, locator)}".rstrip()
        value = f"={stand_in(grammar, locator)}" if mandatory else "FIELD"
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


def stand_in(grammar: Grammar, locator: Locator) -> str:
    """Return a text that fits a value: a code of its list, else zeros or crosses."""
    match = _FORMAT.fullmatch(locator.format)
    least = int(match["most"]) if match and not match["up_to"] else 1
    most = int(match["most"]) if match else least
    codes = sorted(code for code in grammar.codes(locator) or () if least <= len(code) <= most)
    if codes:
        return codes[0]
    return ("0" if match and match["kind"] == "n" else "X") * least
