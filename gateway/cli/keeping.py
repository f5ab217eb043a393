"""`pierhead purge`, `hold` and `backup`: what is kept, for how long, and a copy of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from gateway import app
from gateway.cli.journal import opened_store
from gateway.cli.output import REJECTED, AsJson, counted, err, out, print_json, rows
from gateway.cli.who import By, Why, person, reason


def purge(
    ctx: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would go.")] = False,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Remove what is older than the retention of its agreement, settled, and under no legal hold."""
    with opened_store(ctx) as (site, store):
        now = app.now()
        kept = {one.id: one.retention or site.retention for one in site.agreements}
        before = {id_: now - keep for id_, keep in kept.items() if keep is not None}
        otherwise = now - site.retention if site.retention is not None else None
        done = store.purge(before, otherwise, now, person(by), "retention", dry_run=dry_run)
    if as_json:
        counts = {"arrivals": done.arrivals, "documents": done.documents, "deliveries": done.deliveries}
        print_json({"dry_run": dry_run} | counts)
        return
    what = ", ".join(
        (counted(done.arrivals, "arrival"), counted(done.documents, "document"), f"{done.deliveries} deliveries")
    )
    out().print(f"{what} {'would be' if dry_run else 'are'} purged")


def hold(
    ctx: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="[ID]", help="A filing or an arrival.")] = "",
    release: Annotated[bool, typer.Option("--release", help="Release every hold on it.")] = False,
    why: Why = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Put a filing or an arrival on legal hold, so that nothing of it is purged; without an id, list the holds.

    Exits with 1 when there is no such filing or arrival, or no hold to release.
    """
    with opened_store(ctx) as (_, store):
        if not id_:
            held = store.holds()
            lines = ((one.subject, one.who, f"{one.at:%Y-%m-%d %H:%M}", one.why) for one in held)
            if as_json:
                print_json({"holds": [{"id": h.subject, "who": h.who, "why": h.why, "at": h.at} for h in held]})
            else:
                out().print(rows("legal holds", ("id", "who", "time (UTC)", "why"), lines))
                out().print(counted(len(held), "hold"))
            return
        change = store.release_hold if release else store.hold
        done = change(id_, app.now(), person(by), reason(why))
    if as_json:
        print_json({"id": id_, "released" if release else "held": done})
    elif done:
        out().print(f"{id_} is {'released' if release else 'on hold'}")
    else:
        err().print(Text(f"{id_} is {'on no hold' if release else 'no filing and no arrival'}", style="red"))
    if not done:
        raise typer.Exit(REJECTED)


def backup(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A new file.")],
    as_json: AsJson = False,
) -> None:
    """Copy the store to a file, while the gateway is at work; the copy is read through before it counts.

    A PostgreSQL store is copied by pg_dump.
    """
    with opened_store(ctx) as (_, store):
        found = store.backup(path)
    if as_json:
        print_json({"file": str(path), "rows": dict(found)})
    else:
        out().print(f"{path}: a sound copy with {', '.join(f'{count} {name}' for name, count in found.items())}")
