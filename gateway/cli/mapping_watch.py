"""Samples tried again whenever a map, what it includes, or a sample changes; only what is otherwise is told.

Watch(load, folders, samples, "edifact/cuscar/d95b").look() gives what to tell now: everything at first, then what
changed, and nothing when nothing did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path

from rich.text import Text

from gateway.cli.mapping_samples import expectations, lines, sample_paths, summary, try_path
from gateway.errors import GatewayError, MappingError
from gateway.mapping.checking import compile_entry
from gateway.mapping.registry import Entry
from gateway.pipeline.standards import Standards
from gateway.pipeline.trial import Trial

Stamp = tuple[int, int]
"""When a file was last changed (ns), and its size."""


@dataclass(slots=True)
class Watch:
    """The samples of one map, or of all (`name` is ""), as they were when last looked at.

    `load` reads the maps anew, and raises a `GatewayError` where one is wrong; `folders` hold the files that maps are
    made from, `samples` the samples.
    """

    load: Callable[[], Standards]
    folders: Sequence[Path]
    samples: Path
    name: str = ""
    _standards: Standards | None = None  # the last that were without fault
    _faulty: bool = False
    _maps: dict[Path, Stamp] = field(default_factory=dict)
    _stamps: dict[Path, tuple[Stamp, ...]] = field(default_factory=dict)
    _trials: dict[Path, Trial] = field(default_factory=dict)
    _due: set[Path] = field(default_factory=set)

    def look(self) -> list[Text]:
        """Return what is to be told since the last look; a map that is wrong is told with file, line and column."""
        maps = dict(_stamped(path for folder in self.folders for path in sorted(folder.rglob("*.yaml"))))
        stamps = {path: _stamps(path) for path in sample_paths(self.samples)}
        changed = [path for path in {**self._maps, **maps} if self._maps.get(path) != maps.get(path)]
        touched = {path for path in stamps if stamps[path] != self._stamps.get(path)}
        gone = [path for path in self._stamps if path not in stamps]
        if not (changed or touched or gone):
            return []
        first = not self._maps
        self._maps, self._stamps = maps, stamps
        self._due = (self._due | touched) & set(stamps)
        told = [] if first else [_named(sorted({*changed, *touched, *gone}))]
        told += [Text(f"{self._trials.pop(path).sample.name} is gone") for path in gone if path in self._trials]
        faults = self._load() if changed else []
        if self._faulty or self._standards is None:
            return [*told, *(Text(fault, style="red") for fault in faults)]
        return [*told, *self._news(self._standards)]

    def _load(self) -> list[str]:
        """Read the maps anew and add the samples that may come out otherwise; return what is wrong with the maps."""
        try:
            fresh = self.load()
            changed = self._compiled(fresh)
        except GatewayError as error:
            self._faulty = True
            return str(error).splitlines()
        names = {entry.head.name for entry in changed}
        self._due |= {path for path in self._stamps if self._concerned(path, names)}
        self._standards, self._faulty = fresh, False
        return []

    def _compiled(self, fresh: Standards) -> Sequence[Entry]:
        """Return the maps that changed; raises `MappingError` where one of interest does not fit a version it claims.

        Without a name nothing is compiled at first: a fault shows at the sample that the map is for.
        """
        if self.name:
            self.name = fresh.registry.named(self.name).head.name
        changed = _changed(self._standards, fresh)
        for entry in changed:
            if entry.head.name == self.name or (not self.name and self._standards is not None):
                for version in entry.versions:
                    compile_entry(fresh.registry, entry, version)
        return changed

    def _concerned(self, path: Path, names: AbstractSet[str]) -> bool:
        """Whether a sample may come out otherwise when these maps are new: it has none yet, or one of them."""
        trial = self._trials.get(path)
        return bool(names) and (trial is None or not trial.maps or not names.isdisjoint(trial.maps))

    def _news(self, standards: Standards) -> Iterator[Text]:
        """Try what is due, and yield what came out otherwise than before, with how many failed."""
        due, self._due = sorted(self._due), set()
        for path in due:
            try:
                trial = try_path(standards, self.samples, path)
            except FileNotFoundError:  # taken away after it was found: the next look sees that
                continue
            except MappingError as error:
                yield from (Text(line, style="red") for line in str(error).splitlines())
                continue
            before = self._trials.get(path)
            self._trials[path] = trial
            if self._shown(trial) or (before is not None and self._shown(before)):
                yield from _difference(before, trial)
        shown = [trial for trial in self._trials.values() if self._shown(trial)]
        yield Text(summary(len(shown), sum(bool(trial.faults) for trial in shown)), style="bold")

    def _shown(self, trial: Trial) -> bool:
        return not self.name or self.name in trial.maps


def _changed(before: Standards | None, fresh: Standards) -> Sequence[Entry]:
    """Return the maps that are otherwise than before: all of them where a message may have got another map."""
    entries = fresh.registry.entries()
    if before is None:
        return entries
    known = {entry.head.file: entry for entry in before.registry.entries()}
    if before.adapters != fresh.adapters or [*known] != [entry.head.file for entry in entries]:
        return entries
    changed = [entry for entry in entries if entry != known[entry.head.file]]
    return entries if any(entry.versions != known[entry.head.file].versions for entry in changed) else changed


def _difference(before: Trial | None, trial: Trial) -> Iterator[Text]:
    """Yield the lines of a trial that were not told of it before, and those that hold no more."""
    head, *faults = lines(trial)
    told = [line.plain for line in lines(before)] if before is not None else []
    if head.plain in told[:1] and [fault.plain for fault in faults] == told[1:]:
        return
    yield head
    yield from (fault for fault in faults if fault.plain not in told)
    now = {fault.plain for fault in faults}
    yield from (Text(f"    mended: {line.strip()}", style="green") for line in told[1:] if line not in now)


def _named(paths: Iterable[Path]) -> Text:
    return Text(f"changed: {', '.join(dict.fromkeys(path.name for path in paths))}", style="dim")


def _stamped(paths: Iterable[Path]) -> Iterator[tuple[Path, Stamp]]:
    for path in paths:
        try:
            found = path.stat()
        except FileNotFoundError:
            continue
        yield path, (found.st_mtime_ns, found.st_size)


def _stamps(path: Path) -> tuple[Stamp, ...]:
    """Return the stamps of a sample and of what is expected of it, absent files as (0, 0)."""
    found = dict(_stamped((path, *expectations(path))))
    return tuple(found.get(one, (0, 0)) for one in (path, *expectations(path)))
