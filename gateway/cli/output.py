"""How every command speaks: results on standard output, remarks on standard error, JSON where it is asked for."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import IO, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gateway.model.finding import Severity

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output, for programs.")]

#: Exit codes: fine; findings reject, or nothing was found; usage, settings or our own fault.
FINE, REJECTED, WRONG = 0, 1, 2

#: Columns where standard output is no terminal and COLUMNS says nothing.
_PIPED_WIDTH = 160
STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def _console(file: IO[str]) -> Console:
    width = None if file.isatty() or "COLUMNS" in os.environ else _PIPED_WIDTH
    return Console(file=file, width=width, highlight=False, soft_wrap=False)


def out() -> Console:
    """Return the console for results."""
    return _console(sys.stdout)


def err() -> Console:
    """Return the console for remarks."""
    return _console(sys.stderr)


def print_json(value: Any, *, indent: int | None = 2) -> None:
    """Print a value as JSON on standard output; without indent on one line."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=indent, default=str) + "\n")


def table(*columns: str, title: str = "") -> Table:
    """Return an empty table in the style of every table of ours; a column `#name` is right-aligned."""
    made = Table(
        title=title or None, title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="dim"
    )
    for column in columns:
        right = column.startswith("#")
        made.add_column(column.lstrip("#"), justify="right" if right else "left", overflow="fold")
    return made


def row(into: Table, *cells: object) -> None:
    """Add a row of plain texts: brackets in them are no markup."""
    into.add_row(*(cell if isinstance(cell, Text) else Text("" if cell is None else str(cell)) for cell in cells))


def rows(title: str, columns: Sequence[str], lines: Iterable[Sequence[object]]) -> Table:
    """Return a table of plain texts."""
    made = table(*columns, title=title)
    for line in lines:
        row(made, *line)
    return made


def severity(of: Severity) -> Text:
    """Return a severity in its colour."""
    return Text(str(of), style=STYLES[of])


def counted(number: int, noun: str) -> str:
    """Return "1 error" or "2 errors"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
