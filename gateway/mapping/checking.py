"""Checking every map against every version it claims, so that a fault shows before a message meets it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gateway.errors import MappingError
from gateway.mapping.registry import Entry, Registry
from gateway.mapping.rules import CheckedMap
from gateway.model.stages import MessageType


@dataclass(frozen=True, slots=True)
class MapCheck:
    """What checking one map against one version found; each fault and warning says file:line:column."""

    entry: Entry
    type: MessageType
    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def type_of(entry: Entry, version: str) -> MessageType:
    """Return the message type of a map in one of its versions."""
    return MessageType(entry.standard, entry.message, version)


def compile_entry(registry: Registry, entry: Entry, version: str) -> CheckedMap:
    """Return a map compiled against one version, as `Registry.compiled` does."""
    return registry.compiled(entry, type_of(entry, version))


def check_maps(registry: Registry, entries: Iterable[Entry]) -> Iterator[MapCheck]:
    """Yield the check of each of some maps in each version, in the order given and of directories."""
    for entry in entries:
        for version in entry.versions:
            kind = type_of(entry, version)
            try:
                warnings = tuple(compile_entry(registry, entry, version).warnings)
            except MappingError as error:
                yield MapCheck(entry, kind, faults=tuple(str(error).splitlines()))
            else:
                yield MapCheck(entry, kind, warnings=warnings)


def refuse_wrong_maps(registry: Registry, entries: Iterable[Entry]) -> None:
    """Compile some maps for the first version that each serves; raises `MappingError` with every fault found."""
    faults = []
    for entry in entries:
        try:
            compile_entry(registry, entry, entry.versions[0])
        except MappingError as error:
            faults.append(str(error))
    if faults:
        raise MappingError("\n".join(faults))
