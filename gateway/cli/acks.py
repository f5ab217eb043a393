"""`pierhead acks`: what is awaited of counterparties, and how it stands."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.text import Text

from gateway import app
from gateway.cli.journal import opened_store
from gateway.cli.output import REJECTED, AsJson, out, print_json, rows
from gateway.model.awaited import Awaited, Standing

_STYLES = {
    Standing.WAITING: "cyan",
    Standing.OVERDUE: "bold red",
    Standing.NEGATIVE: "bold red",
    Standing.COMPLETE: "green",
}


def acks(
    ctx: typer.Context,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what should have come and has not.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the acknowledgments that are awaited, and how each stands; first due first.

    With --overdue it exits with 1 when there is any.
    """
    with opened_store(ctx) as (_, store):
        found = store.awaited(app.now(), overdue=overdue)
    if as_json:
        print_json({"awaited": [asdict(one) | {"due_at": one.due_at.isoformat()} for one in found]})
    else:
        columns = ("due (UTC)", "layer", "standing", "delivery", "endpoint", "verdict", "remarks")
        out().print(rows("acknowledgments", columns, map(_row, found)))
        out().print(f"{len(found)} awaited")
    if overdue and found:
        raise typer.Exit(REJECTED)


def _row(one: Awaited) -> tuple[object, ...]:
    standing = Text(str(one.standing), _STYLES[one.standing])
    due = f"{one.due_at:%Y-%m-%d %H:%M}"
    return due, one.layer, standing, one.delivery, one.endpoint, one.verdict or "", ", ".join(one.remarks)
