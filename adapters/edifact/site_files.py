"""What a site adds to EDIFACT: directories imported from the UN's files, and profiles of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping

from adapters.edifact.checks.specification import Library
from adapters.edifact.directories.dictionary import Layer
from adapters.edifact.directories.un_files import CompiledDirectory
from adapters.edifact.profiles.file import built_in, read_profile
from gateway.errors import SettingsError

_DIRECTORIES = re.compile(r"directories/[^/]+\.json\.xz")
_PROFILES = re.compile(r"profiles/[^/]+\.yaml")


def library_with(library: Library, files: Mapping[str, bytes]) -> Library:
    """Return a library with a site's files, by path below its `edifact` folder.

    `directories/*.json.xz` come from `pierhead directory import`; `profiles/*.yaml` replace shipped ones of their name.

    Raises:
        SettingsError: a file is none of these, or is wrong; a profile with its file, line and column.
    """
    packed = {path: content for path, content in files.items() if _DIRECTORIES.fullmatch(path)}
    written = {path: content for path, content in files.items() if _PROFILES.fullmatch(path)}
    for path in files:
        if path not in packed and path not in written:
            raise SettingsError(f"edifact/{path}: there are only directories/*.json.xz and profiles/*.yaml here")
    dictionary = library.dictionary.extended([_layer(path, content) for path, content in sorted(packed.items())])
    order = dictionary.directories()
    own = [read_profile(content, f"edifact/{path}", order) for path, content in sorted(written.items())]
    names: dict[str, str] = {}
    for profile, path in zip(own, sorted(written), strict=True):
        if names.setdefault(profile.name, path) != path:
            first = f"edifact/{names[profile.name]}"
            raise SettingsError(f"edifact/{path}: there is a profile {profile.name} in {first} already: rename one")
    Library(dictionary, own).check()
    return Library(dictionary, (*(profile for profile in built_in(order) if profile.name not in names), *own))


def _layer(path: str, content: bytes) -> Layer:
    compiled = CompiledDirectory.unpack(content, f"edifact/{path}")
    return Layer((compiled.name,), compiled.facts, compiled.codes, compiled.texts)
