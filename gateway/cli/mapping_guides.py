"""The partner guides of a catalogue as a folder of HTML pages: one for each map, and an index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from gateway.mapping.checking import compile_entry
from gateway.mapping.coverage import coverage
from gateway.mapping.diagram import diagram
from gateway.mapping.guide import guide
from gateway.mapping.guide_page import Example, GuidePage, index_page, page
from gateway.mapping.registry import Entry
from gateway.pipeline.examples import example, rewritten
from gateway.pipeline.standards import Standards

#: What a message is sent in.
SAMPLE_SUFFIXES = (".edi", ".xml", ".json")
#: The cases that show most of a map, best first; then the largest.
_TELLING = ("full", "everything")
_MOST_REWRITTEN = 3


def guide_page(standards: Standards, entry: Entry, version: str, samples: Path) -> GuidePage:
    """Return all that the page of one map shows, in one of its versions; raises `MappingError`."""
    checked = compile_entry(standards.registry, entry, version)
    made = guide(checked, entry.head.about)
    targets: dict[int, str] = {}
    for place in made.places:
        targets.setdefault(place.place, f"rule-{place.rule}")
    first, last = entry.versions[0], entry.versions[-1]
    return GuidePage(
        file=f"{entry.head.file.removesuffix('.yaml')}.html",
        guide=made,
        versions=first if first == last else f"{first} to {last}",
        coverage=coverage(checked),
        diagram=diagram(checked.grammar, targets.keys(), targets),
        example=_example(standards, entry, samples),
    )


def _example(standards: Standards, entry: Entry, samples: Path) -> Example | None:
    """Return a sample that the map reads, or one of another version as the map writes it."""
    paths = sample_files(samples / entry.standard / entry.message.lower())
    for path in paths:
        found = example(standards, entry, path.relative_to(samples).as_posix(), path.read_bytes())
        if found is not None:
            return found
    for path in paths[:_MOST_REWRITTEN]:
        content = rewritten(standards, entry, path.read_bytes())
        name = f"{path.relative_to(samples).as_posix()} as this map writes it"
        found = example(standards, entry, name, content) if content is not None else None
        if found is not None:
            return found
    return None


def sample_files(folder: Path) -> list[Path]:
    """Return the messages in a folder of samples, the most telling first; what is expected of them is left out."""
    found = [path for path in folder.glob("*") if path.suffix in SAMPLE_SUFFIXES and "." not in path.stem]
    return sorted(found, key=lambda path: (_rank(path.stem), -path.stat().st_size, path.name))


def _rank(case: str) -> int:
    return next((at for at, word in enumerate(_TELLING) if case.startswith(word)), len(_TELLING))


def guide_files(standards: Standards, entries: Iterable[Entry], samples: Path) -> Iterator[tuple[str, str]]:
    """Yield name below the folder and text of each page, the index last."""
    pages = []
    for entry in entries:
        made = guide_page(standards, entry, entry.versions[0], samples)
        pages.append(made)
        yield made.file, page(made, f"{'../' * made.file.count('/')}index.html")
    yield "index.html", index_page("Partner guides", pages)
