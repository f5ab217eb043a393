"""`pierhead doctor`: what is wrong with a site at work, and what to do."""

from __future__ import annotations

import typer
from rich.text import Text

from gateway import app
from gateway.app.doctor import Level, examine
from gateway.cli.output import REJECTED, AsJson, counted, out, print_json, rows
from gateway.cli.state import state_of

_STYLES = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "bold red"}


def doctor(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Look at store, disk, clock, work, acknowledgments, service, feeds and endpoints of a site.

    Nothing is changed or sent. Exits with 1 when anything fails.
    """
    lines = list(examine(state_of(ctx).site(), app.now()))
    failed = sum(line.level is Level.FAIL for line in lines)
    if as_json:
        print_json({"healthy": not failed, "lines": [line.as_dict() for line in lines]})
    else:
        shown = ((line.what, Text(str(line.level), _STYLES[line.level]), line.text, line.remedy) for line in lines)
        out().print(rows("", ("what", "level", "found", "remedy"), shown))
        out().print(counted(failed, "failure"))
    if failed:
        raise typer.Exit(REJECTED)
