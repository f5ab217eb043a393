"""`pierhead mapping`: start a map, try it on samples, document it, see what it leaves out."""

from __future__ import annotations

import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from gateway import app
from gateway.cli.directory import message_type
from gateway.cli.mapping_guides import guide_files, guide_page
from gateway.cli.mapping_samples import record as keep_expectation
from gateway.cli.mapping_samples import show, trial_dict, trials
from gateway.cli.mapping_watch import Watch
from gateway.cli.output import REJECTED, AsJson, counted, err, out, print_json, rows
from gateway.cli.samples import mappings, samples
from gateway.cli.state import state_of
from gateway.errors import MappingError, SettingsError
from gateway.mapping.checking import compile_entry
from gateway.mapping.coverage import Coverage, coverage
from gateway.mapping.guide import markdown
from gateway.mapping.guide_page import page
from gateway.mapping.registry import Entry, Registry
from gateway.mapping.rules import CheckedMap
from gateway.mapping.skeleton import UNCHOSEN, skeleton, undecided
from gateway.model.documents import DOCUMENTS
from gateway.pipeline.standards import Standards
from gateway.yaml_source import nearest

mapping = typer.Typer(name="mapping", no_args_is_help=True, help="Work on maps.")

Form = StrEnum("Form", {"markdown": "markdown", "html": "html"})
_LOOK_EVERY = 0.5  # seconds
OptionalName = Annotated[
    str, typer.Argument(metavar="[NAME]", help="A map, such as edifact/cuscar/d95b; every map if not given.")
]
SamplesOption = Annotated[
    str, typer.Option("--samples", metavar="DIR", help="STANDARD/MESSAGE/CASE.edi, .xml or .json in it.")
]
DirectoryOption = Annotated[
    str, typer.Option("--directory", metavar="D95B", help="The version; the first of the map if not given.")
]


@mapping.command()
def new(
    ctx: typer.Context,
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help='COPRAR, or "wco cargo-report".')],
    version: Annotated[str, typer.Argument(metavar="[VERSION]", help="D95B; the newest if not given.")] = "",
    directory: Annotated[
        str, typer.Option("--directory", metavar="D95B", help="The version, said in another way.")
    ] = "",
    document: Annotated[str, typer.Option("--document", help="The canonical document to fill in.")] = UNCHOSEN,
    out_file: Annotated[
        str, typer.Option("--out", metavar="FILE", help="Write the map here; nothing is overwritten.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Write the start of a map: every place and value of a message, the mandatory ones filled in."""
    if version and directory not in ("", version):
        raise SettingsError(f"the version is given twice: {version} and {directory}")
    if document != UNCHOSEN and document not in DOCUMENTS:
        raise MappingError(f"there is no document {document!r}{nearest(document, DOCUMENTS)}")
    adapters = app.adapters(state_of(ctx).folder)
    kind = message_type(f"{message} {version or directory}".strip(), adapters)
    grammar = adapters[kind.standard].grammar(kind)
    text = skeleton(grammar, document)
    left = undecided(text, grammar, out_file or "new.yaml")
    if out_file:
        path = Path(out_file)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            raise SettingsError(f"{path}: is already there: choose another file; nothing is overwritten") from None
    if as_json:
        print_json({"type": f"{kind.standard} {kind}", "file": out_file, "map": text, "undecided": list(left)})
        return
    if out_file:
        chosen = "" if document != UNCHOSEN else "choose its document, then "
        out().print(f"{out_file}: {chosen}replace constants and comments by fields", soft_wrap=True)
    else:
        typer.echo(text, nl=False)
    for line in left:
        err().print(Text(f"to be decided: {line}", style="yellow"), soft_wrap=True)


def _registry(ctx: typer.Context) -> Registry:
    return app.standards(state_of(ctx).folder).registry


def _version(entry: Entry, version: str) -> str:
    """Return the version asked for, the first of the map if none is."""
    chosen = version or entry.versions[0]
    if chosen not in entry.versions:
        run = f"{entry.versions[0]} to {entry.versions[-1]}"
        raise MappingError(f"{entry.head.name} serves {run}, not {chosen}{nearest(chosen, entry.versions)}")
    return chosen


def _compiled(registry: Registry, entry: Entry, version: str) -> CheckedMap:
    return compile_entry(registry, entry, _version(entry, version))


@mapping.command()
def doc(
    ctx: typer.Context,
    name: OptionalName = "",
    directory: DirectoryOption = "",
    form: Annotated[Form, typer.Option("--format", help="What to write.")] = Form.markdown,
    out_file: Annotated[str, typer.Option("--out", metavar="FILE", help="Write here.")] = "",
    html: Annotated[
        str, typer.Option("--html", metavar="DIR", help="Write a page for each map, and an index, into this folder.")
    ] = "",
    folder: SamplesOption = "",
    as_json: AsJson = False,
) -> None:
    """Write the partner guide of a map: place by place, usage, selector, field, codes and format.

    As HTML with the branching diagram, a sample with the fields each line carries, and what is not carried.
    """
    standards = app.standards(state_of(ctx).folder)
    root = Path(folder) if folder else samples()
    if html:
        _write_guides(standards, name, root, Path(html), as_json=as_json)
        return
    if not name:
        raise SettingsError("name a map, or say with --html DIR where the guides of all maps go")
    entry = standards.registry.named(name)
    made = guide_page(standards, entry, _version(entry, directory), root)
    text = page(made) if form is Form.html else markdown(made.guide)
    if out_file:
        Path(out_file).write_text(text, encoding="utf-8")
    if as_json:
        print_json({"map": name, "type": made.guide.type, "format": str(form), "file": out_file, "guide": text})
    elif not out_file:
        typer.echo(text, nl=False)


def _write_guides(standards: Standards, name: str, samples_in: Path, folder: Path, *, as_json: bool) -> None:
    entries = [standards.registry.named(name)] if name else standards.registry.entries()
    written = []
    for file, text in guide_files(standards, entries, samples_in):
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(file)
    if as_json:
        print_json({"folder": str(folder), "files": written})
    else:
        out().print(f"{folder / 'index.html'}: {counted(len(written) - 1, 'guide')}", soft_wrap=True)


@mapping.command("coverage")
def show_coverage(
    ctx: typer.Context, name: OptionalName = "", directory: DirectoryOption = "", as_json: AsJson = False
) -> None:
    """Show which places, values and fields a map carries, and which it leaves out."""
    registry = _registry(ctx)
    entries = [registry.named(name)] if name else registry.entries()
    found = [coverage(_compiled(registry, entry, directory if name else "")) for entry in entries]
    if as_json:
        print_json({"maps": [_coverage_dict(one) for one in found]})
    elif name:
        _show_coverage(found[0])
    else:
        lines = ((one.map, one.type, *_figures(one)) for one in found)
        out().print(rows("", ("map", "version", "#places", "#values there", "#fields"), lines))


def _figures(one: Coverage) -> tuple[str, str, str]:
    fields = len(one.fields_carried)
    return (
        f"{one.places_carried} of {len(one.places)}",
        f"{one.values_carried} of {one.values}",
        f"{fields} of {fields + len(one.fields_left)}",
    )


def _coverage_dict(one: Coverage) -> dict[str, Any]:
    places = [
        {
            "place": place.trail,
            "title": place.title,
            "mandatory": place.mandatory,
            "rules": list(place.rules),
            "values": place.values,
            "carried": place.carried,
            "left": list(place.left),
        }
        for place in one.places
    ]
    return {
        "map": one.map,
        "type": one.type,
        "document": one.document,
        "places": places,
        "fields_carried": list(one.fields_carried),
        "fields_left": list(one.fields_left),
    }


def _show_coverage(one: Coverage) -> None:
    console = out()
    carried = (
        (p.trail, "\n".join(p.rules), f"{p.carried} of {p.values}", " ".join(p.left)) for p in one.places if p.rules
    )
    console.print(rows(f"{one.map} on {one.type}: carried", ("place", "rules", "#values", "values left"), carried))
    left = ((p.trail, "M" if p.mandatory else "C", p.title) for p in one.places if not p.rules)
    console.print(rows("\nplaces left", ("place", "status", "name"), left))
    console.print(Text(f"\nfields of {one.document} left", style="bold"))
    console.print(Text("\n".join(one.fields_left) or "none"))
    places, values, fields = _figures(one)
    console.print(Text(f"\n{places} places, {values} values in them, {fields} fields are carried", style="bold"))


@mapping.command("test")
def try_maps(
    ctx: typer.Context,
    name: OptionalName = "",
    folder: SamplesOption = "",
    record: Annotated[bool, typer.Option("--record", help="Write the expectation of samples that have none.")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Try again whenever a map or a sample changes; tell what is otherwise.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Try maps on samples: what is read against what is expected, and a round trip.

    Beside CASE.edi stand CASE.canonical.json and, if findings are expected, CASE.findings.json. Exits with 1 when a
    sample fails or there is none; with --watch it goes on until it is interrupted.
    """
    site = state_of(ctx).folder
    root = Path(folder) if folder else samples()
    if watch:
        if record or as_json:
            raise SettingsError("--watch only tells: leave out --record and --json")
        _watch(site, root, name)
        return
    standards = app.standards(site)
    if name:
        name = standards.registry.named(name).head.name
    found = list(trials(standards, root, name))
    for trial in found if record else ():
        keep_expectation(root, trial)
    if as_json:
        print_json({"samples": [trial_dict(trial) for trial in found]})
    else:
        show(found)
    if not found or any(trial.faults for trial in found):
        raise typer.Exit(REJECTED)


def _watch(site: Path, root: Path, name: str) -> None:
    """Look at maps and samples twice a second, and print what is otherwise, until interrupted."""
    folders = [mappings(), site / "mappings", *(site / standard for standard in app.adapters())]
    looking = Watch(lambda: app.standards(site), folders, root, name)
    try:
        while True:
            for line in looking.look():
                typer.echo(line.plain) if not out().is_terminal else out().print(line, soft_wrap=True)
            time.sleep(_LOOK_EVERY)
    except KeyboardInterrupt:
        return
