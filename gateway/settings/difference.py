"""What changed between two readings of a site, in words, for the log and the journal; never a secret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, Final

from gateway.settings.site import Site

#: What a running gateway has built itself on: it is read at the start only.
FIXED: Final = ("store", "listen", "limits", "timing")

#: What holds a secret, or is too long to be read in a line: only that it changed is told.
_UNTOLD: Final = ("way", "api_keys", "operators")
_LONGEST: Final = 120


def fixed(before: Site, after: Site) -> list[str]:
    """Return the names of what changed and needs a restart."""
    return [name for name in FIXED if getattr(before, name) != getattr(after, name)]


def changes(before: Site, after: Site) -> list[str]:
    """Return a line for each thing that was added, removed or changed."""
    told = [*_fields("site", before, after, ("name", "identities", "retention", "operators"))]
    if _drawn(before) != _drawn(after):
        told.append("zones: changed")
    for kind in ("partners", "endpoints"):
        told += _items(kind[:-1], getattr(before, kind), getattr(after, kind))
    told += _items("agreement", {one.id: one for one in before.agreements}, {one.id: one for one in after.agreements})
    return told


def _drawn(site: Site) -> str:
    """Return the zones as a text: a zone itself is equal to no other."""
    return repr((site.zones.zones, site.zones.ports))


def _items(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for id_ in dict.fromkeys((*before, *after)):
        if id_ not in before:
            yield f"{kind} {id_}: added"
        elif id_ not in after:
            yield f"{kind} {id_}: removed"
        elif before[id_] != after[id_]:
            shown = tuple(field.name for field in fields(before[id_]))
            yield from _fields(f"{kind} {id_}", before[id_], after[id_], shown)


def _fields(what: str, before: Any, after: Any, names: tuple[str, ...]) -> Iterator[str]:
    hidden = {field.name for field in fields(before) if not field.repr}
    for name in names:
        old, new = getattr(before, name), getattr(after, name)
        if old == new:
            continue
        if name in hidden or name in _UNTOLD:
            yield f"{what}, {name}: changed"
        elif isinstance(old, tuple) and isinstance(new, tuple):
            yield from _listed(f"{what}, {name}", old, new)
        else:
            yield f"{what}, {name}: {_short(old)} became {_short(new)}"


def _listed(what: str, old: tuple[Any, ...], new: tuple[Any, ...]) -> Iterator[str]:
    """Yield what went out of a list and what came into it; the same words on both sides mean a change inside."""
    gone = [str(one) for one in old if one not in new]
    come = [str(one) for one in new if one not in old]
    for text in dict.fromkeys((*gone, *come)):
        how = "changed" if text in gone and text in come else "removed" if text in gone else "added"
        yield f"{what}: {_short(text)} {how}"
    if not gone and not come:
        yield f"{what}: in another order"


def _short(value: Any) -> str:
    text = "nothing" if value is None or value == "" else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
