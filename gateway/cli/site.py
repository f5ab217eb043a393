"""`pierhead init`, `check` and `serve`: a site from its first day to its daily work."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer
from rich.markup import escape
from rich.text import Text

from gateway import app
from gateway.app import lint, service, tracing
from gateway.app.agreed import unknown_profiles, unread_types
from gateway.cli.again import asked, running
from gateway.cli.output import WRONG, AsJson, counted, err, out, print_json, rows
from gateway.cli.samples import copy_example_site
from gateway.cli.state import state_of
from gateway.errors import GatewayError
from gateway.mapping.checking import MapCheck, check_maps
from gateway.mapping.registry import Registry
from gateway.settings import Endpoint, Site

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A folder that does not exist yet, or is empty.")]


def init(folder: Folder, as_json: AsJson = False) -> None:
    """Copy the example site to a folder, with fresh API keys."""
    keys = copy_example_site(folder)
    if as_json:
        print_json({"site": str(folder), "keys": [str(key) for key in keys]})
        return
    console = out()
    console.print(f"[bold]{escape(str(folder))}[/] holds an example site: site.yaml, partners, endpoints, agreements.")
    for key in keys:
        console.print(f"  {key}: a fresh API key, to be handed to the partner", markup=False, soft_wrap=True)
    console.print("\nNext:")
    for step, what in (
        ("check", "says what is wrong in it, by file and line"),
        ("serve", "takes messages in, processes and delivers them"),
    ):
        console.print(f"  pierhead --site {folder} {step}".ljust(44), what, markup=False, soft_wrap=True)


def check(
    ctx: typer.Context,
    maps: Annotated[bool, typer.Option("--maps", help="Compile every map, those as shipped too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check the site, and the maps that it has a part in, against every version that each claims.

    Exits with 2 when anything is wrong; each fault says file:line:column and what to write instead.
    """
    state = state_of(ctx)
    site, faults = _site(state.site)
    checks, more, registry = _maps(state.folder, compiled=maps)
    faults += more
    if site is not None and not more:
        faults += unknown_profiles(site.agreements, app.adapters(state.folder))
    warnings = _warnings(checks, state.folder)
    if site is not None and registry is not None and not more:
        warnings += unread_types(site.agreements, registry)
        warnings += lint.warnings(site, registry, app.now())
    if as_json:
        print_json(
            {
                "site": _summary(site) if site is not None else None,
                "maps": _map_summary(checks),
                "faults": faults,
                "warnings": warnings,
            }
        )
    else:
        _show(site, checks, faults, warnings)
    if faults:
        raise typer.Exit(WRONG)


def _site(load: Any) -> tuple[Site | None, list[str]]:
    try:
        return load(), []
    except GatewayError as error:
        return None, str(error).splitlines()


def _maps(site: Path, *, compiled: bool) -> tuple[list[MapCheck], list[str], Registry | None]:
    """Return maps as checked, the faults, and the maps themselves where all can be read.

    Maps as shipped are not checked, unless all are to be `compiled`.
    """
    try:
        made = app.standards(site)
        registry = made.registry
        checks = list(check_maps(registry, registry.entries() if compiled else app.own_maps(made)))
    except GatewayError as error:
        return [], str(error).splitlines(), None
    return checks, list(dict.fromkeys(fault for one in checks for fault in one.faults)), registry


def _warnings(checks: list[MapCheck], site: Path) -> list[str]:
    """Return each warning once, with the versions it holds for where not for all."""
    versions: dict[str, list[MapCheck]] = {}
    for one in checks:
        for warning in one.warnings:
            versions.setdefault(warning.replace(f" of {one.type}", ""), []).append(one)
    return [f"{warning} ({_run(found, site)})" for warning, found in versions.items()]


def _run(found: list[MapCheck], site: Path) -> str:
    versions = list(app.adapters(site)[found[0].entry.standard].versions(found[0].entry.message))
    numbers = sorted(versions.index(one.type.version) for one in found)
    first, last = versions[numbers[0]], versions[numbers[-1]]
    return f"{found[0].entry.message} {first}" + (f" to {last}" if last != first else "")


def _summary(site: Site) -> dict[str, Any]:
    return {
        "name": site.name,
        "folder": str(site.folder),
        "listen": f"{site.listen.host}:{site.listen.port}",
        "partners": [
            {"id": one.id, "name": one.name, "identifiers": [str(i) for i in one.identifiers]}
            for one in site.partners.values()
        ],
        "endpoints": [{"id": one.id, "partner": one.partner, "way": _way(one)} for one in site.endpoints.values()],
        "agreements": [
            {
                "id": one.id,
                "from": one.sender.partner,
                "to": one.recipient.partner,
                "accepts": [str(accepted) for accepted in one.accepts],
                "routes": [str(route) for route in (*one.routes, *one.replies, *one.events)],
                "test": one.test,
            }
            for one in site.agreements
        ],
        "zones": dict(Counter(str(zone.kind) for zone in site.zones)),
        "ports": [{"unlocode": port.unlocode, "name": port.name} for port in site.zones.ports],
    }


def _way(endpoint: Endpoint) -> str:
    """Return where an endpoint leads, without secrets."""
    place = "" if endpoint.way is None else endpoint.way.place
    return f"{'sends to' if endpoint.sends else 'takes from'} {place}"


def _map_summary(checks: list[MapCheck]) -> list[dict[str, Any]]:
    maps: dict[str, dict[str, Any]] = {}
    for one in checks:
        entry = one.entry
        made = maps.setdefault(
            entry.head.name,
            {
                "map": entry.head.name,
                "document": str(entry.head.document),
                "message": str(entry.head.message),
                "versions": 0,
                "faults": 0,
            },
        )
        made["versions"] += 1
        made["faults"] += len(one.faults)
    return list(maps.values())


def _show(site: Site | None, checks: list[MapCheck], faults: list[str], warnings: list[str]) -> None:
    console = out()
    if site is not None:
        made = _summary(site)
        told = f"  listens on {made['listen']}; its folder is {site.folder}"
        console.print(Text.assemble((site.name, "bold"), told), soft_wrap=True)
        console.print(
            rows(
                "partners",
                ("id", "name", "identifiers"),
                ((p["id"], p["name"], ", ".join(p["identifiers"])) for p in made["partners"]),
            )
        )
        console.print(
            rows("endpoints", ("id", "partner", "way"), ((e["id"], e["partner"], e["way"]) for e in made["endpoints"]))
        )
        console.print(
            rows(
                "agreements",
                ("id", "from", "to", "accepts", "routes"),
                (
                    (a["id"], a["from"], a["to"], "\n".join(a["accepts"]), "\n".join(a["routes"]))
                    for a in made["agreements"]
                ),
            )
        )
        zones = ", ".join(f"{count} {kind}" for kind, count in made["zones"].items())
        if zones or made["ports"]:
            ports = ", ".join(port["unlocode"] for port in made["ports"])
            console.print(f"zones: {zones or 'none'}; rings round {ports or 'no port'}", soft_wrap=True)
    maps = _map_summary(checks)
    if site is not None and not maps and not faults:
        console.print("maps: all as shipped; --maps compiles them one by one")
    if maps:
        lines = ((m["map"], m["document"], m["message"], m["versions"], m["faults"]) for m in maps)
        console.print(rows("maps", ("name", "document", "message", "#versions", "#faults"), lines))
    for warning in warnings:
        console.print(Text(warning, style="yellow"), soft_wrap=True)
    for fault in faults:
        err().print(Text(fault, style="red"), soft_wrap=True)
    told = f"{counted(len(faults), 'fault')}, {counted(len(warnings), 'warning')}"
    console.print(told, style="bold red" if faults else "bold green")


def serve(
    ctx: typer.Context,
    watch: Annotated[
        bool, typer.Option("--watch", help="Read the site again whenever a file of it has changed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take messages in, process and deliver them, until SIGTERM or SIGINT.

    SIGHUP (`pierhead reload`) has the site read again, without a restart. The log goes to standard error, a JSON
    object a line.
    """
    site = state_of(ctx).site()
    _log_as_json()
    end_traces = tracing.export(os.environ)
    gateway = service.build(site)
    with told_to_stop(signal.SIGHUP) as wait, running(site.folder):
        gateway.start()
        try:
            url = f"http://{_host(site.listen.host)}:{gateway.http_port}"
            if as_json:
                print_json({"url": url, "site": site.name}, indent=None)
            else:
                out().print(f"{site.name} listens on {url}", markup=False, soft_wrap=True)
            sys.stdout.flush()
            for _ in asked(wait, site.folder if watch else None):
                _reload(gateway)
        finally:
            gateway.stop()
            end_traces()


def _reload(gateway: service.Gateway) -> None:
    """Read the site again; what is wrong in it is told in the log, and nothing changes."""
    try:
        gateway.reload()
    except (GatewayError, OSError) as error:
        structlog.get_logger("pierhead").error("not reloaded", faults=str(error).splitlines())


def _host(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _log_as_json() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )


@contextmanager
def told_to_stop(*others: signal.Signals) -> Iterator[Callable[[], int]]:
    """Give a function that returns the signal when SIGTERM or SIGINT has come, or one of some others.

    The signals are held back and waited for: a handler that sets an event can lock up the thread that waits for it.
    Threads started inside hold them back too.
    """
    numbers = {signal.SIGTERM, signal.SIGINT, *others}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    try:
        yield lambda: signal.sigwait(numbers)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
