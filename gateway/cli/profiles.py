"""`pierhead directory profiles`: what lies over the directories, and what it changes in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.text import Text

from gateway import app
from gateway.cli.output import REJECTED, AsJson, err, out, print_json, rows
from gateway.cli.state import state_of
from gateway.plugin import Overlay
from gateway.yaml_source import nearest

Name = Annotated[str, typer.Argument(metavar="[NAME]", help="Show what this profile changes, message by message.")]


def profiles(ctx: typer.Context, name: Name = "", as_json: AsJson = False) -> None:
    """List the profiles over the directories, those of the site included."""
    found = [one for adapter in app.adapters(state_of(ctx).folder).values() for one in adapter.overlays()]
    by_name: dict[str, list[Overlay]] = {}
    for one in found:
        by_name.setdefault(one.profile, []).append(one)
    if name and name not in by_name:
        err().print(Text(f"there is no profile {name!r}{nearest(name, by_name)}", style="red"))
        raise typer.Exit(REJECTED)
    shown = {name: by_name[name]} if name else by_name
    if as_json:
        print_json({"profiles": [_as_dict(profile, overlays) for profile, overlays in shown.items()]})
    elif name:
        _show(by_name[name])
    else:
        _list(shown)


def _list(shown: Mapping[str, Sequence[Overlay]]) -> None:
    lines = (
        (profile, " ".join(dict.fromkeys(one.message for one in overlays)), _associations(overlays), overlays[0].about)
        for profile, overlays in shown.items()
    )
    out().print(rows("profiles", ("name", "messages", "association", "about"), lines))


def _show(overlays: Sequence[Overlay]) -> None:
    console = out()
    console.print(Text.assemble((overlays[0].profile, "bold"), f"  {overlays[0].about}"), soft_wrap=True)
    for one in overlays:
        named = " ".join(one.associations) or "(by agreement only)"
        told = Text.assemble("\n", (f"{one.message} {_run(one)}", "bold"), f"  {named}  ", (one.guide, "dim"))
        console.print(told, soft_wrap=True)
        for change in one.changes:
            console.print(Text(f"  {change}"), soft_wrap=True)


def _run(one: Overlay) -> str:
    first, last = one.versions[0], one.versions[-1]
    return first if first == last else f"{first}..{last}"


def _associations(overlays: Sequence[Overlay]) -> str:
    return " ".join(dict.fromkeys(pattern for one in overlays for pattern in one.associations))


def _as_dict(profile: str, overlays: Sequence[Overlay]) -> dict[str, Any]:
    messages = [
        {
            "message": one.message,
            "versions": list(one.versions),
            "association": list(one.associations),
            "guide": one.guide,
            "changes": list(one.changes),
        }
        for one in overlays
    ]
    return {"profile": profile, "about": overlays[0].about, "messages": messages}
