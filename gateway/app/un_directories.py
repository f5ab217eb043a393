"""UN/EDIFACT directories: those that a site compiles from what it downloaded, and what changed between two."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from pathlib import Path

from adapters.edifact import EdifactAdapter
from adapters.edifact.directories.diff import MessageDiff, message_diff
from adapters.edifact.directories.un_files import Compilation, compile_directory, open_files
from adapters.edifact.directories.un_files.archive import MOST_BYTES
from gateway.errors import MappingError, SettingsError
from gateway.plugin import Adapter

#: Where a site keeps its compiled directories, beneath its own folder.
FOLDER = Path("edifact/directories")


def compile_files(files: Iterable[Path], without: Collection[str] = ()) -> Compilation:
    """Return the directory that downloaded files make up, `without` some messages.

    Raises `SettingsError` by file and line.
    """
    return compile_directory(open_files((str(file), _content(file)) for file in files), without)


def _content(file: Path) -> bytes:
    with file.open("rb") as opened:
        content = opened.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise SettingsError(f"{file}: more than {MOST_BYTES // 2**20} MB; a directory has some 15 MB")
    return content


def keep(compilation: Compilation, site: Path) -> Path:
    """Write a compiled directory into a site, whole or not at all, in place of an earlier one; return its path."""
    folder = site / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{compilation.directory.name.lower()}.json.xz"
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.write(compilation.directory.pack())
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return path


def compare(adapter: Adapter, message: str, before: str, after: str) -> MessageDiff:
    """Return what changed for a message, by the directories of the EDIFACT adapter at hand.

    Raises `MappingError` for a message that one of the two has not.
    """
    if not isinstance(adapter, EdifactAdapter):
        raise MappingError(f"directories are compared by {EdifactAdapter.__name__}: another adapter is installed")
    return message_diff(adapter.library.dictionary, message, before, after)
