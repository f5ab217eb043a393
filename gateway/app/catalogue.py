"""What is installed: adapters by entry point, maps by file, and both in one hand."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from gateway.errors import SettingsError
from gateway.mapping.registry import Registry
from gateway.pipeline.standards import Standards
from gateway.plugin import Adapter


def tune() -> None:
    """Raise the collector's thresholds: parsed messages are many small tuples that live shortly (docs/adr/0005)."""
    gc.set_threshold(100_000, 50, 1_000)


@cache
def adapters() -> Mapping[str, Adapter]:
    """Return the installed adapters by standard."""
    found = {entry.name: entry.load()() for entry in entry_points(group="pierhead.adapters")}
    if not found:
        raise SettingsError("no adapter is installed: install pierhead again, so that its entry points are found")
    return found


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


def standards(site_mappings: Path | None = None) -> Standards:
    """Return the adapters and maps, as the command line uses them without a store."""
    installed = adapters()
    return Standards(installed, Registry(map_files(site_mappings), installed))
