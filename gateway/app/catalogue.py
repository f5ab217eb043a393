"""What is installed: adapters by entry point, maps by file, and both in one hand."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from gateway.errors import SettingsError
from gateway.mapping.registry import Entry, Registry
from gateway.pipeline.standards import Standards
from gateway.plugin import Adapter


def tune() -> None:
    """Raise the collector's thresholds: parsed messages are many small tuples that live shortly (docs/adr/0005)."""
    gc.set_threshold(100_000, 50, 1_000)


def adapters(site: Path | None = None) -> Mapping[str, Adapter]:
    """Return the installed adapters by standard, each with what the site folder `site` adds to its standard.

    Raises `SettingsError` where a file of the site's is wrong.
    """
    installed = _installed()
    added = {} if site is None else {name: _site_files(site / name) for name in installed}
    return {name: _with_site(name, added[name]) for name in installed} if any(added.values()) else installed


@cache
def _installed() -> Mapping[str, Adapter]:
    found = {entry.name: entry.load()() for entry in entry_points(group="pierhead.adapters")}
    if not found:
        raise SettingsError("no adapter is installed: install pierhead again, so that its entry points are found")
    return found


@lru_cache(16)
def _with_site(standard: str, added: tuple[tuple[str, bytes], ...]) -> Adapter:
    """Return an adapter with a site's files: one for equal files, for it remembers what it has compiled."""
    return _installed()[standard].with_site(dict(added))


def _site_files(folder: Path) -> tuple[tuple[str, bytes], ...]:
    """Return the content of each file by its path below the folder; hidden ones are passed over."""
    paths = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file())
    shown = [path for path in paths if not any(part.startswith(".") for part in path.parts)]
    return tuple((path.as_posix(), (folder / path).read_bytes()) for path in shown)


def map_files(site_mappings: Path | None = None) -> dict[str, str]:
    """Return the text of every map file by name; a site's own files come in front of the shipped ones."""
    found = dict(_texts(files("mappings"), ""))
    if site_mappings is not None:
        found |= {
            path.relative_to(site_mappings).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(site_mappings.rglob("*.yaml"))
        }
    return found


def _texts(folder: Traversable, prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir() and not entry.name.startswith(("_", ".")):
            found += _texts(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(".yaml"):
            found.append((f"{prefix}{entry.name}", entry.read_text(encoding="utf-8")))
    return found


def standards(site: Path | None = None) -> Standards:
    """Return the adapters and maps, those of a site folder with what is shipped; nobody needs the site's settings."""
    installed = adapters(site)
    mappings = None if site is None else site / "mappings"
    own = mappings if mappings is not None and mappings.is_dir() else None
    return _understood(tuple(map_files(own).items()), tuple(installed.items()))


@lru_cache(2)
def _understood(maps: tuple[tuple[str, str], ...], installed: tuple[tuple[str, Adapter], ...]) -> Standards:
    """Return adapters and maps: the same for equal files, for they remember what they have compiled."""
    return Standards(dict(installed), Registry(dict(maps), dict(installed)))


def own_maps(made: Standards) -> tuple[Entry, ...]:
    """Return the maps that a site has a part in: by a file of its own, or by what it adds to their standard.

    All others are as shipped, and our tests compile them.
    """
    shipped = map_files()
    own = {name for name, text in made.registry.files.items() if shipped.get(name) != text}
    changed = {name for name, adapter in made.adapters.items() if _installed().get(name) is not adapter}
    return tuple(one for one in made.registry.entries() if one.standard in changed or not own.isdisjoint(one.files))
