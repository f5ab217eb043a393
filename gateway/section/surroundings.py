"""What an endpoint may refer to: folders of the site, those that it allows outside, and secrets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.section.secret import SecretSource
from gateway.section.values import inside

#: What a transport may never write into: whatever lands there would be believed.
CONFIGURATION: Final = ("partners", "endpoints", "agreements", "mappings", "edifact", "zones", "secrets", "var")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The site folder, the folders outside that `site.yaml` allows, and where secrets come from."""

    folder: Path
    outside: tuple[Path, ...]
    secrets: SecretSource

    def exchange_folder(self, text: str) -> Path:
        """Return a folder in the site away from its configuration, or one that is allowed; raises `ValueError`."""
        if Path(text).is_absolute():
            path = Path(text).resolve()
            if any(path.is_relative_to(allowed) for allowed in self.outside):
                return path
            if not path.is_relative_to(self.folder.resolve()):
                raise ValueError(f"'{text}' is outside the site: keep it inside, or allow it by 'folders' in site.yaml")
        path = inside(self.folder, text)
        base = self.folder.resolve()
        if path == base or any(path.is_relative_to(base / taken) for taken in CONFIGURATION):
            raise ValueError(f"'{text}' holds the site's own files: choose a folder of its own, like exchange/acme")
        return path

    def file(self, text: str) -> Path:
        """Return a file to read, such as a certificate: absolute, or inside the site; raises `ValueError`."""
        path = Path(text) if Path(text).is_absolute() else inside(self.folder, text)
        if not path.is_file():
            raise ValueError(f"there is no file '{text}'")
        return path
