"""The entry point: global options, every command by name, and errors told in a line instead of a traceback."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text
from typer.core import TyperGroup

from gateway.cli.acks import acks
from gateway.cli.again import reload
from gateway.cli.compare import compare
from gateway.cli.convert import convert
from gateway.cli.derive import derive
from gateway.cli.desk import abandon, resend, retry, skip
from gateway.cli.directory import directory
from gateway.cli.doctor import doctor
from gateway.cli.explain import explain
from gateway.cli.feed import feed
from gateway.cli.journal import find, replay, trace
from gateway.cli.keeping import backup, hold, purge
from gateway.cli.mapping import mapping
from gateway.cli.output import WRONG, AsJson, err, out
from gateway.cli.route import route
from gateway.cli.site import check, init, serve
from gateway.cli.state import State
from gateway.cli.validate import validate
from gateway.cli.vessels import vessels
from gateway.errors import GatewayError
from gateway.version import __version__


class _Told(TyperGroup):
    """A group whose commands tell our errors in a line and exit with 2."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except GatewayError as error:
            err().print(Text(str(error), style="red"), soft_wrap=True)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise
            err().print(
                Text(f"{error.filename or ''}: {error.strerror or error}".lstrip(": "), style="red"), soft_wrap=True
            )
        raise typer.Exit(WRONG)


cli = typer.Typer(
    name="pierhead",
    cls=_Told,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
SiteOption = Annotated[Path, typer.Option("--site", envvar="PIERHEAD_SITE", metavar="DIR", help="The site folder.")]


def _version(wanted: bool) -> None:
    if wanted:
        out().print(f"pierhead {__version__}")
        raise typer.Exit


@cli.callback()
def options(
    ctx: typer.Context,
    site: SiteOption = Path("site"),
    version: Annotated[  # noqa: ARG001  # its callback has done the work
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Pierhead: EDI and messaging gateway for ports and customs."""
    ctx.obj = State(site)


for command in (
    *(init, check, serve, reload, route, convert, validate, compare, derive, explain),
    *(find, trace, replay, retry, resend, abandon, skip),
    *(purge, hold, backup, vessels, doctor, acks),
):
    cli.command()(command)
cli.add_typer(mapping)
cli.add_typer(directory)
cli.add_typer(feed)


@cli.command()
def demo(
    vessels: Annotated[
        bool, typer.Option("--vessels", help="Show a ship's call instead, from her AIS messages over a real broker.")
    ] = False,
    broker: Annotated[
        str, typer.Option("--broker", metavar="URL", help="With --vessels: an MQTT broker; without, one is started.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Show a manifest's whole way, with every counterparty a real HTTP server on this machine."""
    from gateway.cli import demo, demo_vessels  # noqa: PLC0415  # an HTTP client, which no other command needs

    shown = demo_vessels.run(out(), broker, as_json=as_json) if vessels else demo.run(out(), as_json=as_json)
    raise typer.Exit(shown)


def main() -> None:
    """Run the command line; exits with 0, 1 (rejected or nothing found) or 2 (usage, settings, our own fault)."""
    try:
        cli()
    except BrokenPipeError:
        # Whoever read our output has left; Python would complain once more when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
