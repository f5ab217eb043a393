"""Who gives an order, and why: what every command asks for that acts on a person's word."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from gateway.errors import SettingsError

Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason, which is recorded.")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who wants it; the user of this machine without it.")]


def person(by: str) -> str:
    """Return who is recorded; raises `SettingsError` when nobody can be named."""
    if by:
        return by
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise SettingsError("this machine does not say who you are: name yourself by --by") from None


def reason(why: str) -> str:
    """Return the reason that is recorded; raises `SettingsError` without one."""
    if not why.strip():
        raise SettingsError("say why, which is recorded: --why TEXT")
    return why.strip()
