"""What is made when the documentation is built: a partner guide for each shipped map, and their index (mkdocs hook)."""

from __future__ import annotations

from functools import cache

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from gateway import app
from gateway.cli.mapping_guides import guide_files
from gateway.cli.samples import samples

FOLDER = "guides"


@cache
def guides() -> tuple[tuple[str, str], ...]:
    """Return name and text of each page."""
    standards = app.standards()
    return tuple(guide_files(standards, standards.registry.entries(), samples()))


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the guides to the files of the site."""
    for name, text in guides():
        files.append(File.generated(config, f"{FOLDER}/{name}", content=text))
    return files
