"""What the global options say: the site folder, and how to load it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import typer

from gateway.errors import SettingsError
from gateway.settings import Site, load_site


@dataclass(frozen=True, slots=True)
class State:
    """The global options: `folder` is the site folder, which need not be there."""

    folder: Path

    def site(self) -> Site:
        """Return the settings of the site; raises `SettingsError`."""
        if not (self.folder / "site.yaml").is_file():
            raise SettingsError(
                f"{self.folder}: there is no site.yaml in it: 'pierhead init DIR' makes a site, --site names one"
            )
        return load_site(self.folder)


def state_of(ctx: typer.Context) -> State:
    """Return the global options of a command's context."""
    found = ctx.find_object(State)
    return found if found is not None else State(Path("site"))
