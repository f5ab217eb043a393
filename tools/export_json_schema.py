#!/usr/bin/env python3
"""Export the JSON Schema of every canonical document, and of findings and acknowledgments.

    python tools/export_json_schema.py [OUT]

Writes one file for each to `docs/reference/schemas` unless told otherwise, and removes files of documents that are
no more. The same model and the same pydantic give the same bytes.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from gateway.model.acknowledgment import Acknowledgment
from gateway.model.documents import DOCUMENTS
from gateway.model.finding import Finding

OUT = Path(__file__).resolve().parents[1] / "docs" / "reference" / "schemas"
EXPORTED: tuple[type[Any], ...] = (*DOCUMENTS.values(), Acknowledgment, Finding)


def file_name(exported: type[Any]) -> str:
    """Return `cargo-report.json` for CargoReport."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", exported.__name__).lower() + ".json"


def schema(exported: type[Any]) -> dict[str, Any]:
    """Return the JSON Schema of a document as it is read; fields carry `wco_id` and `wco_name` where known."""
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$id": f"urn:pierhead:schema:{exported.__name__}",
        **TypeAdapter(exported).json_schema(mode="validation"),
    }


def texts() -> dict[str, str]:
    """Return every exported file's text by its name."""
    return {
        file_name(exported): json.dumps(schema(exported), ensure_ascii=True, indent=2) + "\n" for exported in EXPORTED
    }


def main(out: Path) -> None:
    """Write the files of today, and remove those of yesterday."""
    out.mkdir(parents=True, exist_ok=True)
    made = texts()
    for old in sorted(out.glob("*.json")):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (out / name).write_text(text, encoding="utf-8")
        print(f"{name}: {len(text)} characters")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else OUT)
