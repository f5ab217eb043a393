"""Writes what is expected of each sample: its canonical documents, findings and acknowledgments, as JSON beside it.

    python tools/golden.py             writes them all anew; look over every difference before keeping it
    python tools/golden.py --check     compares, shows what differs, and ends with 1 if anything does

NAME.canonical.json holds the document under its class, as `pierhead mapping test` reads it: a list if there are several
or none. NAME.findings.json is a list of `Finding.as_dict()`. NAME.acknowledgment.json stands beside samples of messages
that acknowledge others and are no documents (CONTRL).
"""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gateway import app
from gateway.model.acknowledgment import Acknowledgment
from gateway.model.stages import Interchange
from gateway.pipeline.canonical import to_values
from gateway.pipeline.standards import Standards, not_recognised

SAMPLES = Path(__file__).parents[1] / "samples"
_SUFFIXES = (".edi", ".xml", ".json")


def sample_files(root: Path = SAMPLES) -> list[Path]:
    """Return every sample, in order: STANDARD/MESSAGE/CASE.edi, .xml or .json."""
    return sorted(path for path in root.glob("*/*/*") if path.suffix in _SUFFIXES and "." not in path.stem)


def expected(standards: Standards, content: bytes) -> Mapping[str, str]:
    """Return the expectation of one sample: the texts of its files by their kind."""
    adapter = standards.recognise(content)
    if adapter is None:
        return {"canonical": _text([]), "findings": _text([not_recognised(content).as_dict()])}
    documents: list[Any] = []
    acknowledgments: list[Any] = []
    findings: list[Any] = []
    for item in standards.read(adapter, [content]):
        findings += [finding.as_dict() for finding in item.findings]
        if isinstance(item, Interchange):
            continue
        if item.document is not None:
            documents.append(to_values(item.document))
        acknowledgment = adapter.acknowledgments(item.message)
        if acknowledgment is not None:
            acknowledgments.append(_plain(acknowledgment))
    found = {"canonical": _text(documents[0] if len(documents) == 1 else documents), "findings": _text(findings)}
    return found | ({"acknowledgment": _text(acknowledgments)} if acknowledgments else {})


def _plain(acknowledgment: Acknowledgment) -> Mapping[str, Any]:
    """Return an acknowledgment as plain values, without empty ones."""
    return {
        **_filled(asdict(acknowledgment)),
        "findings": [finding.as_dict() for finding in acknowledgment.findings],
        "messages": [
            {**_filled(asdict(message)), "findings": [finding.as_dict() for finding in message.findings]}
            for message in acknowledgment.messages
        ],
    }


def _filled(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in values.items() if value not in ("", None)}


def _text(values: Any) -> str:
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def _differences(path: Path, wanted: str) -> Iterator[str]:
    there = path.read_text(encoding="utf-8") if path.exists() else ""
    name = path.relative_to(SAMPLES).as_posix()
    yield from difflib.unified_diff(there.splitlines(), wanted.splitlines(), name, f"{name} as read now", lineterm="")


def main(*, check: bool = False) -> int:
    """Write or compare every expectation; return how many files differ."""
    standards = app.standards()
    differing = 0
    samples = sample_files()
    wanted: set[Path] = set()
    for sample in samples:
        for kind, text in expected(standards, sample.read_bytes()).items():
            path = sample.with_suffix(f".{kind}.json")
            wanted.add(path)
            lines = list(_differences(path, text))
            differing += bool(lines)
            if check:
                print(*lines, sep="\n", end="\n" if lines else "")
            else:
                path.write_text(text, encoding="utf-8")
    for path in sorted({*SAMPLES.glob("*/*/*.json")} - wanted - {*samples}):
        differing += 1
        print(f"{path.relative_to(SAMPLES)} belongs to no sample")
        if not check:
            path.unlink()
    print(f"{len(wanted)} expectations, {differing} {'differ' if check else 'written anew'}")
    return differing


if __name__ == "__main__":
    checking = "--check" in sys.argv[1:]
    sys.exit(bool(main(check=checking)) and checking)
