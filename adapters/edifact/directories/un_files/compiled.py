"""What a compiled directory is, and how it is kept in a site."""

from __future__ import annotations

import json
import lzma
from dataclasses import dataclass
from typing import Any, Self

from adapters.edifact.directories.un_files.source import Remark
from gateway.errors import SettingsError

#: A directory of today packs into some 400 kB, 3.5 MB unpacked; nothing that we wrote comes near this.
MOST_UNPACKED = 64 * 2**20
_PARTS = ("name", "facts", "codes", "texts")


@dataclass(frozen=True, slots=True)
class CompiledDirectory:
    """One directory as plain values.

    `facts` has the shape of the shipped facts (see `tools/pack_edifact.py`) for an order of one directory:
    each definition is `[[0, 0, definition]]` under `messages`, `segments`, `composites` and `elements`.
    `codes` is `{number: [[0, 0, [value, ..]]]}`.
    `texts` is the UN's text: `messages: {name: [title, definition]}`, `segments: {tag: function}`,
    `composites` and `elements: {ref: description}`, `codes: {number: {value: [name, description]}}`.
    """

    name: str
    facts: dict[str, Any]
    codes: dict[str, Any]
    texts: dict[str, Any]

    def pack(self) -> bytes:
        """Return the directory as compressed JSON; the same directory gives the same bytes."""
        value = {part: getattr(self, part) for part in _PARTS}
        plain = json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True).encode()
        return lzma.compress(plain)

    @classmethod
    def unpack(cls, packed: bytes, file: str = "") -> Self:
        """Return what `pack` made; raises `SettingsError`, which names the file, for anything else."""
        try:
            unpacker = lzma.LZMADecompressor()
            plain = unpacker.decompress(packed, MOST_UNPACKED)
            value = json.loads(plain) if unpacker.eof else None
        except (lzma.LZMAError, EOFError, ValueError) as error:
            raise SettingsError(f"{file}: no compiled directory ({error}); import it again") from error
        if not isinstance(value, dict) or set(value) != set(_PARTS):
            raise SettingsError(f"{file}: no compiled directory, or one cut short; import it again")
        return cls(**value)


@dataclass(frozen=True, slots=True)
class Compilation:
    """A compiled directory, what is odd in its files, and which of the files hold no part of it."""

    directory: CompiledDirectory
    warnings: tuple[Remark, ...]
    left_aside: tuple[str, ...]
