"""`pierhead vessels`: the ships that a site watches, as they are known now."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.live import Live
from rich.table import Table

from gateway.app import parts
from gateway.cli.journal import opened_store
from gateway.cli.output import REJECTED, AsJson, out, print_json, rows
from gateway.settings import Site
from gateway.store import Store
from gateway.vessels import Seen

_REFRESH = 2.0  # seconds
_HEADS = ("ship", "IMO", "MMSI", "position", "kn", "course", "destination", "ETA", "in", "heard")
_SHIPS_AT_MOST = 200


def vessels(
    ctx: typer.Context,
    zone: Annotated[str, typer.Option("--zone", metavar="ID", help="Only ships in a zone of the site.")] = "",
    live: Annotated[bool, typer.Option("--live", help="Show the table again and again, until interrupted.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the ships that are watched, those heard last first. Exits with 1 when there are none."""
    with opened_store(ctx) as (site, store):
        if live and not as_json:
            _watch(site, store, zone)
            return
        found = _ships(site, store, zone)
    if as_json:
        print_json({"vessels": [_values(one) for one in found]})
    else:
        out().print(_table(found))
    if not found:
        raise typer.Exit(REJECTED)


def _watch(site: Site, store: Store, zone: str) -> None:
    with Live(_table(_ships(site, store, zone)), console=out(), screen=False, auto_refresh=False) as shown:
        try:
            while True:
                time.sleep(_REFRESH)
                shown.update(_table(_ships(site, store, zone)), refresh=True)
        except KeyboardInterrupt:
            return


def _ships(site: Site, store: Store, zone: str) -> list[Seen]:
    found = [one for one in parts.ships(site, store) if not zone or zone in one.zones]
    return sorted(found, key=lambda one: (-(one.at or 0.0), one.mmsi))


def _table(found: list[Seen]) -> Table:
    title = f"{len(found)} vessels" + (f", the {_SHIPS_AT_MOST} heard last" if len(found) > _SHIPS_AT_MOST else "")
    return rows(title, _HEADS, (tuple(_cells(one)) for one in found[:_SHIPS_AT_MOST]))


def _cells(one: Seen) -> Iterator[str]:
    particulars, position = one.vessel.particulars, one.position
    yield (particulars.name if particulars else None) or "?"
    yield (particulars.imo if particulars else None) or ""
    yield f"{one.mmsi}{' (second)' if one.second else ''}"
    yield f"{position.latitude:.4f} {position.longitude:.4f}" if position else ""
    yield f"{position.speed}" if position and position.speed is not None else ""
    yield f"{position.course:.0f}" if position and position.course is not None else ""
    yield " ".join(filter(None, (one.destination, f"({one.unlocode})" if one.unlocode else "")))
    yield _when(one.eta, "%d %b %H:%M")
    yield ", ".join(one.zones)
    yield _when(one.at, "%Y-%m-%d %H:%M:%S")


def _when(at: float | None, form: str) -> str:
    return "" if at is None else datetime.fromtimestamp(at, UTC).strftime(form)


def _values(one: Seen) -> dict[str, Any]:
    """Return a ship as plain values; times in ISO 8601, UTC."""
    return {
        "mmsi": one.mmsi,
        "second": one.second,
        "vessel": one.vessel.model_dump(mode="json", exclude_defaults=True),
        "position": one.position.model_dump(mode="json", exclude_defaults=True) if one.position else None,
        "heard_at": _when(one.at, "%Y-%m-%dT%H:%M:%SZ"),
        "destination": {"text": one.destination, "unlocode": one.unlocode},
        "eta": _when(one.eta, "%Y-%m-%dT%H:%MZ"),
        "draught": one.draught,
        "zones": list(one.zones),
        "call": one.call,
        "feed": one.feed,
    }
