"""`pierhead reload`: a running `serve` reads its site again, and hears of it by signal or by the times of files."""

from __future__ import annotations

import fcntl
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import typer

from gateway.app.agreed import refuse_unknown_profiles
from gateway.app.catalogue import own_maps, standards
from gateway.cli.output import AsJson, out, print_json
from gateway.cli.state import state_of
from gateway.errors import SettingsError
from gateway.mapping.checking import refuse_wrong_maps

_NAME: Final = "var/serve.pid"
_LOOK_SECONDS: Final = 2
_UNWATCHED: Final = "var"  # the store


def reload(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Have a running `serve` of this site, on this machine, read the site again: all of it, or nothing.

    The site is checked first; what is wrong in it is told here, and then nothing is asked of `serve`. What changed is
    in its log and in its journal.
    """
    site = state_of(ctx).site()
    process = _running(site.folder)
    if process is None:
        raise SettingsError(f"{site.folder}: no 'pierhead serve' of this site is running on this machine")
    read = standards(site.folder)
    refuse_wrong_maps(read.registry, own_maps(read))
    refuse_unknown_profiles(site.agreements, read.adapters)
    os.kill(process, signal.SIGHUP)
    if as_json:
        print_json({"process": process})
    else:
        out().print(f"process {process} was asked to read {site.folder} again", markup=False, soft_wrap=True)


@contextmanager
def running(folder: Path) -> Iterator[None]:
    """Say in a file of the site which process serves it; the lock on it goes with the process."""
    path = folder / _NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # several may serve one site; the first hears of changes
            yield
            return
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def _running(folder: Path) -> int | None:
    """Return the process that serves a site; None when none holds the lock."""
    try:
        with (folder / _NAME).open(encoding="ascii") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                said = file.read().strip()
                return int(said) if said.isdigit() else None
    except FileNotFoundError:
        pass
    return None


def asked(wait: Callable[[], int], watched: Path | None) -> Iterator[None]:
    """Yield each time the site is to be read again, until told to stop; with a folder to watch also when it changes."""
    if watched is None:
        while wait() == signal.SIGHUP:
            yield
        return
    known = _times(watched)
    numbers = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
    while True:
        told = signal.sigtimedwait(numbers, _LOOK_SECONDS)
        if told is not None and told.si_signo != signal.SIGHUP:
            return
        now = _times(watched)
        if told is not None or now != known:
            known = now
            yield


def _times(folder: Path) -> dict[str, tuple[int, int]]:
    """Return time and size of every file that a site is read from."""
    found = {}
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        if inside.parts[0] == _UNWATCHED or any(part.startswith(".") for part in inside.parts):
            continue
        try:
            state = path.stat()
        except FileNotFoundError:
            continue
        if path.suffix in (".yaml", ".geojson", ".json", ".key", ".pem") and path.is_file():
            found[str(inside)] = (state.st_mtime_ns, state.st_size)
    return found
