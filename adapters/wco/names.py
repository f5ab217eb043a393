"""Names for messages to people: local names of tags, and the nearest of the names that would have been valid."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def local(tag: str) -> str:
    """Return the local name of a full tag ({namespace}name)."""
    return tag.rpartition("}")[2]


def namespace(tag: str) -> str:
    """Return the namespace of a full tag, "" for none."""
    return tag[1:].rpartition("}")[0] if tag[:1] == "{" else ""


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the likeliest of the known names, "" when none is near."""
    names = list(known)
    folded = {one.casefold(): one for one in names}
    if name.casefold() in folded:
        return folded[name.casefold()]
    close = difflib.get_close_matches(name, names, 1, 0.6)
    return close[0] if close else ""


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return the end of an error text: the nearest name, or every known one."""
    names = list(known)
    near = nearest(name, names)
    return f"; did you mean {near}?" if near else f"; known: {', '.join(names) or 'none'}"
