"""`pierhead mapping`: start a map, try it on samples, document it, see what it leaves out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from gateway import app
from gateway.cli.directory import message_type
from gateway.cli.output import REJECTED, AsJson, counted, err, out, print_json, rows
from gateway.cli.samples import samples
from gateway.cli.state import state_of
from gateway.errors import MappingError, SettingsError
from gateway.mapping.checking import compile_entry
from gateway.mapping.coverage import Coverage, coverage
from gateway.mapping.guide import guide, html, markdown
from gateway.mapping.registry import Entry, Registry
from gateway.mapping.rules import CheckedMap
from gateway.mapping.skeleton import UNCHOSEN, skeleton
from gateway.pipeline.canonical import to_values
from gateway.pipeline.trial import Sample, Trial, try_sample
from gateway.yaml_source import nearest

mapping = typer.Typer(name="mapping", no_args_is_help=True, help="Work on maps.")

Form = StrEnum("Form", {"markdown": "markdown", "html": "html"})
_RENDER = {"markdown": markdown, "html": html}
_SAMPLES = (".edi", ".xml", ".json")
_RECORDED = ("code", "kind", "severity", "position", "path", "value")
Name = Annotated[str, typer.Argument(metavar="NAME", help="A map, such as edifact/cuscar/d95b.")]
OptionalName = Annotated[
    str, typer.Argument(metavar="[NAME]", help="A map, such as edifact/cuscar/d95b; every map if not given.")
]
DirectoryOption = Annotated[
    str, typer.Option("--directory", metavar="D95B", help="The version; the first of the map if not given.")
]


@mapping.command()
def new(
    ctx: typer.Context,
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help='COPRAR, or "wco cargo-report".')],
    directory: Annotated[
        str, typer.Option("--directory", metavar="D95B", help="The version; the newest if not given.")
    ] = "",
    document: Annotated[str, typer.Option("--document", help="The canonical document to fill in.")] = UNCHOSEN,
    out_file: Annotated[
        str, typer.Option("--out", metavar="FILE", help="Write the map here; nothing is overwritten.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Write the start of a map: every place and value of a message, the mandatory ones filled in."""
    adapters = app.adapters(state_of(ctx).folder)
    kind = message_type(f"{message} {directory}".strip(), adapters)
    text = skeleton(adapters[kind.standard].grammar(kind), document)
    if out_file:
        path = Path(out_file)
        if path.exists():
            raise SettingsError(f"{path}: is already there: choose another file, so that nothing is overwritten")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if as_json:
        print_json({"type": f"{kind.standard} {kind}", "file": out_file, "map": text})
    elif out_file:
        chosen = "" if document != UNCHOSEN else "choose its document, then "
        out().print(f"{out_file}: {chosen}replace constants and comments by fields")
    else:
        typer.echo(text, nl=False)


def _registry(ctx: typer.Context) -> Registry:
    return app.standards(state_of(ctx).folder).registry


def _compiled(registry: Registry, entry: Entry, version: str) -> CheckedMap:
    chosen = version or entry.versions[0]
    if chosen not in entry.versions:
        run = f"{entry.versions[0]} to {entry.versions[-1]}"
        raise MappingError(f"{entry.source.name} serves {run}, not {chosen}{nearest(chosen, entry.versions)}")
    return compile_entry(registry, entry, chosen)


@mapping.command()
def doc(
    ctx: typer.Context,
    name: Name,
    directory: DirectoryOption = "",
    form: Annotated[Form, typer.Option("--format", help="What to write.")] = Form.markdown,
    out_file: Annotated[str, typer.Option("--out", metavar="FILE", help="Write here.")] = "",
    as_json: AsJson = False,
) -> None:
    """Write the partner guide of a map: place by place, usage, selector, field, codes and format."""
    registry = _registry(ctx)
    entry = registry.named(name)
    made = guide(_compiled(registry, entry, directory), entry.source.about)
    text = _RENDER[form](made)
    if out_file:
        Path(out_file).write_text(text, encoding="utf-8")
    if as_json:
        print_json({"map": name, "type": made.type, "format": str(form), "file": out_file, "guide": text})
    elif not out_file:
        typer.echo(text, nl=False)


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


# samples


@mapping.command("test")
def try_maps(
    ctx: typer.Context,
    name: OptionalName = "",
    folder: Annotated[
        str, typer.Option("--samples", metavar="DIR", help="STANDARD/MESSAGE/CASE.edi, .xml or .json in it.")
    ] = "",
    record: Annotated[bool, typer.Option("--record", help="Write the expectation of samples that have none.")] = False,
    as_json: AsJson = False,
) -> None:
    """Try maps on samples: what is read against what is expected, and a round trip.

    Beside CASE.edi stand CASE.canonical.json and, if findings are expected, CASE.findings.json. Exits with 1 when a
    sample fails or there is none.
    """
    standards = app.standards(state_of(ctx).folder)
    if name:
        name = standards.registry.named(name).source.name
    root = Path(folder) if folder else samples()
    trials = list(_trials(standards, root, name))
    if record:
        for trial in trials:
            _record(root, trial)
    if as_json:
        print_json({"samples": [_trial_dict(trial) for trial in trials]})
    else:
        _show_trials(trials)
    if not trials or any(trial.faults for trial in trials):
        raise typer.Exit(REJECTED)


def _trials(standards: Any, root: Path, name: str) -> Iterator[Trial]:
    for path in sorted(root.glob("*/*/*")):
        if path.suffix not in _SAMPLES or "." in path.stem:
            continue
        sample = Sample(
            path.relative_to(root).as_posix(), path.read_bytes(), _beside(path, "canonical"), _beside(path, "findings")
        )
        trial = try_sample(standards, sample)
        if not name or name in trial.maps:
            yield trial


def _beside(path: Path, what: str) -> str | None:
    file = path.with_suffix(f".{what}.json")
    return file.read_text(encoding="utf-8") if file.exists() else None


def _record(root: Path, trial: Trial) -> None:
    """Write what was read, and what was found, beside a sample that expects nothing yet; texts may change."""
    file = root / trial.sample.name
    if trial.sample.canonical is None:
        values = [to_values(document) for document in trial.documents]
        _keep(file.with_suffix(".canonical.json"), values[0] if len(values) == 1 else values)
    if trial.sample.findings is None and trial.findings:
        found = [finding.as_dict() for finding in trial.findings]
        _keep(file.with_suffix(".findings.json"), [{k: v for k, v in one.items() if k in _RECORDED} for one in found])


def _keep(file: Path, values: Any) -> None:
    file.write_text(json.dumps(values, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _trial_dict(trial: Trial) -> dict[str, Any]:
    return {
        "sample": trial.sample.name,
        "maps": list(trial.maps),
        "expected": trial.sample.canonical is not None,
        "findings": len(trial.findings),
        "losses": trial.losses,
        "faults": [{"what": fault.what, "path": fault.path, "text": fault.text} for fault in trial.faults],
    }


def _show_trials(trials: list[Trial]) -> None:
    console = out()
    for trial in trials:
        mark = Text("fails ", style="bold red") if trial.faults else Text("passes ", style="green")
        if not trial.maps and not trial.faults:
            mark = Text("no map ", style="dim")
        expected = "" if trial.sample.canonical is not None else ", no expectation beside it"
        told = f"{trial.sample.name} ({', '.join(trial.maps) or 'no map'}): {counted(len(trial.findings), 'finding')}, "
        told += f"{counted(trial.losses, 'loss').replace('losss', 'losses')}{expected}"
        console.print(mark.append(told, style="default"), soft_wrap=True)
        for fault in trial.faults:
            console.print(
                Text(f"    {fault.what}: {fault.path} {fault.text}".replace(":  ", ": "), style="red"), soft_wrap=True
            )
    if not trials:
        err().print(Text("there is no sample", style="red"))
    failed = sum(bool(trial.faults) for trial in trials)
    console.print(f"{counted(len(trials), 'sample')}, {failed} failed", style="bold red" if failed else "bold")
