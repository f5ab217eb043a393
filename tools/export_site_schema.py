#!/usr/bin/env python3
"""Export the JSON Schemas of a site's files, for editors.

    python tools/export_site_schema.py [OUT]

Writes one file for each kind to `docs/reference/schemas/site` unless told otherwise. The same readers give the same
bytes, with the transports of this repository and no others installed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from gateway.settings.editor_schema import schemas
from gateway.settings.loading import installed_trigger_reader

OUT = Path(__file__).resolve().parents[1] / "docs" / "reference" / "schemas" / "site"


def texts() -> dict[str, str]:
    """Return every exported file's text by its name."""
    made = schemas(installed_trigger_reader())
    return {f"{name}.json": json.dumps(schema, indent=2) + "\n" for name, schema in made.items()}


def main(out: Path) -> None:
    """Write the files of today."""
    out.mkdir(parents=True, exist_ok=True)
    for name, text in texts().items():
        (out / name).write_text(text, encoding="utf-8")
        print(f"{name}: {len(text)} characters")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else OUT)
