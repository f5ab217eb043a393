"""The files of a directory, out of archives in archives: bounded, whatever is handed in."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from adapters.edifact.directories.un_files.source import Source, read_source, release_of
from gateway.errors import SettingsError

#: A whole directory is some 15 MB in 300 files, in archives two deep.
MOST_BYTES = 64 * 2**20
MOST_FILES = 5_000
DEEPEST = 4
#: An archive's list of members is read whole, so it must not be large either; the UN's are below 3 MB.
MOST_PACKED = 32 * 2**20

#: What reading a damaged archive raises.
_DAMAGES = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, EOFError, ValueError, OSError)
_ARCHIVE = b"PK\x03\x04"
_EMPTY_ARCHIVE = b"PK\x05\x06"


@dataclass(frozen=True, slots=True)
class Opened:
    """What was found: the parts of a directory, and the names of the files that are none."""

    parts: tuple[Source, ...]
    left_aside: tuple[str, ...]


@dataclass(slots=True)
class _Budget:
    """What may still be unpacked, over everything that is handed in."""

    bytes: int = MOST_BYTES
    files: int = MOST_FILES
    left_aside: list[str] = field(default_factory=list)

    def take(self, name: str, size: int) -> None:
        self.files -= 1
        self.bytes -= size
        if self.files < 0:
            raise SettingsError(f"{name}: more than {MOST_FILES:,} files; a directory has some hundreds")
        if self.bytes < 0:
            raise SettingsError(f"{name}: more than {MOST_BYTES // 2**20} MB unpacked; a directory has some 15 MB")


def open_files(files: Iterable[tuple[str, bytes]]) -> Opened:
    """Return the parts of a directory among files and archives, each given as name and bytes.

    Raises `SettingsError` for an archive that is damaged, protected, too large or too deep, and for a file that
    was handed in by itself and is no part of a directory. Files beside the parts are left aside: in an archive
    whatever is there, of those handed in by themselves the ones named as a directory's files are (EDMDI1.95B).
    """
    budget = _Budget()
    parts: list[Source] = []
    for name, content in files:
        if is_archive(content):
            parts.extend(_members(name, content, budget, 1))
            continue
        budget.take(name, len(content))
        part = read_source(name, content)
        if part is not None:
            parts.append(part)
        elif release_of(name) is not None:
            budget.left_aside.append(name)  # of a directory by its name: an index, or an interactive message
        else:
            raise SettingsError(
                f"{name}: no part of a UN/EDIFACT directory; expected the UN's zip, or its text files of messages "
                "(EDMD, TRMD), segments (EDSD, TRSD), composites (EDCD, TRCD), elements (EDED, TRED) or codes (UNCL)"
            )
    return Opened(tuple(parts), tuple(budget.left_aside))


def is_archive(content: bytes) -> bool:
    """Whether these are the bytes of a zip file."""
    return content[:4] in (_ARCHIVE, _EMPTY_ARCHIVE)


def _members(name: str, content: bytes, budget: _Budget, depth: int) -> Iterator[Source]:
    if depth > DEEPEST:
        raise SettingsError(f"{name}: archives more than {DEEPEST} deep; the UN's are two deep")
    if len(content) > MOST_PACKED:
        raise SettingsError(f"{name}: an archive of more than {MOST_PACKED // 2**20} MB; the UN's are below 3 MB")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except _DAMAGES as error:
        raise SettingsError(f"{name}: a damaged zip file ({error}); download it again") from error
    with archive:
        for member in archive.infolist():
            inner = f"{name}/{member.filename}"
            if member.is_dir():
                budget.take(inner, 0)
                continue
            unpacked = _unpacked(archive, member, inner, budget)
            if is_archive(unpacked):
                yield from _members(inner, unpacked, budget, depth + 1)
                continue
            part = read_source(inner, unpacked)
            if part is None:
                budget.left_aside.append(inner)
            else:
                yield part


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, budget: _Budget) -> bytes:
    """Return the bytes of a member; sizes that an archive states are not believed."""
    if member.flag_bits & 1:
        raise SettingsError(f"{name}: protected by a password; unpack it yourself and hand in its files")
    try:
        with archive.open(member) as stream:
            content = stream.read(max(budget.bytes, 0) + 1)
    except _DAMAGES as error:
        raise SettingsError(f"{name}: cannot be unpacked ({error}); download the archive again") from error
    budget.take(name, len(content))
    return content
