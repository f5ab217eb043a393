"""`pierhead feed`: recorded logs played into a site, and a look at what a feed sends."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from gateway.app import feeds
from gateway.app.feeds import Look
from gateway.cli.journal import opened_store
from gateway.cli.output import REJECTED, AsJson, err, out, print_json, rows
from gateway.cli.state import state_of
from gateway.errors import SettingsError
from gateway.transports.replay import speed as speed_of

feed = typer.Typer(name="feed", help="Vessel feeds: replay a log, look at what a feed sends.", no_args_is_help=True)

EndpointOption = Annotated[str, typer.Option("--endpoint", metavar="ID", help="Which feed of the site.")]


@feed.command("replay")
def replay(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A log of lines; - for standard input.")],
    speed: Annotated[
        str, typer.Option("--speed", metavar="100x|max", help="How fast, by the times in the log.")
    ] = "1x",
    endpoint: EndpointOption = "",
) -> None:
    """Play a recorded log into the site, as if a feed of its had received it; a site at work watches it at once."""
    try:
        rate = speed_of(speed)
    except ValueError as error:
        raise SettingsError(str(error)) from None
    count = 0
    with opened_store(ctx) as (site, store):
        into = feeds.feed_endpoint(site, endpoint)
        for count in feeds.play(store, into, _lines(file), rate):  # noqa: B007  # the last is told
            pass
    out().print(f"{count} lines were played into {into.id}")


@feed.command("check")
def check(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="[FILE]", help="A log to look at instead of the site's feeds.")] = "",
    endpoint: EndpointOption = "",
    form: Annotated[str, typer.Option("--format", help="The format of the file.")] = "nmea",
    seconds: Annotated[float, typer.Option("--seconds", min=0.1, max=3600, help="How long to listen.")] = 10.0,
    as_json: AsJson = False,
) -> None:
    """Look at what a feed sends: what is understood, what is put aside and why. Exits with 1 when nothing is.

    Nothing is kept, and a site at work goes on undisturbed.
    """
    if file:
        looks = {file: feeds.look_at_lines(form, _lines(file))}
    else:
        site = state_of(ctx).site()
        chosen = [feeds.feed_endpoint(site, endpoint)] if endpoint else [e for e in site.endpoints.values() if e.feed]
        if not chosen:
            raise SettingsError("this site has no feed: an endpoint with 'feed' is one")
        looks = {one.id: feeds.look_at_endpoint(one, site, seconds) for one in chosen}
    if as_json:
        print_json({"feeds": {name: _values(look) for name, look in looks.items()}})
    else:
        for name, look in looks.items():
            _show(name, look)
    if not all(look.observations for look in looks.values()):
        raise typer.Exit(REJECTED)


def _lines(file: str) -> Iterator[bytes]:
    if file == "-":
        yield from (line.rstrip(b"\r\n") for line in sys.stdin.buffer)
        return
    with Path(file).open("rb") as opened:
        yield from (line.rstrip(b"\r\n") for line in opened)


def _show(name: str, look: Look) -> None:
    understood = ((f"type {type_}", number, "") for type_, number in look.observations.items())
    aside = ((reason, number, _shown(look.samples.get(reason, b""))) for reason, number in look.rejects.items())
    title = f"{name}: {look.messages} messages, {look.ships} ships"
    out().print(rows(title, ("what", "number", "like"), [*understood, *aside]))
    if look.health is not None:
        state = "connected" if look.health.connected else "not connected"
        err().print(Text(f"{name} is {state}{': ' if look.health.trouble else ''}{look.health.trouble}"))


def _values(look: Look) -> dict[str, object]:
    return {
        "messages": look.messages,
        "ships": look.ships,
        "observations": {str(type_): number for type_, number in look.observations.items()},
        "rejects": dict(look.rejects),
        "samples": {reason: _shown(sample) for reason, sample in look.samples.items()},
        "health": None if look.health is None else {key: _plain(value) for key, value in asdict(look.health).items()},
    }


def _plain(value: object) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _shown(sample: bytes) -> str:
    return sample[:80].decode("ascii", "backslashreplace")
