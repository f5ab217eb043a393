"""`pierhead directory`: the message structures that maps are written against."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text
from rich.tree import Tree

from gateway import app
from gateway.cli.output import REJECTED, AsJson, counted, err, out, print_json, row, rows, table
from gateway.cli.profiles import profiles
from gateway.cli.state import state_of
from gateway.errors import MappingError, SettingsError
from gateway.model.place import Place
from gateway.model.stages import MessageType
from gateway.plugin import Adapter, Grammar
from gateway.routing.agreement import STANDARDS
from gateway.yaml_source import nearest

if TYPE_CHECKING:
    from adapters.edifact.directories.diff import MessageDiff

directory = typer.Typer(name="directory", no_args_is_help=True, help="Look at message structures.")
directory.command()(profiles)

_COLONS = re.compile(r"(?P<name>[A-Z]{6}):(?P<kind>[A-Z]):(?P<release>\d\d[A-Z]|\d)(?::\w+)*")
#: Values of a code list that are shown of those added, and of those removed.
_VALUES_SHOWN = 8
Type = Annotated[list[str], typer.Argument(metavar="TYPE", help="CUSCAR:D:11A, CUSCAR D11A, CUSCAR, wco cargo-report.")]


def message_type(text: str, adapters: Mapping[str, Adapter] | None = None) -> MessageType:
    """Return the message type that a text names, in its newest version where none is given.

    `adapters` are those of a site; without them, those installed are meant.

    Raises `MappingError` with the nearest name.
    """
    colons = _COLONS.fullmatch(text)
    if colons is not None:
        text = f"{colons['name']} {colons['kind']}{colons['release']}"
    words = text.replace(":", " ").split()
    standard = words.pop(0) if words and words[0] in STANDARDS else "edifact"
    adapter = (app.adapters() if adapters is None else adapters).get(standard)
    if adapter is None or not 1 <= len(words) <= 2:
        raise MappingError(f"{text!r} is no message type: write it like CUSCAR D11A or wco cargo-report")
    versions = adapter.versions(words[0])
    if not versions:
        raise MappingError(f"{standard} has no message {words[0]!r}{nearest(words[0], adapter.messages())}")
    version = words[1] if len(words) > 1 else versions[-1]
    if version not in versions:
        known = f"{versions[0]} to {versions[-1]}"
        raise MappingError(f"{words[0]} has no version {version!r}: {known}{nearest(version, versions)}")
    return MessageType(standard, words[0], version, "UN" if standard == "edifact" else "")


@directory.command()
def show(
    ctx: typer.Context,
    kind: Type,
    segment: Annotated[
        str, typer.Option("--segment", metavar="NAME", help="Show the values of this segment or class.")
    ] = "",
    codes: Annotated[
        str, typer.Option("--codes", metavar="VALUE", help="List the codes of this value of the segment.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Show the branching diagram of a message, or the values of one of its segments."""
    adapters = app.adapters(state_of(ctx).folder)
    wanted = message_type(" ".join(kind), adapters)
    grammar = adapters[wanted.standard].grammar(wanted)
    if codes:
        _show_codes(grammar, segment, codes, as_json=as_json)
    elif segment:
        _show_segment(grammar, segment, as_json=as_json)
    elif as_json:
        places = [_as_dict(grammar, place) for place in grammar.root.children]
        print_json({"type": str(wanted), "description": grammar.description(grammar.root), "places": places})
    else:
        _tell(grammar.description(grammar.root))
        tree = Tree(Text(f"{wanted.standard} {wanted}", style="bold"), guide_style="dim")
        for place in grammar.root.children:
            _grow(tree, grammar, place)
        out().print(tree)


@directory.command()
def versions(
    ctx: typer.Context, name: Annotated[str, typer.Argument(metavar="MESSAGE")], as_json: AsJson = False
) -> None:
    """List the versions of a message that there is a structure for."""
    adapters = app.adapters(state_of(ctx).folder)
    found = {standard: list(adapter.versions(name)) for standard, adapter in adapters.items()}
    found = {standard: known for standard, known in found.items() if known}
    if as_json:
        print_json({"message": name, "versions": found})
    for standard, known in found.items() if not as_json else ():
        out().print(f"{standard} {name}: {' '.join(known)}", soft_wrap=True)
    if not found:
        known = [message for adapter in adapters.values() for message in adapter.messages()]
        err().print(Text(f"no standard has a message {name!r}{nearest(name, known)}", style="red"))
        raise typer.Exit(REJECTED)


@directory.command("import")
def import_files(
    ctx: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="The UN's zip, or its text files.", dir_okay=False)
    ],
    without: Annotated[
        list[str] | None, typer.Option("--without", metavar="MESSAGE", help="Leave this message out; may be repeated.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compile a UN/EDIFACT directory that you downloaded into the site, with names and descriptions."""
    from gateway.app import un_directories  # noqa: PLC0415  # no other command compiles a directory

    site = state_of(ctx).folder
    if not site.is_dir():
        raise SettingsError(f"{site}: there is no such folder: 'pierhead init DIR' makes a site, --site names one")
    made = un_directories.compile_files(files, without or ())
    path = un_directories.keep(made, site)
    kinds = ("messages", "segments", "composites", "elements")
    counts = {kind: len(made.directory.facts[kind]) for kind in kinds}
    counts |= {"code lists": len(made.directory.codes)}
    counts |= {"code values": sum(len(values) for runs in made.directory.codes.values() for *_, values in runs)}
    warnings = [str(warning) for warning in made.warnings]
    if as_json:
        summary = {"directory": made.directory.name, "file": str(path), "warnings": warnings}
        print_json(summary | {"left_aside": made.left_aside} | {key.replace(" ", "_"): n for key, n in counts.items()})
        return
    for warning in warnings:
        err().print(Text(warning, style="yellow"), soft_wrap=True)
    out().print(Text(f"{made.directory.name} is in {path}"), soft_wrap=True)
    for kind, count in counts.items():
        out().print(f"{count:>8,} {kind}")
    out().print(f"{counted(len(warnings), 'warning')}, {counted(len(made.left_aside), 'other file')} left aside")


@directory.command()
def diff(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="MESSAGE")],
    before: Annotated[str, typer.Argument(metavar="FROM", help="A directory, such as D95B.")],
    after: Annotated[str, typer.Argument(metavar="TO", help="Another directory, such as D16A.")],
    as_json: AsJson = False,
) -> None:
    """Say what changed for a message between two directories: structure, elements, code values."""
    from gateway.app import un_directories  # noqa: PLC0415  # no other command compares directories

    adapters = app.adapters(state_of(ctx).folder)
    types = [message_type(f"{name} {version}", adapters) for version in (before, after)]
    found = un_directories.compare(adapters["edifact"], types[0].name, types[0].version, types[1].version)
    if as_json:
        print_json(asdict(found))
        return
    out().print(Text(f"{found.message}  {found.before} → {found.after}", style="bold"))
    if not found:
        out().print("nothing changed")
    _show_structure(found)
    _show_contents(found)
    _show_codes_changed(found)


def _show_structure(found: MessageDiff) -> None:
    if found.structure:
        lines = ((one.what, one.place, one.before, one.after) for one in found.structure)
        out().print(rows("\nStructure", ("what", "place", found.before, found.after), lines))


def _show_contents(found: MessageDiff) -> None:
    if found.contents:
        lines = ((one.what, one.of, one.position, one.before, one.after) for one in found.contents)
        columns = ("what", "of", "#position", found.before, found.after)
        out().print(rows("\nElements and components", columns, lines))


def _show_codes_changed(found: MessageDiff) -> None:
    if not found.codes:
        return
    shown = table("list", "name", "#added", "#removed", "values", title="\nCode values")
    for one in found.codes:
        row(
            shown,
            one.number,
            one.name,
            len(one.added),
            len(one.removed),
            " ".join(_first_values(one.added, one.removed)),
        )
    out().print(shown)


def _first_values(added: tuple[str, ...], removed: tuple[str, ...]) -> Iterator[str]:
    """Yield the first values with their sign; `--json` has all of them."""
    for sign, values in (("+", added), ("-", removed)):
        yield from (f"{sign}{value}" for value in values[:_VALUES_SHOWN])
        if len(values) > _VALUES_SHOWN:
            yield f"{sign}..."


def _as_dict(grammar: Grammar, place: Place) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": place.name,
        "title": grammar.title(place),
        "status": "M" if place.mandatory else "C",
        "repeat": place.repeat,
        "group": place.group,
    }
    return made | {"children": [_as_dict(grammar, child) for child in place.children]}


def _grow(tree: Tree, grammar: Grammar, place: Place) -> None:
    label = Text(place.name.ljust(3), style="bold" if place.mandatory else "")
    label.append(f" {'M' if place.mandatory else 'C'} {place.repeat}", style="green" if place.mandatory else "cyan")
    if place.group is not None:
        label.append(f"  group {place.group}", style="magenta")
    label.append(f"  {grammar.title(place)}", style="dim")
    branch = tree.add(label)
    for child in place.children:
        _grow(branch, grammar, child)


def _place(grammar: Grammar, name: str) -> Place:
    found = next((place for place in grammar.places[1:] if name in (place.name, place.trail)), None)
    if found is None:
        known = list(dict.fromkeys(place.name for place in grammar.places[1:]))
        raise MappingError(f"{grammar.type} has no {name!r}{nearest(name, known)}")
    return found


def _tell(description: str) -> None:
    """Print the standard's own words, where a site has them."""
    if description:
        out().print(Text(description, style="italic"), end="\n\n")


def _show_segment(grammar: Grammar, name: str, *, as_json: bool) -> None:
    place = _place(grammar, name)
    found = _values(grammar, place)
    if as_json:
        told = {"title": grammar.title(place), "description": grammar.description(place)}
        print_json({"type": str(grammar.type), "segment": place.name, **told, "values": found})
        return
    _tell(grammar.description(place))
    columns = ["#position", "locator", "name", "status", "format", "#codes"]
    if any(value["description"] for value in found):
        columns.append("description")
    shown = [column.lstrip("#") for column in columns]
    lines = ([value[column] if value[column] is not None else "" for column in shown] for value in found)
    out().print(rows(f"{place.name}  {grammar.title(place)}", columns, lines))


def _values(grammar: Grammar, place: Place) -> list[dict[str, Any]]:
    """Return the values of a segment in order, each composite as a line before its components."""
    needed = grammar.mandatory_elements(place)
    found: list[dict[str, Any]] = []
    opened = 0
    for locator in grammar.locators(place):
        status = "M" if locator.element in needed else "C"
        if locator.component is not None and locator.element != opened:
            opened = locator.element
            whole = replace(locator, component=None)
            composite = locator.text.partition(".")[0]
            told = (grammar.title(place, whole), grammar.description(place, whole))
            found.append(_line(locator.element, composite, told, status, "", None))
        if locator.component is not None:
            status = "M" if locator.mandatory else "C"
        shown = f"  {locator.name}" if locator.component is not None else locator.text
        codes = grammar.codes(locator)
        position = "" if locator.component is not None else locator.element
        told = (grammar.title(place, locator), grammar.description(place, locator))
        found.append(_line(position, shown, told, status, locator.format, codes))
    return found


def _line(
    position: int | str, locator: str, told: tuple[str, str], status: str, form: str, codes: frozenset[str] | None
) -> dict[str, Any]:
    name, description = told
    return {
        "position": position or None,
        "locator": locator,
        "name": name,
        "description": description,
        "status": status,
        "format": form,
        "codes": len(codes) if codes else None,
    }


def _show_codes(grammar: Grammar, segment: str, name: str, *, as_json: bool) -> None:
    """List the code values of one value; raises `MappingError` when the name is not one value of the segment."""
    places = [_place(grammar, segment)] if segment else list(grammar.places[1:])
    found = next(((p, v) for p in places for v in grammar.locators(p) if name in (v.name, v.text)), None)
    if found is None:
        raise MappingError(f"{grammar.type} has no value {name!r}{f' in {segment}' if segment else ''}")
    codes = grammar.codes(found[1])
    if codes is None:
        raise MappingError(f"{name} has no code list in {grammar.type}")
    called = [(code, grammar.code_name(found[1], code)) for code in sorted(codes)]
    if as_json:
        print_json({"type": str(grammar.type), "value": name, "codes": sorted(codes), "names": dict(called)})
        return
    title = f"{name} {grammar.title(*found)}: {len(codes)} codes"
    if any(words for _, words in called):
        out().print(rows(title, ("code", "name"), called))
    else:
        out().print(title, style="bold")
        out().print(" ".join(code for code, _ in called))
